"""Says in one sentence why an order goes where it goes, from the record kept with its decision."""

from collections.abc import Callable, Mapping
from typing import Any

from core.i18n import N_, _
from core.model.money import yuan

Names = Callable[[str], str]
REASONS: dict[str, str] = {
    "SKU_NOT_IN_WH": N_("the warehouse does not carry the goods"),
    "SKU_WH_BAN": N_("the goods may not leave from there"),
    "WH_DISABLED": N_("the warehouse is switched off"),
    "REGION_BAN": N_("it does not ship to that region"),
    "NOT_IN_TIERS": N_("the rule does not name it"),
    "COURIER_NO_SERVICE": N_("no rate card has the lane"),
    "WEIGHT_OVER": N_("too heavy for every courier"),
    "PRICE_CAP": N_("every courier is over its price cap"),
    "CUTOFF_PASSED": N_("it has to leave today and the cut-off is over"),
    "CAPACITY_FULL": N_("the warehouse is at its capacity"),
    "NO_STOCK": N_("not enough stock"),
    "MUST_SHIP_TOGETHER": N_("no warehouse has all parts of the set"),
    "WHOLE_OR_NOTHING": N_("the rule ships all or nothing"),
    "SPLIT_LIMIT": N_("it would need more parcels than allowed"),
    "DEARER_THAN_UNFILLED": N_("shipping it costs more than leaving it open"),
    "LATER_TIER": N_("an earlier tier can ship it"),
    "GIFT_WITH_PARENT": N_("the gift is not where the goods are"),
    "NO_PROVINCE": N_("the order has no province"),
    "NO_POLICY": N_("no routing policy is live"),
}


def reason(code: str) -> str:
    """A reason code in words."""
    return _(REASONS[code]) if code in REASONS else code


def sentence(record: Mapping[str, Any], warehouse: Names = str, courier: Names = str, *, money: bool = True) -> str:
    """The record as one sentence in the language of the call. `warehouse` and `courier` turn names into titles.

    Without `money` it names no amount: for people who may not see any.
    """
    chosen = record.get("chosen")
    if not chosen:
        codes = [reason(code) for code in record.get("codes") or ()]
        return _("No warehouse can ship it: {codes}").format(codes=_(", ").join(codes))
    parts = [_rule(record)] if record.get("rule_id") or record.get("tiered") else []
    quotes = record.get("quotes", ())
    parts += [_courier(quote, courier) if money else courier(quote["courier"]) for quote in quotes]
    other, delta = record.get("runner_up"), record.get("delta_fen") or 0
    if not other:
        parts.append(_("no other warehouse can ship it"))
    elif money:
        text = _("{amount} yuan less than {other}") if delta > 0 else _("{amount} yuan more than {other}")
        text = text if delta else _("as much as {other}, which comes later")
        parts.append(text.format(amount=yuan(abs(delta)), other=_joined(other, warehouse)))
    return _("{warehouse}: {reasons}").format(warehouse=_joined(chosen, warehouse), reasons=_("; ").join(parts))


def _joined(names: Any, title: Names) -> str:
    return _(" + ").join(title(name) for name in names)


def _rule(record: Mapping[str, Any]) -> str:
    name = record.get("rule") or record.get("rule_id")
    text = _("rule {rule}, tier {tier}") if name else _("tier {tier}")
    return text.format(rule=name, tier=record.get("tier", 1))


def _courier(quote: Mapping[str, Any], title: Names) -> str:
    skipped = quote.get("skipped") or ()
    fee = yuan(quote["freight_fen"])
    if not skipped:
        said = _("{courier} {fee} yuan").format(courier=title(quote["courier"]), fee=fee)
        rule = quote.get("rule")
        return _("{courier} as courier rule {rule} asks").format(courier=said, rule=rule) if rule else said
    first = skipped[0]
    return _("{courier} {quote} yuan is over its cap of {cap} yuan, downgraded to {chosen} {fee} yuan").format(
        courier=title(first["courier"]), quote=yuan(first["quote_fen"]), cap=yuan(first["cap_fen"]),
        chosen=title(quote["courier"]), fee=fee,
    )  # fmt: skip
