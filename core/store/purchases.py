"""Purchase lines with the suppliers' punctuality by month, and what people decided on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from core.store.store import Cursor, Store

_KINDS = {
    "supplier": "VARCHAR", "purchase_no": "VARCHAR", "line_no": "VARCHAR", "sku": "VARCHAR", "title": "VARCHAR", "qty": "BIGINT",
    "due_on": "DATE", "shipped_on": "DATE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One line: (supplier, purchase_no, line_no) tells it. `shipped_on` None: it has not left the supplier."""

    supplier: str
    purchase_no: str
    line_no: str
    sku: str
    title: str
    qty: int
    due_on: date
    shipped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A supplier's lines due in a month, of those the ones on time and the ones not shipped at all."""

    supplier: str
    month: date
    lines: int
    on_time: int
    missing: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided on a month, with the figures seen then."""

    supplier: str
    month: date
    lines: int
    on_time: int
    share: float
    factor: float
    state: str
    why: str
    decided_by: str
    decided_at: datetime


_SAME = "p.supplier = n.supplier AND p.purchase_no = n.purchase_no AND p.line_no = n.line_no"
_REST = ("sku", "title", "qty", "due_on", "shipped_on")
_DIFFERS = " OR ".join(f"p.{name} IS DISTINCT FROM n.{name}" for name in _REST)


def compare(cursor: Cursor, lines: Sequence[PurchaseLine]) -> tuple[int, int]:
    """(new, changed) lines beside what is known; nothing is kept but a temporary table `new_purchases`."""
    columns = [[getattr(line, name) for line in lines] for name in _KINDS]
    listed = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in _KINDS.items())
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE new_purchases AS SELECT {listed}", columns)
    row = cursor.execute(
        f"SELECT count(*) FILTER (p.supplier IS NULL), count(*) FILTER (p.supplier IS NOT NULL AND ({_DIFFERS})) "
        f"FROM new_purchases n LEFT JOIN purchase_lines p ON {_SAME}"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def save(cursor: Cursor, lines: Sequence[PurchaseLine], source: str, account: str) -> tuple[int, int]:
    """Insert or replace as one set; (new, changed) lines. Lines that are as known are left alone."""
    counted, now = compare(cursor, lines), clock.now()
    cursor.execute(
        f"MERGE INTO purchase_lines AS p USING new_purchases AS n ON {_SAME} WHEN MATCHED AND ({_DIFFERS}) THEN UPDATE SET "
        + ", ".join(f"{name} = n.{name}" for name in _REST)
        + f", source = ?, changed_by = ?, changed_at = ? WHEN NOT MATCHED THEN INSERT ({', '.join(_KINDS)}, source, changed_by, "
        f"changed_at) VALUES ({', '.join(f'n.{name}' for name in _KINDS)}, ?, ?, ?)",
        [source, account, now, source, account, now],
    )
    cursor.execute("DROP TABLE new_purchases")
    return counted


def months(store: Store, today: date, grace_days: int, *, since: date | None = None) -> list[Month]:
    """Every supplier and month with lines that are due by now (due day and grace have passed), the newest month first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT supplier, date_trunc('month', due_on)::DATE AS month, count(*), "
            "count(*) FILTER (shipped_on <= due_on + ?::INTEGER), count(*) FILTER (shipped_on IS NULL) FROM purchase_lines "
            "WHERE (due_on + ?::INTEGER < ? OR shipped_on <= due_on + ?::INTEGER) AND (?::DATE IS NULL OR due_on >= ?) "
            "GROUP BY ALL ORDER BY month DESC, supplier",
            [grace_days, grace_days, today, grace_days, since, since],
        ).fetchall()
    return [Month(*row) for row in rows]


def lines(store: Store, supplier: str, month: date, limit: int = 2_000) -> list[tuple[PurchaseLine, datetime]]:
    """The lines of a supplier due in a month, late and missing ones first, each with when it was last told."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {', '.join(_KINDS)}, changed_at FROM purchase_lines WHERE supplier = ? AND date_trunc('month', due_on) = ? "
            "ORDER BY coalesce(shipped_on - due_on, 9999) DESC, due_on, purchase_no, line_no LIMIT ?",
            [supplier, month, limit],
        ).fetchall()
    return [(PurchaseLine(*row[:-1]), row[-1]) for row in rows]


def decide(cursor: Cursor, decided: Decided) -> None:
    """Append what a person decided."""
    cursor.execute(
        "INSERT INTO supplier_decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            decided.supplier, decided.month, decided.lines, decided.on_time, decided.share, decided.factor, decided.state,
            decided.why, decided.decided_by, decided.decided_at,
        ],
    )  # fmt: skip


def decisions(store: Store) -> list[Decided]:
    """All of them, the newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT supplier, month, lines, on_time, share, factor, state, why, decided_by, decided_at FROM supplier_decisions "
            "ORDER BY decided_at DESC, supplier"
        ).fetchall()
    return [Decided(*row) for row in rows]
