"""What a person needs to see at the review desk beside the rules' own words: the pieces that are missing."""

from dataclasses import dataclass

from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, routing_input


@dataclass(frozen=True, slots=True)
class Missing:
    """Pieces of one SKU that an order needs, and how many are free in all warehouses."""

    sku: str
    need: int
    free: int


def missing(actor: Actor, store: Store, order_key: int) -> list[Missing]:
    """The SKUs of which less is free than the order needs, those that lack most first."""
    require(actor, store, "review.view", str(order_key))
    with store.read() as cursor:
        needs: dict[str, int] = {}
        for line in routing_input.needed(cursor, [order_key]):
            needs[line.sku] = needs.get(line.sku, 0) + line.qty
        free: dict[str, int] = {}
        for (_warehouse, sku), qty in routing_input.free(cursor, list(needs)).items():
            free[sku] = free.get(sku, 0) + max(qty, 0)
    found = [Missing(sku, need, free.get(sku, 0)) for sku, need in needs.items() if free.get(sku, 0) < need]
    return sorted(found, key=lambda one: one.free - one.need)
