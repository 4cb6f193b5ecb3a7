"""What stands on paper: one sheet an order with its lines in the order in which a picker walks, and the sum of a wave."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.warehouse import code128

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line to pick. `location` is where it lies ("" unknown); `scan` what its bar code says."""

    line_no: str
    sku: str
    barcode: str
    title: str
    spec: str
    qty: int
    gift: bool = False
    location: str = ""
    scan: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One slip as it is printed. `held`: the order is frozen now and must not be packed. Notes in one line each."""

    slip_no: str
    platform_no: str
    shop: str
    warehouse: str
    wave: str
    lines: tuple[Line, ...]
    courier: str = ""
    buyer_note: str = ""
    seller_note: str = ""
    held: bool = False

    @property
    def pieces(self) -> int:
        return sum(line.qty for line in self.lines)


@dataclass(frozen=True, slots=True)
class Printed:
    """A made document. `lost`: characters the font lacks, which stand as 〓."""

    content: bytes
    pages: int
    lost: frozenset[str] = frozenset()


@dataclass(slots=True)
class Sum:
    """All pieces of one SKU in a wave."""

    location: str
    sku: str
    title: str
    spec: str
    qty: int = 0
    orders: int = 0
    gift: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What is printed together: key and reprint mark stand in the document."""

    key: str
    sheets: Sequence[Sheet]
    printed_at: datetime
    reprint: bool = False
    who: str = field(default="")

    @property
    def mark(self) -> str:
        """The line by which a spooler, or whoever checks, finds key and orders in the bytes."""
        numbers = ",".join(sheet.platform_no for sheet in self.sheets)
        return f"danliu key={self.key} orders={numbers} reprint={'yes' if self.reprint else 'no'}"


def gift_code(slip_no: str, place: int) -> str:
    """The bar code of a gift line that has neither a bar code nor a SKU that can be one."""
    return f"{slip_no}.G{place}"


def scan_of(slip_no: str, place: int, barcode: str, sku: str, gift: bool) -> str:
    """What is printed as a line's own bar code: that of the goods, else the SKU, for a gift always one; "" for none."""
    for text in (barcode, sku):
        if code128.fits(text):
            return text
    return gift_code(slip_no, place) if gift else ""


def walk(location: str, sku: str) -> tuple[object, ...]:
    """Sorts as a picker walks: by location with numbers as numbers (A-2 before A-10), without one at the end, then by SKU."""
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part.casefold()) for part in _DIGITS.split(location) if part
    )
    return (not location, parts, sku.casefold())


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of a slip as they are picked, gifts at the end."""
    return tuple(sorted(lines, key=lambda line: (line.gift, *walk(line.location, line.sku))))


def sums(sheets: Iterable[Sheet]) -> list[Sum]:
    """The pieces of a wave by SKU, in the order of the walk; held orders are left out."""
    found: dict[tuple[str, str], Sum] = {}
    for sheet in sheets:
        if sheet.held:
            continue
        for line in sheet.lines:
            one = found.setdefault(
                (line.location, line.sku or line.title), Sum(line.location, line.sku, line.title, line.spec)
            )
            one.qty += line.qty
            one.orders += 1
            one.gift = one.gift or line.gift
    return sorted(found.values(), key=lambda one: walk(one.location, one.sku))
