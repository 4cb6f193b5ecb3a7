"""The foot of a long list: which rows are shown of how many, and buttons to the pages before and after."""

from collections.abc import Callable

import streamlit as st

from core.i18n import _
from core.ui import words


def pager(name: str, offset: int, total: int, rows: int, turn: Callable[[int], None]) -> None:
    """Nothing where one page of `rows` holds all. `turn` gets the first row of the page wanted; `name` keys the buttons."""
    if total <= rows:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("{first}–{last} of {total}").format(
                first=words.count(offset + 1),
                last=words.count(min(offset + rows, total)),
                total=words.count(total),
            ),
            width="content",
        )
        for label, to in ((_("Previous page"), offset - rows), (_("Next page"), offset + rows)):
            st.button(
                label,
                key=f"{name}_to_{to > offset}",
                disabled=not 0 <= to < total,
                on_click=turn,
                args=(to,),
                type="tertiary",
            )
