"""Promotions on stored orders: a batch is read, evaluated and written in one transaction, so that two batches at once
never give the same gift twice. Gifts become lines, limits become holds, everything leaves a decision.

A refund or a change before shipping lets the gifts be looked at again, by the versions that gave them; a gift that is no
longer earned is withdrawn and goes back to the stock.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.decide.promotion.batch import Case, Ledger, cases, in_reach, ledger
from core.decide.promotion.book import Book, book, promotion_of
from core.decide.promotion.evaluate import Outcome, Plan
from core.store import Cursor, Store, decisions, gift_stock, grants, holds, offers
from core.store.decisions import Decision
from core.store.grants import Grant, Settled

KIND, RULE_SET = "promotion", "promotions"
BATCH = 2_000
HOLD = {"over_limit": "over_limit", "region_forbidden": "over_limit", "gift_short": "gift_short"}


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch came to: orders looked at, gift units given and taken back, orders held."""

    orders: int = 0
    given: int = 0
    withdrawn: int = 0
    held: int = 0


def decide(store: Store, zone: str, limit: int = BATCH) -> Decided:
    """Decide up to `limit` waiting orders by the live activities; shadow ones only leave their decisions."""
    present = book(store)
    live, every = present.in_mode("live"), present.in_mode("live", "shadow")
    if not every:
        return Decided()
    shadow_only = not live
    with store.read() as cursor:
        if not offers.waiting(cursor, 1, shadow=shadow_only):
            return Decided()
    with store.write() as cursor:
        return _decide(cursor, present, offers.waiting(cursor, limit, shadow=shadow_only), zone)


def decide_these(store: Store, keys: Sequence[int], zone: str) -> Decided:
    """Decide those of the orders that no activity has decided yet; whoever asks twice changes nothing more."""
    present = book(store)
    live, every = present.in_mode("live"), present.in_mode("live", "shadow")
    if not every:
        return Decided()
    with store.write() as cursor:
        fresh = offers.undecided(cursor, keys) if live else decisions.without(cursor, keys, KIND)
        return _decide(cursor, present, fresh, zone)


def _decide(cursor: Cursor, present: Book, keys: Sequence[int], zone: str) -> Decided:
    live, every = present.in_mode("live"), present.in_mode("live", "shadow")
    if not keys:
        return Decided()
    batch = cases(cursor, keys, zone, [edition.activity.promotion for edition in every.values()])
    if len(every) > len(live):
        plan = present.plan("live", "shadow")
        _shadow(cursor, present, batch, plan, ledger(cursor, plan, batch, zone), set(every) - set(live))
    if not live:
        return Decided(len(batch))
    plan = present.plan("live")
    shared = ledger(cursor, plan, batch, zone)
    return _write(cursor, present, plan, [(case, shared.judge(plan, case)) for case in batch])


def _shadow(cursor: Cursor, present: Book, batch: Sequence[Case], plan: Plan, shared: Ledger, shadow: set[str]) -> None:
    """What would have been, were the shadow activities live: kept for those activities only."""
    found = []
    for case in batch:
        outcome = shared.judge(plan, case)
        found.append(decision_of(present, case, _only(outcome, shadow), plan, "shadow", shadow))
    decisions.append(cursor, found)


def _only(outcome: Outcome, names: set[str]) -> Outcome:
    return Outcome(
        outcome.order, outcome.nets, outcome.discounts,
        [entry for entry in outcome.applied if entry["promo"] in names],
        [gift for gift in outcome.gifts if gift["promo"] in names],
        [hold for hold in outcome.holds if hold["promo"] in names],
        [pair for pair in outcome.skipped if pair[0] in names],
    )  # fmt: skip


def _write(cursor: Cursor, present: Book, plan: Plan, judged: Sequence[tuple[Case, Outcome]]) -> Decided:
    keys = [case.facts.order_key for case, _outcome in judged]
    prints = offers.basis(cursor, keys)
    given = [grant for case, outcome in judged for grant in granted(present, case, outcome)]
    grants.replace(cursor, keys, given)
    gift_stock.move(cursor, moves((), given))
    grants.settle(cursor, [settled(present, plan, case, outcome, prints) for case, outcome in judged])
    decisions.append(cursor, [decision_of(present, case, outcome, plan, "live") for case, outcome in judged])
    tell(cursor, grants.GRANTED, _by_order(given), present)
    held = _hold(cursor, present, judged)
    return Decided(len(judged), sum(grant.qty for grant in given), 0, held)


def granted(present: Book, case: Case, outcome: Outcome, versions: Mapping[str, int] | None = None) -> list[Grant]:
    """The gifts of an outcome as grants; of one activity and SKU one grant."""
    units: dict[tuple[str, str], list[Any]] = {}
    for gift in outcome.gifts:
        entry = units.setdefault((gift["promo"], gift["sku"]), [0, gift.get("substitute_for")])
        entry[0] += gift["qty"]
    return [
        Grant(
            case.facts.order_key, promotion, (versions or {}).get(promotion) or present.editions[promotion].version,
            sku, qty, other, case.order.phone,
        )
        for (promotion, sku), (qty, other) in units.items()
    ]  # fmt: skip


def settled(present: Book, plan: Plan, case: Case, outcome: Outcome, prints: Mapping[int, str]) -> Settled:
    gifts = _wanting(plan, outcome)
    acted = {entry["promo"] for entry in outcome.applied} | gifts
    return Settled(
        case.facts.order_key,
        prints[case.facts.order_key],
        {name: present.editions[name].version for name in acted},
        sum(gift["qty"] for gift in outcome.gifts),
        bool(gifts),
        _is_short(outcome),
        case.priced and case.facts.goods_paid is not None and in_reach(plan, outcome),
        outcome.payable,
        case.facts.goods_paid,
    )


def _wanting(plan: Plan, outcome: Outcome) -> set[str]:
    """The gift activities that gave, or would have but for stock or a person's limit."""
    wanting = {gift["promo"] for gift in outcome.gifts}
    for name, reason in outcome.skipped:
        if reason == "per_customer_limit" or reason.startswith("gift_short:"):
            wanting.add(name)
    return wanting & {promotion.id for promotion in plan.gifts}


def _is_short(outcome: Outcome) -> bool:
    return any(hold["reason"] == "gift_short" for hold in outcome.holds)


def decision_of(
    present: Book, case: Case, outcome: Outcome, plan: Plan, mode: str, only: set[str] | None = None
) -> Decision:
    """The row that keeps what was given, taken off and held, and why each other activity did nothing."""
    acted = [entry["promo"] for entry in (*outcome.applied, *outcome.gifts, *outcome.holds)]
    names = tuple(dict.fromkeys(acted))
    word = "hold" if outcome.holds else "gift" if outcome.gifts else "discount" if outcome.applied else "none"
    evidence = {
        "applied": outcome.applied,
        "gifts": outcome.gifts,
        "holds": outcome.holds,
        "skipped": [list(pair) for pair in sorted(outcome.skipped)],
        "versions": {name: present.editions[name].version for name in names},
    }
    missing = {}
    if case.facts.person is None:
        missing = {name: "phone" for name in _per_person(plan) if only is None or name in only}
    return Decision(case.facts.order_key, KIND, RULE_SET, present.number, mode, word, names, evidence, missing)


def _per_person(plan: Plan) -> list[str]:
    """The activities that count by person: an order without one cannot be counted."""
    capped = [promotion.id for promotion in plan.gifts if promotion.rule["per_customer"] is not None]
    return capped + [promotion.id for promotion in plan.limits if promotion.rule["per"] == "phone"]


def _hold(cursor: Cursor, present: Book, judged: Sequence[tuple[Case, Outcome]]) -> int:
    """Hold what limits and missing gifts ask for; a paid order is never changed, only held."""
    wanted: dict[tuple[str, str], list[int]] = {}
    for case, outcome in judged:
        for hold in outcome.holds:
            wanted.setdefault((HOLD[hold["reason"]], hold["promo"]), []).append(case.facts.order_key)
    held: set[int] = set()
    for (reason, name), keys in wanted.items():
        held.update(holds.add(cursor, keys, reason, actor="system", why=present.editions[name].activity.name))
    return len(held)


def recheck(store: Store, zone: str, limit: int = BATCH) -> Decided:
    """Look again at the gifts of orders not yet shipped whose lines, refunds or missing gifts have changed."""
    with store.read() as cursor:
        if not offers.changed(cursor, 1):
            return Decided()
    with store.write() as cursor:
        keys = offers.changed(cursor, limit)
        if not keys:
            return Decided()
        return _again(cursor, store, keys, zone)


def _again(cursor: Cursor, store: Store, keys: Sequence[int], zone: str) -> Decided:
    present, rows, had = book(store), offers.decided(cursor, keys), grants.of_orders(cursor, keys)
    versions = {key: json.loads(rows[key]["versions"]) for key in keys}
    plans = {key: _plan_of(store, present, named) for key, named in versions.items()}
    batch = cases(cursor, keys, zone, ())
    # The plan of all together only says which stock and history to read.
    every = Plan({p.id: p for plan in plans.values() for p in plan.gifts}.values())
    shared = ledger(cursor, every, batch, zone)
    now: dict[int, list[Grant]] = {}
    short: dict[int, bool] = {}
    for case in batch:
        key = case.facts.order_key
        plan = Plan(()) if case.facts.status == "CANCELLED" else plans[key]
        outcome = shared.judge(plan, case, had.get(key, ()))
        now[key], short[key] = granted(present, case, outcome, versions[key]), _is_short(outcome)
    before, after = [g for given in had.values() for g in given], [g for given in now.values() for g in given]
    grants.replace(cursor, keys, after)
    gift_stock.move(cursor, moves(before, after))
    prints = offers.basis(cursor, keys)
    grants.touch(
        cursor, keys, [prints[k] for k in keys], [short[k] for k in keys], [sum(g.qty for g in now[k]) for k in keys]
    )
    more, less = changes(had, now)
    tell(cursor, grants.GRANTED, more, present)
    tell(cursor, grants.WITHDRAWN, less, present)
    _wait(cursor, {key: bool(rows[key]["short"]) for key in keys}, short)
    return Decided(len(keys), _units(more), _units(less))


def _plan_of(store: Store, present: Book, versions: Mapping[str, int]) -> Plan:
    found = (promotion_of(store, present, name, version) for name, version in versions.items())
    return Plan(promotion for promotion in found if promotion is not None)


def _wait(cursor: Cursor, before: Mapping[int, bool], now: Mapping[int, bool]) -> None:
    freed = [key for key, was in before.items() if was and not now[key]]
    fresh = [key for key, was in before.items() if now[key] and not was]
    if freed:
        holds.lift(cursor, freed, "gift_short", actor="system")
    if fresh:
        holds.add(cursor, fresh, "gift_short", actor="system")


def moves(before: Sequence[Grant], after: Sequence[Grant]) -> dict[str, int]:
    moves: Counter[str] = Counter()
    for grant in before:
        moves[grant.sku] += grant.qty
    for grant in after:
        moves[grant.sku] -= grant.qty
    return dict(moves)


def _by_order(given: Sequence[Grant]) -> dict[int, dict[tuple[str, str], int]]:
    found: dict[int, dict[tuple[str, str], int]] = {}
    for grant in given:
        found.setdefault(grant.order_key, {})[grant.promotion, grant.sku] = grant.qty
    return found


Units = dict[int, dict[tuple[str, str], int]]


def changes(had: Mapping[int, Sequence[Grant]], now: Mapping[int, Sequence[Grant]]) -> tuple[Units, Units]:
    """(what is given more, what is taken back) by order, activity and SKU."""
    more: Units = {}
    less: Units = {}
    for key, after in now.items():
        before = _by_order(had.get(key, ())).get(key, {})
        present = _by_order(after).get(key, {})
        for pair in dict.fromkeys((*before, *present)):
            change = present.get(pair, 0) - before.get(pair, 0)
            if change:
                (more if change > 0 else less).setdefault(key, {})[pair] = abs(change)
    return more, less


def _units(changed: Units) -> int:
    return sum(qty for pairs in changed.values() for qty in pairs.values())


def tell(cursor: Cursor, event: str, changed: Units, present: Book) -> None:
    def name(promotion: str) -> str:
        edition = present.editions.get(promotion)
        return edition.activity.name if edition else promotion

    grants.tell(
        cursor,
        event,
        (
            (
                key,
                ", ".join(sorted({name(promotion) for promotion, _sku in pairs})),
                {"sku": ", ".join(f"{sku} ×{qty}" for (_promotion, sku), qty in sorted(pairs.items()))},
            )
            for key, pairs in changed.items()
        ),
    )
