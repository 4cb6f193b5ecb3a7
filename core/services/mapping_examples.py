"""A mapping's own examples: what a payload must become. Kept in the document, checked when it is shown and published."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.mapping.document import MOST_EXAMPLES
from core.mapping.example import trimmed
from core.mapping.preview import Row
from core.mapping.said import Said
from core.model.fields import Field, Kind, Privacy
from core.people.actor import Actor
from core.people.guard import require
from core.services.mapping_checks import parsed, repaired, targets_of
from core.services.mapping_trial import failing_by_example, plain, try_out
from core.store import Store

Body = dict[str, Any]
LONGEST = 65_536  # characters of one payload


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one example fares. `expected` and what it `gets` now as (level or line, field, value); `wrong` is empty when it
    passes."""

    note: str
    payload: str
    wrong: tuple[Said, ...]
    rows: tuple["Compared", ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of an example. `line` counts from 1, 0 for the order itself."""

    line: int
    name: str
    expected: Any
    gets: Any


def added(actor: Actor, store: Store, body: Mapping[str, Any], payload: str, *, note: str = "") -> Body:
    """The document with this payload as a further example, expecting what it becomes now. People's data is made up.

    BadRequest for a payload that is no JSON object or that the document cannot map.
    """
    require(actor, store, "mapping.edit", str(body.get("name", "")))
    present = body.get("examples", [])
    if len(present) >= MOST_EXAMPLES:
        raise BadRequest(N_("A mapping keeps at most {n} examples."), N_("Remove one first."), n=MOST_EXAMPLES)
    kept = trimmed(parsed(store, body), _object(payload))
    example: dict[str, Any] = {"body": kept, "expect": _becomes(actor, store, body, kept)}
    if note.strip():
        example["note"] = note.strip()
    return {**deepcopy(dict(body)), "examples": [*deepcopy(list(present)), example]}


def changed(
    actor: Actor,
    store: Store,
    body: Mapping[str, Any],
    place: int,
    *,
    payload: str,
    expect: Mapping[str, Any],
    note: str,
) -> Body:
    """The document with other words for one example. BadRequest for a payload that is no JSON object."""
    require(actor, store, "mapping.edit", str(body.get("name", "")))
    made = deepcopy(dict(body))
    made["examples"][place] = {
        "body": _object(payload),
        "expect": deepcopy(dict(expect)),
        **({"note": note.strip()} if note.strip() else {}),
    }
    return made


def as_now(actor: Actor, store: Store, body: Mapping[str, Any], place: int) -> Body:
    """The document with one example expecting what its payload becomes now."""
    require(actor, store, "mapping.edit", str(body.get("name", "")))
    made = deepcopy(dict(body))
    example = made["examples"][place]
    example["expect"] = _becomes(actor, store, body, example["body"])
    return made


def without(body: Mapping[str, Any], place: int) -> Body:
    """The document without one example."""
    made = deepcopy(dict(body))
    del made["examples"][place]
    if not made["examples"]:
        del made["examples"]
    return made


def verdicts(actor: Actor, store: Store, body: Mapping[str, Any]) -> list[Verdict]:
    """Every example of the document, as far as it can run, with what it expects and what it gets."""
    require(actor, store, "mapping.view")
    listed = list(body.get("examples", []))
    if not listed:
        return []
    runnable = repaired(store, body)
    wrong = failing_by_example(store, runnable)
    tried = try_out(actor, store, runnable, [json.dumps(e.get("body"), ensure_ascii=False) for e in listed])
    main = {row.place: row for row in tried.main}
    found = []
    for place, example in enumerate(listed):
        lines = [row for row in tried.lines if row.place == place]
        found.append(
            Verdict(
                str(example.get("note", "")),
                json.dumps(example.get("body"), ensure_ascii=False, indent=1),
                tuple(wrong.get(place, ())),
                tuple(_compared(example.get("expect", {}), main.get(place), lines)),
            )
        )
    return found


def value_of(field: Field, text: str) -> Any:
    """A value as a person types it into the table of expected ones. BadRequest where it is none of the field's kind."""
    text = text.strip()
    if not text:
        return None
    try:
        match field.kind:
            case Kind.INTEGER | Kind.MONEY:
                return int(text)
            case Kind.NUMBER:
                return float(text)
            case Kind.BOOLEAN:
                return {"true": True, "false": False}[text.lower()]
            case Kind.DATETIME:
                moment = datetime.fromisoformat(text)
                return plain(moment if moment.tzinfo else moment.astimezone())
            case Kind.DATE:
                return date.fromisoformat(text).isoformat()
            case _:
                return text
    except (ValueError, KeyError) as error:
        raise BadRequest(
            N_("{value} is no value for {field}."), N_("Mend it in the table."), value=text, field=field.name
        ) from error


def targets(store: Store, body: Mapping[str, Any]) -> dict[tuple[bool, str], Field]:
    """(is of a line, name) -> field, for everything an example may expect."""
    known = targets_of(store, str(body.get("entity", "orders")))
    return {(field.level.value == "line", field.name): field for field in known.fields if field.mapped}


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise BadRequest(N_("The payload is too long for an example."), N_("Keep only what matters."))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequest(N_("The payload is no JSON object."), N_("Mend it or take another one."))
    return found


def _becomes(actor: Actor, store: Store, body: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    tried = try_out(actor, store, body, [json.dumps(payload, ensure_ascii=False)])
    if tried.failed or not tried.main:
        cells = [c for row in (*tried.main, *tried.lines) for c in row.cells.items() if c[1].reason]
        why = Said(N_("{name}: {why}"), name=cells[0][0], why=Said(cells[0][1].reason)) if cells else "?"
        raise BadRequest(
            N_("This payload cannot be mapped: {why}"), N_("Mend the mapping, then add it as an example."), why=why
        )
    open_fields = {key for key, f in targets(store, body).items() if f.privacy is not Privacy.PERSON}
    expect = _values(tried.main[0], open_fields, of_line=False)
    if tried.main[0].held:
        expect["held"] = True
    lines = [_values(row, open_fields, of_line=True) for row in tried.lines]
    return expect | ({"lines": lines} if lines else {})


def _values(row: Row, wanted: set[tuple[bool, str]], *, of_line: bool) -> dict[str, Any]:
    found = {name: plain(cell.value) for name, cell in row.cells.items() if (of_line, name) in wanted}
    return {name: value for name, value in found.items() if value is not None}


def _compared(expect: Mapping[str, Any], row: Row | None, lines: list[Row]) -> list[Compared]:
    def got(source: Row | None, name: str) -> Any:
        cell = source.cells.get(name) if source else None
        return plain(cell.value) if cell else None

    told = [Compared(0, name, value, got(row, name)) for name, value in expect.items() if name not in ("lines", "held")]
    if "held" in expect:
        told.append(Compared(0, "held", expect["held"], row.held if row else None))
    for place, wanted in enumerate(expect.get("lines", [])):
        line = lines[place] if place < len(lines) else None
        told += [Compared(place + 1, name, value, got(line, name)) for name, value in wanted.items()]
    return told
