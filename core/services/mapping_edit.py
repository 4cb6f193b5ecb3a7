"""Edits of a mapping document as pure functions: links, chains, status words. Each gives a new document.

A target is named `level|name`, a source `scope|path` (see `mapping_sources`). Nothing here says whether the result is
valid: `mappings.problems` does.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from core.mapping.document import HOLD
from core.model.fields import Field, Kind, Level
from core.services.mapping_sources import LINE, Source, place, written

Body = dict[str, Any]
Links = dict[str, list[str]]
_DECIMAL = re.compile(r"^-?[0-9,]+\.[0-9]{1,2}0*$")
_NAMED = {"phone": "phone", "province": "province", "city": "city"}
_BY_KIND = {
    Kind.INTEGER: "integer",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
}


def target_id(body: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """The id of the target an entry fills."""
    plain = Level.REFUND.value if body.get("entity") == "refunds" else Level.ORDER.value
    return f"{entry.get('level') or plain}|{entry.get('target')}"


def entry_of(body: Mapping[str, Any], target: str) -> dict[str, Any] | None:
    """The entry that fills a target, or None."""
    return next((entry for entry in body.get("fields", []) if target_id(body, entry) == target), None)


def sources_of(entry: Mapping[str, Any]) -> list[str]:
    """The paths of an entry, as a list."""
    paths = entry.get("from", [])
    return [paths] if isinstance(paths, str) else list(paths)


def links_of(body: Mapping[str, Any]) -> Links:
    """Target -> its sources. A target filled by a constant has none."""
    return {
        target_id(body, entry): ["|".join(place(body, entry.get("level", ""), path)) for path in sources_of(entry)]
        for entry in body.get("fields", [])
    }


def with_links(body: Mapping[str, Any], links: Links, targets: Sequence[Field], known: Sequence[Source]) -> Body:
    """The document with these links: entries that are gone leave, new ones get the converters their type asks for,
    those with other sources keep their converters. Links to unknown targets, and of lines to orders, are left out."""
    by_id = {f"{field.level.value}|{field.name}": field for field in targets}
    samples = {source.id: source.samples for source in known}
    made = deepcopy(dict(body))
    kept = [entry for entry in made.get("fields", []) if target_id(body, entry) in links]
    for target, wanted in links.items():
        field = by_id.get(target)
        if field is None or any(source.startswith(f"{LINE}|") and field.level is not Level.LINE for source in wanted):
            continue
        entry = next((e for e in kept if target_id(body, e) == target), None)
        paths = [written(body, field.level.value, source) for source in wanted]
        if entry is None:
            kept.append(_new_entry(field, paths, [text for source in wanted for text in samples.get(source, ())]))
        elif sources_of(entry) != paths:
            entry["from"] = paths
            if paths and _is_constant(entry):
                entry["convert"] = first_steps(field, [t for source in wanted for t in samples.get(source, ())], paths)
    made["fields"] = kept
    return made


def with_entry(body: Mapping[str, Any], field: Field, paths: Sequence[str], steps: Sequence[Mapping[str, Any]]) -> Body:
    """The document with this entry for a target, in its old place or at the end."""
    made = deepcopy(dict(body))
    entry = {**_new_entry(field, list(paths), []), "convert": [dict(step) for step in steps]}
    if not paths:
        entry.pop("from")
    listed = made.setdefault("fields", [])
    target = f"{field.level.value}|{field.name}"
    for number, present in enumerate(listed):
        if target_id(body, present) == target:
            listed[number] = entry
            return made
    listed.append(entry)
    return made


def without(body: Mapping[str, Any], target: str) -> Body:
    """The document without what fills a target."""
    made = deepcopy(dict(body))
    made["fields"] = [entry for entry in made.get("fields", []) if target_id(body, entry) != target]
    return made


def with_statuses(body: Mapping[str, Any], words: Mapping[str, tuple[str, bool]]) -> Body:
    """The document with this table: the platform's word -> (our status or keep, whether it holds the order)."""
    made = deepcopy(dict(body))
    made["statuses"] = {
        word: {"status": status, "held": HOLD} if held else {"status": status}
        for word, (status, held) in words.items()
        if word.strip() and status
    }
    return made


def with_lines(body: Mapping[str, Any], lines: str | None) -> Body:
    """The document with its lines at this path; "" is the payload itself, None no lines at all."""
    made = {key: value for key, value in deepcopy(dict(body)).items() if key != "lines"}
    return made if lines is None else {**made, "lines": lines}


def with_granularity(body: Mapping[str, Any], granularity: str) -> Body:
    """The document of file rows with a row being an order or a line of one."""
    return {**deepcopy(dict(body)), "granularity": granularity}


def first_steps(field: Field, samples: Sequence[str], paths: Sequence[str]) -> list[dict[str, Any]]:
    """The converters a new link begins with. An amount without a decimal point gets none: yuan or fen is a person's
    choice, never a guess."""
    if field.name == "status":
        return [{"do": "status"}]
    if field.kind is Kind.MONEY:
        return [{"do": "yuan"}] if any(_DECIMAL.match(text.strip()) for text in samples) else []
    if field.kind is Kind.DATETIME and samples:
        digits = {len(text) for text in samples if text.isdigit()}
        if digits and all(text.isdigit() for text in samples if text != "0"):
            return [{"do": "epoch_ms" if max(digits) >= 12 else "epoch_s"}]
    if field.kind in _BY_KIND:
        return [{"do": _BY_KIND[field.kind]}]
    if field.name in _NAMED:
        return [{"do": _NAMED[field.name]}]
    return [{"do": "join", "by": ","}] if any("[*]" in path for path in paths) else []


def _new_entry(field: Field, paths: list[str], samples: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"target": field.name}
    if field.level is Level.LINE:
        entry["level"] = field.level.value
    return {**entry, "from": paths, "convert": first_steps(field, samples, paths)}


def _is_constant(entry: Mapping[str, Any]) -> bool:
    return any(step.get("do") == "constant" for step in entry.get("convert", []))
