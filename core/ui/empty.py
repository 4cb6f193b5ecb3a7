"""Empty states: what is missing, and what to do next."""

import streamlit as st

from core.ui import session


def empty(title: str, next_step: str = "", *, icon: str = "inbox", page: str = "", label: str = "") -> None:
    """A quiet box with the next step; with `page` and `label` a link to the page where it is done."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f":material/{icon}: **{title}**", width="content")
        if next_step:
            st.caption(next_step, width="content")
        target = session.link_to(page) if page else None
        if target is not None and label:
            st.page_link(target, label=label, icon=":material/arrow_forward:")
