"""Whether a mapping document is right, field by field, against the catalogue it fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.mapping.document import MappingDocument, parse
from core.mapping.said import Said
from core.model.fields import Catalogue, Kind, Level
from core.model.level_fields import CATALOGUES
from core.services.mapping_edit import target_id
from core.store import Store, catalogue

ENTITIES = ("orders", "refunds", "stock", "outbound")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document. `target` is the id of the target concerned, "" for the whole document."""

    place: str
    target: str
    why: Said | BadRequest  # str() of it is in the reader's language


def targets_of(store: Store, entity: str) -> Catalogue:
    """The catalogue whose fields a mapping of the entity fills."""
    return CATALOGUES.get(entity) or catalogue.load(store)


def parsed(store: Store, body: Mapping[str, Any]) -> MappingDocument:
    """The document, checked. BadRequest names the place and what is wrong there."""
    entity = str(body.get("entity", "orders"))
    if entity not in ENTITIES:
        raise BadRequest(N_("There is no entity {name}."), name=entity)
    checked = {**body, "entity": "orders"} if entity in CATALOGUES else body
    return parse(checked, targets_of(store, entity))


def problems(store: Store, body: Mapping[str, Any]) -> list[Problem]:
    """Everything that keeps the document from being saved, field by field; empty for a valid one."""
    found: list[Problem] = []
    entries = list(body.get("fields", []))
    wrong: set[int] = set()
    while len(found) <= len(entries):
        rest = [number for number in range(len(entries)) if number not in wrong]
        try:
            parsed(store, {**body, "fields": [entries[number] for number in rest]})
        except BadRequest as error:
            place, why = str(error.values.get("place", "")), error.values.get("why", error)
            number = _number(place)
            if number is None or number >= len(rest):
                # With wrong entries taken out, "must be filled" may only say that they were.
                if not (wrong and place == "fields"):
                    found.append(Problem(place, "", why))
                return found
            wrong.add(rest[number])
            tail = place.partition("]")[2]
            found.append(Problem(f"fields[{rest[number]}]{tail}", target_id(body, entries[rest[number]]), why))
        else:
            return found
    return found


def _number(place: str) -> int | None:
    inside = place.removeprefix("fields[").partition("]")[0]
    return int(inside) if place.startswith("fields[") and inside.isdigit() else None


def repaired(store: Store, body: Mapping[str, Any]) -> dict[str, Any]:
    """The document as far as it can run: wrong fields taken out, missing required ones filled with a stand-in."""
    wrong = {problem.target for problem in problems(store, body)}
    entries = [entry for entry in body.get("fields", []) if target_id(body, entry) not in wrong]
    have = {target_id(body, entry) for entry in entries}
    entity = str(body.get("entity", "orders"))
    level = Level.REFUND if entity == "refunds" else Level.ORDER
    for field in targets_of(store, entity).at(level):
        if field.required and field.mapped and not field.own and f"{level.value}|{field.name}" not in have:
            stand_in: Any = 0 if field.kind in (Kind.INTEGER, Kind.MONEY) else "PAID" if field.name == "status" else "-"
            entries.append({"target": field.name, "convert": [{"do": "constant", "value": stand_in}]})
            if level is Level.REFUND:
                entries[-1]["level"] = level.value
    return {**body, "fields": entries}
