"""A short list in a form, such as tiers or gifts: one row of inputs each, rows added and taken away. Reads well on a phone."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.i18n import _

DrawRow = Callable[[str, Any], Any]


def rows_editor(key: str, start: Sequence[Any], draw: DrawRow, *, add: str, most: int = 10) -> list[Any]:
    """Draw the rows; `draw(key, value)` draws one row's inputs and gives its value back. At least one row stays."""
    state = f"{key}_rows"
    if state not in st.session_state:
        st.session_state[state] = list(range(max(1, len(start))))
    places: list[int] = st.session_state[state]
    found = []
    for place in places:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{key}_{place}_row"):
            found.append(draw(f"{key}_{place}", start[place] if place < len(start) else None))
            st.button(
                "",
                icon=":material/delete:",
                key=f"{key}_{place}_less",
                help=_("Take this row away"),
                disabled=len(places) == 1,
                on_click=_less,
                args=(state, place),
            )
    st.button(
        add,
        icon=":material/add:",
        key=f"{key}_more",
        type="tertiary",
        disabled=len(places) >= most,
        on_click=_more,
        args=(state,),
    )
    return found


def _less(state: str, place: int) -> None:
    st.session_state[state] = [other for other in st.session_state[state] if other != place]


def _more(state: str) -> None:
    st.session_state[state] = [*st.session_state[state], max(st.session_state[state]) + 1]
