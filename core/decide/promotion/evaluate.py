"""Evaluates promotions over one order: levels, groups, exclusivity, then gifts, then purchase limits.

A `Plan` is made once from the promotions and then used for many orders; nothing is kept between orders.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.decide.promotion.allocate import units
from core.decide.promotion.discounts import DISCOUNTS, Found
from core.decide.promotion.document import LEVEL_NAMES, MONEY_TYPES, Promotion
from core.decide.promotion.gifts import check_limit, grant, limit_key, wanted
from core.decide.promotion.order import Context, Order


class Plan:
    """Promotions in the order in which they are evaluated: (level, [group or single, ...]), gifts, limits."""

    __slots__ = ("_bounds", "_known", "_platforms", "_provinces", "every", "gifts", "groups", "limits")

    def __init__(self, promotions: Iterable[Promotion]) -> None:
        self.every = every = list(promotions)
        self._bounds = sorted({at for p in every for at in (p.start_at, p.end_at) if at is not None})
        self._platforms = frozenset[str]().union(*(p.platforms for p in every if p.platforms is not None))
        self._provinces = frozenset[str]().union(*(p.exclude_regions | (p.regions or frozenset()) for p in every))
        self._known: dict[tuple[int, str | None, str | None, bool], dict[str, str]] = {}
        self.gifts = sorted((p for p in every if p.type == "gift"), key=lambda p: (-p.priority, p.id))
        self.limits = sorted((p for p in every if p.type == "limit"), key=lambda p: p.id)
        self.groups: list[list[Promotion]] = []
        open_groups: dict[tuple[int, str], list[Promotion]] = {}
        for promotion in sorted(
            (p for p in every if p.type in MONEY_TYPES), key=lambda p: (p.level, -p.priority, p.id)
        ):
            key = (promotion.level, promotion.group_id) if promotion.group_id is not None else None
            if key in open_groups:
                open_groups[key].append(promotion)  # type: ignore[index] - a key that is in there is no None
                continue
            group = [promotion]
            self.groups.append(group)
            if key is not None:
                open_groups[key] = group

    def reasons(self, order: Order) -> dict[str, str]:
        """Promotion -> why it is not applicable to the order, exclusivity apart; the applicable ones are not in it.

        Orders that lie between the same two bounds of time and whose platform and province are named by the same
        promotions share one answer, so that it is worked out once.
        """
        key = (
            bisect_right(self._bounds, order.paid_at),
            order.platform if order.platform in self._platforms else None,
            order.province if order.province in self._provinces else None,
            order.prior_orders == 0,
        )
        found = self._known.get(key)
        if found is None:
            told = ((promotion.id, _reason(promotion, order)) for promotion in self.every)
            found = self._known[key] = {name: reason for name, reason in told if reason is not None}
        return found


def _reason(promotion: Promotion, order: Order) -> str | None:
    """Why the promotion is not applicable, in the order of the law; None when it is."""
    if not promotion.enabled:
        return "disabled"
    if promotion.start_at is not None and order.paid_at < promotion.start_at:
        return "not_started"
    if promotion.end_at is not None and order.paid_at >= promotion.end_at:
        return "expired"
    if promotion.platforms is not None and order.platform not in promotion.platforms:
        return "platform"
    if promotion.regions is not None and order.province not in promotion.regions:
        return "region"
    if order.province in promotion.exclude_regions:
        return "region"
    if promotion.new_customer_only and order.prior_orders != 0:
        return "not_new_customer"
    return None


@dataclass(slots=True)
class Outcome:
    """What the promotions made of one order. `discounts[i]` is {promotion: fen} of the order's i-th line."""

    order: Order
    nets: list[int]
    discounts: list[dict[str, int]]
    applied: list[dict[str, Any]] = field(default_factory=list)
    gifts: list[dict[str, Any]] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def payable(self) -> int:
        return sum(self.nets)

    def audit(self) -> dict[str, Any] | None:
        """What the platform charged against what it should have (补差); None without a charged amount."""
        actual = self.order.actual_paid
        if actual is None:
            return None
        diff = actual - self.payable
        verdict = "ok" if abs(diff) <= self.order.tolerance else "refund_customer" if diff > 0 else "undercharged"
        return {"expected": self.payable, "actual": actual, "diff": diff, "verdict": verdict}

    def document(self) -> dict[str, Any]:
        """The JSON form of the promotion cases."""
        lines = self.order.lines
        listed = sum(line.unit_price * line.qty for line in lines)
        found: dict[str, Any] = {
            "list_total": listed,
            "discount_total": listed - self.payable,
            "payable": self.payable,
            "applied": self.applied,
            "gifts": self.gifts,
            "lines": [
                {
                    "id": line.id, "list": line.unit_price * line.qty, "discounts": self.discounts[place],
                    "net": self.nets[place], "unit_nets": units(self.nets[place], line.qty),
                }
                for place, line in enumerate(lines)
            ],
            "holds": self.holds,
            "skipped": [list(pair) for pair in sorted(self.skipped)],
        }  # fmt: skip
        audit = self.audit()
        return found if audit is None else {**found, "audit": audit}


def evaluate(plan: Plan, order: Order, context: Context | None = None) -> Outcome:
    """Everything the plan gives, takes off and holds for one order. Pure: the context is not changed."""
    return _Run(plan, order, context or Context()).run()


class _Run:
    """The state while one order is evaluated."""

    __slots__ = ("context", "every", "excluded", "lines", "locked", "order", "out", "plan", "reasons")

    def __init__(self, plan: Plan, order: Order, context: Context) -> None:
        self.plan, self.order, self.context, self.lines = plan, order, context, order.lines
        self.every = list(range(len(order.lines)))
        lines = order.lines
        self.out = Outcome(
            order, [line.unit_price * line.qty for line in lines], [{} for _line in lines], [], [], [], []
        )
        self.reasons = plan.reasons(order)
        self.locked: set[int] = set()
        self.excluded = False

    def run(self) -> Outcome:
        skipped, try_money = self.out.skipped, self.try_money
        for group in self.plan.groups:
            if len(group) == 1:
                promotion = group[0]
                found = try_money(promotion, ())
                if found.__class__ is str:  # a hot path: the class itself is compared
                    skipped.append((promotion.id, found))  # type: ignore[arg-type]
                else:
                    self.apply(promotion, found)  # type: ignore[arg-type]
            else:
                self.compete(group)
        if self.plan.gifts:
            self.give(self.plan.gifts)
        if self.plan.limits:
            self.limit(self.plan.limits)
        return self.out

    def barred(self, promotion: Promotion) -> str | None:
        """Why the promotion is not applicable, in the order of the law; None when it is."""
        reason = self.reasons.get(promotion.id)
        if reason is not None:
            return reason
        if self.excluded and promotion.type != "limit" and not promotion.rule.get("ignore_exclusive"):
            return "excluded_by_exclusive"
        return None

    def in_scope(self, promotion: Promotion) -> list[int]:
        """The places of the order's lines that are in the promotion's scope."""
        if promotion.scope is None:
            return self.every
        covers = promotion.scope.covers
        return [place for place, line in enumerate(self.lines) if covers(line.sku, line.category)]

    def try_money(self, promotion: Promotion, taken: Iterable[int]) -> Found:
        """The discount on the present nets over lines not in `taken`, or the reason why there is none."""
        reason = self.reasons.get(promotion.id)
        if reason is not None:
            return reason
        if self.excluded:
            return "excluded_by_exclusive"
        nets = self.out.nets
        places = self.every if promotion.scope is None else self.in_scope(promotion)
        if not places:
            return "no_line_in_scope"
        if self.locked or taken or 0 in nets:
            places = [p for p in places if nets[p] > 0 and p not in self.locked and p not in taken]
        if not places:
            return "no_line_in_scope"
        return DISCOUNTS[promotion.type](self.lines, nets, places, promotion.rule)

    def apply(self, promotion: Promotion, found: dict[int, int]) -> None:
        """Subtract a winner's discounts at once and note what it locks."""
        out, name, lines = self.out, promotion.id, self.lines
        for place, saved in found.items():
            out.nets[place] -= saved
            out.discounts[place][name] = saved
        ordered = {lines[place].id: found[place] for place in (sorted(found) if len(found) > 1 else found)}
        level = LEVEL_NAMES[promotion.level]
        out.applied.append({"promo": name, "level": level, "discount": sum(found.values()), "lines": ordered})
        if promotion.exclusive == "lines":
            self.locked.update(self.in_scope(promotion))
        elif promotion.exclusive == "order":
            self.excluded = True

    def compete(self, group: list[Promotion]) -> None:
        """Members of one group on the same nets: the first, the best, or line by line."""
        standing: list[tuple[Promotion, dict[int, int]]] = []
        for promotion in group:
            found = self.try_money(promotion, ())
            if isinstance(found, str):
                self.out.skipped.append((promotion.id, found))
            else:
                standing.append((promotion, found))
        mode = next((promotion.group_mode for promotion in group if promotion.group_mode), "priority")
        if mode == "per_line":
            self.share_lines([promotion for promotion, _found in standing])
            return
        if not standing:
            return
        winner = max(standing, key=lambda pair: sum(pair[1].values())) if mode == "best" else standing[0]
        for promotion, found in standing:
            if promotion is winner[0]:
                self.apply(promotion, found)
            else:
                self.out.skipped.append((promotion.id, "group_lost"))

    def share_lines(self, standing: list[Promotion]) -> None:
        taken: set[int] = set()
        for promotion in standing:
            found = self.try_money(promotion, taken)
            if isinstance(found, str):
                reason = found if found == "excluded_by_exclusive" else "line_taken"
                self.out.skipped.append((promotion.id, reason))
            else:
                self.apply(promotion, found)
                taken.update(found)

    def give(self, gifts: list[Promotion]) -> None:
        """Every matching gift rule gives, one after another, from one shared stock."""
        stock = dict(self.context.gift_stock)
        for promotion in gifts:
            reason = self.barred(promotion)
            want = {} if reason else wanted(promotion, self.lines, self.out.nets, self.in_scope(promotion))
            if not want:
                self.out.skipped.append((promotion.id, reason or "below_threshold"))
                continue
            given, notes, holds = grant(promotion, want, self.order, self.context, stock)
            self.out.gifts += given
            self.out.holds += holds
            self.out.skipped += [(promotion.id, note) for note in notes]

    def limit(self, limits: list[Promotion]) -> None:
        for promotion in limits:
            if self.barred(promotion):
                continue
            qty = sum(self.lines[place].qty for place in self.in_scope(promotion))
            hold = check_limit(promotion, qty, self.order, self.context) if qty else None
            if hold:
                self.out.holds.append(hold)


def bought(plan: Plan, order: Order) -> list[tuple[str, str, int]]:
    """(limit, key, units) of every purchase limit the order counts for: what its history grows by."""
    if not plan.limits:
        return []
    run = _Run(plan, order, Context())
    counted = []
    for promotion in plan.limits:
        if run.barred(promotion) is None and not promotion.rule["forbid"]:
            qty = sum(order.lines[place].qty for place in run.in_scope(promotion))
            if qty:
                counted.append((promotion.id, limit_key(promotion, order), qty))
    return counted


def read_case(case: Mapping[str, Any]) -> tuple[Order, Context]:
    """Order and context of one case of the promotion file format."""
    context = case.get("context") or {}
    return Order.read(case["order"]), Context(context.get("gift_stock") or {}, context.get("history") or {})
