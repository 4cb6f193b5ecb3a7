"""The mapping document as a typed, validated value. Every refusal names its place, such as `fields[3].convert[0]`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.mapping import paths
from core.mapping.converter import Converter
from core.mapping.converters import CONVERTERS
from core.mapping.paths import Path
from core.mapping.said import ByName, Refused, Said, kind_word
from core.mapping.wordsteps import TEMPLATE_NAME
from core.model.fields import LEVEL_LABELS, STATUSES, Catalogue, Field, Kind, Level
from core.model.level_fields import CATALOGUES

KIND = "mapping"  # of core.store.documents
ORDERS, REFUNDS = "orders", "refunds"
HOLD = "platform_hold"
MOST_EXAMPLES = 30
_KEYS = frozenset(
    (
        *("name", "title", "note", "channel", "entity", "source"),
        *("lines", "gifts", "granularity", "fields", "statuses", "examples"),
    )
)
_FIELD_KEYS = frozenset(("target", "level", "from", "convert"))
_STATUS_KEYS = frozenset(("status", "held"))
_TYPES = {"text": str, "integer": int, "number": (int, float, str), "table": dict}


@dataclass(frozen=True, slots=True)
class Step:
    """One converter with its parameters."""

    converter: Converter
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MappedField:
    """One target with its sources (first non-empty wins) and its chain. `place` is for messages."""

    target: Field
    sources: tuple[Path, ...]
    steps: tuple[Step, ...]
    place: str


@dataclass(frozen=True, slots=True)
class StatusWord:
    """What a platform's status word means. status None keeps ours (PAID for a new order); held sets the hold."""

    status: str | None
    held: bool


@dataclass(frozen=True, slots=True)
class MappingDocument:
    """A document that can be compiled. `lines` None: no lines; an empty path: the payload is its own single line.

    `gifts`: a second array of lines of the same shape; in each the key `_gift` reads "1", and they count on after the first.
    """

    name: str
    channel: str
    entity: str
    rows: bool
    lines: Path | None
    fields: tuple[MappedField, ...]
    statuses: Mapping[str, StatusWord]
    examples: tuple[dict[str, Any], ...] = field(default=(), compare=False)
    gifts: Path | None = None

    def at(self, level: Level) -> tuple[MappedField, ...]:
        """The fields of a level."""
        return tuple(mapped for mapped in self.fields if mapped.target.level is level)

    @property
    def level(self) -> Level:
        """What one payload is: an order or a refund."""
        return Level.REFUND if self.entity == REFUNDS else Level.ORDER


class _Wrong(Exception):
    """A refusal with its place."""

    def __init__(self, place: str, why: Said) -> None:
        super().__init__(place)
        self.place, self.why = place, why


def parse(body: Mapping[str, Any], catalogue: Catalogue) -> MappingDocument:
    """The document, checked against the catalogue. Raises BadRequest naming the place and what is wrong there (`why`)."""
    try:
        return _document(body, catalogue)
    except _Wrong as wrong:
        raise BadRequest(
            N_("The mapping {name} is wrong at {place}: {why}."),
            N_("Mend it there and try again."),
            name=str(body.get("name", "?")) if isinstance(body, Mapping) else "?",
            place=wrong.place,
            why=wrong.why,
        ) from wrong


def _document(body: Mapping[str, Any], catalogue: Catalogue) -> MappingDocument:
    _expect(isinstance(body, Mapping), "document", Said(N_("it is no JSON object")))
    _known(body, _KEYS, "document")
    name, channel = _text(body, "name"), _text(body, "channel")
    entity = _one_of(body.get("entity", ORDERS), (ORDERS, REFUNDS, *CATALOGUES), "entity")
    catalogue = CATALOGUES.get(entity, catalogue)  # a warehouse's levels have targets of their own
    rows = _one_of(body.get("source", "json"), ("json", "rows"), "source") == "rows"
    lines = _lines(body, rows, entity)
    statuses = _statuses(body.get("statuses", {}))
    listed = body.get("fields")
    _expect(isinstance(listed, list) and bool(listed), "fields", Said(N_("it needs a list of fields")))
    assert isinstance(listed, list)
    fields = tuple(_field(entry, f"fields[{n}]", entity, rows, catalogue) for n, entry in enumerate(listed))
    gifts = _array(body["gifts"], "gifts") if "gifts" in body else None
    _expect(gifts is None or bool(lines and lines.keys), "gifts", Said(N_("they stand beside a list of lines")))
    examples = _examples(body, catalogue)
    document = MappingDocument(name, channel, entity, rows, lines, fields, statuses, examples, gifts)
    _whole(document, catalogue)
    return document


def _lines(body: Mapping[str, Any], rows: bool, entity: str) -> Path | None:
    if rows:
        _expect("lines" not in body, "lines", Said(N_("a mapping of file rows has granularity instead of lines")))
        found = _one_of(body.get("granularity", "order"), ("order", "line"), "granularity")
        return Path("") if found == "line" else None
    _expect("granularity" not in body, "granularity", Said(N_("it belongs to mappings of file rows")))
    text = body.get("lines")
    if text is None:
        return None
    _expect(entity == ORDERS, "lines", Said(N_("only orders have lines")))
    return Path("") if text == "" else _array(text, "lines")


def _array(text: Any, place: str) -> Path:
    _expect(isinstance(text, str), place, Said(N_("it is a path or absent")))
    try:
        found = paths.parse(text, rows=False, line=False)
    except Refused as error:
        raise _Wrong(place, error.said) from error
    _expect(not found.whole_array, place, Said(N_("name the array itself, without [*]")))
    return found


def _statuses(words: Any) -> dict[str, StatusWord]:
    _expect(isinstance(words, dict), "statuses", Said(N_("it is a table from words to statuses")))
    found: dict[str, StatusWord] = {}
    for word, meaning in words.items():
        place = f"statuses[{word}]"
        _expect(isinstance(meaning, dict), place, Said(N_("it looks like {example}"), example='{"status": "PAID"}'))
        _known(meaning, _STATUS_KEYS, place)
        status = _one_of(meaning.get("status"), (*STATUSES, "keep"), f"{place}.status")
        held = meaning.get("held")
        _expect(held in (None, HOLD), f"{place}.held", Said(N_("the only hold of a platform is {name}"), name=HOLD))
        found[word] = StatusWord(None if status == "keep" else status, held == HOLD)
    return found


def _field(entry: Any, place: str, entity: str, rows: bool, catalogue: Catalogue) -> MappedField:
    _expect(isinstance(entry, dict), place, Said(N_("it is no JSON object")))
    _known(entry, _FIELD_KEYS, place)
    level = Level(
        _one_of(entry.get("level", "refund" if entity == REFUNDS else "order"), [v.value for v in Level], place)
    )
    allowed = (Level.REFUND,) if entity == REFUNDS else (Level.ORDER, Level.LINE)
    misplaced = Said(N_("{entity} have no field of level {level}"), entity=entity, level=Said(LEVEL_LABELS[level]))
    _expect(level in allowed, f"{place}.level", misplaced)
    target = catalogue.find(str(entry.get("target")), level)
    if target is None or not target.mapped:
        unknown = Said(
            N_("there is no field {name} of level {level} to fill"), name=entry.get("target"), level=level.value
        )
        raise _Wrong(f"{place}.target", unknown)
    sources = entry.get("from", [])
    sources = [sources] if isinstance(sources, str) else sources
    listed = isinstance(sources, list) and all(isinstance(s, str) for s in sources)
    _expect(listed, f"{place}.from", Said(N_("it lists paths")))
    parsed: list[Path] = []
    for n, source in enumerate(sources):
        try:
            parsed.append(paths.parse(source, rows=rows, line=level is Level.LINE))
        except Refused as error:
            raise _Wrong(f"{place}.from[{n}]", error.said) from error
    steps = _steps(entry.get("convert", []), f"{place}.convert")
    _chain(target, steps, f"{place}.convert", bool(parsed))
    return MappedField(target, tuple(parsed), steps, place)


def _steps(listed: Any, place: str) -> tuple[Step, ...]:
    _expect(isinstance(listed, list), place, Said(N_("it is a list of converters")))
    steps: list[Step] = []
    for n, entry in enumerate(listed):
        here = f"{place}[{n}]"
        shaped = isinstance(entry, dict) and "do" in entry
        _expect(shaped, here, Said(N_("it looks like {example}"), example='{"do": "trim"}'))
        converter = CONVERTERS.get(entry["do"])
        if converter is None:
            raise _Wrong(here, Said(N_("there is no converter {name}"), name=entry["do"]))
        given = {key: value for key, value in entry.items() if key != "do"}
        _parameters(converter, given, here)
        steps.append(Step(converter, given))
    return tuple(steps)


def _parameters(converter: Converter, given: dict[str, Any], place: str) -> None:
    known = {parameter.name: parameter for parameter in converter.parameters}
    for name, value in given.items():
        parameter = known.get(name)
        if parameter is None:
            none = Said(N_("“{step}” has no parameter {name}"), step=Said(converter.label), name=name)
            raise _Wrong(f"{place}.{name}", none)
        wanted = _TYPES.get(parameter.kind)
        wrong = wanted is not None and (not isinstance(value, wanted) or isinstance(value, bool))
        _expect(not wrong, f"{place}.{name}", Said(N_("the value does not fit: {name}"), name=Said(parameter.label)))
        if parameter.kind == "texts":
            many = value if isinstance(value, list) else [value]
            plain = all(isinstance(item, str | int | float) for item in many)
            _expect(bool(many) and plain, f"{place}.{name}", Said(N_("fill in at least one text")))
    for parameter in converter.parameters:
        missing = Said(N_("fill in the parameter {name}"), name=Said(parameter.label))
        _expect(parameter.name in given or not parameter.required, place, missing)
    if converter.check is not None:
        try:
            converter.check(given)
        except Refused as error:
            raise _Wrong(place, error.said) from error


def _chain(target: Field, steps: tuple[Step, ...], place: str, has_source: bool) -> None:
    """Typed results end a chain; the last result must be what the target holds; a money column states its unit."""
    starts = bool(steps) and steps[0].converter.name in ("constant", "template")
    _expect(has_source or starts, place, Said(N_("choose a source, or a constant")))
    for n, step in enumerate(steps):
        last = n == len(steps) - 1
        name, here = step.converter.name, f"{place}[{n}]"
        ended = Said(N_("nothing can follow “{step}”"), step=Said(step.converter.label))
        _expect(last or step.converter.gives in (None, Kind.TEXT), here, ended)
        _expect(name != "constant" or (n == 0 and last), here, Said(N_("a constant stands alone")))
        if name == "status":
            _expect(target.name == "status" and last, here, Said(N_("it belongs last, to the status")))
    end = steps[-1].converter if steps else None
    if end is None:
        _expect(target.kind in (Kind.TEXT, Kind.CHOICE), place, _lacking(target.kind))
    else:
        what = Said(N_("“{step}” gives no {kind}"), step=Said(end.label), kind=kind_word(target.kind))
        _expect(end.fits(target.kind), f"{place}[{len(steps) - 1}]", what)
        if end.name == "constant":
            _constant(target, steps[-1].given["value"], f"{place}[{len(steps) - 1}].value")


def _lacking(wanted: Kind) -> Said:
    """What a target without a converter asks for; a money column asks for its unit, a time for its writing."""
    if wanted is Kind.MONEY:
        return Said(N_("choose the unit: yuan or fen"))
    if wanted is Kind.DATETIME:
        return Said(N_("choose how the time is written"))
    return Said(N_("needs a converter to: {kind}"), kind=kind_word(wanted))


_CONSTANTS = {Kind.BOOLEAN: bool, Kind.INTEGER: int, Kind.MONEY: int, Kind.NUMBER: (int, float)}


def _constant(target: Field, value: Any, place: str) -> None:
    wanted = _CONSTANTS.get(target.kind, str)
    fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    _expect(fits, place, Said(N_("the value does not fit: {name}"), name=kind_word(target.kind)))
    if target.kind in (Kind.DATETIME, Kind.DATE):
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise _Wrong(place, Said(N_("it is no ISO 8601 time"))) from error
        whole = target.kind is Kind.DATE or moment.tzinfo is not None
        _expect(whole, place, Said(N_("it needs an offset, such as +08:00")))


def _examples(body: Mapping[str, Any], catalogue: Catalogue) -> tuple[dict[str, Any], ...]:
    listed = body.get("examples", [])
    fits = isinstance(listed, list) and all(
        isinstance(e, dict) and set(e) <= {"body", "expect", "note"} and isinstance(e.get("expect", {}), dict)
        for e in listed
    )
    _expect(fits, "examples", Said(N_("each holds body and expect")))
    _expect(len(listed) <= MOST_EXAMPLES, "examples", Said(N_("there are at most {n}"), n=MOST_EXAMPLES))
    for n, example in enumerate(listed):
        expect = example.get("expect", {})
        lines = expect.get("lines", [])
        place = f"examples[{n}].expect"
        _expect(
            isinstance(lines, list) and all(isinstance(line, dict) for line in lines), place, Said(N_("it lists lines"))
        )
        _expected(expect, catalogue, place, of_line=False)
        for line in lines:
            _expected(line, catalogue, f"{place}.lines", of_line=True)
    return tuple(listed)


def _expected(expect: Mapping[str, Any], catalogue: Catalogue, place: str, *, of_line: bool) -> None:
    known = {f.name for f in catalogue.fields if (f.level is Level.LINE) is of_line}
    known |= set() if of_line else {"lines", "held"}
    for name in expect:
        _expect(name in known, place, Said(N_("there is no field {name}"), name=name))


def _whole(document: MappingDocument, catalogue: Catalogue) -> None:
    seen: dict[tuple[Level, str], str] = {}
    for mapped in document.fields:
        key = (mapped.target.level, mapped.target.name)
        twice = Said(N_("{name} is filled twice"), name=ByName(mapped.target))
        _expect(key not in seen, f"{mapped.place}.target", twice)
        seen[key] = mapped.place
    for wanted in catalogue.at(document.level):
        if wanted.required and wanted.mapped and not wanted.own:
            missing = Said(N_("the required field {name} is not mapped"), name=ByName(wanted))
            _expect((wanted.level, wanted.name) in seen, "fields", missing)
    if document.lines is None:
        line = next(iter(document.at(Level.LINE)), None)
        _expect(line is None, line.place if line else "", Said(N_("the mapping has no list of lines")))
    for mapped in document.fields:
        if mapped.target.name == "status":
            _status_field(mapped, document)
        _template_names(mapped, document)


def _status_field(mapped: MappedField, document: MappingDocument) -> None:
    last = mapped.steps[-1] if mapped.steps else None
    if last is not None and last.converter.name == "constant":
        _expect(last.given["value"] in STATUSES, f"{mapped.place}.convert[0].value", Said(N_("it is no status")))
        return
    by_table = last is not None and last.converter.name == "status"
    _expect(by_table, f"{mapped.place}.convert", Said(N_("the status needs the table of words")))
    _expect(bool(document.statuses), "statuses", Said(N_("the table of status words is empty")))


def _template_names(mapped: MappedField, document: MappingDocument) -> None:
    for n, step in enumerate(mapped.steps):
        if step.converter.name != "template":
            continue
        place = f"{mapped.place}.convert[{n}]"
        for name in TEMPLATE_NAME.findall(step.given["text"]):
            referred = referred_field(document, mapped, name)
            if referred is not None:
                chained = any(inner.converter.name == "template" for inner in referred.steps)
                _expect(not chained, place, Said(N_("{name} is itself put together"), name=name))
            elif name != "value":
                try:
                    paths.parse(name, rows=document.rows, line=mapped.target.level is Level.LINE)
                except Refused as error:
                    raise _Wrong(place, error.said) from error


def referred_field(document: MappingDocument, mapped: MappedField, name: str) -> MappedField | None:
    """The other field of the same level that a name in a template means; None when it is a path."""
    for other in document.at(mapped.target.level):
        if other.target.name == name and other is not mapped:
            return other
    return None


def _expect(condition: bool, place: str, why: Said) -> None:
    if not condition:
        raise _Wrong(place, why)


def _known(body: Mapping[str, Any], allowed: frozenset[str], place: str) -> None:
    unknown = Said(N_("the key is unknown"))
    for key in body:
        _expect(key in allowed, f"{place}.{key}" if place != "document" else str(key), unknown)


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    _expect(isinstance(value, str) and bool(value), key, Said(N_("it needs a text")))
    return str(value)


def _one_of(value: Any, allowed: Any, place: str) -> str:
    _expect(value in tuple(allowed), place, Said(N_("it is one of {names}"), names=", ".join(allowed)))
    return str(value)
