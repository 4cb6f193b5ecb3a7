"""Reads windows of one shop and takes them in so that nothing is lost and nothing counts twice.

The law of the cursor: it is stored in the transaction of the batch it belongs to, and it never passes what the platform's
own clock is known to have reached. The network is never inside a transaction.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.channels import levels
from core.channels.ahead import read_ahead
from core.channels.base import Connector, Window
from core.channels.intake import Batch, take_in
from core.channels.shops import unknown
from core.errors import DanliuError
from core.people.vault import Vault
from core.store import Store, cursors, documents
from core.store.runs import Counts
from core.store.shops import Shop, find

BATCH = 1000  # bodies a transaction: planning costs 0.2 s whatever the number, and a dozen lists are read at once
PATIENCE_SECONDS = 5.0  # what has been read is taken in at least that often: people wait for it
# No platform accepts a call whose timestamp is more than 10 minutes off: its clock is never further from ours.
MOST_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Work:
    """What one run needs at every step."""

    store: Store
    vault: Vault
    shop: Shop
    connector: Connector
    origin: str
    zone: str


def take_windows(work: Work, entity: str, windows: Iterable[Window], *, moves_cursor: bool = False) -> Iterator[Counts]:
    """Read windows, oldest first, and take them in by batches, each with the cursor of the last window it completes.

    What had come before a fault is kept; the fault then goes on.
    """
    bodies: list[str] = []
    reached: datetime | None = None
    since = time.monotonic()
    try:
        for window, pages in read_ahead(work.connector, entity, windows):
            for page in pages:
                bodies.extend(page.bodies)
                if len(bodies) >= BATCH:
                    yield _take(work, entity, bodies, reached)
                    bodies, since = [], time.monotonic()
            reached = window.until if moves_cursor else None
            if work.store.closing.is_set():  # the process ends: what is read is kept, the rest comes next time
                break
            if bodies and time.monotonic() - since > PATIENCE_SECONDS:
                yield _take(work, entity, bodies, reached)
                bodies, since = [], time.monotonic()
    except DanliuError:
        yield _take(work, entity, bodies, reached)
        raise
    yield _take(work, entity, bodies, reached)


def _take(work: Work, entity: str, bodies: Sequence[str], until: datetime | None) -> Counts:
    """One transaction: the bodies, and with `until` the cursor as far as it may go."""
    shop = work.shop
    if not bodies and until is None:
        return Counts()
    with work.store.write() as cursor:
        if shop.demo and not shop.headless and find(work.store, shop.channel, shop.shop) is None:
            raise unknown(shop.shop)  # the demonstration ended meanwhile: nothing may come back of what it took away
        counts = take_bodies(work, entity, bodies)
        if until is not None:
            seen = cursors.newest_seen(cursor, shop.channel, shop.shop, entity)
            cursors.put(cursor, shop.channel, shop.shop, entity, safe_cursor(until, clock.now(), seen))
    return counts


def take_bodies(work: Work, entity: str, bodies: Sequence[str]) -> Counts:
    """Take bodies of any entity in by the shop's mapping: orders and refunds into the pool, the rest as levels."""
    if not bodies:
        return Counts()
    shop = work.shop
    mapping = mapping_of(work.store, shop, work.connector, entity)
    if entity in levels.ENTITIES:
        return levels.take_levels(work.store, shop, entity, bodies, mapping, work.zone)
    done = take_in(work.store, work.vault, Batch(shop.channel, shop.shop, entity, work.origin, bodies, mapping))
    return Counts(len(bodies), done.inserted, done.updated, done.unchanged, done.rejected)


def mapping_of(store: Store, shop: Shop, connector: Connector, entity: str) -> str | None:
    """The mapping document of the shop's entity: its own choice, else the channel's, else the connector's starter."""
    if chosen := shop.settings.get(f"mapping_{entity}"):
        return chosen
    own = f"{shop.channel}.{entity}"
    if shop.channel != connector.channel and documents.published(store, "mapping", own):
        return own
    return connector.mappings.get(entity)


def safe_cursor(until: datetime, now: datetime, seen: datetime | None) -> datetime:
    """How far the cursor may move after a window up to `until`.

    Old windows count whole. Near the present the platform's clock may be behind ours: only what it has written itself
    (`seen`) proves that it got there, else the longest possible difference is left to be read again.
    """
    proven = min(seen, now) if seen else until - MOST_SKEW
    return min(until, max(proven, now - MOST_SKEW))
