"""Lists of a batch for the engine: a handful of order keys one by one, a few as a bound list, many of them and whole rows
as a table read where it lies.

A handful, each a value of its own, is a filter and no join: half the work of a bound list. Ten thousand keys as a bound list cost 10 to 30 ms a statement before anything is read, as a registered table 2 ms; a
single key costs 2 ms more as a table than as a list. What is registered lives as long as the cursor.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import pyarrow as pa

from core.store.store import Cursor

_HANDFUL, _FEW = 16, 500
_numbers = count()
KINDS = {
    "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "VARCHAR": pa.string(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"), "DATE": pa.date32(),
}  # fmt: skip


def among(cursor: Cursor, keys: Sequence[int], column: str = "order_key") -> tuple[str, list[Any]]:
    """`column` is one of the keys: SQL with its values."""
    if 0 < len(keys) <= _HANDFUL:
        return f"{column} IN ({', '.join('?' * len(keys))})", list(keys)
    if len(keys) < _FEW:
        return f"{column} IN (SELECT unnest(?::BIGINT[]) AS listed)", [list(keys)]
    return (
        f"{column} IN (SELECT listed FROM {_registered(cursor, pa.table({'listed': pa.array(keys, pa.int64())}))})",
        [],
    )


def rows(cursor: Cursor, kinds: Mapping[str, str], columns: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """A relation of these columns (name -> SQL type, one of `KINDS`), to stand behind FROM with its values."""
    if not columns or len(columns[0]) < _FEW:
        unnested = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in kinds.items())
        return f"(SELECT {unnested})", [list(column) for column in columns] or [[] for _ in kinds]
    arrays = {name: pa.array(column, KINDS[kind]) for (name, kind), column in zip(kinds.items(), columns, strict=True)}
    return _registered(cursor, pa.table(arrays)), []


def _registered(cursor: Cursor, table: pa.Table) -> str:
    name = f"listed_{next(_numbers)}"
    cursor.register(name, table)
    return name
