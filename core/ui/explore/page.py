"""The page: the question on top, its answer as chart and table, the orders behind a click, keeping and telling."""

import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.services import pivot
from core.ui import session
from core.ui.empty import empty
from core.ui.explore import answer, keeping, question
from core.ui.forms import show_error


def show() -> None:
    """Draw the page."""
    st.header(_("Explorer"))
    st.caption(
        _("Choose what to group by and what to measure; a click shows the orders. The address holds the question: send it.")
    )  # fmt: skip
    document = question.form()
    keeping.bar(document)
    try:
        asked, found = pivot.ask(
            session.actor(), session.store(), session.vault(), document, zone=session.zone()
        )  # fmt: skip
    except DanliuError as error:
        show_error(error)
        return
    if not found.firsts:
        empty(_("No order answers this question."), _("Widen the period or take a filter away."), icon="search_off")
        return
    answer.show(document, asked, found, key="answer")
