"""The tab of the process sheet: the live flow in words, and the sheet to print."""

from urllib.parse import urlencode

import streamlit as st

from core.i18n import _, language
from core.services import guide
from core.ui import session
from core.ui.empty import empty
from core.ui.markdown import plain


def show() -> None:
    """Draw the tab."""
    st.caption(
        _("Draw the process first: the sheet is made of the published flow of this moment, for walls and training.")
    )
    found = guide.sheets(session.actor(), session.store())
    if not found:
        empty(
            _("No flow is published yet."),
            _("Publish one on the page Flow."),
            icon="account_tree",
            page="flow",
            label=_("Flow"),
        )
        return
    st.link_button(
        _("Open the sheet to print"), f"/print/process?{urlencode({'lang': language()})}", icon=":material/print:",
        type="primary",
    )  # fmt: skip
    for sheet in found:
        st.markdown(f"**{plain(sheet.title)}** :gray[{_('version {n}').format(n=sheet.version)}]")
        for stop in sheet.stops:
            exits = " · ".join(f"{plain(_(label))} → {number}" for label, number in stop.exits)
            st.markdown(f"{stop.number}\\. **{plain(stop.label or _(stop.title))}** — {_(stop.help)}  \n:gray[{exits}]")
