"""Outcomes for a person: the figures of two periods side by side with their targets, and the same as a file.

Every number is core.insight.kpi's; nothing is computed here.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook

from core.errors import BadRequest
from core.i18n import N_, _
from core.insight.backtest import Period
from core.insight.kpi import figures
from core.insight.kpi_details import Details, details
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, facts

_TARGETS = "outcome_targets"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the page. `kind`: minutes, share, money, count. `low`/`high`: the band it should be in, in its own
    unit (None is open); `better`: which way is an improvement."""

    name: str
    label: str
    kind: str
    low: float | None = None
    high: float | None = None
    better: str = "less"  # less, more, band
    help: str = ""


MEASURES: tuple[Measure, ...] = (
    Measure("paid_to_slip_minutes.p50", N_("Paid to slip, median"), "minutes", high=30),
    Measure("paid_to_slip_minutes.p90", N_("Paid to slip, 90 % of orders within"), "minutes"),
    Measure("paid_to_slip_minutes.within_30_share", N_("Slip within 30 minutes"), "share", low=0.9, better="more"),
    Measure("paid_to_slip_minutes.open", N_("Still without a slip"), "count",
            help=N_("Paid, not cancelled and not refunded. They are in no mean, so look at them first.")),
    Measure("paid_to_ship_minutes.p50", N_("Paid to shipped, median"), "minutes"),
    Measure("dispatch_error_rate", N_("Dispatch errors"), "share", high=0.01),
    Measure("order_inquiry_share", N_("Questions about progress among all tickets"), "share", high=0.2),
    Measure("cross_team_tickets_per_day", N_("Tickets between teams a day"), "count", high=3),
    Measure("loss_fen", N_("Loss"), "money"),
    Measure("oversell_rate", N_("Oversold pieces"), "share", high=0.003),
    Measure("automation_rate", N_("Automation rate"), "share", low=0.8, high=0.9, better="band",
            help=N_("Below 80 % people do the machine's work; above 90 % look whether the review points still catch anything.")),
    Measure("false_positive_rate", N_("Normal orders held"), "share", high=0.02),
    Measure("false_discovery_rate", N_("Released among reviewed"), "share"),
    Measure("routing_acceptance", N_("Automatic warehouse kept"), "share", low=0.98, better="more"),
)  # fmt: skip
BY_NAME = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of two periods. None where there is nothing to measure. `met`: whether the later one is within its band
    (None: no band or no figure); `gain`: whether the later one is better (None: equal or not comparable)."""

    measure: Measure
    before: float | None
    after: float | None
    met: bool | None
    gain: bool | None


def compare(actor: Actor, store: Store, before: Period, after: Period, *, zone: str) -> list[Row]:
    """The figures of both periods with the targets in force."""
    require(actor, store, "insight.view")
    earlier, later, bands = _flat(store, before, zone), _flat(store, after, zone), targets(actor, store)
    return [_row(measure, earlier[measure.name], later[measure.name], bands[measure.name]) for measure in MEASURES]


def details_of(actor: Actor, store: Store, period: Period, *, zone: str) -> Details:
    """What stands behind the figures of a period."""
    require(actor, store, "insight.view")
    return details(store, period, zone)


def targets(actor: Actor, store: Store) -> dict[str, tuple[float | None, float | None]]:
    """name -> (low, high), each as a person set it or as it ships."""
    require(actor, store, "insight.view")
    return bands(store)


def bands(store: Store) -> dict[str, tuple[float | None, float | None]]:
    """The same for what shows a figure to whoever may see its page."""
    kept = json.loads(facts.get(store, _TARGETS, "{}"))
    return {m.name: (kept[m.name][0], kept[m.name][1]) if m.name in kept else (m.low, m.high) for m in MEASURES}


def set_target(actor: Actor, store: Store, name: str, low: float | None, high: float | None) -> None:
    """Set the band of a figure, in its own unit. BadRequest for an unknown one or a band that is none."""
    require(actor, store, "insight.targets", name)
    if name not in BY_NAME:
        raise BadRequest(N_("There is no figure {name}."), N_("Choose one of the list."), name=name)
    if (
        (low is not None and low < 0)
        or (high is not None and high < 0)
        or (low or 0) > (high if high is not None else 1e18)
    ):
        raise BadRequest(N_("The lower bound is above the upper one, or below zero."), N_("Swap or clear one of them."))
    with store.write() as cursor:
        kept = json.loads(facts.get(store, _TARGETS, "{}"))
        facts.put(store, _TARGETS, json.dumps({**kept, name: [low, high]}))
        audit.record(cursor, actor, "insight.targets", name, low=low, high=high)


def export(actor: Actor, store: Store, before: Period, after: Period, *, zone: str) -> tuple[str, bytes]:
    """(file name, XLSX) of the comparison; shares as shares, money in yuan. Audited."""
    require(actor, store, "insight.view")
    rows = compare(actor, store, before, after, zone=zone)
    kept = bands(store)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Outcomes")[:31]
    fill_sheet(sheet, rows, [band_words(row.measure, *kept[row.measure.name]) for row in rows], before, after)
    out = io.BytesIO()
    book.save(out)
    audit.note(store, actor, "insight.export", f"{said(before)} | {said(after)}")
    return f"outcomes-{after.last or 'all'}.xlsx", out.getvalue()


def fill_sheet(sheet: Any, rows: Sequence[Row], goals: Sequence[str], before: Period, after: Period) -> None:
    """The table of before and after on a sheet of a workbook."""
    sheet.append([_("Figure"), said(before), said(after), _("Goal"), _("Within the target")])
    words = {True: _("yes"), False: _("no"), None: ""}
    for row, goal in zip(rows, goals, strict=True):
        cells = [_in_cell(row.measure, row.before), _in_cell(row.measure, row.after)]
        sheet.append([_(row.measure.label), *cells, goal, words[row.met]])
        for cell in sheet[sheet.max_row][1:3]:
            cell.number_format = {"share": "0.0%", "money": "#,##0.00"}.get(row.measure.kind, "#,##0.##")
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width = 34
    for column in "BCDE":
        sheet.column_dimensions[column].width = 24


def band_words(measure: Measure, low: float | None, high: float | None) -> str:
    """The band in words; "" for none."""
    if low is not None and high is not None:
        return f"{shown(measure, low)} – {shown(measure, high)}"
    if high is not None:
        return f"≤ {shown(measure, high)}"
    return f"≥ {shown(measure, low)}" if low is not None else ""


def shown(measure: Measure, value: float | None) -> str:
    """A figure with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if measure.kind == "share":
        return f"{value:.2%}" if value < 0.1 else f"{value:.1%}"
    if measure.kind == "money":
        return f"¥{value / 100:,.2f}"
    if measure.kind == "minutes":
        return _("{n} min").format(n=f"{value:,.1f}") if value < 600 else _("{n} h").format(n=f"{value / 60:,.1f}")
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _flat(store: Store, period: Period, zone: str) -> dict[str, float | None]:
    return flat(figures(store, period, zone))


def flat(found: Mapping[str, Any]) -> dict[str, float | None]:
    """A document of `kpi` with the inner names joined by a point, as measures are named."""
    plain = {name: value for name, value in found.items() if not isinstance(value, dict)}
    return plain | {
        f"{outer}.{name}": value
        for outer, inner in found.items()
        if isinstance(inner, dict)
        for name, value in inner.items()
    }


def _row(measure: Measure, before: float | None, after: float | None, band: tuple[float | None, float | None]) -> Row:
    low, high = band
    met = None
    if after is not None and (low is not None or high is not None):
        met = (low is None or after >= low) and (high is None or after <= high)
    gain = None
    if before is not None and after is not None and before != after:
        if measure.better == "band":
            outside = [
                max((low or 0) - value, value - (high if high is not None else value), 0) for value in (before, after)
            ]
            gain = None if outside[0] == outside[1] else outside[1] < outside[0]
        else:
            gain = (after < before) == (measure.better == "less")
    return Row(measure, before, after, met, gain)


def _in_cell(measure: Measure, value: float | None) -> float | str:
    if value is None:
        return "–"
    return value / 100 if measure.kind == "money" else value


def said(period: Period) -> str:
    """A period in figures: 2026-11-01 – 2026-11-30."""

    def day(one: date | None) -> str:
        return one.isoformat() if one else "…"

    return f"{day(period.first)} – {day(period.last)}"
