"""Open orders decided anew by the activities in force: first what would change, then exactly that.

Open are the orders that were decided already, are paid and not picked, and that the platform does not hold. What a
person has released is not held again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.decide import offers
from core.decide.offers import HOLD, changes, decision_of, granted, moves, settled, tell
from core.decide.promotion.batch import Case, cases, ledger
from core.decide.promotion.book import Book, book
from core.decide.promotion.evaluate import Outcome, Plan
from core.errors import Stale
from core.i18n import N_
from core.store import Cursor, Store, decisions, gift_stock, grants, holds
from core.store import offers as rows
from core.store.grants import Grant

MOST = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one order: (activity, SKU) -> units given more and taken back, hold reasons put on and lifted."""

    more: Mapping[tuple[str, str], int] = field(default_factory=dict)
    less: Mapping[tuple[str, str], int] = field(default_factory=dict)
    hold: tuple[str, ...] = ()
    lift: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What deciding the open orders anew would change, by order; how many were looked at, and whether those were all."""

    changed: Mapping[int, Change]
    looked_at: int
    complete: bool = True

    def units(self, what: str) -> dict[str, int]:
        """SKU -> units given `more` or taken back (`less`)."""
        found: Counter[str] = Counter()
        for change in self.changed.values():
            for (_activity, sku), qty in getattr(change, what).items():
                found[sku] += qty
        return dict(found)


@dataclass(frozen=True, slots=True)
class _Look:
    found: Difference
    present: Book
    plan: Plan
    judged: Sequence[tuple[Case, Outcome]]
    had: Mapping[int, Sequence[Grant]]
    now: Mapping[int, Sequence[Grant]]


def difference(store: Store, zone: str) -> Difference:
    """What would change. Writes nothing."""
    with store.read() as cursor:
        return _look(store, cursor, zone).found


def apply(store: Store, zone: str, shown: Difference, *, actor: str) -> int:
    """Make exactly the changes that were shown; returns the number of orders. Stale when others would be due by now."""
    with store.write() as cursor:
        look = _look(store, cursor, zone)
        if look.found.changed != shown.changed:
            raise Stale(N_("The open orders have changed meanwhile."), N_("Look at the difference again."))
        if look.found.changed:
            _write(cursor, look, actor)
    return len(look.found.changed)


def _look(store: Store, cursor: Cursor, zone: str) -> _Look:
    present = book(store)
    plan = present.plan("live")
    keys = rows.open_orders(cursor, MOST + 1)
    complete, keys = len(keys) <= MOST, keys[:MOST]
    batch = cases(cursor, keys, zone, [e.activity.promotion for e in present.in_mode("live").values()])
    had = grants.of_orders(cursor, keys)
    shared = ledger(cursor, plan, batch, zone)
    judged = [(case, shared.judge(plan, case, had.get(case.facts.order_key, ()))) for case in batch]
    now = {case.facts.order_key: granted(present, case, outcome) for case, outcome in judged}
    more, less = changes(had, now)
    standing, released = rows.own_holds(cursor, keys), rows.released_by_persons(cursor, keys)
    changed = {}
    for case, outcome in judged:
        key = case.facts.order_key
        wanted = {HOLD[hold["reason"]] for hold in outcome.holds}
        put = tuple(sorted(wanted - standing.get(key, set()) - released.get(key, set())))
        lift = tuple(sorted(standing.get(key, set()) - wanted))
        change = Change(more.get(key, {}), less.get(key, {}), put, lift)
        if change != Change():
            changed[key] = change
    return _Look(Difference(changed, len(keys), complete), present, plan, judged, had, now)


def _write(cursor: Cursor, look: _Look, actor: str) -> None:
    changed = look.found.changed
    keys, why = list(changed), "apply to open orders"
    prints = rows.basis(cursor, keys)
    chosen = [(case, outcome) for case, outcome in look.judged if case.facts.order_key in changed]
    before = [grant for key in keys for grant in look.had.get(key, ())]
    after = [grant for key in keys for grant in look.now[key]]
    grants.replace(cursor, keys, after)
    gift_stock.move(cursor, moves(before, after))
    grants.settle(cursor, [settled(look.present, look.plan, case, outcome, prints) for case, outcome in chosen])
    decisions.append(cursor, [decision_of(look.present, case, outcome, look.plan, "live") for case, outcome in chosen])
    tell(cursor, grants.GRANTED, {key: dict(c.more) for key, c in changed.items() if c.more}, look.present)
    tell(cursor, grants.WITHDRAWN, {key: dict(c.less) for key, c in changed.items() if c.less}, look.present)
    for reason in sorted(set(offers.HOLD.values())):
        holds.add(cursor, [k for k, c in changed.items() if reason in c.hold], reason, actor=actor, why=why)
        holds.lift(cursor, [k for k, c in changed.items() if reason in c.lift], reason, actor=actor, why=why)
