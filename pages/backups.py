"""Back-up: what is kept, made and proven by itself, put back with one press; and the check-up of the whole store."""

import streamlit as st

from core.i18n import N_, _
from core.ui.backups.backup_list import backup_list
from core.ui.backups.check_up import check_up
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("backups", N_("Back-up"), "backup", "settings", 80, "backups.make")

_TABS = {"backups": N_("Back-ups"), "check": N_("Check-up")}
_DRAW = {"backups": backup_list, "check": check_up}


def render() -> None:
    """The page."""
    st.header(_("Back-up"))
    _DRAW[tabs("part", _TABS)]()
