"""Two periods side by side: the seed's table of before and after, with targets."""

import streamlit as st

from core.i18n import _
from core.insight.backtest import Period
from core.insight.kpi_details import Details
from core.services import outcomes
from core.services.faults import CAUSES, FAULTS
from core.services.outcomes import Row
from core.services.report_pdf import behind_the_times
from core.ui import session, words
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.outcomes import periods
from core.ui.table import Column, table

_MARKS = {True: "✓", False: "✗", None: ""}
_WAYS = {True: "▲", False: "▼", None: ""}
_FIRST = (
    "paid_to_slip_minutes.p50",
    "dispatch_error_rate",
    "order_inquiry_share",
    "loss_fen",
    "automation_rate",
    "false_positive_rate",
)


def comparison() -> None:
    """The periods, the four dimensions with the balance on top, then every figure and what stands behind it."""
    asked = periods.chosen()
    if asked is None:
        return
    before, after = asked
    with st.spinner(_("Counting …")):
        rows, behind = _counted(before, after)
    st.caption(_("{before} against {after}").format(before=outcomes.said(before), after=outcomes.said(after)))
    _cards(rows)
    _table(rows)
    _behind(behind)
    with st.container(horizontal=True):
        if session.actor().may("insight.targets") and st.button(
            _("Set targets"), key="targets_open", icon=":material/flag:"
        ):
            dialog(_("Set targets"), _targets)
        if st.button(_("Make the file"), key="outcomes_file", icon=":material/table:"):
            made = attempt(
                lambda: outcomes.export(session.actor(), session.store(), before, after, zone=session.zone())
            )
            if isinstance(made, tuple):
                st.download_button(
                    _("Download {name}").format(name=made[0]),
                    made[1],
                    file_name=made[0],
                    key="outcomes_download",
                    on_click="ignore",
                )


def _counted(before: Period, after: Period) -> tuple[list[Row], tuple[Details, Details]]:
    """Counted once a commit: other widgets of the page ask for nothing new."""
    who, store, zone = session.actor(), session.store(), session.zone()
    key = (store.version, before, after, who.account)
    kept = st.session_state.get("outcomes_rows")
    if kept is None or kept[0] != key:
        rows = outcomes.compare(who, store, before, after, zone=zone)
        behind = outcomes.details_of(who, store, before, zone=zone), outcomes.details_of(who, store, after, zone=zone)
        kept = st.session_state["outcomes_rows"] = (key, rows, behind)
    return kept[1], kept[2]


def _behind(both: tuple[Details, Details]) -> None:
    """Errors by type, loss by cause, and what the times hold and leave out."""
    columns = [Column("label", _("Figure"), width="large"), Column("before", _("Earlier period")), Column("after", _("Later period"))]  # fmt: skip
    before, after = both
    tables = {
        _("Errors by type"): [
            (_(FAULTS.get(kind, kind)), words.count(before.faults.get(kind, 0)), words.count(n)) for kind, n in after.faults.items()
        ],
        _("Loss by cause"): [
            (_(CAUSES.get(cause, cause)), words.money(before.losses.get(cause, 0)), words.money(fen))
            for cause, fen in after.losses.items()
        ],
        _("Behind the times"): behind_the_times(before, after),
    }  # fmt: skip
    for title, rows in tables.items():
        with st.expander(title):
            listed = [{"label": label, "before": first, "after": second} for label, first, second in rows]
            table(listed, columns, key=f"outcomes_{title}", height="content")


def _cards(rows: list[Row]) -> None:
    by_name = {row.measure.name: row for row in rows}
    bands = outcomes.targets(session.actor(), session.store())
    with st.container(horizontal=True):
        for name in _FIRST:
            row = by_name[name]
            delta = None
            if row.before is not None:
                delta = _("before {value}").format(value=outcomes.shown(row.measure, row.before))
            colour = "off" if row.gain is None else "normal" if row.gain else "inverse"
            band = outcomes.band_words(row.measure, *bands[name])
            st.metric(
                f"{_MARKS[row.met]} {_(row.measure.label)}".strip(), outcomes.shown(row.measure, row.after), delta=delta,
                delta_color=colour, delta_arrow="off", border=True, height="stretch", help=_("Goal {band}").format(band=band) if band else None,
            )  # fmt: skip


def _table(rows: list[Row]) -> None:
    bands = outcomes.targets(session.actor(), session.store())
    table(
        [
            {
                "label": _(row.measure.label), "before": outcomes.shown(row.measure, row.before),
                "after": outcomes.shown(row.measure, row.after), "way": _WAYS[row.gain],
                "target": outcomes.band_words(row.measure, *bands[row.measure.name]), "met": _MARKS[row.met],
                "help": _(row.measure.help) if row.measure.help else "",
            }
            for row in rows
        ],
        [
            Column("label", _("Figure"), width="medium"), Column("before", _("Earlier period")), Column("after", _("Later period")),
            Column("way", _("Better"), help=_("▲ better than before, ▼ worse")), Column("target", _("Goal")),
            Column("met", _("Within the target")), Column("help", "", width="large"),
        ],
        key="outcomes_table",
        height="content",
    )  # fmt: skip
    st.caption(
        _("A dash means nothing to measure, never zero. Scheduled orders and payments of months ago are in no time.")
    )


def _targets() -> None:
    """One figure at a time."""
    measure = st.selectbox(_("Figure"), list(outcomes.MEASURES), format_func=lambda one: _(one.label), key="target_of")
    low, high = outcomes.targets(session.actor(), session.store())[measure.name]
    scale, unit = {"share": (100.0, "%"), "money": (0.01, "¥"), "minutes": (1.0, _("minutes"))}.get(
        measure.kind, (1.0, "")
    )
    with st.container(horizontal=True):
        least = st.number_input(
            _("At least") + (f" ({unit})" if unit else ""), value=None if low is None else low * scale, min_value=0.0,
            key=f"target_low_{measure.name}",
        )  # fmt: skip
        most = st.number_input(
            _("At most") + (f" ({unit})" if unit else ""), value=None if high is None else high * scale, min_value=0.0,
            key=f"target_high_{measure.name}",
        )  # fmt: skip
    st.caption(_("It marks the figure for everybody; orders are not changed."))
    if st.button(_("Save"), type="primary", key="target_save"):
        bounds = [None if value is None else value / scale for value in (least, most)]
        done = attempt(lambda: outcomes.set_target(session.actor(), session.store(), measure.name, *bounds))
        if done is not None:
            say_after_rerun(_("The target is set."))
            st.rerun()
