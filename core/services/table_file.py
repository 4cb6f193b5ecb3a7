"""Reads a reference file (csv, xlsx, …) by its headers in either language: each row as known names, wrong cells named."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from core.errors import BadRequest
from core.i18n import N_, _
from core.mapping.readers import ROW, read_table
from core.model.money import fen_from_yuan


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that cannot be taken; `row` as a person counts it in the file."""

    row: int
    column: str
    value: str
    why: str


@dataclass(slots=True)
class Row:
    """One row by our names; reading a cell that is wrong notes it and gives the default."""

    number: int
    cells: Mapping[str, str]
    wrong: list[Wrong] = field(default_factory=list)

    def text(self, name: str) -> str:
        return (self.cells.get(name) or "").strip()

    def whole(self, name: str, default: int = 0, *, times: int = 1, most: int = 10**9) -> int:
        """A whole number; `times` 1000 turns kg into g. Not a number, negative, or with a rest: noted as wrong."""
        text = self.text(name)
        if not text:
            return default
        try:
            exact = Decimal(text.replace(",", "")) * times
            if exact.is_finite() and exact == exact.to_integral_value() and 0 <= exact <= most:
                return int(exact)
        except InvalidOperation:
            pass
        self.note(name, _("no whole number from 0 on"))
        return default

    def days(self, name: str) -> float:
        """A number of days."""
        text = self.text(name) or "0"
        try:
            found = Decimal(text)
            if found.is_finite() and 0 <= found <= 400:
                return float(found)
        except InvalidOperation:
            pass
        self.note(name, _("no number of days"))
        return 0.0

    def fen(self, name: str, default: int = 0) -> int:
        """An amount in yuan, as fen."""
        text = self.text(name)
        try:
            found = fen_from_yuan(text) if text else default
            if found is not None and found >= 0:
                return found
        except ValueError:
            pass
        self.note(name, _("no amount"))
        return default

    def note(self, name: str, why: str) -> None:
        self.wrong.append(Wrong(self.number, name, self.text(name), why))


def rows(content: bytes, name: str, headers: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a file. `headers`: our name -> what its column may be called. BadRequest names a column that is missing."""
    table = read_table(content, name)
    place = {_plain(title): title for title in table.columns}
    found = {
        ours: place[_plain(title)]
        for ours, titles in headers.items()
        for title in reversed((ours, *titles))
        if _plain(title) in place
    }
    for ours in needed:
        if ours not in found:
            raise BadRequest(
                N_("The file has no column {column}."), N_("Its first row needs: {needed}."),
                column=headers[ours][0], needed=", ".join(headers[each][0] for each in needed),
            )  # fmt: skip
    for row in table.rows.to_pylist():
        yield Row(int(row[ROW]), {ours: row.get(title) or "" for ours, title in found.items()})


def collect(found: Iterator[Row], take: Callable[[Row], None]) -> list[Wrong]:
    """Give each row to `take`; returns what was wrong in all of them."""
    wrong: list[Wrong] = []
    for row in found:
        take(row)
        wrong += row.wrong
    return wrong


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().replace("_", " ").split())
