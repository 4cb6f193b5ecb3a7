"""What stations that wait look for: holds given and words said since an order came to them, delivery days; own fields."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from core.model.fields import Field
from core.store.listed import among
from core.store.store import Cursor

_SINCE = (
    "WITH n AS (SELECT unnest(?::BIGINT[]) AS order_key, unnest(?::TIMESTAMPTZ[]) AS came) "
    "SELECT DISTINCT e.order_key FROM {0} e JOIN n ON n.order_key = e.order_key AND e.{1} >= n.came WHERE e.{1} >= ? AND {2}"
)


def held_before(cursor: Cursor, came: Mapping[int, datetime], reason: str) -> set[int]:
    """Those of the orders that were held for the reason since they came (order -> instant)."""
    query = _SINCE.format("order_events", "happened_at", "e.event = 'held' AND e.reason = ?")
    return _since(cursor, query, came, [reason])


def rejected_since(cursor: Cursor, came: Mapping[int, datetime]) -> set[int]:
    """Those of the orders that a person has rejected since they came; a later release takes it back."""
    query = _SINCE.format("labels", "labelled_at", "e.label = 'fraud'")
    said = _since(cursor, query, came, [])
    if not said:
        return said
    released = _since(cursor, _SINCE.format("labels", "labelled_at", "e.label = 'normal'"), came, [])
    return said - released


def _since(cursor: Cursor, query: str, came: Mapping[int, datetime], values: Sequence[str]) -> set[int]:
    if not came:
        return set()
    return {
        row[0]
        for row in cursor.execute(query, [list(came), list(came.values()), min(came.values()), *values]).fetchall()
    }


def delivery_days(cursor: Cursor, keys: Sequence[int], since: datetime | None) -> dict[int, date]:
    """order_key -> the day the buyer chose, of those who chose one."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT order_key, deliver_on FROM orders WHERE {bound}deliver_on IS NOT NULL AND {which}", [*values, *listed]
    ).fetchall()
    return dict(rows)


def set_own(
    cursor: Cursor, keys: Sequence[int], field: Field, value: str | None, now: datetime, since: datetime | None
) -> None:
    """Write a value into an own field (a catalogue name) of orders that hold another one, with an event each."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE setting_own AS SELECT order_key, {field.name}::VARCHAR AS before FROM orders "
        f"WHERE {bound}{which} AND {field.name} IS DISTINCT FROM CAST(? AS {field.sql_type})",
        [*values, *listed, value],
    )
    cursor.execute(
        "INSERT INTO order_events SELECT o.order_key, o.channel, o.shop, o.platform_no, 'field_set', ?, 'system', ?, "
        "to_json({'before': s.before, 'after': ?::VARCHAR})::VARCHAR FROM setting_own s JOIN orders o ON o.order_key = s.order_key",
        [now, field.name, value],
    )
    cursor.execute(
        f"UPDATE orders SET {field.name} = CAST(? AS {field.sql_type}), changed_at = ? "
        "WHERE order_key IN (SELECT order_key FROM setting_own)",
        [value, now],
    )
    cursor.execute("DROP TABLE setting_own")
