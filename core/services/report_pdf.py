"""The monthly report as a PDF: one or two pages A4 with the table of both months, errors, losses and a picture of the days."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from core.i18n import _
from core.insight.kpi_details import Details
from core.services import outcomes
from core.services.faults import CAUSES, FAULTS
from core.warehouse import font

if TYPE_CHECKING:
    from core.services.monthly_report import Report

_WIDE, _HIGH, _MARGIN = 210 * mm, 297 * mm, 16 * mm
_INNER = _WIDE - 2 * _MARGIN
_PALE, _ORANGE, _RED, _GREEN, _GREY = (
    (0.66, 0.78, 1),
    (1, 0.49, 0),
    (0.84, 0.16, 0.2),
    (0.05, 0.5, 0.27),
    (0.45, 0.48, 0.53),
)
_COLUMNS = (0.34, 0.19, 0.19, 0.18, 0.10)


def make(report: Report) -> bytes:
    """The document."""
    paper = _Paper(report)
    paper.title()
    paper.figures()
    paper.days()
    paper.pairs(_("Errors by type"), [
        (_(FAULTS.get(kind, kind)), str(report.details_before.faults.get(kind, 0)), str(n)) for kind, n in report.details.faults.items()
    ])  # fmt: skip
    paper.pairs(_("Loss by cause"), [
        (_(CAUSES.get(cause, cause)), _yuan(report.details_before.losses.get(cause, 0)), _yuan(fen))
        for cause, fen in report.details.losses.items()
    ])  # fmt: skip
    paper.pairs(_("Behind the times"), behind_the_times(report.details_before, report.details))
    return paper.finish()


def behind_the_times(before: Details, after: Details) -> list[tuple[str, str, str]]:
    """(words, before, after) of what no time holds and of the time held."""
    both = (before, after)
    slip = outcomes.BY_NAME["paid_to_slip_minutes.p50"]
    rated = outcomes.BY_NAME["routing_acceptance"]
    return [
        (_("Median without the time held"), *(outcomes.shown(slip, one.net_p50) for one in both)),
        (_("P90 without the time held"), *(outcomes.shown(slip, one.net_p90) for one in both)),
        (_("Orders held on the way to their slip"), *(f"{one.held_orders:,}" for one in both)),
        (_("Pre-sale and chosen days, with a clock of their own"), *(f"{one.scheduled:,}" for one in both)),
        (_("… of them still open"), *(f"{one.scheduled_open:,}" for one in both)),
        (_("Paid after the slip or over a month before it: left out"), *(f"{one.odd:,}" for one in both)),
        (_("Orders in several parcels"), *(outcomes.shown(rated, one.split) for one in both)),
        (_("Orders with a downgraded courier"), *(outcomes.shown(rated, one.downgraded) for one in both)),
    ]  # type: ignore[return-value]


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:,.2f}"


class _Paper:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.buffer = BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=(_WIDE, _HIGH), pageCompression=1, invariant=1)
        self.font = font.pdf_font()
        self.canvas.setTitle(_("Monthly report {month}").format(month=f"{report.month:%Y-%m}"))
        self.canvas.setAuthor("Danliu")
        self.pages = 1
        self.months = tuple(f"{one.first:%Y-%m}" for one in (report.before, report.during))
        self.y = _HIGH - _MARGIN

    def text(self, x: float, words: str, size: float = 9, *, colour: tuple[float, float, float] = (0, 0, 0), most: float = 0, right: bool = False) -> None:  # fmt: skip
        """A line of text at the present height, cut where it would be too wide."""
        shown = font.printable(words)
        if most:
            shown = font.fit(shown, size, most)
        self.canvas.setFont(self.font, size)
        self.canvas.setFillColorRGB(*colour)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, self.y, shown)

    def room(self, height: float) -> None:
        """Begin a page where the height is not left."""
        if self.y - height < _MARGIN + 8 * mm:
            self._foot()
            self.canvas.showPage()
            self.pages += 1
            self.y = _HIGH - _MARGIN

    def title(self) -> None:
        """The head of the first page."""
        self.y -= 6 * mm
        self.text(_MARGIN, _("Monthly report {month}").format(month=f"{self.report.month:%Y-%m}"), 18)
        self.y -= 7 * mm
        told = _("Each figure by its one formula; a dash means nothing to measure, never zero. Open orders are counted beside the times.")  # fmt: skip
        for line in font.wrap(font.printable(told), 8.5, _INNER, 2):
            self.text(_MARGIN, line, 8.5, colour=_GREY)
            self.y -= 4.5 * mm
        self.y -= 2 * mm

    def figures(self) -> None:
        """The table of before and after."""
        head = (_("Figure"), *self.months, _("Goal"), _("Kept"))
        self._line(head, _COLUMNS, colour=_GREY)
        for row, goal in zip(self.report.rows, self.report.goals, strict=True):
            kept = {True: _("yes"), False: _("no"), None: ""}[row.met]
            colour = {True: _GREEN, False: _RED, None: (0, 0, 0)}[row.met]
            cells = (
                _(row.measure.label),
                *(outcomes.shown(row.measure, one) for one in (row.before, row.after)),
                goal,
                kept,
            )
            self._line(cells, _COLUMNS, last=colour)
        self.y -= 5 * mm

    def pairs(self, title: str, rows: list[tuple[str, str, str]]) -> None:
        """A table of words with a value of each month."""
        self.room((len(rows) + 3) * 6 * mm)
        self.text(_MARGIN, title, 11)
        self.y -= 6.5 * mm
        columns = (0.5, 0.25, 0.25)
        self._line(("", *self.months), columns, colour=_GREY)
        for row in rows:
            self._line(row, columns)
        self.y -= 5 * mm

    def days(self) -> None:
        """Orders a day as bars, the median as a line."""
        days, high = self.report.days, 40 * mm
        self.room(high + 18 * mm)
        self.text(_MARGIN, _("Orders paid by day (bars) and median minutes to the slip (line)"), 11)
        self.y -= 5 * mm
        if not days:
            self.y -= 2 * mm
            self.text(_MARGIN, _("Nothing was paid in this month."), 9, colour=_GREY)
            self.y -= 8 * mm
            return
        bottom = self.y - high
        most, slowest = max(day.orders for day in days) or 1, max((day.p50 or 0) for day in days) or 1.0
        step = _INNER / 31
        self.canvas.setFillColorRGB(*_PALE)
        for day in days:
            x = _MARGIN + (day.day.day - 1) * step
            self.canvas.rect(x + step * 0.15, bottom, step * 0.7, high * day.orders / most, stroke=0, fill=1)
        self.canvas.setStrokeColorRGB(*_ORANGE)
        self.canvas.setLineWidth(1.3)
        points = [
            (_MARGIN + (d.day.day - 0.5) * step, bottom + 0.85 * high * (d.p50 or 0) / slowest)
            for d in days
            if d.p50 is not None
        ]
        for one, two in pairwise(points):
            self.canvas.line(*one, *two)
        self.y = bottom - 4 * mm
        for number in range(1, 32, 5):
            self.text(_MARGIN + (number - 1) * step + 1, str(number), 7.5, colour=_GREY)
        self.y -= 4.5 * mm
        told = _("highest: {orders} orders, {minutes} minutes").format(orders=f"{most:,}", minutes=f"{slowest:,.1f}")
        self.text(_MARGIN, told, 8, colour=_GREY)
        self.y -= 9 * mm

    def finish(self) -> bytes:
        """The whole file."""
        self._foot()
        self.canvas.save()
        return self.buffer.getvalue()

    def _line(
        self, cells: tuple[str, ...], columns: tuple[float, ...], *, colour: tuple[float, float, float] = (0, 0, 0),
        last: tuple[float, float, float] | None = None,
    ) -> None:  # fmt: skip
        self.room(7 * mm)
        x = _MARGIN
        for place, (cell, share) in enumerate(zip(cells, columns, strict=True)):
            wide = share * _INNER
            tone = last if last and place == len(cells) - 1 else colour
            if place:
                self.text(x + wide - 2, cell, 8.5, colour=tone, most=wide - 4, right=True)
            else:
                self.text(x, cell, 8.5, colour=tone, most=wide - 4)
            x += wide
        self.y -= 1.8 * mm
        self.canvas.setStrokeColorRGB(0.88, 0.89, 0.91)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(_MARGIN, self.y, _WIDE - _MARGIN, self.y)
        self.y -= 4 * mm

    def _foot(self) -> None:
        kept, self.y = self.y, _MARGIN - 4 * mm
        made = self.report.made_at.astimezone(ZoneInfo(self.report.zone)).strftime("%Y-%m-%d %H:%M")
        self.text(_MARGIN, _("Made at {time}").format(time=made), 7.5, colour=_GREY)
        self.text(_WIDE - _MARGIN, str(self.pages), 7.5, colour=_GREY, right=True)
        self.y = kept
