"""Channels: connected shops and how their pulls fare, runs, rejects, files, own channels."""

import streamlit as st

from core.i18n import N_, _
from core.ui.channels import channel_list, file_import, reject_list, run_list, shop_cards
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page(name="channels", title=N_("Channels"), icon="hub", section="settings", order=10, permission="channels.view")
_TABS = {
    "shops": N_("Shops"),
    "import": N_("File import"),
    "runs": N_("Runs"),
    "rejects": N_("Rejects"),
    "own": N_("Own channels"),
}
_DRAW = {
    "shops": shop_cards.show,
    "import": file_import.show,
    "runs": run_list.show,
    "rejects": reject_list.show,
    "own": channel_list.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Channels"))
    _DRAW[tabs("part", _TABS)]()
