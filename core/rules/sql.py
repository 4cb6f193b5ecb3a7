"""Conditions as SQL over sets: one query decides any number of orders by any number of rules.

Every leaf is `coalesce(…, false)`, so NULL means "does not meet" here exactly as in the closure. Values are bound;
identifiers come from the catalogue. Lines are aggregated once an order for all rules, counts are windows of their own
(core/rules/windows.py). What a query reads is its Reach: the whole pool in a replay, a batch and its past when live.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.model.fields import Field, Privacy
from core.rules import windows
from core.rules.condition import Condition, Count, Group, Leaf, Lines, Not, walk
from core.rules.derived import sql_of
from core.rules.gates import LINES, gates, least
from core.rules.piece import Sql, joined

__all__ = ["Compiler", "Query", "Reach", "Sql"]
_COMPARE = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


@dataclass(slots=True)
class Query:
    """The whole: columns `order_key` and one boolean `r0, r1, …` a condition (in the given order)."""

    text: str
    values: list[Any]


class Reach:
    """What a query reads. This one reads the whole pool, of counts and lines only what can decide a rule."""

    orders = "orders"

    def of_count(self, count: Count, gate: Sql) -> Sql:
        """The FROM clause (alias o) of a count's orders. `gate`: for which orders (SQL over o) the count is needed."""
        if gate.text == "true":
            return Sql("orders o")
        key = windows.key_of(count)
        return Sql(
            f"(SELECT * FROM orders o WHERE {key} IN (SELECT {key} FROM orders o WHERE {gate.text})) o", gate.values
        )

    def of_lines(self, gate: Sql) -> Sql:
        """A condition on the lines (alias o) that are looked at."""
        if gate.text == "true":
            return gate
        return Sql(f"o.order_key IN (SELECT o.order_key FROM orders o WHERE {gate.text})", gate.values)

    def provide(self, features: Mapping[str, Sql]) -> tuple[str, list[Any]]:
        """What must stand before the query, with its values, so that the features can be joined by their names."""
        text = ", ".join(f"{name} AS ({piece.text})" for name, piece in features.items())
        return f"WITH {text} " if text else "", [value for piece in features.values() for value in piece.values]

    def taker(self, name: str) -> str:
        """The key of an order (alias o) that takes the count as its own, NULL of one that does not."""
        del name
        return "o.order_key"


class Compiler:
    """Compiles conditions together, so that they share line features and counts.

    `keyed`: keyed hash of a person's value. `zone`: the business zone of calendar days.
    """

    def __init__(self, keyed: Callable[[str], str], zone: str) -> None:
        self.keyed, self.zone = keyed, zone
        self.line_features: dict[Lines, tuple[str, Sql]] = {}
        self.counts: dict[Count, str] = {}
        self.least: dict[Count, float] = {}

    def query(
        self,
        conditions: Sequence[Condition],
        where: Sql | None = None,
        *,
        reach: Reach | None = None,
        further: Sequence[str] = (),
    ) -> Query:
        """Decide the orders that meet `where` (SQL over alias o).

        With `further` columns (SQL over o) the counts `c0 …` and line features `l0 …` follow as well: the evidence.
        """
        reach = reach or Reach()
        tests = [self.order(condition) for condition in conditions]
        before, values = reach.provide(self._features(reach, conditions, whole=bool(further)))
        columns = ["o.order_key", *(f"({test.text}) AS r{n}" for n, test in enumerate(tests))]
        if further:
            columns += [f"{name}.n AS {name}" for name in self.counts.values()]
            columns += [f"l.{name}" for name, _sql in self.line_features.values()]
            columns += further
        source = f"{reach.orders} o"
        for name in self.counts.values():
            source += f" LEFT JOIN {name} ON {name}.order_key = {reach.taker(name)}"
        if self.line_features:
            source += " LEFT JOIN lined l ON l.line_order = o.order_key"
        text = f"SELECT {', '.join(columns)} FROM {source}"
        for test in tests:
            values += test.values
        if where is not None:
            text += f" WHERE {where.text}"
            values += where.values
        return Query(before + text, values)

    def _features(self, reach: Reach, conditions: Sequence[Condition], *, whole: bool) -> dict[str, Sql]:
        """Counts and lines as queries by name; `whole`: counts too low to matter as well."""
        found: dict[str, Sql] = {}
        needed = gates(conditions, self.counts, self.row)
        for count, name in self.counts.items():
            met = self.row(count.where) if count.where is not None else Sql("true")
            low = float("-inf") if whole else self.least[count]
            found[name] = windows.counted(count, met, self.zone, reach.of_count(count, needed[name]), low)
        if self.line_features:
            found["lined"] = self._lined(reach.of_lines(needed[LINES]))
        return found

    def _lined(self, which: Sql) -> Sql:
        """One row an order over the lines that were bought; gifts of our own are no part of what a rule judges."""
        columns = [f"{piece.text} AS {name}" for name, piece in self.line_features.values()]
        return Sql(
            f"SELECT o.order_key AS line_order, {', '.join(columns)} FROM order_lines o "
            f"WHERE o.granted_by IS NULL AND {which.text} GROUP BY o.order_key",
            [*(value for _name, piece in self.line_features.values() for value in piece.values), *which.values],
        )

    def order(self, condition: Condition) -> Sql:
        """A condition of an order as a boolean expression that is never NULL."""
        if isinstance(condition, Lines):
            return self.lines(condition)
        if isinstance(condition, Count):
            return self.count(condition)
        if isinstance(condition, Group):
            return joined(condition.how, [self.order(member) for member in condition.members])
        if isinstance(condition, Not):
            member = self.order(condition.member)
            return Sql(f"NOT ({member.text})", member.values)
        return self.leaf(condition)

    def row(self, condition: Condition) -> Sql:
        """A condition without lines and counts over the row alias o."""
        if any(isinstance(part, (Lines, Count)) for part in walk(condition)):
            raise ValueError("lines and counts stand at order level")
        return self.order(condition)

    def leaf(self, leaf: Leaf) -> Sql:
        column = sql_of(leaf.field)
        value = self._stored(leaf.field, leaf.op, leaf.value)
        if leaf.op == "is_null":
            return Sql(f"{column} IS {'' if value else 'NOT '}NULL")
        if leaf.op == "in_list":
            return Sql(f"coalesce({column} IN (SELECT value FROM list_members WHERE list = ?), false)", [value])
        if leaf.op in ("in", "not_in"):
            marks = ", ".join("?" * len(value))
            return Sql(f"coalesce({column} {'NOT ' * (leaf.op == 'not_in')}IN ({marks}), false)", list(value))
        if leaf.op == "between":
            return Sql(f"coalesce({column} BETWEEN ? AND ?, false)", list(value))
        if leaf.op in ("contains", "starts_with"):
            return Sql(f"coalesce({leaf.op}({column}, ?), false)", [value])
        return Sql(f"coalesce({column} {_COMPARE[leaf.op]} ?, false)", [value])

    def _stored(self, field: Field, op: str, value: Any) -> Any:
        if field.privacy is not Privacy.PERSON or op in ("is_null", "in_list"):
            return value
        return tuple(map(self.keyed, value)) if isinstance(value, tuple) else self.keyed(value)

    def lines(self, lines: Lines) -> Sql:
        if lines not in self.line_features:
            where = self.row(lines.where) if lines.where is not None else Sql("true")
            if lines.how in ("any", "all"):
                piece = Sql(f"bool_{'or' if lines.how == 'any' else 'and'}({where.text})", where.values)
            else:
                inner = f"coalesce(o.{lines.of.name}, 0)" if lines.of else "1"
                piece = Sql(f"sum(CASE WHEN {where.text} THEN {inner} ELSE 0 END)", where.values)
            self.line_features[lines] = (f"l{len(self.line_features)}", piece)
        name = f"l.{self.line_features[lines][0]}"
        if lines.how in ("any", "all"):
            return Sql(f"coalesce({name}, false)")
        return _compared(f"coalesce({name}, 0)", lines.op, lines.value)

    def count(self, count: Count) -> Sql:
        window = count.window
        name = self.counts.setdefault(window, f"c{len(self.counts)}")
        self.least[window] = min(self.least.get(window, least(count)), least(count))
        return _compared(f"{name}.n", count.op, count.value)


def _compared(expression: str, op: str, value: Any) -> Sql:
    if op == "between":
        return Sql(f"coalesce({expression} BETWEEN ? AND ?, false)", list(value))
    return Sql(f"coalesce({expression} {_COMPARE[op]} ?, false)", [value])
