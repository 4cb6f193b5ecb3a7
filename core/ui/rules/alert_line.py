"""The alert of the false-positive rate as one line, for pages other than Risk."""

import streamlit as st

from core.i18n import _
from core.services import labels
from core.ui import session


def show() -> None:
    """Draw the line where the rate is above its level, with the way to the Risk page; nothing otherwise."""
    found = labels.alerting(session.actor(), session.store())
    if found is None or found.false_positive is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="risk_alert", border=True, gap="small"):
        st.markdown(
            ":red[:material/warning:] "
            + _("Risk rules held {share} of the normal orders in the last {days} days, above the level of {level}.").format(
                share=f"{found.false_positive:.1%}", days=found.days, level=f"{found.alert_at:.1%}"
            ),
            width="stretch",
        )  # fmt: skip
        link = session.link_to("risk")
        if link is not None:
            st.page_link(link, label=_("Risk"), icon=":material/shield:")
