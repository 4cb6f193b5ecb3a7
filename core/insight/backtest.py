"""Back-test: run a rule set on stored orders, next to the live one, without writing anything."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.people.vault import Vault
from core.rules.ruleset import Rule, RuleSet
from core.rules.sql import Compiler, Sql
from core.store import Store

DECIDED = "coalesce(o.paid_at, o.ordered_at)"
"""The instant at which a rule must be in force, live and in replay alike."""


@dataclass(frozen=True, slots=True)
class Period:
    """Business days, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def bounds(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """The half-open instants of the days."""
        place = ZoneInfo(zone)
        since = None if self.first is None else datetime.combine(self.first, datetime.min.time(), place)
        after = None if self.last is None else self.last + timedelta(days=1)
        return since, None if after is None else datetime.combine(after, datetime.min.time(), place)

    def sql(self, zone: str) -> Sql:
        """The period as a condition on the order's instant."""
        since, until = self.bounds(zone)
        texts, values = ["true"], []
        if since is not None:
            texts.append(f"{DECIDED} >= ?")
            values.append(since)
        if until is not None:
            texts.append(f"{DECIDED} < ?")
            values.append(until)
        return Sql(" AND ".join(texts), values)


def back_test(
    store: Store, vault: Vault, rules: RuleSet, live: RuleSet | None, *, zone: str, period: Period, sample: int = 20
) -> dict[str, Any]:
    """What the set would have hit: the JSON document of `backtest` (contracts §1). `by_rule` is in the set's order.

    `newly_hit` and `no_longer_hit` count orders against the live set; without one every hit is new.
    """
    started = time.perf_counter()
    compiler = Compiler(vault.keyed, zone)
    sets = [rules.rules, live.rules if live else ()]
    query = compiler.query([rule.when for group in sets for rule in group], period.sql(zone))
    columns, values = _columns(rules, sets)
    with store.read() as cursor:
        row = cursor.execute(
            f"WITH decided AS ({query.text}), judged AS (SELECT d.*, {DECIDED} AS decided_at FROM decided d "
            f"JOIN orders o ON o.order_key = d.order_key), hits AS (SELECT order_key, {columns} FROM judged) "
            f"SELECT count(*), coalesce(sum(hit::INTEGER), 0), coalesce(sum((hit AND NOT live)::INTEGER), 0), "
            f"coalesce(sum((live AND NOT hit)::INTEGER), 0), "
            f"(SELECT list(o.platform_no ORDER BY o.order_key) FROM (SELECT order_key FROM hits WHERE hit ORDER BY "
            f"order_key LIMIT ?) h JOIN orders o USING (order_key))"
            + "".join(f", coalesce(sum(e{n}::INTEGER), 0)" for n in range(len(rules.rules)))
            + " FROM hits",
            [*query.values, *values, sample],
        ).fetchone()
    assert row is not None
    return {
        "orders": int(row[0]),
        "hit": int(row[1]),
        "by_rule": [{"id": rule.id, "hits": int(row[5 + n])} for n, rule in enumerate(rules.rules)],
        "changed_vs_live": {"newly_hit": int(row[2]), "no_longer_hit": int(row[3])},
        "sample": row[4] or [],
        "seconds": round(time.perf_counter() - started, 4),
    }


def _columns(rules: RuleSet, sets: list[tuple[Rule, ...]] | list[Any]) -> tuple[str, list[datetime]]:
    """Effective hit of each rule (valid then; first, when only that counts), of the set, and of the live set."""
    texts: list[str] = []
    values: list[datetime] = []
    met: list[str] = []
    for n, rule in enumerate(sets[0]):
        valid = _valid(n, rule)
        earlier = [] if rules.hit == "all" else [_valid(m, other) for m, other in enumerate(sets[0][:n])]
        texts.append(f"({valid.text}{''.join(f' AND NOT ({piece.text})' for piece in earlier)}) AS e{n}")
        values += [value for piece in (valid, *earlier) for value in piece.values]
        met.append(valid.text)
    for name, group, offset in (("hit", sets[0], 0), ("live", sets[1], len(sets[0]))):
        pieces = [_valid(offset + n, rule) for n, rule in enumerate(group)]
        texts.append(f"({' OR '.join(piece.text for piece in pieces) or 'false'}) AS {name}")
        values += [value for piece in pieces for value in piece.values]
    return ", ".join(texts), values


def _valid(n: int, rule: Rule) -> Sql:
    text, values = f"r{n}", []
    for bound, compare in ((rule.valid_from, ">="), (rule.valid_to, "<")):
        if bound is not None:
            text += f" AND coalesce(decided_at {compare} ?, false)"
            values.append(bound)
    return Sql(f"({text})", values)
