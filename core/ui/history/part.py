"""One question of the explorer as a part of this page: its chart, its orders, and a way into the explorer."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _
from core.insight.pivot import Answer, Question
from core.services import pivot
from core.ui import session
from core.ui.empty import empty
from core.ui.explore import answer, question


def ask(document: Mapping[str, Any]) -> tuple[Question, Answer]:
    """The answer of a question."""
    return pivot.ask(session.actor(), session.store(), session.vault(), document, zone=session.zone())


def part(document: Mapping[str, Any], *, key: str, title: str, with_table: bool = True) -> None:
    """Ask and draw, or say that nothing answers."""
    asked, found = ask(document)
    head(document, key, title)
    if not found.firsts:
        nothing()
        return
    answer.show(document, asked, found, key=key, with_table=with_table)


def head(document: Mapping[str, Any], key: str, title: str) -> None:
    """The title, with the way into the explorer."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, width="stretch")
        link = session.link_to("explore")
        if link is not None and st.button(
            _("Open in the explorer"), icon=":material/pivot_table_chart:", key=f"{key}_explore", type="tertiary"
        ):
            st.switch_page(link, query_params=question.link(document))


def nothing() -> None:
    """No order is there to look at."""
    empty(_("No order answers this question."), _("Widen the period or take a filter away."), icon="search_off")
