"""A batch of orders by conditions of the rule language: one query for all of them."""

from collections.abc import Sequence
from datetime import datetime

from core.people.vault import Vault
from core.rules.batch import Batch
from core.rules.condition import Condition
from core.rules.piece import Sql
from core.rules.sql import Compiler
from core.store import Cursor
from core.store.window import IN_BATCH


def met(
    cursor: Cursor,
    vault: Vault,
    zone: str,
    keys: Sequence[int],
    conditions: Sequence[Condition],
    since: datetime | None = None,
) -> dict[int, list[bool]]:
    """order_key -> whether it meets each of the conditions."""
    compiler = Compiler(vault.keyed, zone)
    listed = list(keys)
    which = Sql(f"o.pool_at >= ? AND {IN_BATCH}", [since, listed]) if since else Sql(IN_BATCH, [listed])
    batch = Batch(cursor, compiler, conditions, which)
    rows = batch.rows(conditions, {})
    batch.close()
    return {row["order_key"]: [bool(row[f"r{n}"]) for n in range(len(conditions))] for row in rows}
