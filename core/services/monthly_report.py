"""The monthly report: the figures of a month against the month before, as PDF and XLSX, by hand or by the job."""

import io
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openpyxl import Workbook
from openpyxl.styles import Font

from core import clock
from core.errors import BadRequest, NotAllowed, NotFound
from core.i18n import N_, _, language
from core.insight.backtest import Period
from core.insight.kpi_details import Day, Details, by_day, details
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services import outcomes, report_pdf
from core.services.faults import CAUSES, FAULTS
from core.services.outcomes import Row
from core.store import Store, facts, reports
from core.store.reports import Made

KINDS = ("pdf", "xlsx")
SCHEDULED = "monthly_report"
"""The fact that says whether the job makes reports: "on" (as shipped) or "off"."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report says. `month` is its first day."""

    month: date
    before: Period
    during: Period
    rows: tuple[Row, ...]
    goals: tuple[str, ...]
    details_before: Details
    details: Details
    days: tuple[Day, ...]
    made_at: datetime
    zone: str


def period_of(month: date) -> Period:
    """The business days of a month."""
    first = month.replace(day=1)
    return Period(first, first.replace(day=monthrange(first.year, first.month)[1]))


def month_before(day: date) -> date:
    """The first day of the month before the day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def read(actor: Actor, store: Store, month: date, *, zone: str) -> Report:
    """Count the month and the one before."""
    require(actor, store, "insight.view")
    first = month.replace(day=1)
    before, during = period_of(month_before(first)), period_of(first)
    rows = tuple(outcomes.compare(actor, store, before, during, zone=zone))
    bands = outcomes.bands(store)
    goals = tuple(outcomes.band_words(row.measure, *bands[row.measure.name]) for row in rows)
    behind = details(store, before, zone), details(store, during, zone)
    return Report(first, before, during, rows, goals, *behind, tuple(by_day(store, during, zone)), clock.now(), zone)


def make(actor: Actor, store: Store, month: date, kinds: Sequence[str] = KINDS, *, zone: str) -> list[Made]:
    """Make the month's report in the present language and keep it. BadRequest for a month that has not begun."""
    require(actor, store, "reports.make", month.isoformat())
    _sees_all(actor)
    today = clock.business_day(clock.now(), zone)
    if month.replace(day=1) > today:
        raise BadRequest(N_("This month has not begun."), N_("Choose an earlier one."))
    if not kinds or not set(kinds) <= set(KINDS):
        raise BadRequest(N_("A report is a PDF or an XLSX file."), N_("Choose one of the list."))
    found = read(actor, store, month, zone=zone)
    files = {kind: (report_pdf.make(found) if kind == "pdf" else workbook(found)) for kind in kinds}
    with store.write() as cursor:
        for kind, content in files.items():
            reports.put(cursor, found.month, kind, language(), name_of(found.month, kind), content, actor.account)
        audit.record(cursor, actor, "reports.make", found.month.isoformat(), kinds=list(kinds))
    return [each for each in reports.listing(store) if each.month == found.month and each.language == language()]


def name_of(month: date, kind: str) -> str:
    """danliu-2026-11-zh.pdf"""
    return f"danliu-{month:%Y-%m}-{language()}.{kind}"


def listing(actor: Actor, store: Store) -> list[Made]:
    """The reports that were made, the newest month first."""
    require(actor, store, "insight.view")
    return [] if actor.scope.narrows else reports.listing(store)


def open_file(actor: Actor, store: Store, name: str) -> bytes:
    """The content of a report; audited, as every export. NotFound for an unknown name."""
    require(actor, store, "insight.view", name)
    _sees_all(actor)
    found = reports.content(store, name)
    if found is None:
        raise NotFound(N_("There is no report {name}."), N_("Choose one of the list."), name=name)
    audit.note(store, actor, "reports.open", name)
    return found


def _sees_all(actor: Actor) -> None:
    """A report is of all shops."""
    if actor.scope.narrows:
        raise NotAllowed(
            N_("A report is of all shops, and your role sees a part of them."), N_("Compare two periods instead.")
        )


def is_scheduled(actor: Actor, store: Store) -> bool:
    """Whether the job makes the report of each month when it is over."""
    require(actor, store, "insight.view")
    return facts.get(store, SCHEDULED, "on") == "on"


def has_orders(actor: Actor, store: Store, month: date, *, zone: str) -> bool:
    """Whether anything was paid in the month."""
    require(actor, store, "insight.view")
    return bool(by_day(store, period_of(month), zone))


def schedule(actor: Actor, store: Store, *, on: bool) -> None:
    """Let the job make it, or not."""
    require(actor, store, "reports.make", "schedule")
    with store.write() as cursor:
        facts.put(store, SCHEDULED, "on" if on else "off")
        audit.record(cursor, actor, "reports.schedule", "", on=on)


def workbook(report: Report) -> bytes:
    """The report as XLSX: figures, errors and losses, days."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Outcomes")[:31]
    outcomes.fill_sheet(sheet, report.rows, report.goals, report.before, report.during)
    behind = book.create_sheet(_("Errors and losses")[:31])
    behind.append([_("Errors by type"), outcomes.said(report.before), outcomes.said(report.during)])
    for kind in report.details.faults:
        behind.append(
            [_(FAULTS.get(kind, kind)), report.details_before.faults.get(kind, 0), report.details.faults[kind]]
        )
    behind.append([])
    behind.append([_("Loss by cause"), outcomes.said(report.before), outcomes.said(report.during)])
    for cause in report.details.losses:
        earlier, later = (one.losses.get(cause, 0) / 100 for one in (report.details_before, report.details))
        behind.append([_(CAUSES.get(cause, cause)), earlier, later])
    for row in behind.iter_rows(min_row=behind.max_row - len(report.details.losses) + 1, min_col=2, max_col=3):
        for cell in row:
            cell.number_format = "#,##0.00"
    days = book.create_sheet(_("By day")[:31])
    days.append([_("Business day"), _("Orders paid"), _("With a slip"), _("Median, minutes"), _("P90, minutes")])
    for day in report.days:
        days.append([day.day, day.orders, day.slips, day.p50, day.p90])
    for page in (behind, days):
        page.column_dimensions["A"].width = 28
        for column in "BCDE":
            page.column_dimensions[column].width = 24
        for cell in page[1]:
            cell.font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
