"""Rules: every rule set with its state; an opened one with its editor, back-test, examples and history."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.rules import elsewhere, opened_set, set_list, words
from core.ui.tabs import tabs

PAGE = Page(name="rules", title=N_("Rules"), icon="rule", section="rules", order=40, permission="rules.view")


def render() -> None:
    """Draw the page."""
    st.header(_("Rules"))
    set_list.problems()
    opened = set_list.opened()
    if opened is not None and opened[0] not in elsewhere.PAGES:
        opened_set.show(*opened)
        return
    st.caption(_("What the shops' orders are decided by. Try every change on past orders before it is published."))
    kind = tabs("kind", words.KINDS)
    if kind in elsewhere.PAGES:
        elsewhere.show(kind)
    else:
        set_list.show(kind)
