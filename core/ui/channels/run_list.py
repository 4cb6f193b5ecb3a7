"""The runs tab: back-fills under way, and the newest runs of all shops."""

import streamlit as st

from core.i18n import _
from core.mapping.said import unpacked_whole
from core.services import pulls
from core.store.runs import Run
from core.ui import session, words
from core.ui.channels import backfill_form
from core.ui.channels.words import RUN_KINDS, run_state
from core.ui.empty import empty
from core.ui.table import Column, table

_MOST = 200


def show() -> None:
    """Draw the tab."""
    backfill_form.progress()
    runs = pulls.listing(session.actor(), session.store(), limit=_MOST)
    shops = sorted({run.shop for run in runs})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.multiselect(_("Shop"), shops, key="runs_shop", placeholder=_("All shops"))
        failed = st.toggle(_("Only with errors"), key="runs_failed")
        if st.button(_("Refresh"), icon=":material/refresh:", key="runs_refresh"):
            st.rerun()
    shown = [r for r in runs if (not wanted or r.shop in wanted) and (not failed or r.error)]
    if not shown:
        empty(_("No run yet."), _("A connected shop is pulled by itself; Pull now does it at once."), icon="sync")
        return
    counts = [
        Column(name, label, "count")
        for name, label in (
            ("pulled", _("Read")),
            ("inserted", _("New")),
            ("updated", _("Changed")),
            ("unchanged", _("Unchanged")),
            ("rejected", _("Rejected")),
        )
    ]
    columns = [
        Column("started_at", _("Began"), "instant"),
        Column("shop", _("Shop")),
        Column("channel", _("Channel"), words=words.channel),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("seconds", _("Took")),
        *counts,
        Column("error", _("Error"), width="large"),
    ]
    table([_row(run) for run in shown], columns, key="runs", height=460)


def _row(run: Run) -> dict[str, object]:
    took = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    return {
        "started_at": run.started_at,
        "shop": run.shop,
        "channel": run.channel,
        "kind": _(RUN_KINDS.get(run.kind, run.kind)),
        "state": run_state(run.state),
        "seconds": _("{n} s").format(n=f"{took:.1f}") if took is not None else words.NONE,
        "pulled": run.counts.pulled,
        "inserted": run.counts.inserted,
        "updated": run.counts.updated,
        "unchanged": run.counts.unchanged,
        "rejected": run.counts.rejected,
        "error": unpacked_whole(run.error),
    }
