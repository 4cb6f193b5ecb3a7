"""Sealed texts that an older key sealed: found by how they begin, replaced by the same under the newest, part by part.

A part is one transaction. What is left is what still begins with an older key's id, so a broken-off run just goes on.
"""

import json
from collections.abc import Callable, Iterable, Sequence

from core.store import facts
from core.store.store import Cursor, Store

PAYLOADS = (("raw_batches", "sealed", 50), ("inbox", "body", 2_000), ("rejected_rows", "sealed", 200))
"""(table, column, rows of one part) of what `Vault.seal` closed."""
TEXTS = (
    ("order_persons", "cipher", 20_000),
    ("address_corrections", "cipher", 5_000),
    ("shops", "secrets", 1_000),
    ("shop_pulls", "token", 1_000),
    ("robots", "secrets", 1_000),
    ("tracking_accounts", "secrets", 1_000),
    ("second_factors", "sealed", 1_000),
    ("company_clients", "secrets", 10),
    ("company_logins", "sealed", 1_000),
)
"""The same of what `Vault.seal_text` closed."""
_BLACKLIST = "blacklist_service"  # a JSON text with sealed values in it

Reseal = Callable[[str], str]


def part(store: Store, table: str, column: str, rows: int, heads: Sequence[str], reseal: Reseal) -> int:
    """Reseal at most `rows` different texts of the column; how many there were (0: none is left)."""
    begins = " OR ".join(f"starts_with({column}, ?)" for _head in heads)
    with store.write() as cursor:
        found = cursor.execute(
            f"SELECT DISTINCT {column} FROM {table} WHERE {begins} LIMIT {rows}", [*heads]
        ).fetchall()
        before = [row[0] for row in found]
        if before:
            cursor.execute(
                f"UPDATE {table} SET {column} = n.after FROM "
                "(SELECT unnest(?::VARCHAR[]) AS before, unnest(?::VARCHAR[]) AS after) n "
                f"WHERE {table}.{column} = n.before",
                [before, [reseal(text) for text in before]],
            )
    return len(before)


def blacklist(cursor: Cursor, heads: Sequence[str], reseal: Reseal) -> int:
    """The same for the secrets of the blacklist service; how many."""
    row = cursor.execute("SELECT value FROM facts WHERE name = ?", [_BLACKLIST]).fetchone()
    body = json.loads(row[0]) if row else {}
    old = {name: text for name, text in body.get("sealed", {}).items() if text and text.startswith(tuple(heads))}
    if old:
        body["sealed"] = {**body["sealed"], **{name: reseal(text) for name, text in old.items()}}
        value = json.dumps(body, ensure_ascii=False)
        cursor.execute("UPDATE facts SET value = ? WHERE name = ?", [value, _BLACKLIST])
    return len(old)


def left(store: Store, heads: Iterable[str]) -> int:
    """How many texts of the columns an older key still holds."""
    total, wanted = 0, list(heads)
    begins = " OR ".join("starts_with({column}, ?)" for _head in wanted)
    if not wanted:
        return 0
    with store.read() as cursor:
        for table, column, _rows in (*PAYLOADS, *TEXTS):
            where = begins.format(column=column)
            row = cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", wanted).fetchone()
            total += int(row[0]) if row else 0
    return total


def key_of(store: Store) -> str:
    """The id of the key by which everything in the store was sealed at the end of the last rotation."""
    return facts.get(store, "vault_key")


def note_key(cursor: Cursor, key_id: str) -> None:
    """From now on it is this key."""
    cursor.execute("UPDATE facts SET value = ? WHERE name = 'vault_key'", [key_id])
