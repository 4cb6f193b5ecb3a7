"""What has happened that rules of alerts may be about, found as sets, each thing once.

Writers note instants a little before they commit, so each look goes back some minutes and leaves out what was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.store.alert_kinds import APPROVAL_DUE, DEAD, DOUBT, HELD, PARKED
from core.store.store import Cursor

OVERLAP = timedelta(minutes=10)
DUE_WITHIN = timedelta(minutes=30)
_KEPT = timedelta(hours=25)
_MOST = 500


@dataclass(frozen=True, slots=True)
class Happened:
    """One kind of event since the last look: how many, the first orders of it, and what is said besides."""

    event: str
    count: int
    order_keys: tuple[int, ...] = ()
    text: str = field(default="")


# Each tells (event, thing, happened, order_key, said) for what is newer than $since; a list of words wanted binds as $wanted.
_SOURCES = (
    f"SELECT CASE WHEN event = 'held' THEN '{HELD}' || reason ELSE event END AS event, order_key::VARCHAR AS thing, happened_at AS happened, "
    "order_key, '' AS said FROM order_events WHERE happened_at > $since",
    f"SELECT '{PARKED}', t.order_key || '/' || t.node, NULL::TIMESTAMPTZ, t.order_key, t.error "
    "FROM flow_tokens t WHERE t.state = 'parked' AND t.changed_at > $since",
    f"SELECT '{DEAD}', outbox_id, changed_at, TRY_CAST(json_extract_string(body, '$.order_key') AS BIGINT), "
    "kind || ' ' || shop || ': ' || coalesce(error, '') FROM outbox WHERE state = 'dead' AND kind <> 'notify' AND changed_at > $since",
    f"SELECT '{DOUBT}', quarantine_id, seen_at, NULL::BIGINT, warehouse || ' ' || sku FROM level_quarantine "
    "WHERE state = 'open' AND seen_at > $since",
    f"SELECT '{APPROVAL_DUE}', order_key || '/' || node || '/' || due_at, NULL::TIMESTAMPTZ, order_key, '' FROM approvals "
    "WHERE state = 'open' AND due_at <= $due AND due_at > $now",
)


_NEWS = (
    f"SELECT h.event, h.thing, h.happened, h.order_key, h.said FROM ({' UNION ALL '.join(_SOURCES)}) h "
    "WHERE list_contains($wanted::VARCHAR[], h.event) AND NOT EXISTS (SELECT 1 FROM alert_seen s WHERE s.event = h.event "
    "AND s.thing = h.thing AND (h.happened IS NULL OR s.seen_at = h.happened))"
)


def is_new(cursor: Cursor, wanted: Sequence[str], since: datetime, now: datetime) -> bool:
    """Whether anything of these kinds happened since the last look."""
    return bool(wanted and cursor.execute(f"SELECT 1 FROM ({_NEWS}) LIMIT 1", _values(wanted, since, now)).fetchone())


def news(cursor: Cursor, wanted: Sequence[str], since: datetime, now: datetime) -> list[Happened]:
    """What happened since the last look, by event; it counts as seen from then on."""
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE alert_news AS {_NEWS}", _values(wanted, since, now))
    rows = cursor.execute(
        "SELECT event, count(DISTINCT coalesce(order_key::VARCHAR, thing)), list(DISTINCT order_key) FILTER (order_key IS NOT NULL), "
        "max(nullif(said, '')) FROM alert_news GROUP BY event ORDER BY event"
    ).fetchall()
    cursor.execute("INSERT INTO alert_seen SELECT DISTINCT event, thing, coalesce(happened, $1) FROM alert_news", [now])
    cursor.execute("DELETE FROM alert_seen WHERE seen_at < ?", [now - _KEPT])
    cursor.execute("DROP TABLE alert_news")
    return [
        Happened(event, int(count), tuple(sorted(keys or ())[:_MOST]), said or "") for event, count, keys, said in rows
    ]


def _values(wanted: Sequence[str], since: datetime, now: datetime) -> dict[str, object]:
    return {"since": since - OVERLAP, "due": now + DUE_WITHIN, "now": now, "wanted": list(wanted)}
