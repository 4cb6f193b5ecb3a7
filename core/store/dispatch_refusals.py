"""Dispatches that a platform refused: their orders are held for a person, and go on when the person has spoken."""

from collections.abc import Sequence
from datetime import datetime

from core.store import holds
from core.store.store import Cursor

REFUSED, UNKNOWN_COURIER = "dispatch_refused", "courier_unknown"
REASONS = (REFUSED, UNKNOWN_COURIER)
_HELD = " OR ".join(f"contains(coalesce(o.held_reasons, ''), '\"{reason}\"')" for reason in REASONS)


def hold(cursor: Cursor, refused: Sequence[tuple[int, str, bool]]) -> None:
    """Hold the orders: rows (order_key, the platform's words, whether it is the courier that is unknown)."""
    by_words: dict[tuple[str, str], list[int]] = {}
    for key, words, courier in refused:
        by_words.setdefault((UNKNOWN_COURIER if courier else REFUSED, words), []).append(key)
    for (reason, words), keys in by_words.items():
        holds.add(cursor, keys, reason, actor="system", why=words)


def lift(cursor: Cursor, keys: Sequence[int], actor: str, why: str = "") -> None:
    """The orders' dispatches are settled."""
    for reason in REASONS:
        holds.lift(cursor, keys, reason, actor=actor, why=why)


def released(cursor: Cursor) -> list[str]:
    """Refused dispatches whose orders a person has let go since: they are to be sent again."""
    rows = cursor.execute(
        "SELECT b.outbox_id FROM outbox b JOIN orders o ON b.follows = 'order:' || o.order_key WHERE b.kind = 'dispatch' "
        f"AND b.state = 'dead' AND NOT ({_HELD}) AND EXISTS (SELECT 1 FROM order_events e WHERE e.order_key = o.order_key "
        f"AND e.event = 'released' AND e.reason IN ('{REFUSED}', '{UNKNOWN_COURIER}') AND e.happened_at >= b.changed_at)"
    ).fetchall()
    return [row[0] for row in rows]


def has_dead(cursor: Cursor) -> bool:
    """Whether any dispatch is refused."""
    found = cursor.execute("SELECT 1 FROM outbox WHERE state = 'dead' AND kind = 'dispatch' LIMIT 1").fetchone()
    return found is not None


def write_waybill(
    cursor: Cursor,
    key: int,
    courier: str,
    tracking_no: str,
    actor: str,
    now: datetime,
    *,
    instead_of: str,
    part: bool = False,
) -> None:
    """A person corrected what the platform is told: order and packed parcel say the same, with its event. The
    waybill of a further parcel (`part`) does not become the order's."""
    cursor.execute(
        "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, 'waybill_changed', ?, ?, '', "
        "to_json({'courier': [coalesce(courier, ''), ?], 'tracking_no': [coalesce(tracking_no, ''), ?]})::VARCHAR "
        "FROM orders WHERE order_key = ?",
        [now, actor, courier, tracking_no, key],
    )
    cursor.execute(
        "UPDATE packings SET courier = ?, tracking_no = ?, changed_at = ? WHERE tracking_no = ? AND order_key = ?",
        [courier, tracking_no, now, instead_of, key],
    )
    if not part:
        cursor.execute(
            "UPDATE orders SET courier = ?, tracking_no = ?, changed_at = ? WHERE order_key = ?",
            [courier, tracking_no, now, key],
        )
