"""Arranging a board by form: which cards, in which order, how large; for oneself or for a role."""

from typing import Any

import pandas as pd
import streamlit as st

from core.i18n import _
from core.people.permissions import ROLES
from core.services import live_board
from core.services.live_board import KINDS, MOST_RISK_HOURS, SIZES, Cards
from core.ui import session
from core.ui.forms import attempt, say_after_rerun

_MINE = ""


def form() -> None:
    """The cards with a tick, a place and a size; what is saved counts from the next refresh."""
    who, store = session.actor(), session.store()
    role = _whose()
    if role == _MINE:
        cards, kept = live_board.arrangement(who, store)
        said = {"account": _("This is your own board."), "role": _("You see the board of your role.")}
        st.caption(said.get(kept, _("You see the starter board.")))
    else:
        cards = live_board.arrangement_of_role(who, store, role)
        st.caption(_("Persons of the role see it as long as they have no board of their own."))
    edited = _table(cards, role)
    with st.container(horizontal=True):
        if st.button(_("Save"), type="primary", key="live_save"):
            wanted = chosen(edited)
            done = attempt(
                lambda: (
                    live_board.arrange(who, store, wanted)
                    if role == _MINE
                    else live_board.arrange_role(who, store, role, wanted)
                )
            )
            if done is not None:
                say_after_rerun(_("The board is saved."))
                st.rerun()
        if st.button(_("Back to the one before it"), key="live_forget", help=_("Your own board gives way to the role's one, a role's one to the starter board.")):  # fmt: skip
            done = attempt(
                lambda: live_board.forget(who, store) if role == _MINE else live_board.forget_role(who, store, role)
            )
            if done is not None:
                say_after_rerun(_("The board is as it was."))
                st.rerun()


def risk_form() -> None:
    """How many hours before the promise an open order is at risk."""
    who, store = session.actor(), session.store()
    hours = st.number_input(
        _("Hours before the promise to ship ends"),
        1,
        MOST_RISK_HOURS,
        live_board.risk_hours(who, store),
        key="live_hours",
    )
    st.caption(_("It counts for everybody's board; orders are not changed."))
    if st.button(_("Save"), type="primary", key="live_hours_save"):
        done = attempt(lambda: live_board.set_risk_hours(who, store, int(hours)))
        if done is not None:
            say_after_rerun(_("The board counts so from now on."))
            st.rerun()


def chosen(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The ticked cards in the order of their places; equal places keep the order of the table."""
    rows = [row for row in frame.to_dict("records") if row["shown"]]
    rows.sort(key=lambda row: row["place"] if row["place"] == row["place"] and row["place"] is not None else 1e9)
    sizes = {_(label): size for size, label in SIZES.items()}
    return [{"card": str(row["name"]), "size": sizes.get(str(row["size"]), "s")} for row in rows]


def _whose() -> str:
    """The role whose board is arranged, or "" for one's own."""
    if not session.actor().may("live.boards"):
        return _MINE
    return st.selectbox(
        _("For whom"), [_MINE, *ROLES], key="live_whose",
        format_func=lambda role: _("For me") if role == _MINE else _("For the role {role}").format(role=_(ROLES[role])),
    ) or _MINE  # fmt: skip


def _table(cards: Cards, role: str) -> Any:
    sizes = dict(cards)
    places = {name: place for place, (name, _size) in enumerate(cards, start=1)}
    kinds = sorted(KINDS, key=lambda kind: places.get(kind.name, 999))
    frame = pd.DataFrame(
        [
            {
                "shown": kind.name in sizes, "label": _(kind.label), "place": places.get(kind.name, len(places) + 1),
                "size": _(SIZES[sizes.get(kind.name, kind.size)]), "name": kind.name,
            }
            for kind in kinds
        ]
    )  # fmt: skip
    config = st.column_config
    return st.data_editor(
        frame, key=f"live_cards_{role}", hide_index=True, height=420, row_height=34, num_rows="fixed",
        column_config={
            "shown": config.CheckboxColumn(_("Show"), width=70),
            "label": config.TextColumn(_("Card"), disabled=True, width="large"),
            "place": config.NumberColumn(_("Place"), min_value=1, max_value=99, step=1, width=80),
            "size": config.SelectboxColumn(_("Size"), options=[_(label) for label in SIZES.values()], required=True, width=110),
            "name": None,
        },
    )  # fmt: skip
