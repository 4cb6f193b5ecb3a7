"""A routing task: orders with lines, stock and lanes, from a folder of CSV files (contracts §4) or built by the caller."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.decide.routing.freight import Bracket, Lane, problems
from core.decide.routing.load import MOST_CM3, MOST_G
from core.errors import BadRequest
from core.i18n import N_

ORDERS, LINES, STOCK, LANES = "orders.csv", "lines.csv", "stock.csv", "lanes.csv"
MOST_QTY = 1_000_000_000
MOST_FEN = 100_000_000


@dataclass(slots=True)
class Line:
    """One line. `weight_g` and `volume_cm3` are of ONE unit; 0 where unknown."""

    line_no: str
    sku: str
    qty: int
    weight_g: int = 0
    volume_cm3: int = 0


@dataclass(slots=True)
class Order:
    """One order. `facts` are further fields of the catalogue that a rule's condition may look at."""

    order_id: str
    paid_at: datetime
    region: str
    lines: list[Line] = field(default_factory=list)
    facts: Mapping[str, Any] = field(default_factory=dict)
    together: bool = False  # everything from one warehouse, or nothing: the parts of a set are never parted
    mark: str = ""  # orders of a mark may not leave from the warehouses that `Instance.barred` names for it


@dataclass(frozen=True, slots=True)
class Instance:
    """The task. `stock` by (warehouse, sku); a negative quantity is refused by the readers."""

    orders: list[Order]
    stock: Mapping[tuple[str, str], int]
    lanes: list[Lane]
    barred: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """mark of an order ("" is every order) -> warehouse -> the code of why it may not ship those now."""

    @property
    def lines(self) -> int:
        return sum(len(order.lines) for order in self.orders)


def read_instance(folder: Path, zone: str = "Asia/Shanghai") -> Instance:
    """The task of a folder. BadRequest names the file, the row (the header is row 1) and the column that is wrong.

    Instants without an offset are of the business zone.
    """
    orders = _orders(folder / ORDERS, ZoneInfo(zone))
    lanes = _lanes(folder / LANES)
    stock = _stock(folder / STOCK)
    _lines(folder / LINES, orders, {sku for _warehouse, sku in stock})
    served = {lane.region for lane in lanes}
    for row, order in enumerate(orders.values(), 2):
        if order.region not in served:
            raise _wrong(_Place(ORDERS, row), "region", order.region, N_("{place}: no lane serves {value}."))
    return Instance(list(orders.values()), stock, lanes)


@dataclass(slots=True)
class _Place:
    file: str
    row: int

    def at(self, column: str) -> str:
        return f"{self.file}:{self.row} {column}"


def _wrong(place: _Place, column: str, value: str, message: str) -> BadRequest:
    return BadRequest(
        message, N_("Mend that row; the header is row 1."),
        place=place.at(column), value=value, file=place.file, row=place.row, column=column,
    )  # fmt: skip


def _rows(path: Path, needed: tuple[str, ...], further: tuple[str, ...] = ()) -> Iterator[tuple[_Place, list[str]]]:
    """The cells of the needed columns, then of the further ones ("" where the file lacks them), by row."""
    place = _Place(path.name, 1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            for column in needed:
                if column not in header:
                    raise BadRequest(
                        N_("{file} lacks the column {column}."), N_("Its first row needs: {needed}."),
                        file=path.name, column=column, needed=", ".join(needed),
                    )  # fmt: skip
            width = len(header)
            where = [header.index(column) if column in header else width for column in (*needed, *further)]
            for place.row, cells in enumerate(reader, 2):
                if not cells:
                    continue
                if len(cells) != width:
                    raise _wrong(place, header[min(len(cells), width - 1)], str(len(cells)), _CELLS)
                cells.append("")
                yield place, [cells[n] for n in where]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadRequest(
            N_("{file} cannot be read (row {row}): {cause}."), N_("It needs to be CSV in UTF-8."),
            file=path.name, row=place.row, cause=str(error),
        ) from error  # fmt: skip


_CELLS = N_("{place}: the row has {value} cells, which is not what the header has.")
_WHOLE = N_("{place}: {value} is no whole number that can stand here.")


def _whole(place: _Place, column: str, text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        try:
            exact = Decimal(text)
            value = int(exact) if exact == int(exact) else -1
        except (InvalidOperation, ValueError, OverflowError):
            value = -1
    if not least <= value <= most:
        raise _wrong(place, column, text, _WHOLE)
    return value


def _text(place: _Place, column: str, text: str) -> str:
    clean = text.strip()
    if not clean:
        raise _wrong(place, column, text, N_("{place} is empty."))
    return clean


def _new(found: Mapping[Any, Any], key: Any, place: _Place, column: str, value: str) -> None:
    if key in found:
        raise _wrong(place, column, value, N_("{place}: {value} stands there twice."))


def _orders(path: Path, zone: ZoneInfo) -> dict[str, Order]:
    found: dict[str, Order] = {}
    for place, (identity, paid_at, region) in _rows(path, ("order_id", "paid_at", "region")):
        identity = _text(place, "order_id", identity)
        _new(found, identity, place, "order_id", identity)
        try:
            instant = datetime.fromisoformat(paid_at)
        except ValueError as error:
            raise _wrong(place, "paid_at", paid_at, N_("{place}: {value} is no date and time.")) from error
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=zone)
        found[identity] = Order(identity, instant, _text(place, "region", region))
    return found


def _lines(path: Path, orders: dict[str, Order], skus: set[str]) -> None:
    seen: set[tuple[str, str]] = set()
    columns = ("order_id", "line_no", "sku", "qty", "weight_g")
    for place, (identity, line_no, sku, qty, weight, volume) in _rows(path, columns, ("volume_cm3",)):
        order = orders.get(identity.strip())
        if order is None:
            raise _wrong(place, "order_id", identity, N_("{place}: orders.csv has no order {value}."))
        line_no, sku = _text(place, "line_no", line_no), _text(place, "sku", sku)
        if (order.order_id, line_no) in seen:
            raise _wrong(place, "line_no", line_no, N_("{place}: {value} stands there twice."))
        seen.add((order.order_id, line_no))
        if sku not in skus:
            raise _wrong(place, "sku", sku, N_("{place}: the SKU {value} is in no warehouse's stock list."))
        count = _whole(place, "qty", qty, 1, MOST_QTY)
        unit_g = _whole(place, "weight_g", weight.strip() or "0", 0, MOST_G // count)
        unit_cm3 = _whole(place, "volume_cm3", volume.strip() or "0", 0, MOST_CM3 // count)
        order.lines.append(Line(line_no, sku, count, unit_g, unit_cm3))


def _stock(path: Path) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for place, (warehouse, sku, qty) in _rows(path, ("warehouse", "sku", "qty")):
        key = _text(place, "warehouse", warehouse), _text(place, "sku", sku)
        _new(found, key, place, "sku", sku)
        found[key] = _whole(place, "qty", qty, 0, MOST_QTY)
    return found


def _lanes(path: Path) -> list[Lane]:
    columns = ("warehouse", "region", "courier", "first_g", "first_fee_fen", "step_g", "step_fee_fen", "lead_days")
    found: dict[tuple[str, str, str], tuple[Fraction, list[Bracket]]] = {}
    for place, row in _rows(path, columns, ("upto_g",)):
        key = _text(place, "warehouse", row[0]), _text(place, "region", row[1]), _text(place, "courier", row[2])
        lead_days = _days(place, row[7])
        most = (MOST_G, MOST_FEN, MOST_G, MOST_FEN)
        numbers = [_whole(place, columns[n], row[n], 0, most[n - 3]) for n in range(3, 7)]
        if not numbers[2] and numbers[3]:
            raise _wrong(place, "step_g", row[5], N_("{place}: a step with a fee needs a weight."))
        bracket = Bracket(_whole(place, "upto_g", row[8].strip() or "0", 0, MOST_G), *numbers)
        days, brackets = found.setdefault(key, (lead_days, []))
        if days != lead_days:
            raise _wrong(place, "lead_days", row[7], N_("{place}: {value} differs from the lane's other rows."))
        brackets.append(bracket)
        if any(code != "NO_OPEN_END" for code, _where in problems(tuple(brackets))):
            raise _wrong(
                place, "upto_g", row[8], N_("{place}: the bracket overlaps one above; rows go by rising weight.")
            )
    return [Lane(*key, days, tuple(brackets)) for key, (days, brackets) in found.items()]


def _days(place: _Place, text: str) -> Fraction:
    try:
        days = Fraction(Decimal(text.strip()))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise _wrong(place, "lead_days", text, N_("{place}: {value} is no number of days.")) from error
    if not 0 <= days <= 400:
        raise _wrong(place, "lead_days", text, N_("{place}: {value} is no number of days."))
    return days
