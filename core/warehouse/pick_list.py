"""The pick list as a PDF: the sum of the wave first, then a section an order with its bar code. No name, phone or address on it.

reportlab draws, the font is embedded, each bar code has its quiet zone; 100 orders take a fifth of a second.
"""

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from core.i18n import _
from core.warehouse import code128, font
from core.warehouse.sheet import Job, Line, Printed, Sheet, Sum, sums

PAPERS: dict[str, tuple[float, float]] = {
    "a4": (210 * mm, 297 * mm), "a5": (148 * mm, 210 * mm), "100x150": (100 * mm, 150 * mm),
}  # fmt: skip
MODULE = 0.33 * mm
_LEAST_MODULE = 0.19 * mm
_BIG, _PLAIN, _SMALL = 13.0, 9.0, 7.5
_GREY = 0.45


def make(job: Job, paper: str = "a4", zone_time: str = "") -> Printed:
    """The document of a job. `zone_time`: when it is printed, in words. Raises nothing for any text: see `font.printable`."""
    sheet = _Paper(job, PAPERS.get(paper, PAPERS["a4"]), zone_time)
    sheet.summary()
    for one in job.sheets:
        sheet.section(one)
    return sheet.finish()


class _Paper:
    def __init__(self, job: Job, size: tuple[float, float], zone_time: str) -> None:
        self.job, self.zone_time = job, zone_time
        self.wide, self.high = size
        self.margin = 12 * mm if self.wide > 120 * mm else 5 * mm
        self.inner = self.wide - 2 * self.margin
        self.narrow = self.inner < 120 * mm  # bar codes stand below the words, not beside them
        self.lost: set[str] = set()
        self.buffer = BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=size, pageCompression=1, invariant=1)
        self.canvas.setTitle(_("Pick list"))
        self.canvas.setAuthor("Danliu")
        self.canvas.setKeywords(job.mark)
        self.font = font.pdf_font()
        self.pages = 0
        self._begin()

    # -- paper

    def _begin(self) -> None:
        self.pages += 1
        self.y = self.high - self.margin
        if self.job.reprint:
            self._stamp(_("REPRINT"))

    def _next(self) -> None:
        self._foot()
        self.canvas.showPage()
        self._begin()

    def _foot(self) -> None:
        text = " · ".join(part for part in (self.zone_time, self.job.key[:8], str(self.pages)) if part)
        self.canvas.setFillGray(_GREY)
        self._text(self.wide - self.margin, self.margin / 2, text, 6.5, right=True)
        self.canvas.setFillGray(0)

    def finish(self) -> Printed:
        self._foot()
        self.canvas.save()
        return Printed(self.buffer.getvalue(), self.pages, frozenset(self.lost))

    def _room(self, height: float) -> None:
        if self.y - height < self.margin:
            self._next()

    def _text(self, x: float, y: float, text: str, size: float, *, right: bool = False) -> None:
        self.canvas.setFont(self.font, size)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, y, text)

    def _stamp(self, text: str) -> None:
        wide = font.width(text, _BIG) + 8
        x, y = self.wide - self.margin - wide, self.high - self.margin / 2 - _BIG
        self.canvas.setLineWidth(1.5)
        self.canvas.rect(x, y - 3, wide, _BIG + 6)
        self._text(x + 4, y, text, _BIG)
        self.y = min(self.y, y - 10)

    def _rule(self, y: float, width: float = 0.4) -> None:
        self.canvas.setLineWidth(width)
        self.canvas.line(self.margin, y, self.wide - self.margin, y)

    def _clean(self, text: str | None) -> str:
        return font.printable(text, self.lost)

    def _bars(self, text: str, right: float, top: float, height: float, most: float) -> float:
        """Draw the bar code with its right end (quiet zone inside) at `right`; returns the width it takes, 0 for none."""
        if not code128.fits(text):
            return 0.0
        bars = code128.widths(text)
        modules = sum(bars) + 2 * code128.QUIET
        module = min(MODULE, most / modules)
        if module < _LEAST_MODULE:
            return 0.0
        x = right - modules * module + code128.QUIET * module
        path = self.canvas.beginPath()
        for place, bar in enumerate(bars):
            if place % 2 == 0:
                path.rect(x, top - height, bar * module, height)
            x += bar * module
        self.canvas.drawPath(path, stroke=0, fill=1)
        return modules * module

    # -- the sum of the wave

    def summary(self) -> None:
        sheets = self.job.sheets
        waves = list(dict.fromkeys(sheet.wave for sheet in sheets if sheet.wave))
        places = list(dict.fromkeys(sheet.warehouse for sheet in sheets if sheet.warehouse))
        taken = (
            self._bars(waves[0], self.wide - self.margin, self.y, 11 * mm, self.inner * 0.55) if len(waves) == 1 else 0
        )
        room = self.inner - taken - 6
        self._text(self.margin, self.y - _BIG, font.fit(_("Pick list"), _BIG, room), _BIG)
        wave = _("Wave {wave}").format(wave=", ".join(waves) or "-")
        self._text(self.margin, self.y - 2.2 * _BIG, font.fit(self._clean(wave), _PLAIN, room), _PLAIN)
        pieces = sum(sheet.pieces for sheet in sheets if not sheet.held)
        told = _("{orders} orders · {pieces} pieces · {place}").format(
            orders=len(sheets), pieces=pieces, place=", ".join(places) or "-"
        )
        self._text(self.margin, self.y - 3.2 * _BIG, font.fit(self._clean(told), _PLAIN, room), _PLAIN)
        self.y -= max(4 * _BIG, 13 * mm)
        self._cut([sheet for sheet in sheets if sheet.held])
        columns = self._columns()
        self._sum_head(columns)
        for one in sums(sheets):
            self._sum_row(one, columns)
        self._next()

    def _cut(self, held: list[Sheet]) -> None:
        if not held:
            return
        numbers = ", ".join(sheet.slip_no for sheet in held)
        text = _("Frozen, not in this sum, do not pick: {numbers}").format(numbers=numbers)
        for row in font.wrap(self._clean(text), _PLAIN, self.inner, 6):
            self._room(_PLAIN * 1.4)
            self._text(self.margin, self.y - _PLAIN, row, _PLAIN)
            self.y -= _PLAIN * 1.4
        self.y -= 4

    def _columns(self) -> tuple[float, float, float]:
        """Where SKU, title and quantity begin."""
        inner, x = self.inner, self.margin
        return x + inner * 0.16, x + inner * 0.40, x + inner

    def _sum_head(self, columns: tuple[float, float, float]) -> None:
        self.canvas.setFillGray(_GREY)
        self._text(self.margin, self.y - _SMALL, _("Location"), _SMALL)
        self._text(columns[0], self.y - _SMALL, _("SKU"), _SMALL)
        self._text(columns[1], self.y - _SMALL, _("Goods"), _SMALL)
        self._text(columns[2], self.y - _SMALL, _("Pieces"), _SMALL, right=True)
        self.canvas.setFillGray(0)
        self._rule(self.y - _SMALL - 3)
        self.y -= _SMALL + 6

    def _sum_row(self, one: Sum, columns: tuple[float, float, float]) -> None:
        if self.y - _PLAIN - 5 < self.margin:
            self._next()
            self._sum_head(columns)
        y = self.y - _PLAIN
        mark = f"[{_('Gift')}] " if one.gift else ""
        title = self._clean(f"{mark}{one.title} {one.spec}")
        self._text(
            self.margin, y, font.fit(self._clean(one.location or "-"), _PLAIN, columns[0] - self.margin - 4), _PLAIN
        )
        self._text(columns[0], y, font.fit(self._clean(one.sku), _PLAIN, columns[1] - columns[0] - 4), _PLAIN)
        self._text(columns[1], y, font.fit(title, _PLAIN, columns[2] - columns[1] - 36), _PLAIN)
        self._text(columns[2], y, str(one.qty), _PLAIN + 1, right=True)
        self.y -= _PLAIN + 5
        self.canvas.setStrokeGray(0.8)
        self._rule(self.y + 1, 0.3)
        self.canvas.setStrokeGray(0)

    # -- one order

    def section(self, sheet: Sheet) -> None:
        """One order. Not parted over two pages unless it is longer than one."""
        notes = [text for text in (sheet.buyer_note, sheet.seller_note) if text]
        height = (
            16 * mm
            + (12 * mm if self.narrow else 0)
            + len(notes) * _PLAIN * 2
            + sum(self._line_height(line) for line in sheet.lines)
            + 12
        )
        self._room(min(height, self.high - 2 * self.margin - 24))
        self._rule(self.y, 1.0)
        self.y -= 4
        self._section_head(sheet)
        for name, text in ((_("Buyer message"), sheet.buyer_note), (_("Seller remark"), sheet.seller_note)):
            if text:
                for row in font.wrap(self._clean(f"{name}: {text}"), _SMALL, self.inner, 2):
                    self._text(self.margin, self.y - _SMALL, row, _SMALL)
                    self.y -= _SMALL + 2
        for line in sheet.lines:
            self._order_line(line)
        self.y -= 8

    def _section_head(self, sheet: Sheet) -> None:
        taken = 0.0
        if not self.narrow:
            taken = self._bars(sheet.slip_no, self.wide - self.margin, self.y, 11 * mm, self.inner * 0.6)
        room = self.inner - taken - 6
        held = f"■ {_('FROZEN – do not pick')} " if sheet.held else ""
        again = f"[{_('REPRINT')}] " if self.job.reprint else ""
        rows = (
            (f"{held}{again}{sheet.slip_no}", _PLAIN + 2),
            (f"{_('Order')} {sheet.platform_no}", _PLAIN),
            (" · ".join(part for part in (sheet.shop, sheet.warehouse, sheet.courier, sheet.wave) if part), _SMALL),
        )
        y = self.y
        for text, size in rows:
            y -= size + 2
            self._text(self.margin, y, font.fit(self._clean(text), size, room), size)
        self.y = min(y - 4, self.y - 12.5 * mm) if not self.narrow else y - 4
        if self.narrow and self._bars(sheet.slip_no, self.wide - self.margin, self.y, 10 * mm, self.inner):
            self.y -= 12 * mm

    def _line_height(self, line: Line) -> float:
        if line.gift and line.scan:
            return 11 * mm
        return 2 * _PLAIN + 7 if self.narrow else _PLAIN + 5

    def _order_line(self, line: Line) -> None:
        height = self._line_height(line)
        self._room(height)
        x, top = self.margin, self.y
        self.canvas.rect(x, top - _PLAIN - 1, _PLAIN - 1, _PLAIN - 1)  # the box to tick
        count = f"× {line.qty}"
        size = _PLAIN + 2 if line.qty > 1 else _PLAIN
        self._text(x + 14, top - _PLAIN, count, size)
        x += 14 + max(font.width(count, size), 22) + 6
        right = self.wide - self.margin
        if line.gift and line.scan:
            taken = self._bars(line.scan, right, top - 1, 8 * mm, self.inner * 0.45)
            if taken:
                self._text(right - taken / 2 - font.width(line.scan, 6) / 2, top - 8 * mm - 7, line.scan, 6)
            right -= taken
        mark = f"[{_('Gift')}] " if line.gift else ""
        where = f"{line.location}  " if line.location else ""
        text = self._clean(f"{mark}{where}{line.sku}  {line.title}  {line.spec}")
        for number, row in enumerate(
            font.wrap(text, _PLAIN, right - x - 4, 2 if self.narrow or (line.gift and line.scan) else 1)
        ):
            self._text(x, top - _PLAIN - number * (_PLAIN + 2), row, _PLAIN)
        self.y -= height
