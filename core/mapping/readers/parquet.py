"""Parquet: typed columns become text columns; nested ones stay records."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import BadRequest
from core.i18n import N_
from core.mapping.readers.cells import header_text, plain, unique, without_destroyed
from core.mapping.readers.records import leaves
from core.mapping.readers.table import ROW, Table, text_table


def read_parquet(raw: bytes) -> Table:
    """The table of a Parquet file. The header counts as row 1, so that rows are numbered as in the other formats."""
    try:
        table = pq.read_table(io.BytesIO(raw))
    except (pa.ArrowInvalid, OSError) as error:
        raise BadRequest(
            N_("The Parquet file cannot be read: {cause}"), N_("Write it again."), cause=str(error)[:200]
        ) from error
    numbers = pa.array(range(2, table.num_rows + 2), pa.int64())
    if any(pa.types.is_nested(field.type) for field in table.schema):
        records = table.to_pylist()
        columns = list(dict.fromkeys(key for record in records[:1000] for key in leaves(record)))
        return Table(columns, pa.table([numbers], [ROW]), "parquet", payloads=records, nested=True)
    columns = unique([header_text(name) for name in table.column_names])
    cells = [plain(_text(column)) for column in table.columns]
    rows, rounded = without_destroyed(text_table(columns, cells, numbers), columns)
    return Table(columns, rows, "parquet", problems=tuple(rounded))


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        pattern = "%Y-%m-%dT%H:%M:%S%z" if kind.tz else "%Y-%m-%d %H:%M:%S"
        return pc.strftime(column.cast(pa.timestamp("s", kind.tz), safe=False), format=pattern)
    if pa.types.is_floating(kind):
        whole = pc.all(pc.equal(pc.floor(column), column)).as_py()
        small = pc.all(pc.less(pc.abs(column), 1e15)).as_py()
        return column.cast(pa.int64()).cast(pa.string()) if whole and small else column.cast(pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return column.cast(pa.binary()).cast(pa.string())
    return column.cast(pa.string())
