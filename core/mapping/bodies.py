"""File rows -> payload bodies: the rows of one order as one JSON text `{"rows": [{"_row": 2, header: text, …}, …]}`."""

import pyarrow as pa

from core.mapping.readers import ROW
from core.store import Cursor

RANK = "_rank"  # the order's number by first appearance, from 0
_VIEW = "file_rows"


def order_bodies(cursor: Cursor, rows: pa.Table, columns: list[str]) -> list[str]:
    """One body an order, in the order of `_rank`. Headers are bound values; empty cells are null."""
    short = [f"c{place}" for place in range(len(columns))]
    places = pa.array(range(rows.num_rows), pa.int64())
    view = rows.select([RANK, ROW, *columns]).rename_columns([RANK, ROW, *short]).append_column("place", places)
    pairs = "".join(f", ?::VARCHAR, {name}" for name in short)
    cursor.register(_VIEW, view)
    try:
        found = cursor.execute(
            f"SELECT '{{\"rows\":[' || string_agg(item, ',' ORDER BY place) || ']}}' AS body FROM ("
            f"SELECT {RANK}, place, json_object('{ROW}', {ROW}{pairs})::VARCHAR AS item "
            f"FROM {_VIEW}) GROUP BY {RANK} ORDER BY {RANK}",
            columns,
        ).to_arrow_table()
    finally:
        cursor.unregister(_VIEW)
    return found.column("body").to_pylist()
