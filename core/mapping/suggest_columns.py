"""The columns a suggestion looks at: those of a flat table, or the dotted paths of nested records with their line list."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from core.mapping.headers import MONEY, guesses
from core.mapping.profile import Profile, profile
from core.mapping.readers import Table
from core.mapping.readers.records import as_text
from core.model.fields import Catalogue, Level

_SAMPLE = 300
_GENERIC = frozenset(("name", "value", "id", "code", "text", "title", "detail"))
_SIMPLE = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Column:
    """One source. `level` is fixed for nested records (order or line), open for a flat table."""

    source: str
    header: str
    profile: Profile
    level: Level | None = None
    depth: int = 0


def flat_columns(table: Table) -> list[Column]:
    """The columns of a flat table."""
    return [Column(name, name, profile(table.values(name, _SAMPLE))) for name in table.columns]


def nested_columns(records: list[dict[str, Any]], catalogue: Catalogue) -> tuple[list[Column], str | None]:
    """The sources of nested records, and the path to the list of lines (None: there is none)."""
    sample = records[:_SAMPLE]
    lists: dict[str, list[dict[str, Any]]] = defaultdict(list)
    values: dict[str, list[str]] = defaultdict(list)
    for record in sample:
        _walk(record, "", values, lists)
    lines = _line_path(lists, catalogue)
    columns = [
        Column(path, _header(path), profile(found), Level.ORDER, path.count(".") + path.count("["))
        for path, found in values.items()
        if lines is None or not path.startswith(f"{lines}[")
    ]
    if lines is not None:
        inner: dict[str, list[str]] = defaultdict(list)
        for line in lists[lines]:
            _walk(line, "", inner, defaultdict(list))
        columns += [
            Column(path, _header(path), profile(found), Level.LINE, path.count(".")) for path, found in inner.items()
        ]
    return columns, lines


def _walk(
    node: dict[str, Any], prefix: str, values: dict[str, list[str]], lists: dict[str, list[dict[str, Any]]]
) -> None:
    for key, value in node.items():
        name = f'"{key}"' if any(sign in key for sign in '.[]"^#') else key
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            _walk(value, f"{path}.", values, lists)
        elif isinstance(value, list):
            objects = [item for item in value if isinstance(item, dict)]
            if objects:
                lists[path].extend(objects)
                if all({"name", "value"} <= set(item) for item in objects):
                    values[f"{path}[*].value"] += [text for item in objects if (text := as_text(item["value"]))]
                elif "[" not in prefix:
                    _walk(objects[0], f"{path}[0].", values, lists)
            elif value:
                values[f"{path}[*]"] += [text for item in value if (text := as_text(item))]
            else:
                values.setdefault(f"{path}[*]", [])
        else:
            values.setdefault(path, [])
            if isinstance(value, _SIMPLE) and (text := as_text(value)):
                values[path].append(text)


def _line_path(lists: dict[str, list[dict[str, Any]]], catalogue: Catalogue) -> str | None:
    """The list whose keys speak most of lines: at least an article and a quantity or price."""
    best, chosen = 1, None
    for path, items in lists.items():
        if "[" in path:
            continue
        keys = {key for item in items[:20] for key in item}
        told = {
            guess.target
            for key in keys
            for guess in guesses(key)
            if (field := catalogue.find(guess.target)) and field.level is Level.LINE and guess.confidence >= 0.7
        }
        if len(told) > best and told & {"sku", "title", "spu"} and told & ({"qty"} | MONEY):
            best, chosen = len(told), path
    return chosen


def _header(path: str) -> str:
    """The word of a path that says what it is: its last key, or the one before where that is a general word."""
    keys = [key.split("[")[0].strip('"') for key in path.split(".")]
    if keys[-1].lower() in _GENERIC and len(keys) > 1:
        return keys[-2]
    return keys[-1]
