"""The gift stock: which gifts there are, with their barcode, and how many are left."""

from core.errors import BadRequest
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, gift_stock
from core.store.gift_stock import Gift

MOST = 10_000_000


def listing(actor: Actor, store: Store) -> list[Gift]:
    """All gifts by SKU."""
    require(actor, store, "promotions.view", "gift_stock")
    return gift_stock.listing(store)


def save(actor: Actor, store: Store, gift: Gift) -> None:
    """Add a gift or change it; the free quantity becomes the one given. BadRequest for an empty SKU or a bad quantity."""
    require(actor, store, "promotions.edit", gift.sku)
    if not gift.sku.strip():
        raise BadRequest(N_("A gift needs a SKU."), N_("Type the code that is on its shelf."))
    if not 0 <= gift.free_qty <= MOST:
        raise BadRequest(N_("{qty} is no quantity for a gift."), N_("Give 0 or more."), qty=gift.free_qty)
    clean = Gift(gift.sku.strip(), gift.name.strip(), gift.barcode.strip(), gift.free_qty)
    with store.write() as cursor:
        before = gift_stock.save(cursor, clean)
        audit.record(cursor, actor, "gifts.save", clean.sku, before=before, after=clean.free_qty, barcode=clean.barcode)


def add(actor: Actor, store: Store, sku: str, qty: int) -> None:
    """Put more of a gift on the shelf, or take some off (negative); never below zero."""
    require(actor, store, "promotions.edit", sku)
    with store.write() as cursor:
        free = gift_stock.free(cursor, [sku])
        if sku not in free:
            raise BadRequest(N_("{sku} is not in the gift stock."), N_("Add it first."), sku=sku)
        if not 0 <= free[sku] + qty <= MOST:
            raise BadRequest(N_("Only {qty} are left."), N_("Take off fewer."), qty=free[sku])
        gift_stock.move(cursor, {sku: qty})
        audit.record(cursor, actor, "gifts.add", sku, qty=qty, after=free[sku] + qty)


def remove(actor: Actor, store: Store, sku: str) -> None:
    """Take a gift off the list. Orders that have it keep it."""
    require(actor, store, "promotions.edit", sku)
    with store.write() as cursor:
        gift_stock.remove(cursor, sku)
        audit.record(cursor, actor, "gifts.remove", sku)
