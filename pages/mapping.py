"""Field mapping without code: board, converters, status words, preview, versions."""

import streamlit as st

from core.i18n import N_, _
from core.ui.mapping import board_tab, chooser, examples_tab, newcomer, preview_tab, status_tab, versions_tab
from core.ui.mapping import work as works
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page(
    name="mapping",
    title=N_("Mapping"),
    icon="conversion_path",
    section="settings",
    order=20,
    permission="mapping.view",
)
_TABS = {
    "fields": N_("Field mapping"),
    "statuses": N_("Status words"),
    "preview": N_("Preview"),
    "examples": N_("Examples"),
    "versions": N_("Versions and shops"),
}
_DRAW = {
    "fields": board_tab.show,
    "statuses": status_tab.show,
    "preview": preview_tab.show,
    "examples": examples_tab.show,
    "versions": versions_tab.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Mapping"))
    name = chooser.choose()
    if name is None:
        st.caption(_("Choose one above. To map something new, take “New from a sample” and drop an export in."))
        return
    if name == chooser.NEW:
        begun = newcomer.show()
        if begun:
            chooser.select(begun)
            st.rerun()
        return
    work = works.find(name)
    if work is None:
        return
    works.load_samples(work)
    board_tab.take(work)
    chooser.head(work)
    _DRAW[tabs("part", _TABS)](work)
