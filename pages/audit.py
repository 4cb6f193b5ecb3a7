"""Audit: who did or tried what, and when. Nothing here can be changed."""

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.i18n import N_, _
from core.services import audit_trail
from core.store.audit_trail import Entry, Wanted
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import dialog
from core.ui.page import Page
from core.ui.people import proof
from core.ui.people.actions import words
from core.ui.table import Column, table

PAGE = Page("audit", N_("Audit"), "policy", "settings", 70, "audit.view")
_ON_A_PAGE = 50
_OUTCOMES = {"done": N_("Done"), "denied": N_("Denied")}


def render() -> None:
    """The page."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(_("Audit"), width="stretch")
        if st.button(_("Prove the trail"), icon=":material/verified:", key="audit_prove"):
            dialog(_("Prove the trail"), proof.draw)
    st.caption(_("Every change by a person, every denied try, every export and every opened phone or address."))
    actor, store = session.actor(), session.store()
    wanted = _wanted()
    place = st.session_state.get("audit_page", 1)
    rows, total = audit_trail.page(actor, store, wanted, start=(place - 1) * _ON_A_PAGE, limit=_ON_A_PAGE)
    if not total:
        empty(_("Nothing was noted for this filter."), _("Widen the period or clear the search."), icon="policy")
        return
    if not rows:  # the filter narrowed while a later page was open
        rows, total = audit_trail.page(actor, store, wanted, limit=_ON_A_PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("{n} entries").format(n=f"{total:,}"))
        if actor.may("audit.export"):
            proof.export_button(wanted)
    table([_shown(row) for row in rows], _columns(), key="audit_rows", height="content")
    pages = -(-total // _ON_A_PAGE)
    if pages > 1:
        st.pagination(pages, key="audit_page")


def _wanted() -> Wanted:
    actors, actions = audit_trail.choices(session.actor(), session.store())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Search"), key="audit_text", type="search", placeholder=_("Subject or detail"), bind="query-params"
        )
        who = st.selectbox(
            _("Who"), actors, index=None, key="audit_actor", placeholder=_("Everybody"), bind="query-params"
        )
        what = st.multiselect(
            _("What"), actions, format_func=words, key="audit_actions", placeholder=_("Everything"), bind="query-params"
        )
        outcome = st.segmented_control(
            _("Outcome"),
            list(_OUTCOMES),
            key="audit_outcome",
            format_func=lambda name: _(_OUTCOMES[str(name)]),
            bind="query-params",
        )
        days = st.date_input(_("Period"), value=[], key="audit_days", format="YYYY-MM-DD")
    since, until = _bounds(days)
    return Wanted(who or "", tuple(what), outcome or "", (text or "").strip(), since, until)


def _bounds(days: object) -> tuple[datetime | None, datetime | None]:
    """The chosen business days as instants; one day alone is that whole day."""
    chosen = [day for day in days if isinstance(day, date)] if isinstance(days, list | tuple) else []
    if not chosen:
        return None, None
    zone = ZoneInfo(session.zone())
    after = chosen[-1] + timedelta(days=1)
    return datetime.combine(chosen[0], time(), zone), datetime.combine(after, time(), zone)


def _columns() -> list[Column]:
    return [
        Column("happened_at", _("When"), "instant"),
        Column("actor", _("Who")),
        Column("action", _("What"), words=words),
        Column("subject", _("Subject")),
        Column("outcome", _("Outcome"), words=lambda name: _(_OUTCOMES.get(name, name or ""))),
        Column("detail", _("Detail"), width="large"),
    ]


def _shown(row: Entry) -> dict[str, object]:
    detail = json.loads(row.detail or "{}")
    told = ", ".join(f"{name} = {value}" for name, value in detail.items())
    return {
        "happened_at": row.happened_at,
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "outcome": row.outcome,
        "detail": told,
    }
