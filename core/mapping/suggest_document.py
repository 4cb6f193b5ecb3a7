"""A suggestion as a mapping document, ready to be checked, published and edited; and which document a file's header fits."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

# pyright: reportAttributeAccessIssue=false
import pyarrow.compute as pc

from core.mapping.filerows import ADDED, STATE, STATES, SUM, UPDATED, all_sources, sources
from core.mapping.fold import fold
from core.mapping.readers import Table
from core.mapping.readers.records import as_text
from core.mapping.statuswords import table as status_table
from core.mapping.suggest_columns import nested_columns
from core.mapping.suggestion import Suggested, Suggestion
from core.model.fields import Catalogue

_WORDS = 2000  # distinct status words looked at
_FITS = 0.9  # the share of a document's columns a file must have
_ADDS = frozenset(("paid_fen", "goods_fen", "discount_fen", "shipping_fen", "courier", "tracking_no", "ship_by"))


def signature(columns: Iterable[str]) -> str:
    """Eight characters for a set of headers; their order and blanks do not matter."""
    words = sorted({fold(column) for column in columns})
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


def file_name(channel: str, columns: Iterable[str]) -> str:
    """The name of the document made for a channel's file layout."""
    return f"file.{channel}.{signature(columns)}"


def to_document(suggestion: Suggestion, table: Table, name: str, channel: str) -> dict[str, Any]:
    """The whole document. Without a status column the times tell the state, where there are any."""
    fields = [_entry(one) for one in suggestion.fields]
    found = suggestion.find("status")
    if suggestion.entity == "refunds":
        statuses: dict[str, Any] = {}
    elif found:
        statuses = status_table(_words(table, found), channel)
    else:
        statuses = {state: {"status": state} for state in STATES}
        if suggestion.find("paid_at"):
            fields.append({"target": "status", "from": [STATE], "convert": [{"do": "status"}]})
    if suggestion.granularity == "line" and not suggestion.find("line_no"):
        fields.append({"target": "line_no", "level": "line", "from": ["#"], "convert": []})
    return _whole(suggestion, name, channel, fields, statuses)


def to_addition(suggestion: Suggestion, name: str, channel: str) -> dict[str, Any]:
    """The document of a file that only adds lines or amounts to orders the pool has: it says nothing of their status."""
    keep = {
        "target": "status",
        "from": ["_row"],
        "convert": [{"do": "lookup", "table": {}, "otherwise": "keep"}, {"do": "status"}],
    }
    fields = [_entry(one) for one in suggestion.fields if one.level == "line" or one.target in ("platform_no", *_ADDS)]
    if suggestion.granularity == "line":
        # Amounts of the order come from the file with the orders.
        fields = [entry for entry in fields if entry.get("level") == "line" or entry["target"] == "platform_no"]
        if not suggestion.find("line_no"):
            fields.append({"target": "line_no", "level": "line", "from": ["#"], "convert": []})
    fields += [
        keep,
        {
            "target": "platform_updated_at",
            "from": [UPDATED],
            "convert": [{"do": "datetime", "pattern": "%Y-%m-%dT%H:%M:%S.%f%z"}],
        },
    ]
    return _whole(suggestion, name, channel, fields, {"keep": {"status": "keep"}})


def adds_something(suggestion: Suggestion) -> bool:
    """Whether a file without a status can at least add to known orders."""
    return (
        suggestion.entity == "orders"
        and bool(suggestion.find("platform_no"))
        and any(one.level == "line" or one.target in _ADDS for one in suggestion.fields)
    )


def _whole(
    suggestion: Suggestion, name: str, channel: str, fields: list[dict[str, Any]], statuses: dict[str, Any]
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": name,
        "channel": channel,
        "entity": suggestion.entity,
        "source": "json" if suggestion.nested else "rows",
        "fields": fields,
        "statuses": statuses,
    }
    if suggestion.nested:
        return document | ({"lines": suggestion.lines} if suggestion.lines is not None else {})
    return document | {"granularity": suggestion.granularity}


def _entry(one: Suggested) -> dict[str, Any]:
    source = f"{SUM}{one.source}" if one.total else one.source
    level = {} if one.level == "order" else {"level": one.level}
    return {"target": one.target, **level, "from": [source, *one.also], "convert": one.convert}


def _words(table: Table, one: Suggested) -> tuple[str, ...]:
    """All distinct status words of the file."""
    if table.nested:
        records = table.payloads or []
        told = {as_text(_at(record, one.source)) for record in records[:20_000]}
    else:
        told = set(pc.unique(table.rows.column(one.source)).slice(0, _WORDS).to_pylist())
    return tuple(sorted(word for word in told if word))


def _at(record: dict[str, Any], path: str) -> Any:
    node: Any = record
    for key in path.split("."):
        node = node.get(key.strip('"')) if isinstance(node, dict) else None
    return node


def fits(document: Mapping[str, Any], table: Table) -> int:
    """How many of a document's columns a flat file has; 0 when it does not fit."""
    if document.get("source") != "rows" or table.nested or UPDATED in all_sources(document):
        return 0
    needed = {source.removeprefix(SUM) for source in all_sources(document)} - ADDED
    have = needed & set(table.columns)
    keys = ("refund_no",) if document.get("entity") == "refunds" else ("platform_no", "status")
    told = all(set(sources(document, key)) & (have | ADDED) for key in keys if sources(document, key))
    return len(have) if told and needed and len(have) >= _FITS * len(needed) else 0


def fits_payloads(document: Mapping[str, Any], table: Table, catalogue: Catalogue) -> bool:
    """Whether a channel's payload document reads the records of a JSON file: their number, their status, half the rest."""
    if document.get("source", "json") != "json" or not table.payloads:
        return False
    columns, _lines = nested_columns(table.payloads[:50], catalogue)
    paths = {column.source for column in columns}
    have = [bool(set(sources(document, e["target"])) & paths) for e in document["fields"] if e.get("level") != "line"]
    keys = all(set(sources(document, key)) & paths for key in ("platform_no", "status"))
    return keys and sum(have) >= 0.5 * len(have)


def extended(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A document that an import made, with the status words and time patterns a later file of the same header brought."""
    result = {**old, "statuses": {**new.get("statuses", {}), **old.get("statuses", {})}}
    fresh = {(entry["target"], entry.get("level")): entry for entry in new["fields"]}
    result["fields"] = [
        _extended_entry(entry, fresh.get((entry["target"], entry.get("level")))) for entry in old["fields"]
    ]
    return result


def _extended_entry(entry: dict[str, Any], other: dict[str, Any] | None) -> dict[str, Any]:
    if (
        not other
        or entry["from"] != other["from"]
        or [s["do"] for s in entry["convert"]] != [s["do"] for s in other["convert"]]
    ):
        return entry
    steps = []
    for step, fresh in zip(entry["convert"], other["convert"], strict=True):
        for key in ("pattern", "values"):
            if step["do"] in ("datetime", "date", "null_if") and key in step and key in fresh:
                more = [one for one in _many(fresh[key]) if one not in _many(step[key])]
                step = {**step, key: [*_many(step[key]), *more]} if more else step
        steps.append(step)
    return {**entry, "convert": steps}


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
