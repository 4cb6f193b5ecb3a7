"""Which keys the orders of each channel carry: a rule over a key that an order lacks is "not evaluable", never false."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.services import labels, rule_forms
from core.ui import session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.rules import words
from core.ui.table import Column, table

_DAYS = 30


def show() -> None:
    """Draw the part."""
    rows: list[dict[str, Any]] = labels.evaluable(session.actor(), session.store(), _DAYS)
    st.caption(
        _("Share of the orders of the last {n} days that carry each key in comparable form. What comes masked or encrypted is never grouped; a rule that needs a missing key says so on the order.").format(
            n=_DAYS
        )
    )  # fmt: skip
    if not rows:
        empty(_("No orders yet."), _("Connect a shop or import a file; orders appear here by themselves."))
        return
    known = rule_forms.vocabulary(session.actor(), session.store()).order
    columns = [
        Column("channel", _("Channel"), words=general.channel),
        Column("orders", _("Orders"), "count"),
        *(Column(name, words.title(known[name]), "share") for name in labels.KEYS if name in known),
    ]
    table(rows, columns, key="evaluable", height="content")
    without = [general.channel(row["channel"]) for row in rows if not row["ip"]]
    if without:
        st.info(
            _("No IP address comes from {channels}: only a private mini-program or the own warehouse system gives it. Rules on the IP address cannot be evaluated there.").format(
                channels=general.listed(without)
            ),
            icon=":material/info:",
        )  # fmt: skip
