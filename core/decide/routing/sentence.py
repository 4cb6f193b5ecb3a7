"""Says a routing policy as sentences: each rule with its warehouses, days and what happens when one is short; the couriers."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from core.decide.routing.policy import EVERY, MANUAL, NEVER, STRICT, Courier, Policy, Rule, Tiers
from core.i18n import _
from core.rules.sentence import say as say_condition

Names = Callable[[str], str]


def plain_yuan(fen: int) -> str:
    """Fen as yuan as people say it: 8, 8.5, 8.05."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".") if fen % 100 else str(fen // 100)


def days(value: float) -> str:
    """Days as people say them: 2, 1.5."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def say(policy: Policy, warehouse: Names = str, courier: Names = str, zone: str = "Asia/Shanghai") -> list[str]:
    """The policy in sentences. One rule and the couriers are one sentence; several rules have one each."""
    rules = [_rule(rule, warehouse, zone) for rule in policy.rules]
    downgrades = _couriers(policy.couriers, courier)
    if len(rules) == 1 and not policy.otherwise.tiers and downgrades:
        return [_("{rule}, {couriers}").format(rule=rules[0], couriers=downgrades), *_split(policy)]
    other = _tiers(policy.otherwise, warehouse)
    if policy.otherwise.tiers:
        rules.append(
            _("All other orders {tiers}").format(tiers=other) if rules else _("Orders {tiers}").format(tiers=other)
        )
    elif not rules:
        rules.append(_("Each order goes to the warehouse that costs least"))
    return [*rules, *([downgrades] if downgrades else []), *_split(policy)]


def _rule(rule: Rule, warehouse: Names, zone: str) -> str:
    tiers = _tiers(rule.tiers, warehouse)
    areas = _(" and to ").join(sorted(rule.regions)) if rule.regions else ""
    met = say_condition(rule.when, zone) if rule.when is not None else ""
    if areas and met:
        return _("Orders to {areas} where {condition} {tiers}").format(areas=areas, condition=met, tiers=tiers)
    if areas:
        return _("Orders to {areas} {tiers}").format(areas=areas, tiers=tiers)
    return (
        _("Orders where {condition} {tiers}").format(condition=met, tiers=tiers)
        if met
        else _("Orders {tiers}").format(tiers=tiers)
    )


def _tiers(tiers: Tiers, warehouse: Names) -> str:
    if not tiers.tiers:
        return _("go to the warehouse that costs least")
    steps = [_(" or from ").join(_place(name, tiers, warehouse) for name in tier) for tier in tiers.tiers]
    first = _("ship first from {warehouses}") if tiers.mode == STRICT else _("ship rather from {warehouses}")
    text = first.format(warehouses=steps[0])
    for n, step in enumerate(steps[1:]):
        more = (
            _("when stock is short from {warehouses}") if tiers.mode == STRICT else _("then rather from {warehouses}")
        )
        if n:
            more = _("then from {warehouses}")
        text = _("{first}, {then}").format(first=text, then=more.format(warehouses=step))
    if tiers.on_short == MANUAL:
        text = _("{first}, {then}").format(first=text, then=_("what cannot ship whole goes to a person"))
    return text


def _place(name: str, tiers: Tiers, warehouse: Names) -> str:
    title = _("any other warehouse") if name == EVERY else warehouse(name)
    promised = tiers.lead_days.get(name)
    return (
        title
        if promised is None
        else _("{warehouse} ({days} days)").format(warehouse=title, days=days(float(promised)))
    )


def _couriers(couriers: Sequence[Courier], title: Names) -> str:
    if not couriers:
        return ""
    found = [
        _("when {courier} costs more than {cap} yuan it is downgraded to {next}").format(
            courier=title(one.courier), cap=plain_yuan(one.price_cap_fen), next=title(following.courier)
        )
        for one, following in pairwise(couriers)
        if one.price_cap_fen is not None
    ]
    if found:
        return _(", ").join(found)
    return _("couriers in this order: {couriers}").format(couriers=_(", ").join(title(one.courier) for one in couriers))


def _split(policy: Policy) -> list[str]:
    if policy.split.mode == NEVER:
        return [_("An order is never split")]
    return []
