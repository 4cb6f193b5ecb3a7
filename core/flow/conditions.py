"""A batch of orders by conditions of the rule language: one query for all of them."""

from collections.abc import Sequence
from datetime import datetime

from core.people.vault import Vault
from core.rules.batch import Batch
from core.rules.condition import Condition
from core.rules.piece import Sql
from core.rules.sql import Compiler
from core.store import Cursor
from core.store.listed import among


def met(
    cursor: Cursor,
    vault: Vault,
    zone: str,
    keys: Sequence[int],
    conditions: Sequence[Condition],
    since: datetime | None = None,
) -> dict[int, list[bool]]:
    """order_key -> whether it meets each of the conditions."""
    which, listed = among(cursor, keys, "o.order_key")
    bounded = Sql(f"o.pool_at >= ? AND {which}", [since, *listed]) if since else Sql(which, listed)
    batch = Batch(cursor, Compiler(vault.keyed, zone), conditions, bounded)
    rows = batch.met(conditions)
    batch.close()
    return {key: [bool(each) for each in found] for key, *found in rows}
