"""The question mark beside the account: what this page is for, with an example."""

import streamlit as st

from core.i18n import _
from core.ui import session
from core.ui.help.pages import PAGES


def mark(page: str) -> None:
    """Draw the popover of a page; nothing for a page without help."""
    found = PAGES.get(page)
    if found is None:
        return
    with st.popover("", icon=":material/help:", width="content", help=_("What this page is for")):
        st.write(_(found.text))
        st.caption(f"{_('Example')}: {_(found.example)}")
        link = session.link_to("help")
        if link is not None and page != "help":
            st.page_link(link, label=_("All help and words"), icon=":material/menu_book:")
