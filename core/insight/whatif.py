"""What-if: up to five variants of a rule set over a period, and a sweep of one threshold. Reads only, always.

Held means frozen or for review. Normal and fraud are the labels people gave; unlabelled orders are no evidence, so the
share of wrong holds comes with its Wilson interval.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.insight.backtest import DECIDED, Period
from core.people.vault import Vault
from core.rules.condition import Condition, Count, Group, Leaf, Lines, Not
from core.rules.ruleset import Rule, RuleSet
from core.rules.sql import Compiler
from core.store import Store

MOST_VARIANTS = 5
MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Variant:
    """What one variant would have done. Money in fen; `wrong_*` are shares of labelled held orders, None without labels."""

    name: str
    orders: int
    held: int
    held_fen: int
    by_rule: dict[str, int]
    newly: tuple[int, ...]
    no_longer: tuple[int, ...]
    newly_count: int
    no_longer_count: int
    normal_held: int
    fraud_held: int
    wrong: float | None
    wrong_low: float | None
    wrong_high: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold of a sweep. Cost in fen by the asker's own three costs."""

    value: Any
    held: int
    normal_held: int
    fraud_held: int
    fraud_missed: int
    precision: float | None
    recall: float | None
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Costs:
    """What a review, a wrongly held normal order and a missed fraud cost, in fen."""

    review_fen: int
    held_normal_fen: int
    missed_fen: int


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float] | None:
    """The 95 % Wilson interval of a share (E. B. Wilson, JASA 1927); None without observations."""
    if whole == 0:
        return None
    share = part / whole
    middle = share + z * z / (2 * whole)
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    below = 1 + z * z / whole
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)


def compare(
    store: Store, vault: Vault, variants: Sequence[tuple[str, RuleSet]], live: RuleSet | None, *, zone: str,
    period: Period, sample: int = 200,
) -> list[Variant]:  # fmt: skip
    """Each variant against the live set over the period, all in one pass over the orders."""
    if not 1 <= len(variants) <= MOST_VARIANTS:
        raise BadRequest(N_("Choose one to {most} variants."), N_("Take some away."), most=MOST_VARIANTS)
    sets = [rules for _name, rules in variants] + ([live] if live else [])
    compiler = Compiler(vault.keyed, zone)
    query = compiler.query([rule.when for rules in sets for rule in rules.rules], period.sql(zone))
    offsets = [sum(len(earlier.rules) for earlier in sets[:n]) for n in range(len(sets))]
    columns, values = [], []
    for n, rules in enumerate(sets):
        held, bound = _held(rules, [f"r{offsets[n] + m}" for m in range(len(rules.rules))])
        columns.append(f"({held}) AS h{n}")
        values += bound
    with store.read() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE judged AS SELECT d.*, {', '.join(columns)}, o.paid_fen, l.label FROM "
            f"(SELECT q.*, {DECIDED} AS decided_at FROM ({query.text}) q JOIN orders o ON o.order_key = q.order_key) d "
            "JOIN orders o ON o.order_key = d.order_key LEFT JOIN (SELECT order_key, last(label ORDER BY labelled_at) AS label "
            "FROM labels GROUP BY order_key) l ON l.order_key = d.order_key",
            [*values, *query.values],  # the held columns stand before the inner query in the text
        )
        base = f"h{len(variants)}" if live else "false"
        found = [_variant(cursor, n, name, rules, offsets[n], base, sample) for n, (name, rules) in enumerate(variants)]
        cursor.execute("DROP TABLE judged")
    return found


def _variant(cursor: Any, n: int, name: str, rules: RuleSet, offset: int, base: str, sample: int) -> Variant:
    hits = ", ".join(f"coalesce(sum(r{offset + m}::INTEGER), 0)" for m in range(len(rules.rules))) or "0"
    row = cursor.execute(
        f"SELECT count(*), count(*) FILTER (h{n}), coalesce(sum(paid_fen) FILTER (h{n}), 0), "
        f"count(*) FILTER (h{n} AND NOT {base}), count(*) FILTER ({base} AND NOT h{n}), "
        f"count(*) FILTER (h{n} AND label = 'normal'), count(*) FILTER (h{n} AND label = 'fraud'), {hits} FROM judged"
    ).fetchone()
    orders, held, fen, newly, no_longer, normal, fraud, *by_rule = row
    interval = wilson(normal, normal + fraud)
    return Variant(
        name=name, orders=orders, held=held, held_fen=int(fen),
        by_rule={rule.id: int(count) for rule, count in zip(rules.rules, by_rule, strict=False)},
        newly=_keys(cursor, f"h{n} AND NOT {base}", sample), no_longer=_keys(cursor, f"{base} AND NOT h{n}", sample),
        newly_count=newly, no_longer_count=no_longer, normal_held=normal, fraud_held=fraud,
        wrong=normal / (normal + fraud) if interval else None,
        wrong_low=interval[0] if interval else None, wrong_high=interval[1] if interval else None,
    )  # fmt: skip


def _keys(cursor: Any, where: str, sample: int) -> tuple[int, ...]:
    rows = cursor.execute(
        f"SELECT order_key FROM judged WHERE {where} ORDER BY decided_at DESC, order_key LIMIT ?", [sample]
    ).fetchall()
    return tuple(row[0] for row in rows)


def _held(rule_set: RuleSet, columns: Sequence[str]) -> tuple[str, list[Any]]:
    """Whether a set holds the order: a freeze or review is hit, and no rule that allows. `columns`: each rule's boolean.

    A set of another kind holds nothing; of it, whether any rule is met.
    """
    rules, values = rule_set.rules, list[Any]()
    if rule_set.kind != "risk":
        met = [f"({column}{_in_force(rule, values)})" for rule, column in zip(rules, columns, strict=True)]
        return " OR ".join(met) or "false", values

    def any_of(*actions: str) -> str:
        pieces = [
            f"({column}{_in_force(rule, values)})"
            for rule, column in zip(rules, columns, strict=True)
            if rule.then.get("action") in actions
        ]
        return " OR ".join(pieces) or "false"

    holding = any_of("freeze", "review")
    return f"({holding}) AND NOT ({any_of('allow')})", values


def _in_force(rule: Rule, values: list[Any]) -> str:
    text = ""
    for bound, compared in ((rule.valid_from, ">="), (rule.valid_to, "<")):
        if bound is not None:
            text += f" AND coalesce(d.decided_at {compared} ?, false)"
            values.append(bound)
    return text


def sweep(
    store: Store, vault: Vault, rules: RuleSet, rule_id: str, thresholds: Sequence[Any], costs: Costs, *, zone: str,
    period: Period,
) -> list[Step]:  # fmt: skip
    """The set with one rule's first threshold at each of the values: held, precision, recall and cost of each.

    Precision and recall are over labelled orders; None without any. The window counts are computed once for all steps.
    """
    if not 1 <= len(thresholds) <= MOST_STEPS:
        raise BadRequest(N_("Choose one to {most} thresholds."), N_("Widen the step."), most=MOST_STEPS)
    place = next((n for n, rule in enumerate(rules.rules) if rule.id == rule_id), None)
    if place is None:
        raise BadRequest(N_("There is no rule {rule} in this set."), N_("Choose one of its rules."), rule=rule_id)
    rule = rules.rules[place]
    swept = [replace(rule, when=with_threshold(rule.when, value)) for value in thresholds]
    compiler = Compiler(vault.keyed, zone)
    conditions = [each.when for each in rules.rules] + [each.when for each in swept]
    query = compiler.query(conditions, period.sql(zone))
    texts: list[str] = []
    values: list[Any] = []
    for n, each in enumerate(swept):
        columns = [f"r{len(rules.rules) + n}" if m == place else f"r{m}" for m in range(len(rules.rules))]
        turned = replace(rules, rules=(*rules.rules[:place], each, *rules.rules[place + 1 :]))
        text, bound = _held(turned, columns)
        texts.append(
            f"count(*) FILTER ({text}), count(*) FILTER (({text}) AND label = 'normal'), "
            f"count(*) FILTER (({text}) AND label = 'fraud')"
        )
        values += bound * 3
    with store.read() as cursor:
        row = cursor.execute(
            f"WITH d AS (SELECT q.*, {DECIDED} AS decided_at, l.label FROM ({query.text}) q JOIN orders o ON o.order_key = "
            "q.order_key LEFT JOIN (SELECT order_key, last(label ORDER BY labelled_at) AS label FROM labels GROUP BY order_key) l "
            f"ON l.order_key = q.order_key) SELECT count(*) FILTER (label = 'fraud'), {', '.join(texts)} FROM d",
            [*query.values, *values],
        ).fetchone()
    assert row is not None
    counts = [tuple(row[1 + 3 * n : 4 + 3 * n]) for n in range(len(thresholds))]
    return [_step(value, row[0], counted, costs) for value, counted in zip(thresholds, counts, strict=True)]


def _step(value: Any, frauds: int, counted: tuple[int, ...], costs: Costs) -> Step:
    held, normal, fraud = counted
    missed = frauds - fraud
    cost = held * costs.review_fen + normal * costs.held_normal_fen + missed * costs.missed_fen
    precision = fraud / (fraud + normal) if fraud + normal else None
    return Step(value, held, normal, fraud, missed, precision, fraud / frauds if frauds else None, cost)


def with_threshold(condition: Condition, value: Any) -> Condition:
    """The condition with the value of its first count, line total or ordered comparison replaced."""
    changed, done = _replaced(condition, value)
    if not done:
        raise BadRequest(N_("This rule has no threshold."), N_("Choose a rule that compares a number."))
    return changed


def _replaced(condition: Condition, value: Any) -> tuple[Condition, bool]:
    if isinstance(condition, (Count, Lines, Leaf)) and condition.op in ("gt", "ge", "lt", "le"):
        return replace(condition, value=value), True
    if isinstance(condition, Not):
        member, done = _replaced(condition.member, value)
        return Not(member), done
    if isinstance(condition, Group):
        members = list(condition.members)
        for n, member in enumerate(members):
            members[n], done = _replaced(member, value)
            if done:
                return Group(condition.how, tuple(members)), True
    return condition, False
