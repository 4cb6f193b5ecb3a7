"""The tab Print jobs: how each fares; one that broke off asks a person what came out of the printer."""

import streamlit as st

from core.i18n import _
from core.model.printing import DOCUMENTS, FAILED, SENDING, STATES, UNKNOWN, WAITING
from core.services import picking
from core.services.picking import PrintJob
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun
from core.ui.table import Column, table


def warn() -> None:
    """Above every tab: a job waits for a person."""
    waiting = picking.job_counts(session.actor(), session.store()).get(UNKNOWN, 0)
    if waiting:
        st.warning(
            _("{n} print jobs broke off: look at the printer, then settle them under Print jobs.").format(n=waiting),
            icon=":material/print_error:",
        )


@st.fragment(run_every=5)
def show() -> None:
    """Draw the tab; it looks again by itself while it is open."""
    jobs = picking.jobs(session.actor(), session.store())
    if not jobs:
        empty(_("Nothing has been printed yet."), _("Print a wave on the tab Waves."), icon="print")
        return
    for job in [each for each in jobs if each.state == UNKNOWN]:
        _doubt(job)
    for job in [each for each in jobs if each.state == FAILED][:10]:
        _failed(job)
    rows = [
        {
            "what": _(DOCUMENTS.get(job.document, job.document)) + (f" ({_('REPRINT')})" if job.reprint else ""),
            "wave": job.wave, "state": _(STATES[job.state]), "slips": len(job.slips), "printer": job.printer,
            "when": words.ago(job.changed_at), "who": words.event_actor(job.made_by), "said": _said(job),
        }
        for job in jobs
    ]  # fmt: skip
    columns = [
        Column("what", _("Document")), Column("wave", _("Wave")), Column("state", _("State")), Column("slips", _("Slips"), "count"),
        Column("printer", _("Printer")), Column("when", _("When")), Column("who", _("By")), Column("said", _("Note"), width="large"),
    ]  # fmt: skip
    table(rows, columns[:3] if session.on_phone() else columns, key="print_jobs")


def _said(job: PrintJob) -> str:
    parts = []
    if job.lost:
        parts.append(_("The font lacks these characters; they stand as 〓: {signs}").format(signs=" ".join(job.lost)))
    if job.settled_by:
        parts.append(_("settled by {who}").format(who=job.settled_by))
    if job.told and job.state in (WAITING, SENDING):
        parts.append(job.told)
    return " · ".join(parts)


def _doubt(job: PrintJob) -> None:
    actor, store = session.actor(), session.store()
    with st.container(border=True, key=f"doubt_{job.job_key}"):
        st.markdown(
            f":material/help: **{_('Did this come out?')}** {_(DOCUMENTS.get(job.document, job.document))} {job.wave} · "
            + _("{n} slips").format(n=len(job.slips)) + f" · {words.plain(job.printer)} · {words.ago(job.changed_at)}"
        )  # fmt: skip
        st.caption(_("Look at the printer, then say on the picking page whether it was printed."))
        with st.container(horizontal=True):
            if st.button(_("Yes, all of it"), icon=":material/check:", key=f"yes_{job.job_key}") and attempt(
                lambda: picking.settle(actor, store, job.job_key, came_out=True)
            ) is not None:  # fmt: skip
                say_after_rerun(_("Noted as printed."))
                st.rerun()
            if st.button(_("No, or not all: print again"), icon=":material/print:", key=f"no_{job.job_key}") and attempt(
                lambda: picking.settle(actor, store, job.job_key, came_out=False)
            ) is not None:  # fmt: skip
                say_after_rerun(_("Printed again, every page marked as a reprint."))
                st.rerun()


def _failed(job: PrintJob) -> None:
    if not job.told or job.settled_by:
        return
    actor, store = session.actor(), session.store()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"failed_{job.job_key}"):
        with st.container(gap=None):
            st.markdown(f":material/error: **{words.plain(job.printer)}** · {job.wave} · {words.ago(job.changed_at)}")
            st.caption(words.plain(job.told))
        if st.button(_("Try again"), key=f"again_{job.job_key}") and attempt(
            lambda: picking.retry(actor, store, job.job_key)
        ):
            say_after_rerun(_("Sent again."))
            st.rerun()
