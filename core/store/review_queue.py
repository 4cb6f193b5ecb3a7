"""The review desk's queue: held orders that wait for a person, with how long, and what was done about them."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.store import Cursor, Store
from core.store.window import LAST_LABEL

OPEN_STATUSES = ("PAID", "STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED")
_OPEN = ", ".join(f"'{status}'" for status in OPEN_STATUSES)
_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"
_AFTER = "o.status = 'SHIPPED' AND (contains(o.held_reasons, '\"dispatch_refused\"') OR contains(o.held_reasons, '\"courier_unknown\"'))"
"""Left the house, and its platform refuses to hear of it: that waits for a person too."""
# What a person has rejected waits for nobody, until something new holds it.
_WAITING = (
    f"FROM orders o LEFT JOIN ({LAST_LABEL}) l ON l.order_key = o.order_key "
    f"WHERE o.held AND (o.status IN ({_OPEN}) OR {_AFTER}) AND coalesce(l.label, '') <> 'fraud'"
)
_COLUMNS = (
    "order_key", "channel", "shop", "platform_no", "status", "paid_at", "ship_by", "paid_fen", "recipient", "phone",
    "province", "city", "district", "address", "unit_count", "line_count", "warehouse", "buyer_note", "seller_note",
    "held_reasons", "refund_status", "slip_at", "courier",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A part of the queue. `shops` as "channel/shop", none is every one; amounts paid in fen, both ends included."""

    shops: tuple[str, ...] = ()
    least_fen: int | None = None
    most_fen: int | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """What to add to the condition, and its values."""
        texts: list[str] = [""]
        values: list[Any] = []
        if self.shops:
            texts.append("o.channel || '/' || o.shop IN (SELECT unnest(?::VARCHAR[]))")
            values.append(list(self.shops))
        for sign, fen in ((">=", self.least_fen), ("<=", self.most_fen)):
            if fen is not None:
                texts.append(f"o.paid_fen {sign} ?")
                values.append(fen)
        return " AND ".join(texts), values


ALL = Narrowed()


@dataclass(frozen=True, slots=True)
class Told:
    """One event that tells why an order is held."""

    order_key: int
    reason: str
    at: datetime
    actor: str
    why: str


def counts(store: Store, narrowed: Narrowed = ALL) -> dict[str, int]:
    """reason -> orders that wait with it; "" counts every order once."""
    where, values = narrowed.sql()
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT reason, count(*) FROM (SELECT unnest(from_json(o.held_reasons, '[\"VARCHAR\"]')) AS reason {_WAITING}{where}) "
            "GROUP BY reason ORDER BY count(*) DESC, reason",
            values,
        ).fetchall()
        total = cursor.execute(f"SELECT count(*) {_WAITING}{where}", values).fetchone()
    return {"": int(total[0]) if total else 0} | {reason: int(count) for reason, count in rows}


def waiting(
    store: Store, reason: str, *, limit: int, offset: int, search: str = "", by_promise: bool = True,
    narrowed: Narrowed = ALL,
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    """(rows, exact number): the most urgent first, by the shipping promise or by payment. `reason` "" is every one."""
    where, values = narrowed.sql()
    where = _WAITING + where
    if reason:
        where += " AND contains(o.held_reasons, '\"' || ? || '\"')"
        values.append(reason)
    if search:
        where += " AND (o.platform_no = ? OR o.tracking_no = ? OR o.phone_last4 = ? OR o.buyer_id = ?)"
        values += [search] * 4
    first = "coalesce(o.ship_by, o.paid_at + INTERVAL 48 HOUR)" if by_promise else "o.paid_at"
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) {where}", values).fetchone()
        rows = cursor.execute(
            f"SELECT {', '.join(f'o.{name}' for name in _COLUMNS)} {where} ORDER BY {first} NULLS LAST, o.order_key LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
    return [_row(row) for row in rows], int(total[0]) if total else 0


def rows_of(cursor: Cursor, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """order_key -> its row, held or not."""
    found = cursor.execute(
        f"SELECT {', '.join(f'o.{name}' for name in _COLUMNS)} FROM orders o WHERE o.{_IN}", [list(keys)]
    ).fetchall()
    return {row[0]: _row(row) for row in found}


def _row(row: Sequence[Any]) -> dict[str, Any]:
    named: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    named["held_reasons"] = json.loads(named["held_reasons"] or "[]")
    return named


def told(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[Told]]:
    """order_key -> the holds' events, newest first."""
    rows = cursor.execute(
        f"SELECT order_key, reason, happened_at, actor, coalesce(detail, '{{}}') FROM order_events WHERE event = 'held' AND {_IN} "
        "ORDER BY happened_at DESC",
        [list(keys)],
    ).fetchall()
    found: dict[int, list[Told]] = {}
    for key, reason, at, actor, detail in rows:
        found.setdefault(key, []).append(Told(key, reason, at, actor, str(json.loads(detail).get("why", ""))))
    return found


def keys_with(store: Store, reason: str, limit: int, narrowed: Narrowed = ALL) -> list[int]:
    """The orders that wait with a reason, the most urgent first."""
    rows, _total = waiting(store, reason, limit=limit, offset=0, narrowed=narrowed)
    return [row["order_key"] for row in rows]


def note(cursor: Cursor, account: str, action: str, detail: Mapping[str, Any], now: datetime) -> str:
    """Keep what was done; returns its id."""
    act_id = secrets.token_hex(8)
    body = json.dumps(detail, ensure_ascii=False, default=str)
    cursor.execute("INSERT INTO review_acts VALUES (?, ?, ?, ?, ?, NULL)", [act_id, account, action, body, now])
    return act_id


def act(cursor: Cursor, act_id: str) -> tuple[str, str, dict[str, Any], datetime, datetime | None] | None:
    """(account, action, detail, done at, undone at) of what was done."""
    row = cursor.execute(
        "SELECT account, action, detail, done_at, undone_at FROM review_acts WHERE act_id = ?", [act_id]
    ).fetchone()
    return (row[0], row[1], json.loads(row[2]), row[3], row[4]) if row else None


def undone(cursor: Cursor, act_id: str, now: datetime) -> None:
    """It was taken back."""
    cursor.execute("UPDATE review_acts SET undone_at = ? WHERE act_id = ?", [now, act_id])


def last_act(cursor: Cursor, keys: Sequence[int], since: datetime) -> tuple[str, datetime] | None:
    """(account, instant) of the last thing done about any of the orders since an instant."""
    wanted = set(keys)
    rows = cursor.execute(
        "SELECT account, done_at, detail FROM review_acts WHERE done_at >= ? AND undone_at IS NULL ORDER BY done_at DESC LIMIT 200",
        [since],
    ).fetchall()
    for account, at, detail in rows:
        if wanted & {int(key) for key in json.loads(detail).get("orders", {})}:
            return account, at
    return None


def rejected(cursor: Cursor, keys: Sequence[int]) -> set[int]:
    """Those of the orders that a person has rejected last."""
    rows = cursor.execute(
        f"SELECT order_key FROM ({LAST_LABEL}) WHERE label = 'fraud' AND {_IN}", [list(keys)]
    ).fetchall()
    return {row[0] for row in rows}


def forget_labels(cursor: Cursor, keys: Sequence[int], account: str, since: datetime) -> None:
    """Take back what was learned from an act that is undone."""
    cursor.execute(
        f"DELETE FROM labels WHERE labelled_by = ? AND labelled_at >= ? AND {_IN}", [account, since, list(keys)]
    )


def forget_overrides(cursor: Cursor, keys: Sequence[int], account: str, since: datetime) -> None:
    """Take back overrides of refunds."""
    cursor.execute(
        f"DELETE FROM refund_overrides WHERE account = ? AND given_at >= ? AND {_IN}", [account, since, list(keys)]
    )
