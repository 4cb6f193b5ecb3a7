"""An activity's own examples for a person: what comes out of one now, and a new one out of a typed order."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.decide.promotion import evaluate
from core.decide.promotion.activity import read_activity
from core.decide.promotion.evaluate import Plan, read_case
from core.errors import BadRequest
from core.i18n import N_
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store

COMPARED = ("gifts", "payable", "holds")
_PLENTY = 1_000


def outcome(actor: Actor, store: Store, body: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the activity, alone, makes of an example's order: gifts, amount to pay in fen, holds."""
    require(actor, store, "promotions.view", str(body.get("id")))
    activity = read_activity({**body, "examples": []})
    try:
        order, context = read_case(given)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadRequest(N_("The example's order cannot be read."), N_("Remove it and make another one.")) from error
    found = evaluate(Plan([activity.promotion]), order, context).document()
    return {name: found[name] for name in COMPARED}


def fresh(
    actor: Actor,
    store: Store,
    body: Mapping[str, Any],
    lines: Sequence[tuple[str, int, int]],
    *,
    platform: str,
    paid_at: str,
) -> dict[str, Any]:
    """An example: an order of (SKU, quantity, unit price in fen) with gifts enough, and what comes out of it now."""
    if not lines:
        raise BadRequest(N_("The order has no line."), N_("Type a SKU, a quantity and a price."))
    order = {
        "order_id": "example", "platform": platform, "paid_at": paid_at, "phone": "A", "buyer": "A",
        "lines": [
            {"id": str(n), "sku": sku, "qty": qty, "unit_price": price} for n, (sku, qty, price) in enumerate(lines, 1)
        ],
    }  # fmt: skip
    given = {"order": order, "context": {"gift_stock": dict.fromkeys(sorted(_gifts(body)), _PLENTY)}}
    return {"given": given, "expect": outcome(actor, store, body, given)}


def differs(expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether something else comes out than is expected."""
    return any(found.get(name) != value for name, value in expected.items() if name in COMPARED)


def _gifts(body: Mapping[str, Any]) -> set[str]:
    tiers = body.get("tiers") or []
    named = [body.get("give") or {}, *(tier.get("gifts") or {} for tier in tiers if isinstance(tier, Mapping))]
    return {sku for given in named for sku in given} | set(body.get("substitutes") or ())
