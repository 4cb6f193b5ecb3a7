"""Orders as a file: CSV or XLSX, as masked as on the page, guarded against formulas, limited, audited.

Text that begins like a formula gets an apostrophe (OWASP, CSV injection): a spreadsheet would run it. Numbers are
numbers, ids stay text in XLSX; a spreadsheet that opens the CSV may round long ids, so XLSX is the one for Excel.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from core import clock
from core.errors import BadRequest
from core.i18n import N_, _, language
from core.model.fields import CHANNELS, Field, Kind
from core.model.lifecycle import BY_NAME
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import orders
from core.services.order_query import OrderQuery
from core.store import Store, catalogue, orders_query

LIMITS = {"csv": 200_000, "xlsx": 50_000}
"""The most orders one file may hold."""
_BLOCK = 10_000
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file."""

    name: str
    kind: str  # its media type
    content: bytes
    orders: int


def guarded(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def export(actor: Actor, store: Store, vault: Vault, query: OrderQuery, form: str, *, zone: str) -> Export:
    """The orders of a query as a file (`form` csv or xlsx), with the query's columns and sort.

    BadRequest when there are more than `LIMITS[form]`: a part would look like the whole.
    """
    require(actor, store, "orders.export")
    if form not in LIMITS:
        raise BadRequest(N_("Orders are exported as csv or xlsx, not {form}."), N_("Choose one of them."), form=form)
    predicate, _found_by = orders.matching(actor, store, vault, query)
    total = orders_query.count(store, predicate)
    if total > LIMITS[form]:
        raise BadRequest(
            N_("{total} orders are too many for one file (at most {most})."),
            N_("Narrow the filters, for instance to fewer days."),
            total=f"{total:,}",
            most=f"{LIMITS[form]:,}",
        )
    fields = [
        f for n, f in orders.visible_fields(actor, store).items() if n in (query.columns or _default(actor, store))
    ]
    fields.sort(key=lambda f: _place(query.columns, f.name))
    rows = _rows(store, predicate, query, fields, total, zone)
    content = (csv_of if form == "csv" else xlsx_of)([f.title(language(), _) for f in fields], rows)
    with store.write() as cursor:
        audit.record(cursor, actor, "orders.export", form, orders=total, columns=[f.name for f in fields])
    stamp = clock.now().astimezone(ZoneInfo(zone)).strftime("%Y%m%d-%H%M%S")
    return Export(f"orders-{stamp}.{form}", _MEDIA[form], content, total)


_MEDIA = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _default(actor: Actor, store: Store) -> list[str]:
    hidden = {"phone_last4", "changed_at"}
    return [n for n, f in orders.visible_fields(actor, store).items() if n not in hidden and not f.retired]


def _place(columns: Sequence[str], name: str) -> int:
    return columns.index(name) if name in columns else 0


def _rows(
    store: Store, predicate: orders_query.Predicate, query: OrderQuery, fields: list[Field], total: int, zone: str
) -> Iterator[list[Any]]:
    columns = [f.name for f in fields]
    known = catalogue.load(store)
    writers = [_writer(f, ZoneInfo(zone)) for f in fields]
    for row in orders_query.stream(
        store, known, predicate, columns=columns, sort=query.sort, limit=total, block=_BLOCK
    ):
        yield [write(value) for write, value in zip(writers, row, strict=True)]


def _writer(field: Field, place: ZoneInfo) -> Callable[[Any], Any]:
    """How a value of the field stands in a cell: a number, or guarded text."""
    if field.kind is Kind.MONEY:
        return lambda fen: "" if fen is None else fen / 100
    if field.kind in (Kind.INTEGER, Kind.NUMBER):
        return lambda number: "" if number is None else number
    if field.kind is Kind.BOOLEAN:
        words = {True: _("yes"), False: _("no"), None: ""}
        return lambda truth: words[truth]
    labels: dict[str, str] = {}
    if field.name == "status":
        labels = {name: _(status.label) for name, status in BY_NAME.items()}
    elif field.name == "channel":
        labels = {name: _(label) for name, label in CHANNELS.items()}

    def text(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.astimezone(place).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(value, date):
            return value.isoformat()
        return guarded(labels.get(value, str(value)))

    return text


def csv_of(titles: list[str], rows: Iterator[list[Any]]) -> bytes:
    """A CSV file of finished cells, marked as UTF-8 for spreadsheets."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(title) for title in titles])
    writer.writerows([f"{cell:.2f}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # the mark by which Excel knows UTF-8


def xlsx_of(titles: list[str], rows: Iterator[list[Any]]) -> bytes:
    """A workbook of finished cells; texts stay texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Cell:
        made: Cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]
        if isinstance(value, str):
            # openpyxl makes a formula of a text with "=": the guard has been before, the type says it once more.
            made.data_type, made.number_format = "s", "@"
        elif isinstance(value, float):
            made.number_format = "#,##0.00"
        return made

    sheet.append([cell(guarded(title)) for title in titles])
    for row in rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
