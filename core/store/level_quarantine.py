"""Levels that cannot be true: held back, shown with their reason, and taken over or left by a person.

One open row a place; the same wrong word again adds nothing, and a sane newer level closes it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.errors import NotFound
from core.i18n import N_
from core.store.store import Cursor, Store, count_of

OPEN, ACCEPTED, IGNORED, SUPERSEDED = "open", "accepted", "ignored", "superseded"
REASONS = {
    "negative": N_("Below zero"),
    "too_many": N_("More than any warehouse holds"),
    "jump": N_("Many times what was there"),
    "wiped": N_("The whole warehouse fell to zero at once"),
}
MOST_PIECES = 10_000_000
JUMP_TIMES, JUMP_FROM = 50, 5_000  # a level of that many pieces and that many times the one before
WIPED_FROM = 20  # so many SKUs with pieces, all zero in one message


@dataclass(frozen=True, slots=True)
class Doubt:
    """One level that waits for a person. `before`: the level that counts until then; None for a new place."""

    quarantine_id: str
    warehouse: str
    sku: str
    on_hand: int
    before: int | None
    reason: str
    as_of: datetime
    seen_at: datetime
    state: str


_COLUMNS = "quarantine_id, warehouse, sku, on_hand, before, reason, as_of, seen_at, state"
_SAME_PLACE = "q.warehouse = d.warehouse AND q.sku = d.sku"


def hold_back(cursor: Cursor) -> int:
    """Take the levels that cannot be true out of `level_news` into quarantine; returns how many are newly in doubt."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE level_doubts AS WITH wiped AS (SELECT warehouse FROM level_news WHERE before > 0 "
        "GROUP BY warehouse HAVING count(*) >= ? AND max(on_hand) = 0) SELECT n.*, CASE WHEN on_hand < 0 THEN 'negative' "
        "WHEN on_hand > ? THEN 'too_many' WHEN on_hand >= ? AND on_hand > ? * before AND before > 0 THEN 'jump' "
        "WHEN on_hand = 0 AND before > 0 AND w.warehouse IS NOT NULL THEN 'wiped' END AS reason "
        "FROM level_news n LEFT JOIN wiped w ON w.warehouse = n.warehouse",
        [WIPED_FROM, MOST_PIECES, JUMP_FROM, JUMP_TIMES],
    )
    cursor.execute(
        "UPDATE level_quarantine AS q SET state = 'superseded', settled_at = ? FROM level_doubts d "
        f"WHERE {_SAME_PLACE} AND q.state = 'open' AND (d.reason IS NULL OR d.on_hand <> q.on_hand)",
        [clock.now()],
    )
    cursor.execute("DELETE FROM level_doubts WHERE reason IS NULL")
    cursor.execute(
        "DELETE FROM level_news AS n USING level_doubts d WHERE n.warehouse = d.warehouse AND n.sku = d.sku",
    )
    rows = cursor.execute(
        f"SELECT d.warehouse, d.sku, d.on_hand, d.before, d.reason, d.as_of FROM level_doubts d ANTI JOIN ("
        "SELECT warehouse, sku, on_hand FROM level_quarantine WHERE state <> 'superseded' QUALIFY row_number() OVER "
        f"(PARTITION BY warehouse, sku ORDER BY seen_at DESC) = 1) q ON {_SAME_PLACE} AND q.on_hand = d.on_hand"
    ).fetchall()
    if rows:
        ids = [hashlib.sha256("\x1f".join(map(str, (r[0], r[1], r[2], r[5]))).encode()).hexdigest()[:24] for r in rows]
        columns = [list(column) for column in zip(*rows, strict=True)]
        kinds = ("VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "TIMESTAMPTZ")
        cursor.execute(
            f"INSERT INTO level_quarantine ({_COLUMNS}) SELECT unnest(?::VARCHAR[]), "
            f"{', '.join(f'unnest(?::{kind}[])' for kind in kinds)}, ?, 'open'",
            [ids, *columns, clock.now()],
        )
    return len(rows)


def listing(store: Store, *, state: str = OPEN, limit: int = 500) -> list[Doubt]:
    """The doubts in that state, newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM level_quarantine WHERE state = ? ORDER BY seen_at DESC, warehouse, sku LIMIT ?",
            [state, limit],
        ).fetchall()
    return [Doubt(*row) for row in rows]


def settle(cursor: Cursor, quarantine_id: str, state: str, who: str) -> Doubt:
    """Close an open doubt. NotFound when it is not open any more."""
    cursor.execute(
        "UPDATE level_quarantine SET state = ?, settled_at = ?, settled_by = ? WHERE quarantine_id = ? AND state = 'open'",
        [state, clock.now(), who, quarantine_id],
    )
    closed = count_of(cursor)
    row = cursor.execute(
        f"SELECT {_COLUMNS} FROM level_quarantine WHERE quarantine_id = ? AND ?", [quarantine_id, closed > 0]
    ).fetchone()
    if row is None:
        raise NotFound(N_("This level waits no more."), N_("Look at the list again."))
    return Doubt(*row)
