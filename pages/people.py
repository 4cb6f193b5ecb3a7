"""Accounts: who may come in, what each role may do, and who is logged in."""

import streamlit as st

from core.i18n import N_, _
from core.ui import session
from core.ui.page import Page
from core.ui.people import account_list, role_list, session_list
from core.ui.tabs import tabs

PAGE = Page("people", N_("Accounts"), "group", "settings", 40, "accounts.edit")
_TABS = {"accounts": N_("Accounts"), "roles": N_("Roles"), "sessions": N_("Logged in")}
_DRAW = {"accounts": account_list.show, "roles": role_list.show, "sessions": session_list.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Accounts"))
    shown = _TABS if session.actor().may("roles.edit") else {n: t for n, t in _TABS.items() if n != "roles"}
    _DRAW[tabs("part", shown)]()
