"""The board on the page and on a wall screen: one component, refreshed every 5 s out of the snapshot all sessions share.

The data of a refresh is made once for all sessions of a language, an arrangement and a set of visible pages.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st
from streamlit.components.v2 import component

from core import i18n
from core.i18n import _
from core.services import live_board, outcomes
from core.services.live_board import BY_NAME, Board, Cards
from core.ui import address, session, words
from core.ui.components.state import component_state
from core.ui.live import charts, numbers

KEY = "live_board"
PAGES = ("orders", "stock", "outbox", "outcomes", "channels")
ROTATE_SECONDS = 20
_ASSETS = Path(__file__).resolve().parent.parent / "assets"
_MOST_KEPT = 16
_made: OrderedDict[tuple[Any, ...], tuple[Board, dict[str, Any]]] = OrderedDict()


@st.fragment(run_every="5s")
def live() -> None:
    """The cards now."""
    asked = st.session_state.pop("live_go", "")
    if asked:
        follow(asked)
    who, store = session.actor(), session.store()
    board = live_board.present(who, store, session.zone())
    cards, _whose = live_board.arrangement(who, store)
    shown = data(board, cards)
    _component()(key=KEY, data={**shown, "wall": is_wall(), "rotate": rotation()}, on_go_change=_remember)


def is_wall() -> bool:
    """Whether the address asks for the wall screen."""
    return st.query_params.get("wall") == "1"


def rotation() -> int:
    """Seconds after which a wall screen turns to its next part; 0 is never."""
    text = st.query_params.get("rotate", str(ROTATE_SECONDS))
    return min(int(text), 3600) if text.isdigit() else ROTATE_SECONDS


def follow(link: str) -> None:
    """Go where a number leads, if the page is one of the board's own and the person may see it."""
    parts = urlsplit(link)
    name = parts.path.strip("/")
    target = session.link_to(name) if name in PAGES else None
    if target is not None:
        st.switch_page(target, query_params=parse_qs(parts.query))


def data(board: Board, cards: Cards) -> dict[str, Any]:
    """What the component draws."""
    pages = tuple(name for name in PAGES if session.link_to(name) is not None)
    bands = outcomes.bands(session.store())
    key = (session.store().url, i18n.language(), cards, pages, json.dumps(bands))
    kept = _made.get(key)
    if kept is None or kept[0] is not board:
        kept = (board, _data(board, cards, pages, bands))
        _made[key] = kept
    _made.move_to_end(key)
    while len(_made) > _MOST_KEPT:
        _made.popitem(last=False)
    return kept[1]


def _data(board: Board, cards: Cards, pages: tuple[str, ...], bands: dict[str, numbers.Band]) -> dict[str, Any]:
    return {
        "taken": int(board.taken_at.timestamp() * 1000),
        "asOf": _("As of {time}").format(time=words.instant(board.taken_at, session.zone())),
        "stale": _("Nothing new has come for a minute. Is the server running, and the login still good?"),
        "zone": session.zone(), "title": _("Live board"), "leave": _("Leave the wall screen"),
        "cards": [_card(name, size, board, pages, bands) for name, size in cards],
    }  # fmt: skip


def _card(name: str, size: str, board: Board, pages: tuple[str, ...], bands: dict[str, numbers.Band]) -> dict[str, Any]:
    if name in numbers.NAMES:
        made = {"kind": "number", **numbers.number(name, board, bands)}
    else:
        made = charts.chart(name, board, session.zone())
    return {"id": name, "size": size, "title": _(BY_NAME[name].label), **_linked(made, pages)}


def _linked(made: dict[str, Any], pages: tuple[str, ...]) -> dict[str, Any]:
    """Links as addresses; none where the person may not see the page."""
    found = {key: value for key, value in made.items() if key not in ("link", "links", "rows")}
    if "link" in made:
        found["href"] = _href(made["link"], pages)
    if "links" in made:
        found["hrefs"] = [_href(link, pages) for link in made["links"]]
    if "rows" in made:
        found["rows"] = [_linked(row, pages) for row in made["rows"]]
    return found


def _href(link: numbers.Link | None, pages: tuple[str, ...]) -> str:
    if link is None or link[0] not in pages:
        return ""
    page, view = link
    params = address.params_of(view) if page == "orders" else view
    return f"/{page}?{urlencode(params, doseq=True)}" if params else f"/{page}"


def _remember() -> None:
    st.session_state["live_go"] = str(component_state(KEY).get("go") or "")


@st.cache_resource
def _component() -> Callable[..., Any]:
    return component(
        "danliu_live_board",
        css=(_ASSETS / "live_board.css").read_text(encoding="utf-8"),
        js=(_ASSETS / "live_board.js").read_text(encoding="utf-8"),
    )
