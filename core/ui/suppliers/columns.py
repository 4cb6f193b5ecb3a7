"""Choose which column of a file is which of ours, as guessed by its headers; and the cells that cannot be taken."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.i18n import _, language
from core.services import column_choice
from core.services.table_file import Wrong
from core.ui import session
from core.ui.forms import attempt

TYPES = ["csv", "tsv", "txt", "xlsx", "xls"]


def choose(kind: str, content: bytes, name: str, needed: Sequence[str]) -> dict[str, str] | None:
    """The chosen columns by our names; None while a needed one is missing."""
    guessed = attempt(lambda: column_choice.guess(session.actor(), session.store(), kind, content, name))
    if not isinstance(guessed, tuple):
        return None
    columns, found = guessed
    chosen: dict[str, str] = {}
    missing = [ours for ours in needed if not found[ours]]
    with st.expander(_("Columns of the file"), expanded=bool(missing)):
        places = st.columns(1 if session.on_phone() else 4)
        for n, (ours, before) in enumerate(found.items()):
            options = ["", *columns]
            picked = places[n % len(places)].selectbox(
                title(kind, ours) + (" *" if ours in needed else ""), options, index=options.index(before) if before in options else 0,
                key=f"{kind}_{ours}_{hash(tuple(columns))}", format_func=lambda one: one or _("none"),
            )  # fmt: skip
            chosen[ours] = picked or ""
    lacking = [title(kind, ours) for ours in needed if not chosen[ours]]
    if lacking:
        st.warning(
            _("Choose the columns of: {columns}.").format(columns=_(", ").join(lacking)), icon=":material/view_column:"
        )
        return None
    return chosen


def title(kind: str, ours: str) -> str:
    """Our name of a column in the reader's language: the first two of its headers are the English and the Chinese one."""
    english, chinese, *_more = column_choice.HEADERS[kind][ours]
    return chinese if language() == "zh" else english


def wrong_cells(wrong: Sequence[Wrong], key: str) -> bool:
    """Show what cannot be taken; whether a person leaves it out."""
    if not wrong:
        return False
    st.warning(_("{n} cells cannot be taken.").format(n=len(wrong)))
    st.dataframe(
        pd.DataFrame([{_("Row"): w.row, _("Column"): w.column, _("Value"): w.value, _("Why"): w.why} for w in wrong[:200]]),
        hide_index=True, key=f"{key}_wrong",
    )  # fmt: skip
    return st.checkbox(_("Leave these rows out and take the others"), key=f"{key}_leave")
