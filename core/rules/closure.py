"""A condition as a Python function for one order. It agrees with the SQL form on every input, NULLs included.

Built from the tree only, by nesting small functions: nothing a person wrote is ever executed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.model.fields import Privacy
from core.rules.condition import Condition, Count, Group, Leaf, Lines, Not
from core.rules.derived import value_of

Row = Mapping[str, Any]


@dataclass(slots=True)
class Known:
    """All that a rule may look at for one order: fields, lines, counts (by `Count.window`), the named lists."""

    order: Row
    lines: Sequence[Row] = ()
    counts: Mapping[Count, int | None] = field(default_factory=dict)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)


Test = Callable[[Known], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "between": lambda a, b: b[0] <= a <= b[1],
    "in": lambda a, b: a in b,
    "not_in": lambda a, b: a not in b,
    "contains": lambda a, b: b in a,
    "starts_with": lambda a, b: a.startswith(b),
}


def compile_closure(condition: Condition, keyed: Callable[[str], str]) -> Test:
    """The test of one order. `keyed` gives the keyed hash of a person's value, as the store holds it."""
    return _Maker(keyed).of_order(condition)


class _Maker:
    def __init__(self, keyed: Callable[[str], str]) -> None:
        self.keyed = keyed

    def of_order(self, condition: Condition) -> Test:
        if isinstance(condition, Group):
            members = tuple(self.of_order(member) for member in condition.members)
            if condition.how == "all":
                return lambda known: all(member(known) for member in members)
            return lambda known: any(member(known) for member in members)
        if isinstance(condition, Not):
            member = self.of_order(condition.member)
            return lambda known: not member(known)
        if isinstance(condition, Lines):
            return self.over_lines(condition)
        if isinstance(condition, Count):
            compare, value, window = _COMPARE[condition.op], condition.value, condition.window
            return lambda known: (n := known.counts.get(window)) is not None and compare(n, value)
        test = self.of_row(condition)
        return lambda known: test(known.order, known.lists)

    def of_row(self, condition: Condition) -> Callable[[Row, Mapping[str, frozenset[str]]], bool]:
        """A test of one row (an order's fields, or a line's)."""
        if isinstance(condition, Group):
            members = tuple(self.of_row(member) for member in condition.members)
            if condition.how == "all":
                return lambda row, lists: all(member(row, lists) for member in members)
            return lambda row, lists: any(member(row, lists) for member in members)
        if isinstance(condition, Not):
            member = self.of_row(condition.member)
            return lambda row, lists: not member(row, lists)
        assert isinstance(condition, Leaf)
        return self.leaf(condition)

    def leaf(self, leaf: Leaf) -> Callable[[Row, Mapping[str, frozenset[str]]], bool]:
        look, op, value = value_of(leaf.field), leaf.op, leaf.value
        if op == "is_null":
            return lambda row, _lists: (look(row) is None) == value
        if op == "in_list":
            return lambda row, lists: (found := look(row)) is not None and found in lists.get(value, ())
        if leaf.field.privacy is Privacy.PERSON:
            value = tuple(map(self.keyed, value)) if isinstance(value, tuple) else self.keyed(value)
        compare = _COMPARE[op]
        return lambda row, _lists: (found := look(row)) is not None and compare(found, value)

    def over_lines(self, lines: Lines) -> Test:
        test = self.of_row(lines.where) if lines.where is not None else None
        if lines.how == "any":
            assert test is not None
            return lambda known: any(test(line, known.lists) for line in known.lines)
        if lines.how == "all":
            assert test is not None
            return lambda known: bool(known.lines) and all(test(line, known.lists) for line in known.lines)
        compare, value = _COMPARE[lines.op], lines.value
        of = lines.of.name if lines.of else ""

        def measured(known: Known) -> bool:
            met = [line for line in known.lines if test is None or test(line, known.lists)]
            total = sum(line.get(of) or 0 for line in met) if of else len(met)
            return compare(total, value)

        return measured
