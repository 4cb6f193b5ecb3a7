"""The intake's side of the rejects queue: what failed is noted, what maps after all settles the older notes."""

from dataclasses import dataclass
from datetime import datetime

from core.i18n import N_
from core.store.raw import RawBatch
from core.store.rejects import SETTLED, WAITING
from core.store.store import Cursor, count_of

UNREADABLE = N_("not readable as JSON")
_FEW = 200  # characters of a value that a reject keeps


@dataclass(frozen=True, slots=True)
class Note:
    """One failed field. `place` is the payload's place in the batch, `row` the number a person counts by."""

    place: int
    row: int
    field: str
    value: str
    reason: str
    external_no: str


def collect(cursor: Cursor, hidden: tuple[str, ...], *, problems: bool, refunds: bool) -> list[Note]:
    """Make `staged_rejects` of the unreadable payloads and, if any, of `staged_problems`; returns them, in file order.

    The value of a field in `hidden` (person data) is left out. Rejected payloads leave `staged`.
    """
    told = (
        "SELECT place, row_no, field, CASE WHEN list_contains($hidden, field) THEN '' "
        f"ELSE left(coalesce(value, ''), {_FEW}) END AS value, reason FROM staged_problems UNION ALL "
        if problems
        else ""
    )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE staged_rejects AS {told}SELECT place, (place + 1)::BIGINT AS row_no, '' AS field, "
        "'' AS value, $unreadable AS reason FROM intake_bodies WHERE place NOT IN (SELECT place FROM staged)",
        {"unreadable": UNREADABLE} | ({"hidden": list(hidden)} if problems else {}),
    )
    if not count_of(cursor):
        return []
    external = "refund_no" if refunds else "platform_no"
    rows = cursor.execute(
        f"SELECT r.place, r.row_no, r.field, r.value, r.reason, coalesce(s.{external}, '') FROM staged_rejects r "
        "LEFT JOIN staged s ON s.place = r.place ORDER BY r.row_no, r.place, r.field"
    ).fetchall()
    if rows:
        cursor.execute("DELETE FROM staged WHERE place IN (SELECT place FROM staged_rejects)")
    return [Note(*row) for row in rows]


def note(cursor: Cursor, batch: RawBatch, mapping: str, version: int) -> None:
    """Write the rejects of `staged_rejects` down. A payload that fails again keeps its place in the queue.

    Notes of the same payload whose field is right now, and of older payloads of the same order, are settled.
    """
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE failing AS SELECT DISTINCT r.row_no, r.field, r.value, r.reason, i.digest, "
        "i.external_no, i.batch_id, i.raw_place FROM staged_rejects r JOIN staged_index i ON i.place = r.place"
    )
    who = {"channel": batch.channel, "shop": batch.shop, "entity": batch.entity}
    same = "rejects.channel = $channel AND rejects.shop = $shop AND rejects.entity = $entity"
    how = {"mapping": mapping, "version": version, "now": batch.received_at}
    cursor.execute(
        "UPDATE rejects SET reason = f.reason, row_no = f.row_no, external_no = f.external_no, "
        f"mapping = $mapping, mapping_version = $version FROM failing f WHERE {same} AND rejects.state = 'waiting' "
        "AND rejects.digest = f.digest AND rejects.field = f.field AND rejects.value = f.value",
        who | {"mapping": mapping, "version": version},
    )
    cursor.execute(
        f"UPDATE rejects SET state = '{SETTLED}', settled_at = $now, settled_by = 'intake' WHERE {same} "
        f"AND rejects.state = '{WAITING}' AND EXISTS (SELECT 1 FROM failing f WHERE f.digest = rejects.digest "
        "OR (f.external_no <> '' AND f.external_no = rejects.external_no)) "
        "AND NOT EXISTS (SELECT 1 FROM failing f WHERE f.digest = rejects.digest AND f.field = rejects.field "
        "AND f.value = rejects.value)",
        who | {"now": batch.received_at},
    )
    cursor.execute(
        "INSERT INTO rejects (reject_id, channel, shop, entity, external_no, row_no, field, value, reason, batch_id, place, "
        "digest, mapping, mapping_version, rejected_at, state) SELECT md5($batch_id || f.digest || f.field || "
        "f.row_no::VARCHAR), $channel, $shop, $entity, f.external_no, f.row_no, f.field, f.value, f.reason, f.batch_id, "
        f"f.raw_place, f.digest, $mapping, $version, $now, '{WAITING}' FROM failing f WHERE NOT EXISTS (SELECT 1 FROM "
        f"rejects WHERE {same} AND rejects.state <> '{SETTLED}' AND rejects.digest = f.digest AND rejects.field = f.field "
        "AND rejects.value = f.value)",
        who | how | {"batch_id": batch.batch_id},
    )


def settle(cursor: Cursor, batch: RawBatch, now: datetime) -> None:
    """Settle the waiting rejects whose payload maps now, or whose order came again with a payload that is not older."""
    who = {"channel": batch.channel, "shop": batch.shop, "entity": batch.entity}
    waiting = cursor.execute(
        "SELECT count(*) FROM rejects WHERE state = 'waiting' AND channel = $channel AND shop = $shop AND entity = $entity",
        who,
    ).fetchone()
    if not waiting or not waiting[0]:
        return
    good = "SELECT i.digest, i.external_no, i.platform_updated_at AS at FROM staged s JOIN staged_index i ON i.place = s.place"
    waiting_here = (
        "SELECT w.reject_id, w.digest, w.external_no, r.platform_updated_at AS at FROM rejects w LEFT JOIN raw_payloads r "
        "ON r.batch_id = w.batch_id AND r.place = w.place WHERE w.state = 'waiting' AND w.channel = $channel "
        "AND w.shop = $shop AND w.entity = $entity"
    )
    cursor.execute(
        f"UPDATE rejects SET state = '{SETTLED}', settled_at = $now, settled_by = 'intake' WHERE reject_id IN ("
        f"WITH good AS ({good}), waiting AS ({waiting_here}) "
        "SELECT w.reject_id FROM waiting w JOIN good g ON g.digest = w.digest UNION ALL "
        "SELECT w.reject_id FROM waiting w JOIN good g ON g.external_no = w.external_no WHERE w.external_no <> '' "
        f"AND (w.at IS NULL OR g.at IS NULL OR g.at >= w.at)) AND state = '{WAITING}'",
        who | {"now": now},
    )


def places(cursor: Cursor, reject_ids: list[str]) -> list[tuple[str, str, str, str, str, int]]:
    """(channel, shop, entity, mapping, batch_id, place) of the payloads behind waiting rejects, each once."""
    return cursor.execute(
        "SELECT DISTINCT channel, shop, entity, mapping, batch_id, place FROM rejects WHERE state = ? "
        "AND list_contains(?, reject_id) AND batch_id IS NOT NULL AND entity IN ('orders', 'refunds') "
        "ORDER BY channel, shop, entity, mapping, batch_id, place",
        [WAITING, reject_ids],
    ).fetchall()
