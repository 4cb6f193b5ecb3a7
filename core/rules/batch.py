"""Deciding a batch against the stored past: the same query as a replay, reading only what can matter.

The batch's orders are laid into a temporary table; a count reads the past of its keys within its window; lines and
counts are read only for orders that the rest of the rule has not ruled out already.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core.model.fields import Level
from core.rules.condition import Condition, Count, Leaf, walk
from core.rules.derived import DERIVED
from core.rules.gates import LINES, gates
from core.rules.keys import column_of
from core.rules.piece import Sql
from core.rules.sql import Compiler, Reach
from core.rules.windows import ARRIVAL, evaluable, key_of, reach
from core.store import Cursor

_ALWAYS = ("order_key", "channel", "shop", "status", "ordered_at", "paid_at", "pool_at", "unit_count")
DECIDED = "coalesce(o.paid_at, o.ordered_at) AS decided_at"


_BITS = 60


class Sifted(NamedTuple):
    """What a batch knows of an order: everything where it meets a condition, else its flags only."""

    order_key: int
    met: dict[str, Any] | None
    packs: tuple[int, ...]


class Batch(Reach):
    """The batch and its past. Keep the cursor until the rows are read."""

    orders = "decide_batch"

    def __init__(self, cursor: Cursor, compiler: Compiler, conditions: Sequence[Condition], which: Sql) -> None:
        """`which`: the orders of the batch, as a condition over alias o."""
        self.cursor, self.compiler = cursor, compiler
        self.columns = _columns(conditions)
        for condition in conditions:
            compiler.order(condition)  # names the counts
        needed = gates(conditions, compiler.counts, compiler.row)
        named = [f"({gate.text}) AS {_asks(name)}" for name, gate in needed.items()]
        values = [value for gate in needed.values() for value in gate.values]
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE decide_batch AS SELECT {', '.join(f'o.{c}' for c in self.columns)}"
            f"{''.join(f', {text}' for text in named)} FROM orders o WHERE {which.text}",
            [*values, *which.values],
        )
        self.made = [self.orders]
        self.oldest: datetime | None = None
        """When the first of the batch came into the pool; None when one of them has no such instant."""
        self.first = self._first()
        row = cursor.execute("SELECT max(paid_at) FROM orders WHERE ordered_at IS NULL").fetchone()
        self.undated: datetime | None = row[0] if row else None

    def met(self, conditions: Sequence[Condition]) -> list[tuple[Any, ...]]:
        """One row an order: its key and whether it meets each condition."""
        query = self.compiler.query(conditions, reach=self)
        return self.cursor.execute(query.text, query.values).fetchall()

    def sift(self, conditions: Sequence[Condition], further: dict[str, str], flags: Sequence[str]) -> list[Sifted]:
        """One entry an order. Those that meet a condition come with everything known of them: `r0 …`, the features,
        `decided_at`, `k0 …` (whether a count can be evaluated), `further`. Of the others `flags` say all there is to say:
        names among these columns, packed into whole numbers (see `flagged`)."""
        known = [f"{evaluable(count)} AS k{name[1:]}" for count, name in self.compiler.counts.items()]
        named = [f"{expression} AS {name}" for name, expression in further.items()]
        query = self.compiler.query(conditions, reach=self, further=[DECIDED, *known, *named])
        packed = ["0", *(_packed(flags[start : start + _BITS]) for start in range(0, len(flags), _BITS))]
        hit = " OR ".join(f"d.r{n}" for n in range(len(conditions))) or "false"
        found = self.cursor.execute(
            f"SELECT d.order_key, CASE WHEN {hit} THEN d END, {', '.join(packed)} FROM ({query.text}) d", query.values
        ).fetchall()
        return [Sifted(key, met, tuple(packs)) for key, met, _zero, *packs in found]

    def close(self) -> None:
        """Drop the temporary tables."""
        for name in self.made:
            self.cursor.execute(f"DROP TABLE {name}")

    def of_count(self, count: Count, gate: Sql) -> Sql:
        """The orders within the count's window that share a key with the batch, itself among them."""
        del gate  # it has become a column of the batch
        name = _asks(self.compiler.counts[count])
        first = self.first[name]
        if first is None:  # nobody of the batch asks for it
            return Sql("(SELECT * FROM orders WHERE false) o")
        since = first - reach(count)
        columns = ", ".join(f"o.{column}" for column in _columns([count]))
        key = key_of(count)
        past = (
            f"SELECT {columns} FROM orders o WHERE {{}} AND {key} IN (SELECT {key} FROM {self.orders} o WHERE {name})"
        )
        # A bound on one plain column lets the store skip what is older; orders without that instant are few.
        text, values = past.format("o.ordered_at >= ?"), [since]
        if self.undated is not None and self.undated >= since:
            text += " UNION ALL " + past.format("o.ordered_at IS NULL AND o.paid_at >= ?")
            values.append(since)
        return Sql(f"({text}) o", values)

    def of_lines(self, gate: Sql) -> Sql:
        """The lines of the orders that some rule still needs them for."""
        del gate
        bound, values = ("", []) if self.oldest is None else ("o.pool_at >= ? AND ", [self.oldest])
        return Sql(f"{bound}o.order_key IN (SELECT order_key FROM decide_batch WHERE {_asks(LINES)})", values)

    def provide(self, features: Mapping[str, Sql]) -> tuple[str, list[Any]]:
        """Each feature worked out by itself into a temporary table: many small plans are made quicker than a great one."""
        for name, piece in features.items():
            self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {piece.text}", piece.values)
        self.made = [self.orders, *features]
        return "", []

    def taker(self, name: str) -> str:
        """Orders that a count was not read for have none. As a key, for the engine compares a further condition of an
        outer join with every row of the other side."""
        return f"CASE WHEN o.{_asks(name)} THEN o.order_key END"

    def _first(self) -> dict[str, datetime | None]:
        names = [_asks(name) for name in self.compiler.counts.values()]
        asked = "".join(f", min({ARRIVAL}) FILTER (o.{name})" for name in names)
        row = self.cursor.execute(
            f"SELECT CASE WHEN count(*) = count(o.pool_at) THEN min(o.pool_at) END{asked} FROM {self.orders} o"
        ).fetchone()
        self.oldest, *first = row or [None] * (len(names) + 1)
        return dict(zip(names, first, strict=True))


def _packed(flags: Sequence[str]) -> str:
    bits = (f"CASE WHEN d.{name} THEN {1 << n} ELSE 0 END" for n, name in enumerate(flags))
    return f"({' + '.join(bits)})::BIGINT"


def flagged(packs: Sequence[int], flags: Sequence[str]) -> dict[str, bool]:
    """The flags of an order by name."""
    return {name: bool(packs[n // _BITS] >> n % _BITS & 1) for n, name in enumerate(flags)}


def _columns(conditions: Sequence[Condition]) -> list[str]:
    """The columns of orders that the conditions read."""
    found: list[str] = list(_ALWAYS)
    for part in (part for condition in conditions for part in walk(condition)):
        if isinstance(part, Count):
            found.append(column_of(part.same))
        elif isinstance(part, Leaf) and part.field.level is Level.ORDER:
            derived = DERIVED.get(part.field.name)
            found += derived.needs if derived else [column_of(part.field)]
    return list(dict.fromkeys(found))


def _asks(name: str) -> str:
    """The batch's column that says which orders need a count, or the lines."""
    return f"asks_{name}"
