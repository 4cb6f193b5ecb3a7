"""Conditions as SQL over sets: one query decides any number of orders by any number of rules.

Every leaf is `coalesce(…, false)`, so NULL means "does not meet" here exactly as in the closure. Values are bound;
identifiers come from the catalogue. Lines are aggregated once an order for all rules, counts are window functions in
strict order of arrival over (t - window, t], ties by arrival in the pool, then by key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.model.fields import Field, Privacy
from core.rules.condition import Condition, Count, Group, Leaf, Lines, Not, walk
from core.rules.derived import sql_of
from core.rules.keys import column_of

_COMPARE = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
ARRIVAL = "coalesce(o.ordered_at, o.paid_at)"


@dataclass(slots=True)
class Sql:
    """A piece of SQL with its bound values, in order."""

    text: str
    values: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Query:
    """The whole: columns `order_key` and one boolean `r0, r1, …` a condition (in the given order)."""

    text: str
    values: list[Any]


class Compiler:
    """Compiles conditions together, so that they share line features and counts.

    `keyed`: keyed hash of a person's value. `zone`: the business zone of calendar days.
    """

    def __init__(self, keyed: Callable[[str], str], zone: str) -> None:
        self.keyed, self.zone = keyed, zone
        self.line_features: dict[Lines, tuple[str, Sql]] = {}
        self.counts: dict[Count, tuple[str, Sql]] = {}

    def query(
        self,
        conditions: Sequence[Condition],
        where: Sql | None = None,
        *,
        history: Sql | None = None,
        features: bool = False,
    ) -> Query:
        """Decide the orders that meet `where` (SQL over alias o). `history` limits the orders that counts look at.

        With `features` the counts and line totals follow as columns `c0 …`, `l0 …`: the evidence of a hit.
        """
        tests = [self.order(condition) for condition in conditions]
        values: list[Any] = []
        parts: list[str] = []
        source = "orders"
        if self.counts:
            parts.append(self._counted(history, values))
            source = "counted"
        if self.line_features:
            parts.append(self._lined(values))
        columns = ", ".join(f"({test.text}) AS r{n}" for n, test in enumerate(tests))
        if features:
            names = [f"o.{name}" for name, _sql in self.counts.values()]
            names += [f"l.{name}" for name, _sql in self.line_features.values()]
            columns = ", ".join(filter(None, [columns, *names]))
        joined = " LEFT JOIN lined l ON l.line_order = o.order_key" if self.line_features else ""
        text = f"SELECT o.order_key{', ' if columns else ''}{columns} FROM {source} o{joined}"
        for test in tests:
            values += test.values
        if where is not None:
            text += f" WHERE {where.text}"
            values += where.values
        return Query(("WITH " + ", ".join(parts) + " " if parts else "") + text, values)

    def _counted(self, history: Sql | None, values: list[Any]) -> str:
        columns = []
        for name, piece in self.counts.values():
            columns.append(f"{piece.text} AS {name}")
            values += piece.values
        clause = ""
        if history is not None:
            clause = f" WHERE {history.text}"
            values += history.values
        # An order cancelled before it was paid never counts, but it still gets its own row.
        return f"counted AS (SELECT o.*, {', '.join(columns)} FROM orders o{clause})"

    def _lined(self, values: list[Any]) -> str:
        """One row an order over the lines that were bought; gifts of our own are no part of what a rule judges."""
        columns = []
        for name, piece in self.line_features.values():
            columns.append(f"{piece.text} AS {name}")
            values += piece.values
        return f"lined AS (SELECT o.order_key AS line_order, {', '.join(columns)} FROM order_lines o WHERE o.granted_by IS NULL GROUP BY o.order_key)"

    def order(self, condition: Condition) -> Sql:
        """A condition of an order as a boolean expression that is never NULL."""
        if isinstance(condition, Lines):
            return self.lines(condition)
        if isinstance(condition, Count):
            return self.count(condition)
        if isinstance(condition, Group):
            return _join(condition.how, [self.order(member) for member in condition.members])
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
        if window not in self.counts:
            self.counts[window] = (f"c{len(self.counts)}", self._window(count))
        return _compared(f"o.{self.counts[window][0]}", count.op, count.value)

    def _window(self, count: Count) -> Sql:
        where = self.row(count.where) if count.where is not None else Sql("true")
        key = f"o.{column_of(count.same)}"
        counted = f"({where.text}) AND NOT (coalesce(o.status = 'CANCELLED', false) AND o.paid_at IS NULL)"
        what = f"CASE WHEN {counted} THEN {'1' if count.what == 'orders' else 'coalesce(o.unit_count, 0)'} ELSE 0 END"
        # A buyer's id is known within its channel only; keyed person values hold everywhere.
        partition = key if count.same.privacy is Privacy.PERSON or count.same.name == "ip" else f"o.channel, {key}"
        if count.same.name == "merge_key":
            partition = f"o.channel, o.shop, {key}"
        upto = f"ORDER BY {ARRIVAL}, o.pool_at, o.order_key ROWS UNBOUNDED PRECEDING"
        if count.hours is None:
            day = f"CAST(timezone(?, {ARRIVAL}) AS DATE)"
            text, values = f"sum({what}) OVER (PARTITION BY {partition}, {day} {upto})", [*where.values, self.zone]
        else:
            before = (
                f"ORDER BY {ARRIVAL} RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '{count.hours} hours' PRECEDING"
            )
            text = (
                f"sum({what}) OVER (PARTITION BY {partition} {upto})"
                f" - coalesce(sum({what}) OVER (PARTITION BY {partition} {before}), 0)"
            )
            values = [*where.values, *where.values]
        # Without a key or an instant the count is not evaluable: NULL, never 0.
        return Sql(f"CASE WHEN {key} IS NOT NULL AND {ARRIVAL} IS NOT NULL THEN {text} END", values)


def _compared(expression: str, op: str, value: Any) -> Sql:
    if op == "between":
        return Sql(f"coalesce({expression} BETWEEN ? AND ?, false)", list(value))
    return Sql(f"coalesce({expression} {_COMPARE[op]} ?, false)", [value])


def _join(how: str, members: list[Sql]) -> Sql:
    if not members:
        return Sql("true" if how == "all" else "false")
    text = (" AND " if how == "all" else " OR ").join(f"({member.text})" for member in members)
    return Sql(text, [value for member in members for value in member.values])
