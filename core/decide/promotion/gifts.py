"""Gifts and purchase limits: what comes with the order for nothing, and what it may not exceed."""

from collections.abc import Sequence
from typing import Any

from core.decide.promotion.document import Promotion
from core.decide.promotion.order import Context, Line, Order


def wanted(promotion: Promotion, lines: Sequence[Line], nets: list[int], places: list[int]) -> dict[str, int]:
    """Gift SKU -> quantity the order has earned, before limits and stock; empty below the threshold."""
    rule = promotion.rule
    if rule["by_qty"]:
        measure = sum([lines[place].qty - lines[place].refunded_qty for place in places])
    elif rule["list_amount"]:
        measure = sum(lines[place].qty * lines[place].unit_price for place in places)
    else:
        measure = sum([nets[place] for place in places])
    if "tiers" in rule:
        for threshold, gifts in rule["tiers"]:
            if measure >= threshold:
                return dict(gifts)
        return {}
    times = measure // rule["buy"]
    if times <= 0:
        return {}
    if not rule["repeat"]:
        times = min(times, 1)
    if rule["times"] is not None:
        times = min(times, rule["times"])
    return {sku: qty * times for sku, qty in rule["give"].items()} if times else {}


def grant(
    promotion: Promotion, want: dict[str, int], order: Order, context: Context, stock: dict[str, int]
) -> tuple[list[dict[str, Any]], list[str], list[dict[str, Any]]]:
    """Give what limits and `stock` (changed in place) allow: (gifts, reasons noted, holds)."""
    rule, notes = promotion.rule, []
    if rule["per_customer"] is not None:
        room = max(0, rule["per_customer"] - context.history.get(f"{promotion.id}|{order.phone}", 0))
        asked = sum(want.values())
        for sku in want:
            want[sku] = min(want[sku], room)
            room -= want[sku]
        if sum(want.values()) < asked:
            notes.append("per_customer_limit")
    gifts: list[dict[str, Any]] = []
    holds: list[dict[str, Any]] = []
    for sku, qty in want.items():
        missing = _take(promotion, sku, qty, stock, gifts)
        if missing:
            notes.append(f"gift_short:{sku}:{missing}")
            if rule["on_short"] == "hold":
                holds.append({"promo": promotion.id, "reason": "gift_short", "sku": sku, "excess": missing})
    return gifts, notes, holds


def _take(promotion: Promotion, sku: str, qty: int, stock: dict[str, int], gifts: list[dict[str, Any]]) -> int:
    """Take one gift SKU from the stock; returns what stays missing."""
    have = stock.get(sku, 0)
    if 0 < qty <= have:  # the common case
        stock[sku] = have - qty
        gifts.append({"promo": promotion.id, "sku": sku, "qty": qty, "unit_price": 0})
        return 0
    have = max(0, have)
    on_short = promotion.rule["on_short"]
    if have < qty and on_short in ("all_or_none", "hold"):
        return qty
    given = min(qty, have)
    if given:
        stock[sku] = have - given
        gifts.append({"promo": promotion.id, "sku": sku, "qty": given, "unit_price": 0})
    missing = qty - given
    if missing and on_short == "substitute":
        for other in promotion.rule["substitutes"]:
            part = min(missing, max(0, stock.get(other, 0)))
            if part:
                stock[other] -= part
                missing -= part
                gifts.append({"promo": promotion.id, "sku": other, "qty": part, "unit_price": 0, "substitute_for": sku})
            if not missing:
                break
    return missing


def limit_key(promotion: Promotion, order: Order) -> str:
    """What a purchase limit counts by: the order's phone, buyer or province."""
    per = promotion.rule["per"]
    return order.phone if per == "phone" else order.buyer if per == "buyer" else order.province


def check_limit(promotion: Promotion, qty: int, order: Order, context: Context) -> dict[str, Any] | None:
    """The hold a purchase limit asks for, or None. Exactly at the limit passes."""
    rule = promotion.rule
    if rule["forbid"]:
        return {"promo": promotion.id, "reason": "region_forbidden", "excess": qty}
    had = context.history.get(f"{promotion.id}|{limit_key(promotion, order)}", 0)
    if had + qty <= rule["max"]:
        return None
    return {
        "promo": promotion.id, "reason": "over_limit", "bought_before": had, "this_order": qty, "max": rule["max"],
        "excess": min(qty, had + qty - rule["max"]),
    }  # fmt: skip
