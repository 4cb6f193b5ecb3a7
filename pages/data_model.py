"""The data model: fields of orders and lines, their labels, own fields, and status tags."""

import streamlit as st

from core.i18n import N_, _
from core.ui.model import field_list, tag_list
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page(
    name="data_model",
    title=N_("Data model"),
    icon="schema",
    section="settings",
    order=30,
    permission="model.view",
)
_TABS = {"fields": N_("Fields"), "tags": N_("Status tags")}


def render() -> None:
    """Draw the page."""
    st.header(_("Data model"))
    if tabs("part", _TABS) == "tags":
        tag_list.show()
    else:
        field_list.show()
