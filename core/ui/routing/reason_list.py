"""Why this warehouse: the orders routed last or searched for, each with its sentence; a click shows every candidate."""

import streamlit as st

from core.i18n import _
from core.services import routing
from core.services.routing import Reason
from core.ui import session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.routing import candidates
from core.ui.routing.titles import policy
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    text = st.text_input(
        _("Platform order no."), key="routing_search", placeholder=_("Its beginning is enough"), max_chars=40
    )
    rows = routing.reasons(session.actor(), session.store(), text)
    if not rows:
        if text:
            empty(_("No routed order begins like this."), _("Search for another number."), icon="search_off")
        else:
            empty(
                _("No order has been routed yet."),
                _("Orders are routed once they are paid and have stock."),
                icon="alt_route",
            )
        return
    columns = [
        Column("platform_no", _("Platform order no.")),
        Column("province", _("Province")),
        Column("sentence", _("Why"), width="large"),
        Column("at", _("Decided at"), "instant"),
        Column("policy", _("Policy")),
    ]
    picked = table(
        [
            {
                "platform_no": row.platform_no, "province": row.province, "sentence": row.sentence, "at": row.decided_at,
                "policy": f"{policy(row.policy)} v{row.version}",
            }
            for row in rows
        ],
        columns[:3] if session.on_phone() else columns,
        key="routing_reasons",
        select="single-row",
    )  # fmt: skip
    if not picked or picked[0] >= len(rows):
        st.caption(_("Choose a row to see every warehouse that was looked at."))
        return
    _one(rows[picked[0]])


def _one(row: Reason) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{words.plain(row.platform_no)}** · {words.plain(row.province)} · {words.status(row.status)}",
                width="stretch",
            )
            if st.button(_("Open the order"), icon=":material/open_in_new:", key="routing_open"):
                show_order(row.order_key)
        st.markdown(words.plain(row.sentence))
        candidates.draw(row.record, key="routing_candidates")
