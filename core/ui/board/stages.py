"""The board on the page: filters in the address, counts every five seconds, cards page by page, a stage at a time on phones."""

import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.model.fields import CHANNELS
from core.model.lifecycle import BY_NAME
from core.services import board
from core.ui import address, names, session, words
from core.ui.board import lifecycle_board
from core.ui.components.order_detail import show_order

PER_PAGE = 25
_KEY = "lifecycle_board"
_SAID = "board_said"
_PAGES = "board_pages"  # stage -> the page of its cards: columns turn by themselves


def show() -> None:
    """Draw filters and board; an order named in the address opens over it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(_("Filter"), icon=":material/filter_list:"):
            _filters()
        phone = session.on_phone()
        one = st.toggle(_("One stage at a time"), value=phone, key="board_one")
    stage = ""
    if one:
        stage = st.pills(
            _("Stage"), list(board.STAGES), default=next(iter(board.STAGES)), required=True, key="board_stage",
            format_func=lambda code: _(board.STAGES[code]), label_visibility="collapsed",
        ) or ""  # fmt: skip
    _live(stage)
    opened = address.opened_order()
    if opened is not None and session.actor().may("orders.view"):
        show_order(opened)


@st.fragment(run_every="5s")
def _live(stage: str) -> None:
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        st.toast(said[0], icon=said[1])
    if st.session_state.pop("board_open", False):
        st.rerun()
    who, store, narrowed = session.actor(), session.store(), _narrowed()
    pages: dict[str, int] = st.session_state.setdefault(_PAGES, {})
    shown = []
    for column in board.columns(who, store, **narrowed):
        if stage and column.stage != stage:
            continue
        last = max(1, -(-column.orders // PER_PAGE))
        page = min(pages.get(column.stage, 1), last)
        cards, _total = board.cards(
            who, store, column.stage, channels=narrowed["channels"], shops=narrowed["shops"],
            warehouses=narrowed["warehouses"], limit=PER_PAGE, offset=(page - 1) * PER_PAGE,
        )  # fmt: skip
        shown.append((column, cards, (page, last)))
    lifecycle_board.draw(_KEY, shown, on_moved=_moved, on_opened=_opened, on_paged=_paged)


def _paged() -> None:
    asked = lifecycle_board.paged(_KEY)
    if asked is not None and asked[0] in board.STAGES:
        st.session_state[_PAGES] = {**st.session_state.get(_PAGES, {}), asked[0]: asked[1]}


def _moved() -> None:
    asked = lifecycle_board.moved(_KEY)
    if asked is not None:
        move(*asked)


def move(key: int, to: str) -> None:
    """Take an order to a status, or say why not; "stage:…" is a column where no next step of it leads."""
    status = BY_NAME.get(to)
    if status is None:
        label = _(board.STAGES.get(to.removeprefix("stage:"), "")) or to
        text = _("The order cannot go to {stage} from where it stands.").format(stage=label)
        st.session_state[_SAID] = (text, ":material/block:")
        return
    try:
        board.move(session.actor(), session.store(), [key], to, session.zone())
    except DanliuError as error:
        st.session_state[_SAID] = (f"{error.message} {error.hint}", ":material/block:")
        return
    st.session_state[_SAID] = (_("Moved to {status}.").format(status=words.status(to)), ":material/check:")


def _opened() -> None:
    key = lifecycle_board.opened(_KEY)
    if key.isdigit():
        address.open_order(key)
        st.session_state["board_open"] = True


def _narrowed() -> dict[str, list[str]]:
    params = st.query_params
    return {
        "channels": params.get_all("channel"),
        "shops": params.get_all("shop"),
        "warehouses": params.get_all("warehouse"),
    }


def _filters() -> None:
    shops = names.shops()
    places = board.places(session.actor(), session.store())
    _choice("channel", _("Channel"), {**{code: words.channel(code) for code in CHANNELS}, **names.channels()})
    _choice("shop", _("Shops"), shops)
    _choice("warehouse", _("Warehouse"), places)


def _choice(name: str, label: str, titles: dict[str, str]) -> None:
    present = st.query_params.get_all(name)
    key = f"board_{name}"

    def taken() -> None:
        chosen = list(st.session_state[key])
        if chosen:
            st.query_params[name] = chosen
        else:
            st.query_params.pop(name, None)
        st.session_state[_PAGES] = {}

    st.multiselect(
        label, sorted({*titles, *present}), default=present, key=key, on_change=taken,
        format_func=lambda code: str(titles.get(code) or code),
    )  # fmt: skip
