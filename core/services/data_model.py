"""What a person may do to the data model: own fields, and own words for every field. Live with the commit.

A field's type and level never change and its column is never dropped: retiring hides it, history stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.errors import BadRequest, NotFound, Stale
from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind, Level
from core.model.lifecycle import BY_NAME
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, catalogue, documents, own_fields

NAME = re.compile(r"x_[a-z0-9][a-z0-9_]{0,39}\Z")
OWN_LEVELS = (Level.ORDER, Level.LINE)
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class FieldDraft:
    """What a person asks for. `required_when` is a status or empty; `default` is text in the field's own form."""

    name: str
    kind: Kind
    level: Level
    label_zh: str = ""
    label_en: str = ""
    choices: tuple[str, ...] = ()
    required_when: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field for the page: in how many of `rows` it is filled, and how many orders miss it though it is required.

    `mappings` are the published mappings that fill it.
    """

    field: Field
    filled: int
    rows: int
    missing: int = 0
    mappings: tuple[str, ...] = ()


def fields(actor: Actor, store: Store) -> list[FieldRow]:
    """Every field of the catalogue, retired ones too: built-in ones first, own ones in their order."""
    require(actor, store, "model.view")
    known = catalogue.load(store)
    usage = own_fields.usage(store, known)
    missing = own_fields.missing(store, [f for f in known.fields if f.own])
    by_target = _targets(store)
    return [
        FieldRow(
            f,
            usage[f.level].filled[f.name],
            usage[f.level].rows,
            missing.get(f.name, 0),
            tuple(by_target.get((f.level, f.name), ())),
        )
        for f in known.fields
    ]


def add_field(actor: Actor, store: Store, draft: FieldDraft) -> Field:
    """Make an own field with its column. BadRequest says what is wrong: name, taken label, choices, default."""
    require(actor, store, "model.edit", draft.name)
    wanted = _checked(catalogue.load(store), _field(draft), new=True)
    with store.write() as cursor:
        if own_fields.has_row(cursor, wanted.name):
            raise Stale(
                N_("Somebody has just added the field {name}."), N_("Look again, then decide."), name=wanted.name
            )
        own_fields.add_column(cursor, wanted)  # before any row changes
        own_fields.insert(cursor, wanted)
        audit.record(cursor, actor, "model.add_field", wanted.name, kind=wanted.kind, level=wanted.level)
    return wanted


def change_field(actor: Actor, store: Store, draft: FieldDraft) -> Field:
    """Change words, choices, default and required-when of an own field.

    BadRequest for another type or level, or when a choice is taken away that orders hold.
    """
    require(actor, store, "model.edit", draft.name)
    known = catalogue.load(store)
    present = _own(known, draft.name)
    if (draft.kind, draft.level) != (present.kind, present.level):
        raise BadRequest(
            N_("The type and the level of {name} cannot change."),
            N_("Retire it and add a new field."),
            name=draft.name,
        )
    wanted = _checked(known, replace(_field(draft), retired=present.retired), new=False)
    _refuse_lost_choices(store, present, wanted)
    with store.write() as cursor:
        own_fields.update(cursor, wanted)
        audit.record(cursor, actor, "model.change_field", wanted.name, changed=_changes(present, wanted))
    return wanted


def rename_field(actor: Actor, store: Store, name: str, *, label_zh: str, label_en: str) -> None:
    """Give any field other words; empty ones bring a built-in field's own words back."""
    require(actor, store, "model.edit", name)
    known = catalogue.load(store)
    present = known.find(name)
    if present is None:
        raise _unknown(name)
    labels = {"zh": label_zh.strip(), "en": label_en.strip()}
    if present.own and not any(labels.values()):
        raise BadRequest(N_("The field needs a label."), N_("Fill in at least one language."))
    wanted = replace(present, labels=labels)
    _check_labels(known, wanted)
    with store.write() as cursor:
        (own_fields.update if own_fields.has_row(cursor, name) else own_fields.insert)(cursor, wanted)
        audit.record(cursor, actor, "model.rename_field", name, was=present.labels, now=labels)


def retire_field(actor: Actor, store: Store, name: str) -> None:
    """Hide an own field from mappings, rules, grid and export. Its values stay."""
    _set_retired(actor, store, name, retired=True)


def restore_field(actor: Actor, store: Store, name: str) -> None:
    """Bring a retired own field back with all its values."""
    _set_retired(actor, store, name, retired=False)


def move_field(actor: Actor, store: Store, name: str, steps: int) -> None:
    """Move an own field up (negative) or down among the own fields."""
    require(actor, store, "model.edit", name)
    names = [f.name for f in catalogue.load(store).fields if f.own]
    if name not in names:
        raise _unknown(name)
    place = names.index(name)
    names.insert(max(0, min(len(names) - 1, place + steps)), names.pop(place))
    with store.write() as cursor:
        own_fields.arrange(cursor, names)
        audit.record(cursor, actor, "model.move_field", name, place=names.index(name) + 1)


def _set_retired(actor: Actor, store: Store, name: str, *, retired: bool) -> None:
    require(actor, store, "model.edit", name)
    present = _own(catalogue.load(store), name)
    if present.retired == retired:
        return
    with store.write() as cursor:
        own_fields.update(cursor, replace(present, retired=retired))
        audit.record(cursor, actor, "model.retire_field" if retired else "model.restore_field", name)


def _field(draft: FieldDraft) -> Field:
    labels = {"zh": draft.label_zh.strip(), "en": draft.label_en.strip()}
    choices = tuple(dict.fromkeys(c.strip() for c in draft.choices if c.strip()))
    return Field(
        draft.name.strip(),
        draft.kind,
        draft.level,
        labels["en"] or labels["zh"],
        choices=choices if draft.kind is Kind.CHOICE else (),
        required_when=draft.required_when,
        default=draft.default.strip() or None,
        labels=labels,
    )


def _checked(known: Catalogue, wanted: Field, *, new: bool) -> Field:
    if new:
        _check_name(known, wanted)
    if wanted.level not in OWN_LEVELS:
        raise BadRequest(N_("An own field belongs to the order or to its lines."))
    if not wanted.label:
        raise BadRequest(N_("The field needs a label."), N_("Fill in at least one language."))
    _check_labels(known, wanted)
    if wanted.kind is Kind.CHOICE and not wanted.choices:
        raise BadRequest(N_("A field of choices needs at least one choice."), N_("Write one on each line."))
    if wanted.required_when and wanted.required_when not in BY_NAME:
        raise BadRequest(N_("There is no status {status}."), status=wanted.required_when)
    if wanted.default is not None and not _fits(wanted, wanted.default):
        raise BadRequest(
            N_("{default} is no value of a field of type {kind}."),
            N_("Amounts in fen, dates like 2025-01-31, yes or no as true or false."),
            default=wanted.default,
            kind=wanted.kind.value,
        )
    return wanted


def _check_name(known: Catalogue, wanted: Field) -> None:
    if not NAME.match(wanted.name):
        raise BadRequest(
            N_("{name} is no name for an own field."),
            N_("x_ and then up to 40 lower-case letters, digits and underscores."),
            name=wanted.name or "–",
        )
    taken = known.find(wanted.name)
    if taken and taken.retired:
        raise BadRequest(N_("The name {name} belongs to a retired field."), N_("Restore that one."), name=wanted.name)
    if taken:
        raise BadRequest(N_("The name {name} is taken."), N_("Choose another name."), name=wanted.name)


def _check_labels(known: Catalogue, wanted: Field) -> None:
    for language, label in wanted.labels.items():
        if len(label) > _LONGEST_LABEL:
            raise BadRequest(N_("The label is longer than {longest} characters."), longest=_LONGEST_LABEL)
        for other in known.at(wanted.level):
            if label and other.name != wanted.name and label == other.labels.get(language):
                raise BadRequest(
                    N_("The label {label} is taken by {name}."),
                    N_("Choose another label."),
                    label=label,
                    name=other.name,
                )


def _refuse_lost_choices(store: Store, present: Field, wanted: Field) -> None:
    lost = set(present.choices) - set(wanted.choices)
    if not lost:
        return
    held = {value: count for value, count in own_fields.choices_in_use(store, present).items() if value in lost}
    if held:
        value = next(iter(held))
        raise BadRequest(
            N_("{count} rows hold the choice {choice}."),
            N_("Keep it, or change those rows first."),
            count=held[value],
            choice=value,
        )


def _fits(wanted: Field, text: str) -> bool:
    try:
        match wanted.kind:
            case Kind.INTEGER | Kind.MONEY:
                return -(2**63) <= int(text) < 2**63
            case Kind.NUMBER:
                return abs(float(text)) < float("inf")
            case Kind.BOOLEAN:
                return text in ("true", "false")
            case Kind.DATE:
                return bool(date.fromisoformat(text))
            case Kind.DATETIME:
                return datetime.fromisoformat(text).tzinfo is not None
            case Kind.CHOICE:
                return text in wanted.choices
            case _:
                return True
    except ValueError:
        return False


def _own(known: Catalogue, name: str) -> Field:
    found = known.find(name)
    if found is None:
        raise _unknown(name)
    if not found.own:
        raise BadRequest(
            N_("{name} is built in: only its label can change."), N_("Add a field of your own."), name=name
        )
    return found


def _unknown(name: str) -> NotFound:
    return NotFound(N_("There is no field {name}."), N_("Choose one from the list."), name=name)


def _changes(before: Field, after: Field) -> dict[str, Sequence[object]]:
    names = ("labels", "choices", "required_when", "default")
    return {n: [getattr(before, n), getattr(after, n)] for n in names if getattr(before, n) != getattr(after, n)}


def _targets(store: Store) -> dict[tuple[Level, str], list[str]]:
    """Which published mappings fill a field."""
    found: dict[tuple[Level, str], list[str]] = {}
    for newest in documents.listing(store, "mapping"):
        live = newest if newest.state == "published" else documents.published(store, "mapping", newest.name)
        if live is None:
            continue
        plain = Level.REFUND if live.body.get("entity") == "refunds" else Level.ORDER
        for entry in live.body.get("fields", []):
            level = Level.LINE if entry.get("level") == "line" else plain
            found.setdefault((level, str(entry.get("target"))), []).append(live.name)
    return found
