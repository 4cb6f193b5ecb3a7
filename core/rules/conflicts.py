"""What is wrong between rules before anybody saves them: never met, unreachable, contradictory, overlapping.

Exact for rules that are a conjunction of comparisons, which is what the form mostly makes; for the rest nothing is
claimed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import N_, _, language
from core.rules.condition import Condition, Count, Group, Leaf, Lines, Not, walk
from core.rules.ruleset import Rule, RuleSet

NEVER, UNREACHABLE, CONTRADICTORY, OVERLAPPING = "never", "unreachable", "contradictory", "overlapping"
_WORDS = {
    NEVER: N_("“{rule}” can never be met: its conditions on {what} exclude each other."),
    UNREACHABLE: N_("“{rule}” is never reached: whatever meets it is taken by “{other}” before."),
    CONTRADICTORY: N_("“{rule}” and “{other}” can meet the same order and decide it the opposite way."),
    OVERLAPPING: N_("“{rule}” and “{other}” can meet the same order."),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One finding; `other` is the second rule, `what` the field."""

    kind: str
    rule: str
    other: str = ""
    what: str = ""

    def say(self) -> str:
        """The finding as a sentence."""
        return _(_WORDS[self.kind]).format(rule=self.rule, other=self.other, what=self.what)


@dataclass(frozen=True, slots=True)
class Span:
    """What a value may be: in [low, high] (None: no bound; `*_open`: end left out), of `only` if given, not `never`."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    only: frozenset[Any] | None = None
    never: frozenset[Any] = frozenset()
    null: bool | None = None

    def meet(self, other: "Span") -> "Span":
        """What both allow."""
        low, low_open = _tighter(self.low, self.low_open, other.low, other.low_open, upper=False)
        high, high_open = _tighter(self.high, self.high_open, other.high, other.high_open, upper=True)
        only = self.only if other.only is None else other.only if self.only is None else self.only & other.only
        null = self.null if other.null is None else other.null
        clash = None not in (self.null, other.null) and self.null != other.null
        return Span(low, high, low_open, high_open, frozenset() if clash else only, self.never | other.never, null)

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        if self.null and (self.low is not None or self.high is not None or self.only or self.never):
            return True
        if self.only is not None:
            return not any(self.holds(value) for value in self.only)
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def holds(self, value: Any) -> bool:
        """Whether a value lies inside."""
        if value in self.never or (self.only is not None and value not in self.only):
            return False
        if self.low is not None and (value < self.low or (value == self.low and self.low_open)):
            return False
        return self.high is None or value < self.high or (value == self.high and not self.high_open)

    def within(self, other: "Span") -> bool:
        """Whether everything inside here is inside the other."""
        if other.null is not None and self.null != other.null and not (other.null is False and self.null is not True):
            return False
        if self.only is not None:
            return all(other.holds(value) for value in self.only if self.holds(value))
        if other.only is not None or not other.never <= self.never:
            return False
        met = self.meet(other)
        return (met.low, met.low_open, met.high, met.high_open) == (self.low, self.low_open, self.high, self.high_open)


def conflicts(rules: RuleSet) -> list[Conflict]:
    """All findings of a rule set, in its order."""
    spans = [(rule, _spans(rule.when)) for rule in rules.rules]
    found = [
        Conflict(NEVER, rule.name, what=_title(rule.when, key))
        for rule, known in spans
        if known
        for key, span in known.items()
        if span.empty
    ]
    for n, (rule, known) in enumerate(spans):
        if known is None or any(span.empty for span in known.values()):
            continue
        for other, earlier in spans[:n]:
            if earlier is None or not _together(rule, other) or not _compatible(known, earlier):
                continue
            kind = _kind(rules, rule, other, known, earlier)
            if kind:
                found.append(Conflict(kind, rule.name, other.name))
    return found


def _kind(
    rules: RuleSet, rule: Rule, other: Rule, known: Mapping[str, Span], earlier: Mapping[str, Span]
) -> str | None:
    covered = all(key in known and known[key].within(span) for key, span in earlier.items())
    if covered and rules.hit == "first" and _lasts(other, rule):
        return UNREACHABLE
    actions = {rule.then.get("action"), other.then.get("action")}
    if "allow" in actions and actions & {"freeze", "review"}:
        return CONTRADICTORY
    twice = covered and all(key in earlier and earlier[key].within(span) for key, span in known.items())
    return OVERLAPPING if twice or rule.then != other.then else None


def _compatible(one: Mapping[str, Span], two: Mapping[str, Span]) -> bool:
    return not any(one[key].meet(span).empty for key, span in two.items() if key in one)


def _together(one: Rule, two: Rule) -> bool:
    """Whether there is an instant at which both are in force."""
    ends = [end for end in (one.valid_to, two.valid_to) if end]
    starts = [start for start in (one.valid_from, two.valid_from) if start]
    return not ends or not starts or max(starts) < min(ends)


def _lasts(outer: Rule, inner: Rule) -> bool:
    """Whether the outer rule is in force whenever the inner one is."""
    begins = outer.valid_from is None or (inner.valid_from is not None and outer.valid_from <= inner.valid_from)
    ends = outer.valid_to is None or (inner.valid_to is not None and inner.valid_to <= outer.valid_to)
    return begins and ends


def _spans(condition: Condition) -> dict[str, Span] | None:
    """Field (or count, or line total) -> what it may be; None where the rule is no plain conjunction."""
    found: dict[str, Span] = {}
    for part in _conjuncts(condition):
        if part is None:
            return None
        key, span = part
        found[key] = found[key].meet(span) if key in found else span
    return found


def _title(condition: Condition, key: str) -> str:
    """What a key stands for, in words."""
    for part in walk(condition):
        if isinstance(part, Leaf) and part.field.name == key:
            return part.field.title(language(), _)
        if isinstance(part, Count) and _count_key(part) == key:
            return _("orders with the same {field}").format(field=part.same.title(language(), _))
        if isinstance(part, Lines) and _lines_key(part) == key:
            return part.of.title(language(), _) if part.of else _("number of lines")
    return key


def _count_key(count: Count) -> str:
    return f"{count.what}/{count.same.name}/{count.hours}/{count.where}"


def _lines_key(lines: Lines) -> str:
    return f"{lines.how}/{lines.of and lines.of.name}/{lines.where}"


def _conjuncts(condition: Condition) -> Iterator[tuple[str, Span] | None]:
    if isinstance(condition, Group) and (condition.how == "all" or len(condition.members) == 1):
        for member in condition.members:
            yield from _conjuncts(member)
    elif isinstance(condition, Leaf):
        yield _leaf(condition.field.name, condition.op, condition.value)
    elif isinstance(condition, Count):
        yield _leaf(_count_key(condition), condition.op, condition.value)
    elif isinstance(condition, Lines) and condition.how in ("sum", "count"):
        yield _leaf(_lines_key(condition), condition.op, condition.value)
    elif isinstance(condition, (Not, Lines, Group)):
        yield None


def _leaf(key: str, op: str, value: Any) -> tuple[str, Span] | None:
    if op == "between":
        return key, Span(low=value[0], high=value[1])
    spans: dict[str, Span] = {
        "eq": Span(only=frozenset([value])) if not isinstance(value, tuple) else Span(),
        "in": Span(only=frozenset(value)) if isinstance(value, tuple) else Span(),
        "not_in": Span(never=frozenset(value)) if isinstance(value, tuple) else Span(),
        "ne": Span(never=frozenset([value])) if not isinstance(value, tuple) else Span(),
        "gt": Span(low=value, low_open=True),
        "ge": Span(low=value),
        "lt": Span(high=value, high_open=True),
        "le": Span(high=value),
        "is_null": Span(null=bool(value)),
    }
    return (key, spans[op]) if op in spans else None


def _tighter(one: Any, one_open: bool, two: Any, two_open: bool, *, upper: bool) -> tuple[Any, bool]:
    if one is None or two is None:
        return (two, two_open) if one is None else (one, one_open)
    if one == two:
        return one, one_open or two_open
    return (one, one_open) if (one < two) == upper else (two, two_open)
