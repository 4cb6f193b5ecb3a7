"""What if: two policies over a period, in force, drafts or older versions, on the same orders and the same stock."""

from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from core import clock
from core.i18n import _
from core.insight.routing_whatif import Compared
from core.services import routing
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.routing import trial
from core.ui.routing.titles import policy, state


def show() -> None:
    """Draw the tab."""
    bodies = _versions()
    if not bodies:
        empty(_("No routing policy yet."), _("Make one first; then compare it."), icon="compare_arrows")
        return
    yesterday = clock.business_day(clock.now(), session.zone()) - timedelta(days=1)
    names = list(bodies)
    left, right = st.columns(2)
    a = left.selectbox(_("Policy A"), names, key="whatif_a")
    b = right.selectbox(_("Policy B"), names, index=min(1, len(names) - 1), key="whatif_b")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.date_input(
            _("Paid from – to"), (yesterday, yesterday), key="whatif_period", format="YYYY-MM-DD", width=280,
            max_value=yesterday + timedelta(days=1),
        )  # fmt: skip
        pressed = st.button(_("Compare"), icon=":material/compare_arrows:", type="primary", key="whatif_go")
    if pressed and isinstance(period, tuple) and len(period) == 2:
        with st.spinner(_("Routing …")):
            found = attempt(partial(trial.run, bodies[b], *period, against=bodies[a]))
        if isinstance(found, Compared):
            st.session_state["whatif_found"] = (a, b, found)
    kept = st.session_state.get("whatif_found")
    if kept is None:
        st.caption(_("Nothing is written."))
        return
    st.caption(f"A: {words.plain(kept[0])} · B: {words.plain(kept[1])}")
    trial.result(kept[2], "whatif", ("A", "B"))


def _versions() -> dict[str, dict[str, Any]]:
    actor, store = session.actor(), session.store()
    found = {}
    for row in routing.policies(actor, store):
        for version in routing.history(actor, store, row.name):
            found[f"{policy(row.name)} v{version.version} · {state(version.state)}"] = version.body
    return found
