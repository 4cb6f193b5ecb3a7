"""Makes what is printed: slips of the store as sheets, sheets as the bytes that a printer understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import clock
from core.channels import slip_page
from core.i18n import _
from core.model.printing import ESCPOS, PAPERS, PDF, PICK_LIST, TEST, TEXT, ZPL
from core.store import Store, slip_sheets
from core.store.printers import Printer
from core.store.slip_sheets import About
from core.warehouse import escpos, label, pick_list, zpl
from core.warehouse.sheet import Job, Line, Sheet, in_order, scan_of

_UEL = b"\x1b%-12345X"


@dataclass(frozen=True, slots=True)
class Made:
    """A document ready to be sent or downloaded. `lost`: characters that stand as 〓."""

    content: bytes
    lost: str = ""
    pages: int = 0


def sheets(store: Store, numbers: Sequence[str]) -> list[Sheet]:
    """The slips as they are printed now; void ones are left out."""
    return [_sheet(about) for about in slip_sheets.of_numbers(store, numbers)]


def made(
    listed: Sequence[Sheet], key: str, *, document: str, language: str, paper: str, zone: str, reprint: bool = False
) -> Made:
    """The document in a printer's language. Only a PDF printer draws pick lists; label printers draw a label a slip."""
    job = Job(key, listed, clock.now(), reprint)
    if language == TEXT:
        return Made("\f".join(slip_page.page(sheet, reprint=reprint) for sheet in listed).encode(), pages=len(listed))
    if language == PDF and document in (PICK_LIST, TEST):
        when = job.printed_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
        done = pick_list.make(job, paper if paper in PAPERS[PDF] else "a4", when)
        return Made(done.content, "".join(sorted(done.lost)), done.pages)
    size = paper if paper in label.SIZES else "100x50"
    drawn = [label.draw(sheet, size, reprint=reprint) for sheet in listed]
    lost = "".join(sorted(set().union(*(one.lost for one in drawn))))
    if language == ZPL:
        parts = [zpl.label(one.picture, job.mark if place == 0 else "") for place, one in enumerate(drawn)]
        return Made(b"".join(parts), lost, len(drawn))
    if language == ESCPOS:
        head = escpos.RESET + escpos.comment(job.mark)
        return Made(head + b"".join(escpos.label(one.picture) for one in drawn), lost, len(drawn))
    return Made(label.sheet_of_labels(drawn, job.mark, size), lost, len(drawn))


def wrapped(printer: Printer, content: bytes, listed: Sequence[Sheet], key: str, *, reprint: bool) -> bytes:
    """What goes down a raw line: office printers get a PJL frame that names the job and its language, others the bytes."""
    if printer.language not in (PDF, TEXT):
        return content
    mark = Job(key, listed, clock.now(), reprint).mark
    enter = b"@PJL ENTER LANGUAGE=PDF\r\n" if printer.language == PDF else b""
    head = f'@PJL JOB NAME="{key}"\r\n@PJL COMMENT {mark}\r\n'.encode()
    return _UEL + head + enter + content + _UEL + f'@PJL EOJ NAME="{key}"\r\n'.encode() + _UEL


def test_sheet(printer: Printer) -> Sheet:
    """What a test print shows: every kind of sign that must come out right, and a bar code to scan."""
    lines = (
        Line(
            "1",
            "TEST-001",
            "",
            _("If you can read this and the bar code can be scanned, the printer is set up."),
            "",
            1,
        ),
        Line("2", "TEST-002", "", "ABCXYZ abcxyz 0123456789 ￥¥×·□【】", "", 2, False, "A-01-02"),
        Line("3", "TEST-GIFT", "", _("Gift"), "", 1, True, "", "TEST-GIFT"),
    )
    return Sheet("TEST-0001", "0000", printer.name, printer.warehouse, _("Test print"), lines)


def _sheet(about: About) -> Sheet:
    slip = about.slip
    lines = []
    for place, line in enumerate(slip.lines, 1):
        sku, barcode, gift = str(line.get("sku") or ""), str(line.get("barcode") or ""), bool(line.get("gift"))
        lines.append(
            Line(
                str(line.get("line_no") or place), sku, barcode, str(line.get("title") or ""), str(line.get("spec") or ""),
                int(line.get("qty") or 1), gift, about.locations.get(sku, ""),
                scan_of(slip.slip_no, place, barcode, sku, gift),
            )
        )  # fmt: skip
    return Sheet(
        slip.slip_no, slip.platform_no, about.shop_title, about.warehouse_title, slip.wave, in_order(lines), about.courier,
        about.buyer_note, about.seller_note, about.held,
    )  # fmt: skip
