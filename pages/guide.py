"""Guided start: from an empty store to the first orders that flow, ticked from the store itself."""

import streamlit as st

from core.i18n import N_, _
from core.services import guide
from core.services.guide import Step
from core.ui import session
from core.ui.page import Page

PAGE = Page("guide", N_("Guided start"), "flag", "settings", 5, "channels.view")


def render() -> None:
    """Draw the page."""
    st.header(_("Guided start"))
    st.caption(
        _("Five steps to the first orders that flow by themselves. Each tick comes from the store, not from a click.")
    )
    _live()


@st.fragment(run_every="5s")
def _live() -> None:
    steps = guide.steps(session.actor(), session.store())
    done = sum(step.done for step in steps)
    st.progress(done / len(steps), text=_("{n} of {m} steps done").format(n=done, m=len(steps)))
    following = next((step.name for step in steps if not step.done), "")
    for number, step in enumerate(steps, 1):
        _draw(number, step, is_next=step.name == following)
    if not following:
        st.success(_("Orders flow. The overview shows them from now on."), icon=":material/celebration:")


def _draw(number: int, step: Step, *, is_next: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"step_{step.name}"):
        with st.container(gap=None):
            icon = ":green[:material/check_circle:]" if step.done else ":gray[:material/radio_button_unchecked:]"
            badge = f" :blue-badge[{_('next')}]" if is_next else ""
            st.markdown(f"{icon} **{number}. {_(step.title)}**{badge}")
            st.write(_(step.what))
            st.caption(_(step.said).format(n=f"{step.n:,}", m=f"{step.m:,}"))
        link = session.link_to(step.page)
        if link is not None:
            st.page_link(link)
