"""Up to which amount a role may release by itself: seen by all at the desk, changed by whom may."""

import streamlit as st

from core.i18n import _
from core.services import review_limits
from core.store.holds import REASONS
from core.ui import session, words
from core.ui.forms import attempt, say_after_rerun
from core.ui.people.titles import role_title


def show() -> None:
    """Draw the limits, one line a role, and the form below for administrators."""
    who, store = session.actor(), session.store()
    found = review_limits.limits(who, store)
    for role, fen in found.items():
        said = words.money(fen) if fen is not None else _("without limit")
        st.markdown(
            f"**{words.plain(role_title(role))}**: {_('releases up to {amount}').format(amount=words.plain(said))}"
        )
    by_lead = words.listed(_(REASONS[reason]) for reason in review_limits.BY_LEAD)
    st.caption(_("Only leads and administrators decide: {reasons}.").format(reasons=by_lead))
    if not who.may("review.limits"):
        return
    with st.container(border=True):
        role = st.selectbox(_("Role"), list(found), format_func=role_title, key="limit_role")
        free = st.toggle(_("Without limit"), value=found[role] is None, key=f"limit_free_{role}")
        amount = 0.0
        if not free:
            amount = st.number_input(
                _("Releases up to, in yuan"), min_value=0.0, step=50.0, value=(found[role] or 0) / 100,
                key=f"limit_amount_{role}",
            )  # fmt: skip
        if st.button(_("Save"), type="primary", key="limit_save"):
            fen = None if free else round(float(amount) * 100)
            if attempt(lambda: review_limits.set_limit(who, store, role, fen)):
                say_after_rerun(_("The limit is saved; it counts at once."))
                st.rerun()
