"""Addresses corrected by a person: a later payload does not overwrite them; what it says otherwise is kept as a conflict.

Only orders that are both in the batch and corrected cost anything: the merge asks once, and goes on as ever when there are none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.store import holds, moves
from core.store.merge import Merge
from core.store.store import Cursor, count_of

PLACE = ("province", "city", "district")
_SHOWN = (*PLACE, "recipient", "phone", "address")
_COMPARED = (*_SHOWN, "recipient_key", "phone_key", "address_key")
_PROTECTED = frozenset((*_COMPARED, "buyer_name", "buyer_name_key", "phone_last4"))
"""Columns that stay as the person corrected them. The buyer's name is sealed in the same text."""
HOLD = "bad_address"
CONFLICT = "address_conflict"
WHY = "the platform changed the address after a person had corrected it"
_BEFORE_DOOR = "'UNPAID', 'PAID', 'STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED'"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the platform says against a person's correction. `said`: masked texts by column; `cipher`: the same, sealed."""

    order_key: int
    said: dict[str, str]
    cipher: str
    told_at: datetime
    account: str
    corrected_at: datetime


def note(cursor: Cursor, order_key: int, account: str, now: datetime) -> None:
    """A person is about to correct the order: keep what the platform said. Before the first change of the row.

    A conflict that stands is settled by it: the person has typed what counts.
    """
    cursor.execute(
        "UPDATE address_corrections SET said = coalesce(told, said), told = NULL, cipher = NULL, told_at = NULL, account = ?, "
        "corrected_at = ? WHERE order_key = ?",
        [account, now, order_key],
    )
    if count_of(cursor):
        return
    packed = ", ".join(f"{name} := {name}" for name in _COMPARED)
    cursor.execute(
        f"INSERT INTO address_corrections SELECT order_key, to_json(struct_pack({packed}))::VARCHAR, ?, ?, NULL, NULL, NULL, "
        "NULL, NULL FROM orders WHERE order_key = ?",
        [account, now, order_key],
    )


def stage(cursor: Cursor) -> bool:
    """Whether any of the orders in `present` was corrected; leaves them in `corrected`."""
    known = cursor.execute(
        "SELECT 1 FROM address_corrections WHERE order_key IN (SELECT order_key FROM present) LIMIT 1"
    ).fetchone()
    if known:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE corrected AS SELECT order_key, coalesce(told, said) AS said FROM address_corrections "
            "WHERE order_key IN (SELECT order_key FROM present)"
        )
    return bool(known)


def keeping(columns: dict[str, str]) -> dict[str, str]:
    """The columns of an update with those of corrected orders left as they are."""
    ours = "p.order_key IN (SELECT order_key FROM corrected)"
    return {
        name: f'CASE WHEN {ours} THEN p."{name}" ELSE {sql} END' if name in _PROTECTED else sql
        for name, sql in columns.items()
    }


def compare(cursor: Cursor, merge: Merge) -> list[int]:
    """Keep what applied payloads say otherwise than before and than the correction; returns the orders that do.

    Their originals are sealed here: a handful, and only where a person stepped in.
    """
    names = [name for name in _COMPARED if name in merge.plain]
    other = " OR ".join(f"s.\"{name}\" IS DISTINCT FROM json_extract_string(c.said, '$.{name}')" for name in names)
    ours = " OR ".join(f's."{name}" IS DISTINCT FROM p."{name}"' for name in names)
    if not names:
        return []
    person = "s.person" if merge.keys else "NULL"
    packed = ", ".join(f'{name} := {"s" if name in names else "p"}."{name}"' for name in _COMPARED)
    found = cursor.execute(
        f"SELECT s.order_key, to_json(struct_pack({packed}))::VARCHAR, coalesce({person}, '{{}}') FROM staged s "
        "JOIN fates f ON f.place = s.place AND f.fate = 'apply' JOIN corrected c ON c.order_key = s.order_key "
        f"JOIN present p ON p.order_key = s.order_key WHERE ({other}) AND ({ours})"
    ).fetchall()
    if not found:
        return []
    sealed = merge.seal_many([_whole(told, person) for _key, told, person in found])
    cursor.execute(
        "UPDATE address_corrections SET told = n.told, cipher = n.cipher, told_at = $now, settled_by = NULL, settled_at = NULL "
        "FROM (SELECT unnest($keys::BIGINT[]) AS order_key, unnest($told::VARCHAR[]) AS told, unnest($ciphers::VARCHAR[]) AS cipher) n "
        "WHERE address_corrections.order_key = n.order_key",
        {"now": merge.now, "keys": [row[0] for row in found], "told": [row[1] for row in found], "ciphers": sealed},
    )
    return [row[0] for row in found]


def show(cursor: Cursor, keys: Sequence[int], now: datetime) -> None:
    """Each conflict is an event of its order, and the order waits for a person while it is in the house."""
    moves.tell(cursor, keys, CONFLICT, actor="platform", why=WHY, now=now)
    open_ones = cursor.execute(
        f"SELECT order_key FROM orders WHERE status IN ({_BEFORE_DOOR}) AND order_key IN (SELECT unnest(?::BIGINT[]))",
        [list(keys)],
    ).fetchall()
    holds.add(cursor, [row[0] for row in open_ones], HOLD, actor="platform", why=WHY)


def conflicts(cursor: Cursor, keys: Sequence[int]) -> dict[int, Conflict]:
    """The conflicts of these orders that nobody has settled."""
    rows = cursor.execute(
        "SELECT order_key, told, cipher, told_at, account, corrected_at FROM address_corrections WHERE told IS NOT NULL "
        "AND settled_at IS NULL AND order_key IN (SELECT unnest(?::BIGINT[]))",
        [list(keys)],
    ).fetchall()
    return {
        key: Conflict(key, {n: v for n, v in json.loads(told).items() if n in _SHOWN and v}, cipher, at, by, corrected)
        for key, told, cipher, at, by, corrected in rows
    }


def settle(cursor: Cursor, keys: Sequence[int], account: str, now: datetime) -> None:
    """The corrections stand; what the platform said is seen, and only another word of it is a new conflict."""
    cursor.execute(
        "UPDATE address_corrections SET said = told, settled_by = ?, settled_at = ? WHERE told IS NOT NULL AND settled_at IS NULL "
        "AND order_key IN (SELECT unnest(?::BIGINT[]))",
        [account, now, list(keys)],
    )


def forget(cursor: Cursor, order_key: int) -> None:
    """The platform's word counts again."""
    cursor.execute("DELETE FROM address_corrections WHERE order_key = ?", [order_key])


def _whole(told: str, person: str) -> str:
    place = {name: value for name, value in json.loads(told).items() if name in PLACE and value}
    return json.dumps({**json.loads(person), **place}, ensure_ascii=False)
