"""A rule set document (contracts §6): read, checked, its own examples run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import BadRequest
from core.i18n import N_, language
from core.model.fields import Catalogue
from core.rules.closure import Known, Test, compile_closure
from core.rules.condition import Condition, Count, read, walk

KINDS = ("risk", "routing", "courier", "promotion", "limit")
MODES = ("off", "shadow", "live")
HITS = ("first", "all")
LANGUAGES = frozenset(("zh", "en"))
RISK_ACTIONS = ("allow", "freeze", "review", "tag")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; valid in [valid_from, valid_to) of the instant it is asked at."""

    id: str
    named: str | Mapping[str, str]
    when: Condition
    then: Mapping[str, Any]
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return title_of(self.named, self.id)

    def valid_at(self, instant: datetime) -> bool:
        """Whether the rule is in force at an aware instant."""
        begun = self.valid_from is None or self.valid_from <= instant
        return begun and (self.valid_to is None or instant < self.valid_to)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A checked rule set. `hit` first: the first rule that is met decides; all: every one."""

    kind: str
    name: str
    mode: str
    hit: str
    rules: tuple[Rule, ...]
    otherwise: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]


def read_rule_set(document: Any, catalogue: Catalogue) -> RuleSet:
    """The rule set of a document. BadRequest names the place; unknown keys are refused."""
    _only(document, {"kind", "name", "mode", "hit", "rules", "otherwise", "examples"}, "document")
    kind = _one_of(document, "kind", KINDS)
    rules = document.get("rules")
    if not isinstance(rules, list):
        raise _wrong("rules", N_("{place} needs a list."))
    found = tuple(_rule(rule, f"rules[{n}]", kind, catalogue) for n, rule in enumerate(rules))
    seen: set[str] = set()
    for n, rule in enumerate(found):
        if rule.id in seen:
            raise _wrong(f"rules[{n}].id", N_("{place}: two rules have the id {id}."), id=rule.id)
        seen.add(rule.id)
    name = document.get("name")
    if not isinstance(name, str) or not name.strip():
        raise _wrong("name", N_("{place} is missing."))
    otherwise = document.get("otherwise") or {}
    if otherwise:
        _outcome(otherwise, "otherwise", kind)
    return RuleSet(
        kind, name, _one_of(document, "mode", MODES, "off"), _one_of(document, "hit", HITS, "all"), found, otherwise,
        tuple(_example(example, f"examples[{n}]") for n, example in enumerate(document.get("examples") or [])),
    )  # fmt: skip


def failed_examples(rules: RuleSet, keyed: Callable[[str], str]) -> list[str]:
    """What the set's own examples expect and do not get: one line each, empty when all pass."""
    tests = [(rule, compile_closure(rule.when, keyed)) for rule in rules.rules]
    problems = []
    for n, example in enumerate(rules.examples):
        got = decide(rules, tests, Known(example["given"], example["given"].get("lines", ())))
        expected = example["expect"]
        if any(got.get(key) != value for key, value in expected.items()):
            problems.append(f"examples[{n}]: {expected} ≠ {got}")
    return problems


def decide(rules: RuleSet, tests: Sequence[tuple[Rule, Test]], known: Known) -> dict[str, Any]:
    """What the set says of one order: the outcome of its first hit (or otherwise), with the ids of all hits counted."""
    hits = []
    for rule, test in tests:
        if test(known):
            hits.append(rule)
            if rules.hit == "first":
                break
    return {**(hits[0].then if hits else rules.otherwise), "rules": [rule.id for rule in hits]}


def _rule(document: Any, place: str, kind: str, catalogue: Catalogue) -> Rule:
    _only(document, {"id", "name", "when", "then", "valid_from", "valid_to"}, place)
    identity = document.get("id")
    if not isinstance(identity, str) or not identity:
        raise _wrong(f"{place}.id", N_("{place} is missing."))
    if "when" not in document:
        raise _wrong(f"{place}.when", N_("{place} is missing."))
    then = document.get("then")
    if not isinstance(then, Mapping):
        raise _wrong(f"{place}.then", N_("{place} is missing."))
    _outcome(then, f"{place}.then", kind)
    start, end = (_instant(document.get(key), f"{place}.{key}") for key in ("valid_from", "valid_to"))
    if start and end and start >= end:
        raise _wrong(f"{place}.valid_to", N_("{place} must come after valid_from."))
    when = read(document["when"], catalogue, place=f"{place}.when")
    if kind == "courier":
        refuse_counts(when, f"{place}.when")
    return Rule(identity, _name(document.get("name"), f"{place}.name") or identity, when, then, start, end)


def refuse_counts(when: Condition, place: str) -> None:
    """BadRequest where a condition counts other orders: routing looks at one order and never at history."""
    if any(isinstance(each, Count) for each in walk(when)):
        raise BadRequest(
            N_("{place} counts other orders, which routing does not look at."),
            N_("Let a risk rule count them, or leave the count out."), place=place,
        )  # fmt: skip


def title_of(name: object, otherwise: str = "") -> str:
    """A name of a document, which is a text or a text for each language, as the reader's language has it."""
    if isinstance(name, Mapping):
        return str(name.get(language()) or next(iter(name.values()), "") or otherwise)
    return str(name or otherwise)


def _name(name: Any, place: str) -> str | Mapping[str, str]:
    texts = name.values() if isinstance(name, Mapping) else [name or ""]
    if not all(isinstance(text, str) for text in texts) or (isinstance(name, Mapping) and set(name) - LANGUAGES):
        raise _wrong(place, N_("{place} is a text, or one for each language."))
    return name or ""


def _outcome(then: Mapping[str, Any], place: str, kind: str) -> None:
    if kind == "risk":
        _risk_action(then, place)
    elif kind == "courier":
        _courier(then, place)


def _courier(then: Mapping[str, Any], place: str) -> None:
    """`{"courier": CODE, "price_cap_fen": FEN}`; the cap may be left out."""
    _only(then, {"courier", "price_cap_fen"}, place)
    if not isinstance(then.get("courier"), str) or not then["courier"]:
        raise _wrong(f"{place}.courier", N_("{place} is missing."))
    cap = then.get("price_cap_fen")
    if cap is not None and (isinstance(cap, bool) or not isinstance(cap, int) or cap < 0):
        raise _wrong(f"{place}.price_cap_fen", N_("{place} is a whole number of fen, 0 or more."))


def _risk_action(then: Mapping[str, Any], place: str) -> None:
    _only(then, {"action", "tag"}, place)
    if then.get("action") not in RISK_ACTIONS:
        raise _wrong(f"{place}.action", N_("{place} is one of {choices}."), choices=", ".join(RISK_ACTIONS))
    if then["action"] == "tag" and not then.get("tag"):
        raise _wrong(f"{place}.tag", N_("{place} is missing."))


def _example(document: Any, place: str) -> Mapping[str, Any]:
    _only(document, {"given", "expect"}, place)
    if not isinstance(document.get("given"), Mapping) or not isinstance(document.get("expect"), Mapping):
        raise _wrong(place, N_("{place} needs given and expect."))
    return document


def _instant(text: Any, place: str) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise _wrong(place, N_("{place} is no date and time.")) from error
    if found.tzinfo is None:
        raise _wrong(place, N_("{place} needs an offset, such as +08:00."))
    return found


def _one_of(document: Mapping[str, Any], key: str, allowed: Sequence[str], default: str | None = None) -> str:
    value = document.get(key, default)
    if value not in allowed:
        raise _wrong(key, N_("{place} is one of {choices}."), choices=", ".join(allowed))
    return str(value)


def _only(document: Any, known: set[str], place: str) -> None:
    if not isinstance(document, Mapping):
        raise _wrong(place, N_("{place} is no document."))
    unknown = sorted(set(document) - known)
    if unknown:
        raise _wrong(place, N_("{place} has an unknown key {key}."), key=unknown[0])


def _wrong(place: str, message: str, **values: Any) -> BadRequest:
    return BadRequest(message, N_("Mend the rule there."), place=place, **values)
