"""json and ndjson: the list of records found by itself; flat records become rows, nested ones stay as they came."""

import re
from collections import deque
from typing import Any

import orjson
import pyarrow as pa

from core.errors import BadRequest
from core.i18n import N_
from core.mapping.headers import is_order_number
from core.mapping.readers.cells import plain, without_destroyed
from core.mapping.readers.encoding import decode
from core.mapping.readers.table import ROW, Problem, Table, text_table
from core.mapping.said import Said

_SIMPLE = (str, int, float, bool, type(None))
_DEPTH = 6


def read_json(raw: bytes) -> Table:
    """A JSON document: an array of objects, an object with one somewhere inside, or one object alone."""
    decoded = decode(raw)
    try:
        document = orjson.loads(decoded.text)
    except orjson.JSONDecodeError as error:
        lines = decoded.text.splitlines()
        if len(lines) > 1 and _is_object(lines[0]):
            return read_ndjson(raw)
        raise BadRequest(
            N_("The JSON text is broken: {cause}"), N_("Export it again; the file may be cut off."), cause=str(error)
        ) from error
    records, path = find_records(document)
    if not records:
        raise BadRequest(
            N_("The file holds no records."), N_("Give an array of objects, or an object with one inside.")
        )
    return _table(list(enumerate(records, 1)), [], "json", decoded.encoding, path)


def read_ndjson(raw: bytes) -> Table:
    """One JSON object a line; a line that is none becomes a problem of that line."""
    decoded = decode(raw)
    records: list[tuple[int, dict[str, Any]]] = []
    problems: list[Problem] = []
    for number, line in enumerate(decoded.text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            problems.append(Problem(number, "", line, Said(N_("The line is no JSON: {cause}"), cause=str(error))))
            continue
        if isinstance(record, dict):
            records.append((number, record))
        else:
            problems.append(Problem(number, "", line, Said(N_("The line is no JSON object."))))
    if not records:
        raise BadRequest(N_("The file holds no records."), N_("Give one JSON object a line."))
    return _table(records, problems, "ndjson", decoded.encoding, "")


def find_records(document: Any) -> tuple[list[dict[str, Any]], str]:
    """The records of a document and the dotted path to their list: the nearest list of objects that are not an order's lines.

    An object that has an order number itself is one record.
    """
    queue: deque[tuple[Any, str, int]] = deque([(document, "", 0)])
    while queue:
        node, path, depth = queue.popleft()
        if isinstance(node, list):
            objects = [item for item in node if isinstance(item, dict)]
            if objects:
                return objects, path
            continue
        if not isinstance(node, dict) or depth > _DEPTH:
            continue
        if any(is_order_number(key) and isinstance(value, str | int) and value for key, value in node.items()):
            return [node], path
        queue.extend((child, f"{path}.{key}" if path else key, depth + 1) for key, child in node.items())
    return ([document], "") if isinstance(document, dict) and document else ([], "")


def leaves(record: Any, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """The simple values of a record by dotted path; lists of simple values under `path[*]`, lists of objects left out."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and depth < _DEPTH:
            found.update(leaves(value, f"{path}.", depth + 1))
        elif isinstance(value, list):
            if value and all(isinstance(item, _SIMPLE) for item in value):
                found[f"{path}[*]"] = value
        else:
            found[path] = value
    return found


def as_text(value: Any) -> str | None:
    """A JSON value as the text a cell would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value) if isinstance(value, int) else orjson.dumps(value).decode()


def _table(
    numbered: list[tuple[int, dict[str, Any]]], problems: list[Problem], format: str, encoding: str, path: str
) -> Table:
    records = [record for _number, record in numbered]
    numbers = pa.array([number for number, _record in numbered], pa.int64())
    nested = any(not isinstance(value, _SIMPLE) for record in records for value in record.values())
    flat = [leaves(record) for record in records[:1000]] if nested else records
    columns = list(dict.fromkeys(key for record in flat for key in record))
    if nested:
        rows = pa.table([numbers], [ROW])
        rounded: list[Problem] = []
    else:
        cells = [plain(pa.array([as_text(record.get(name)) for record in records], pa.string())) for name in columns]
        rows, rounded = without_destroyed(text_table(columns, cells, numbers), columns)
    return Table(
        columns,
        rows,
        format,
        encoding=encoding,
        problems=(*problems, *rounded),
        payloads=records,
        list_path=path,
        nested=nested,
    )


def _is_object(line: str) -> bool:
    return bool(re.match(r"^\s*\{.*\}\s*$", line))
