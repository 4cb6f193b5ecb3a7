"""The stock push: every few minutes, the figures that changed, to every shop that takes them, through the outbox.

Overwrite trap: a figure reckoned at t and arriving later wipes what the platform sold meanwhile. Hence: orders are pulled
just before, only what changed is pushed, the buffer covers the rest, and where asked for a difference is sent instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.channels import listings, pull, shops
from core.channels.base import Connector
from core.channels.registry import connectors
from core.people.vault import Vault
from core.settings import Settings
from core.stock import available
from core.stock.available import Availability
from core.stock.policy import StockPolicy, load
from core.store import Store, outbox, stock_published
from core.store.outbox import Message
from core.store.shops import Shop
from core.store.stock_published import Listing, Published

KIND = "stock_push"
FRESH = timedelta(seconds=20)  # a pull that young is not repeated


@dataclass(frozen=True, slots=True)
class Planned:
    """One round: SKUs reckoned, figures put into the outbox, shops that were pulled, SKUs without a platform id."""

    skus: int
    figures: int
    shops: int
    unlisted: int


def is_due(store: Store, policy: StockPolicy) -> bool:
    """Whether the interval since the last round is over. Nothing is due while pushing is off."""
    if not policy.pushing:
        return False
    last = stock_published.last_push(store)
    return last is None or clock.now() - last >= timedelta(minutes=policy.interval_minutes)


def push(store: Store, vault: Vault, settings: Settings, *, pulling: bool = True) -> Planned:
    """Pull the shops, reckon what can be sold, and put every figure that changed into the outbox."""
    policy, targets = load(store), takers(shops.all_shops(store, settings))
    if pulling:
        pull.pull_many(store, vault, settings, [shop for shop in targets if not _is_fresh(store, shop)])
    listings.learn(store, vault)
    with store.write() as cursor:  # nothing changes between the figures and what is put into the outbox
        now = clock.now()
        found = available.compute(store, policy, tuple(sorted({shop.channel for shop in targets})), now)
        listed, known = stock_published.listings(cursor), stock_published.known(cursor)
        sold = stock_published.sold_since(cursor) if policy.incremental else {}
        wanted = {(shop.channel, shop.shop) for shop in targets}
        mine = [row for row in listed if (row.channel, row.shop) in wanted and row.sku in found.skus]
        ready = [row for row in mine if takes(row)]
        messages = changed(found, ready, known, sold, policy)
        figures = outbox.put(cursor, messages, supersede=True)
        stock_published.note_run(cursor, now, len(found.skus), figures, len(targets), len(mine) - len(ready))
    return Planned(len(found.skus), figures, len(targets), len(mine) - len(ready))


def takers(every: Sequence[Shop]) -> list[Shop]:
    """The shops whose connector takes stock figures."""
    return [
        shop
        for shop in pull.pullable(every)
        if (kind := connectors().get(shop.connector)) and kind.set_stock is not Connector.set_stock
    ]


def takes(listing: Listing) -> bool:
    """Whether the platform's ids that its interface asks for are known."""
    needs = connectors()[listing.channel].stock_ids if listing.channel in connectors() else ()
    return all(getattr(listing, name) for name in needs)


def changed(
    found: Availability,
    listed: Sequence[Listing],
    known: Mapping[tuple[str, str, str], Published],
    sold: Mapping[tuple[str, str, str], int],
    policy: StockPolicy,
) -> list[Message]:
    """A message for every listing whose figure is not the one it shows, or the one that is on its way.

    A figure that was refused is not sent again by itself as long as it stays the same: a person retries it.
    """
    messages = []
    for row in listed:
        place = (row.channel, row.shop, row.sku)
        shown, before = found.shown[row.sku].get(row.channel, 0), known.get(place, Published(None, None))
        last = before.coming if before.coming is not None else before.qty
        if shown in (last, before.refused):
            continue
        relative = row.channel in policy.incremental and before.qty is not None and before.coming is None
        qty = shown - max(0, (before.qty or 0) - sold.get(place, 0)) if relative else shown
        body = {
            "sku": row.sku, "qty": qty, "shown": shown, "relative": relative, "spu": row.spu,
            "platform_sku": row.platform_sku, "snapshot_at": found.snapshot_at.isoformat(),
        }  # fmt: skip
        messages.append(_message(row, body, found.snapshot_at))
    return messages


def _message(row: Listing, body: dict[str, object], at: datetime) -> Message:
    return Message(KIND, row.channel, row.shop, row.sku, outbox.key_of(KIND, row.channel, row.shop, row.sku, at), body)


def _is_fresh(store: Store, shop: Shop) -> bool:
    pulled = shops.kept.progress_of(store, shop.channel, shop.shop).pulled_at
    return pulled is not None and clock.now() - pulled < FRESH
