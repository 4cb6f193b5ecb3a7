"""What an activity does, in a sentence in the language of the call; and what differs between two versions of it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.i18n import N_, _, language
from core.model.fields import CHANNELS
from core.model.money import yuan

TYPES: dict[str, str] = {
    "gift": N_("Gift with purchase"),
    "full_reduce": N_("Spend X, save Y"),
    "full_discount": N_("Discount from a threshold"),
    "nth_discount": N_("Nth piece cheaper"),
    "nth_free": N_("Nth piece free"),
    "special_price": N_("Special price"),
    "bundle": N_("Bundle price"),
    "limit": N_("Purchase limit"),
}
MODES: dict[str, str] = {"off": N_("Off"), "shadow": N_("Shadow"), "live": N_("Live")}
LEVELS: dict[str, str] = {"item": N_("Item level"), "shop": N_("Shop level"), "platform": N_("Platform level")}
PERS: dict[str, str] = {"phone": N_("each phone number"), "buyer": N_("each buyer"), "region": N_("each province")}
GROUP_MODES: dict[str, str] = {
    "priority": N_("the one of the highest priority counts"),
    "best": N_("the one that saves most counts"),
    "per_line": N_("one counts on each line"),
}
EXCLUSIVES: dict[str, str] = {
    "lines": N_("its goods take part in no later activity"),
    "order": N_("the order takes part in no later activity"),
}
SHORTS: dict[str, str] = {
    "partial": N_("give what there is"),
    "all_or_none": N_("give none of it"),
    "substitute": N_("fill up with the substitutes"),
    "hold": N_("hold the order until it is back"),
}


def say(body: Mapping[str, Any]) -> str:
    """The whole activity in a sentence. `body` must be valid."""
    said = _("{orders}: {effect}.").format(orders=_orders(body), effect=_EFFECTS[body["type"]](body))
    return said[:1].upper() + said[1:]


def _orders(body: Mapping[str, Any]) -> str:
    conditions = []
    if body.get("platforms") is not None:
        names = [_(CHANNELS[name]) if name in CHANNELS else name for name in body["platforms"]]
        conditions.append(_("on {platforms}").format(platforms=_list(names)))
    if body.get("regions") is not None:
        conditions.append(_("to {regions}").format(regions=_list(body["regions"])))
    if body.get("exclude_regions"):
        conditions.append(_("not to {regions}").format(regions=_list(body["exclude_regions"])))
    if body.get("new_customer_only"):
        conditions.append(_("first order of a customer"))
    said = when(body)
    for condition in conditions:
        said = _("{orders}, {condition}").format(orders=said, condition=condition)
    return said


def when(body: Mapping[str, Any]) -> str:
    """The active period in words."""
    start, end = moment(body.get("start_at")), moment(body.get("end_at"))
    if start and end:
        return _("orders paid from {start} until before {end}").format(start=start, end=end)
    if start:
        return _("orders paid from {start} on").format(start=start)
    if end:
        return _("orders paid before {end}").format(end=end)
    return _("all paid orders")


def moment(wall: str | None) -> str:
    """A wall-clock text for reading, without seconds that are zero."""
    return (
        ""
        if not wall
        else wall.replace("T", " ").removesuffix(":00")
        if wall.endswith(":00")
        else wall.replace("T", " ")
    )


def goods(body: Mapping[str, Any]) -> str:
    """Which goods are meant."""
    scope = body.get("scope") or {}
    named = [*(scope.get("skus") or ()), *(scope.get("categories") or ())]
    text = _list(named) if named else _("all goods")
    if scope.get("exclude_skus"):
        text = _("{goods} without {others}").format(goods=text, others=_list(scope["exclude_skus"]))
    return text


def share(rate: Any) -> str:
    """The share that remains payable: 85% of the price, in Chinese in tenths."""
    value = Decimal(str(rate)) * (10 if language() == "zh" else 100)
    return _("{share}% of the price").format(share=f"{value.normalize():f}")


def gifts(given: Mapping[str, int]) -> str:
    """Gift SKUs with their quantities."""
    return _list(f"{sku} ×{qty}" for sku, qty in given.items())


def _list(names: Any) -> str:
    return _(", ").join(str(name) for name in names)


def _money(fen: int) -> str:
    return f"¥{yuan(fen)}"


def _special_price(body: Mapping[str, Any]) -> str:
    text = _("{goods} for {price} each").format(goods=goods(body), price=_money(body["price"]))
    if body.get("max_qty_per_order") is not None:
        text += _(", for at most {n} pieces an order").format(n=body["max_qty_per_order"])
    return text


def _nth(body: Mapping[str, Any]) -> str:
    mixed = body.get("group") == "scope"
    free = body["type"] == "nth_free"
    if free and mixed:
        text = _("of every {n} pieces of {goods}, mixed as you like, the cheapest is free")
    elif free:
        text = _("of every {n} pieces of the same item of {goods} one is free")
    elif mixed:
        text = _("of every {n} pieces of {goods}, mixed as you like, the cheapest at {share}")
    else:
        text = _("of every {n} pieces of the same item of {goods} one at {share}")
    said = text.format(n=body["n"], goods=goods(body), share=share(body.get("rate", "0")))
    return said + _times(body.get("max_times"))


def _bundle(body: Mapping[str, Any]) -> str:
    text = _("the set {set} for {price}").format(set=gifts(body["set"]), price=_money(body["price"]))
    return text + _times(body.get("max_times"))


def _times(most: int | None) -> str:
    return "" if most is None else _(", at most {n} times").format(n=most)


def _measure(body: Mapping[str, Any], threshold: int) -> str:
    if body.get("basis") == "qty" or (body["type"] == "gift" and body.get("basis", "qty") == "qty"):
        return _("{n} pieces").format(n=threshold)
    return _money(threshold)


def _full_reduce(body: Mapping[str, Any]) -> str:
    if body.get("every"):
        every = body["every"]
        text = _("for every {threshold} of {goods} {reduce} off").format(
            threshold=_measure(body, every["threshold"]), goods=goods(body), reduce=_money(every["reduce"])
        )
        text += _times(every.get("max_times"))
    else:
        steps = [
            _("from {threshold} on {reduce} off").format(
                threshold=_measure(body, tier["threshold"]), reduce=_money(tier["reduce"])
            )
            for tier in body["tiers"]
        ]
        text = _("{goods} {steps}").format(goods=goods(body), steps=_list(steps))
    return text + _cap(body)


def _full_discount(body: Mapping[str, Any]) -> str:
    steps = [
        _("from {threshold} on {share}").format(threshold=_measure(body, t["threshold"]), share=share(t["rate"]))
        for t in body["tiers"]
    ]
    return _("{goods} {steps}").format(goods=goods(body), steps=_list(steps)) + _cap(body)


def _cap(body: Mapping[str, Any]) -> str:
    most = body.get("max_discount")
    return "" if most is None else _(", at most {amount} off").format(amount=_money(most))


def _gift(body: Mapping[str, Any]) -> str:
    if body.get("tiers") is not None:
        steps = [
            _("from {threshold} on {gifts}").format(
                threshold=_measure(body, tier["threshold"]), gifts=gifts(tier["gifts"])
            )
            for tier in body["tiers"]
        ]
        text = _("with {goods} for nothing {steps}").format(goods=goods(body), steps=_list(steps))
    else:
        text = _("for every {threshold} of {goods} {gifts} for nothing").format(
            threshold=_measure(body, body["buy"]), goods=goods(body), gifts=gifts(body["give"])
        )
        text += _times(1 if body.get("repeat") is False else body.get("max_times_per_order"))
    if body.get("per_customer_limit") is not None:
        text += _(", at most {n} gifts a person").format(n=body["per_customer_limit"])
    text += _("; when a gift is short: {word}").format(word=_(SHORTS[body.get("on_short") or "partial"]))
    if body.get("on_short") == "substitute":
        text += f" ({_list(body.get('substitutes') or ())})"
    return text


def _limit(body: Mapping[str, Any]) -> str:
    if body.get("forbid"):
        return _("{goods} may not be sold there, the order is held").format(goods=goods(body))
    return _("at most {n} pieces of {goods} for {whom}, an order above it is held").format(
        n=body["max_qty"], goods=goods(body), whom=_(PERS[body["per"]])
    )


_EFFECTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "special_price": _special_price,
    "nth_discount": _nth,
    "nth_free": _nth,
    "bundle": _bundle,
    "full_reduce": _full_reduce,
    "full_discount": _full_discount,
    "gift": _gift,
    "limit": _limit,
}


def facts(body: Mapping[str, Any]) -> dict[str, str]:
    """The activity as labelled facts, the effect as a sentence: what a reader compares two versions by."""
    found = {
        _("Name"): str(body.get("name") or body["id"]),
        _("Mode"): _(MODES[body.get("mode", "off")]),
        _("Period"): when(body),
        _("Orders"): _orders({**body, "start_at": None, "end_at": None}),
        _("Effect"): _EFFECTS[body["type"]](body),
        _("Level"): _(LEVELS[body["level"]]) if body.get("level") else _("by its type"),
        _("Priority"): str(body.get("priority") or 0),
        _("Group"): str(body.get("group_id") or "–"),
        _("Within the group"): _(GROUP_MODES[body["group_mode"]]) if body.get("group_mode") else "–",
        _("Exclusive"): _(EXCLUSIVES[body["exclusive"]]) if body.get("exclusive") else _("no"),
        _("Note"): str(body.get("note") or "–"),
        _("Examples"): str(len(body.get("examples") or ())),
    }
    if body.get("ignore_exclusive"):
        found[_("Exclusive")] = _("given even beside an exclusive activity")
    return found


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """One sentence for each fact that differs, the former value before the new one."""
    before, after = facts(old), facts(new)
    return [
        _("{what}: {before} → {after}").format(what=what, before=before[what], after=after[what])
        for what in before
        if before[what] != after[what]
    ]


_REASONS: dict[str, str] = {
    "disabled": N_("It is switched off."),
    "not_started": N_("It had not begun when the order was paid."),
    "expired": N_("It was over when the order was paid."),
    "platform": N_("It is not for this platform."),
    "region": N_("It is not for this province."),
    "not_new_customer": N_("The customer has ordered before."),
    "excluded_by_exclusive": N_("An exclusive activity came first."),
    "no_line_in_scope": N_("None of its goods is in the order, or they are locked or already free."),
    "zero": N_("It would save nothing."),
    "below_threshold": N_("The order does not reach its threshold."),
    "bundle_incomplete": N_("The set is not complete."),
    "bundle_not_cheaper": N_("The set would not be cheaper."),
    "group_lost": N_("Another activity of its group counts."),
    "line_taken": N_("Other activities of its group have taken the lines."),
    "per_customer_limit": N_("The person has had as many gifts as one may."),
}


def reason(code: str) -> str:
    """Why an activity did nothing, or less than it would."""
    if code.startswith("gift_short:"):
        _word, sku, qty = code.split(":", 2) if code.count(":") == 2 else ("", *code[11:].rsplit(":", 1))
        return _("The gift {sku} is short by {qty}.").format(sku=sku, qty=qty)
    return _(_REASONS[code]) if code in _REASONS else code


def hold(found: Mapping[str, Any]) -> str:
    """Why an order is held by a limit or a missing gift."""
    if found["reason"] == "region_forbidden":
        return _("Goods that may not be sold there: {n} pieces.").format(n=found["excess"])
    if found["reason"] == "gift_short":
        return _("The gift {sku} is short by {qty}.").format(sku=found["sku"], qty=found["excess"])
    return _("Bought before {had}, in this order {qty}, at most {most}: {excess} too many.").format(
        had=found["bought_before"], qty=found["this_order"], most=found["max"], excess=found["excess"]
    )
