"""The tab that explains the pages a person can open, by section of the menu."""

import streamlit as st

from core.i18n import _
from core.ui import session
from core.ui.empty import empty
from core.ui.help.pages import PAGES
from core.ui.page import SECTIONS
from core.ui.registry import Entry, entries_for


def show() -> None:
    """Draw the tab."""
    wanted = st.text_input(
        _("Search"), key="help_search", type="search", label_visibility="collapsed", placeholder=_("A page or a word"),
        bind="query-params",
    )  # fmt: skip
    text = (wanted or "").strip().casefold()
    mine = [entry for entry in entries_for(session.actor()) if text in _searched(entry)]
    if not mine:
        empty(_("No page fits this search."), _("Clear the search, or look among the words."), icon="search_off")
    for section, title in SECTIONS.items():
        here = [entry for entry in mine if entry.page.section == section]
        if here:
            st.markdown(f"**{_(title)}**")
        for entry in here:
            _draw(entry)


def _draw(entry: Entry) -> None:
    with st.container(border=True, gap=None, key=f"help_{entry.page.name}"):
        link = session.link_to(entry.page.name)
        if link is not None:
            st.page_link(link)
        found = PAGES.get(entry.page.name)
        if found is not None:
            st.write(_(found.text))
            st.caption(f"{_('Example')}: {_(found.example)}")


def _searched(entry: Entry) -> str:
    found = PAGES.get(entry.page.name)
    return f"{_(entry.page.title)} {_(found.text) if found else ''} {_(found.example) if found else ''}".casefold()
