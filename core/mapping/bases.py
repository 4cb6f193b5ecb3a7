"""What a mapping reads, as SQL over a relation of JSON texts (place, body): the lowest layer of each level."""

from collections.abc import Mapping
from typing import Any, Protocol

from core.mapping.document import MappingDocument
from core.mapping.paths import Path

ROWS = "mapped_rows"  # temporary table of file rows: place, pos, row_no, s


class Reading(Protocol):
    """A level's sources by their names, those of them that are read at once into the list `s`, and a way to bind."""

    sources: dict[str, Path]

    @property
    def listed(self) -> list[str]: ...

    def bind(self, value: Any) -> str: ...


def json_base(level: Reading, source: str) -> str:
    """Sources of an order or refund: all plain paths in one reading of the body, NULL where it is unreadable.

    Nothing filters here: DuckDB would push the filter below the reading and read every body twice.
    """
    arrays = [name for name, path in level.sources.items() if path.whole_array]
    inner = [f"{_array(level.sources[name], 'body')} AS {name}" for name in arrays]
    columns = ["place", "place + 1 AS row_no", "s IS NOT NULL AS readable", f"{_FILLED_ONES} AS s", *arrays]
    paths = level.bind([level.sources[name].pointer for name in level.listed] or [""])
    return (
        f"SELECT {', '.join(columns)} FROM (SELECT "
        f"{', '.join(['place', f'TRY(json_extract_string(body, {paths})) AS s', *inner])} FROM {source})"
    )


def _array(path: Path, body: str) -> str:
    """SQL: all items of a `[*]` path as one JSON array text; NULL for none."""
    wildcard = path.wildcard.replace("'", "''")
    return f"nullif(to_json(TRY(json_extract({body}, '{wildcard}')))::VARCHAR, '[]')"


def line_base(level: Reading, document: MappingDocument, source: str) -> str:
    up = [name for name, path in level.sources.items() if path.from_order]
    arrays = [name for name, path in level.sources.items() if path.whole_array and not path.from_order]
    columns = ["place", "pos", "place + 1 AS row_no", f"{_FILLED_ONES} AS s", *up]
    columns += [f"{_array(level.sources[name], 'item')} AS {name}" for name in arrays]
    columns += [f"pos::VARCHAR AS {name}" for name, path in level.sources.items() if path.position]
    above = [f"TRY(json_extract_string(body, {level.bind(level.sources[name].pointer)})) AS {name}" for name in up]
    paths = level.bind([level.sources[name].pointer for name in level.listed] or [""])
    assert document.lines is not None
    return (
        f"SELECT {', '.join(columns)} FROM (SELECT *, json_extract_string(item, {paths}) AS s FROM ("
        f"SELECT {', '.join(['place', *up, 'unnest(items) AS item', 'generate_subscripts(items, 1) AS pos'])} FROM ("
        f"{_items(document, ', '.join(['place', *above]), ', '.join(['place', *up]), source)})) "
        "WHERE item::VARCHAR <> 'null')"
    )


def _items(document: MappingDocument, columns: str, names: str, source: str) -> str:
    """SELECT with `items`, the list of a payload's lines. One object where a list was meant, and a list in a text, count.
    Gifts from an array of their own come last, marked.

    No JSON function may stand twice in one expression: DuckDB computes what is common outside of TRY, where it raises.
    """
    lines, gifts = document.lines, document.gifts
    if lines is None or not lines.keys:
        return f"SELECT {columns}, TRY([json_extract(body, '$')]) AS items FROM {source}"
    path = lines.wildcard.replace("'", "''")
    other = (
        f"""coalesce(TRY(from_json(json_extract_string(body, '{path}'), '["JSON"]')), """
        f"CASE WHEN TRY(json_type(body, '{path}')) = 'OBJECT' THEN TRY([json_extract(body, '{path}')]) END)"
    )
    bought = f"CASE WHEN len(many) > 0 THEN many ELSE {other} END"
    many = f"{columns}, body, TRY(json_extract(body, '{path}[*]')) AS many"
    if gifts is None:
        return f"SELECT {names}, {bought} AS items FROM (SELECT {many} FROM {source})"
    free = gifts.wildcard.replace("'", "''")
    marked = """list_transform(free, lambda line: json_merge_patch(line, '{"_gift": "1"}'))"""
    return (
        f"SELECT {names}, CASE WHEN len(free) > 0 THEN list_concat(bought, {marked}) ELSE bought END AS items FROM ("
        f"SELECT {names}, {bought} AS bought, free FROM ("
        f"SELECT {many}, TRY(json_extract(body, '{free}[*]')) AS free FROM {source}))"
    )


def row_base(level: Reading, places: Mapping[str, int], *, grouped: bool) -> str:
    """Sources out of file rows: each row for lines, the first row that has a value for an order."""
    columns: list[str] = []
    for name, path in level.sources.items():
        if path.position:
            columns.append(f"pos::VARCHAR AS {name}")
            continue
        value = f"s[{places[path.pointer]}]"
        columns.append(
            f"arg_min({value}, pos) FILTER (WHERE {filled(value)}) AS {name}" if grouped else f"{value} AS {name}"
        )
    if grouped:
        return f"SELECT {', '.join(['place', 'min(row_no) AS row_no', 'true AS readable', *columns])} FROM {ROWS} GROUP BY place"
    return f"SELECT {', '.join(['place', 'pos', 'row_no', *columns])} FROM {ROWS}"


def filled(value: str) -> str:
    """SQL: whether a text holds anything. What begins with a visible sign needs no look at its end."""
    return f"CASE WHEN {value} >= '!' THEN true ELSE trim({value}, ' \t\r\n') <> '' END"


# Planning costs by the expression: the texts of all paths of a payload are looked at by one, not one by one.
_FILLED_ONES = f"list_transform(s, lambda text: CASE WHEN text >= '!' THEN text WHEN {filled('text')} THEN text END)"
