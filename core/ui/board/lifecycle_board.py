"""The board's component: columns of cards in the browser; a move comes back as {key, to} and is decided in Python."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from core.i18n import _
from core.model.lifecycle import BY_NAME
from core.services.board import BAND_LABELS, Card, Column
from core.ui import names, words
from core.ui.components.state import component_state

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def draw(
    key: str, columns: Sequence[tuple[Column, Sequence[Card], tuple[int, int]]], *, on_moved: Callable[[], None],
    on_opened: Callable[[], None], on_paged: Callable[[], None],
) -> None:  # fmt: skip
    """Draw the columns, each with its cards and (page, of pages); `moved`, `opened` and `paged` tell in the callbacks what
    was asked for."""
    listed = [_column(column, cards, page) for column, cards, page in columns]
    data = {
        "columns": listed, "none": _("No order stands here."), "move": _("Move to…"), "back": _("Previous page"),
        "on": _("Next page"),
    }  # fmt: skip
    _board()(key=key, data=data, on_moved_change=on_moved, on_opened_change=on_opened, on_paged_change=on_paged)


def moved(key: str) -> tuple[int, str] | None:
    """(order key, status or "stage:…") of the move asked for in this run."""
    said = component_state(key).get("moved")
    if not isinstance(said, Mapping) or not str(said.get("key", "")).isdigit():
        return None
    return int(said["key"]), str(said.get("to", ""))


def opened(key: str) -> str:
    """The order key clicked in this run, or ""."""
    return str(component_state(key).get("opened") or "")


def paged(key: str) -> tuple[str, int] | None:
    """(stage, page from 1) asked for in this run."""
    said = component_state(key).get("paged")
    if not isinstance(said, Mapping) or not str(said.get("page", "")).isdecimal():
        return None
    return str(said.get("stage", "")), max(1, int(said["page"]))


@st.cache_resource
def _board() -> Callable[..., Any]:
    return component(
        "danliu_lifecycle_board",
        css=(ASSETS / "lifecycle_board.css").read_text(encoding="utf-8"),
        js=(ASSETS / "lifecycle_board.js").read_text(encoding="utf-8"),
    )


def _column(column: Column, cards: Sequence[Card], page: tuple[int, int]) -> dict[str, Any]:
    facts = []
    if column.held:
        facts.append([_("{n} held").format(n=words.count(column.held)), True])
    if column.late:
        facts.append([_("{n} late").format(n=words.count(column.late)), True])
    bands = [
        {"label": _(BAND_LABELS[band]), "orders": orders, "count": words.count(orders)}
        for band, orders in column.bands.items()
    ]
    return {
        "stage": column.stage, "label": _(column.label), "count": words.count(column.orders), "facts": facts,
        "bands": bands, "cards": [_card(card) for card in cards], "page": page[0], "pages": page[1],
    }  # fmt: skip


def _card(card: Card) -> dict[str, Any]:
    row = card.row
    money = [words.money(row["paid_fen"])] if row.get("paid_fen") is not None else []
    where = [row[name] for name in ("warehouse", "courier") if row.get(name)]
    lines = [
        " · ".join([names.shop(row["channel"], row["shop"]), *money]),
        " · ".join([words.status(row["status"]), words.ago(row["paid_at"]), *where]),
    ]
    held = words.hold_reasons(json.dumps(row["held_reasons"])) if row["held"] else ""
    steps = [{"to": to, "label": words.status(to), "stage": BY_NAME[to].stage} for to in card.next]
    return {"key": str(card.order_key), "no": row["platform_no"], "lines": lines, "held": held, "next": steps}
