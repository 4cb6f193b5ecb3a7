"""Stock as people see and settle it: available-to-sell, pushes, doubted levels, drift, counts by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.channels import shops, stock_push
from core.errors import BadRequest
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.settings import Settings
from core.stock import available
from core.stock.available import Availability
from core.stock.policy import load
from core.store import Store, demand_history, level_quarantine, outbox, stock_levels, stock_published
from core.store.level_quarantine import Doubt
from core.store.outbox import Row

MOST_SKUS = 5_000
PUSH_STATES = (outbox.DEAD, outbox.WAITING, outbox.CLAIMED, outbox.DONE)


@dataclass(frozen=True, slots=True)
class StockView:
    """Everything that can be sold at one instant, with the names of the SKUs and what each shop shows."""

    found: Availability
    titles: dict[str, str]
    channels: tuple[str, ...]
    published: dict[str, list[dict[str, Any]]]  # SKU -> rows of shops: channel, shop, qty, pushed_at, refused, coming


@dataclass(frozen=True, slots=True)
class Drift:
    """Corrections of one warehouse. `share`: pieces corrected / pieces that moved or lie there."""

    warehouse: str
    corrected: int
    shipped: int
    on_hand: int

    @property
    def share(self) -> float:
        """Of what lies there and has left."""
        whole = self.on_hand + self.shipped
        return self.corrected / whole if whole else 0.0


def channels(store: Store, settings: Settings) -> tuple[str, ...]:
    """The channels whose shops take stock figures."""
    return tuple(sorted({shop.channel for shop in stock_push.takers(shops.all_shops(store, settings))}))


def view(actor: Actor, store: Store, settings: Settings) -> StockView:
    """What can be sold now, and what the shops show."""
    require(actor, store, "stock.view")
    names = channels(store, settings)
    found = available.compute(store, load(store), names, clock.now())
    with store.read() as cursor:
        titles = stock_published.titles(cursor)
        published: dict[str, list[dict[str, Any]]] = {}
        for (channel, shop, sku), row in sorted(stock_published.known(cursor).items()):
            told = {"channel": channel, "shop": shop, "qty": row.qty, "pushed_at": row.pushed_at}
            published.setdefault(sku, []).append({**told, "refused": row.refused, "coming": row.coming})
    return StockView(found, titles, names, published)


def ledger_of(actor: Actor, store: Store, sku: str) -> list[tuple[Any, ...]]:
    """The SKU's movements, newest first: (when, warehouse, kind, pieces, reason, source)."""
    require(actor, store, "stock.view", sku)
    with store.read() as cursor:
        return demand_history.movements(cursor, sku, 200)


def pushes(actor: Actor, store: Store, state: str = "") -> list[Row]:
    """Messages with figures, newest change first; of one state when given."""
    require(actor, store, "stock.view")
    return outbox.listing(store, stock_push.KIND, states=[state] if state else PUSH_STATES)


def push_counts(actor: Actor, store: Store) -> dict[tuple[str, str], dict[str, int]]:
    """(channel, shop) -> state -> messages."""
    require(actor, store, "stock.view")
    return outbox.counts(store, stock_push.KIND)


def last_round(actor: Actor, store: Store) -> dict[str, Any] | None:
    """The newest round of the push: planned_at, skus, figures, shops, unlisted; None before the first."""
    require(actor, store, "stock.view")
    return stock_published.last_run(store)


def retry(actor: Actor, store: Store, ids: Sequence[str]) -> int:
    """Send refused figures again; returns how many."""
    require(actor, store, "stock.edit")
    with store.write() as cursor:
        many = outbox.retry(cursor, ids, actor.account)
        audit.record(cursor, actor, "stock.retry", "", messages=many)
    return many


def ignore(actor: Actor, store: Store, ids: Sequence[str]) -> int:
    """Let refused figures be; returns how many."""
    require(actor, store, "stock.edit")
    with store.write() as cursor:
        many = outbox.ignore(cursor, ids, actor.account)
        audit.record(cursor, actor, "stock.ignore", "", messages=many)
    return many


def push_now(actor: Actor, store: Store) -> None:
    """Let the next round begin at once. BadRequest while pushing is switched off."""
    require(actor, store, "stock.edit")
    if not load(store).pushing:
        raise BadRequest(N_("Pushing is switched off."), N_("Switch it on in the settings first."))
    with store.write() as cursor:
        stock_published.forget_run(cursor)
        audit.record(cursor, actor, "stock.push_now")


def doubts(actor: Actor, store: Store) -> list[Doubt]:
    """Levels that cannot be true and wait for a person."""
    require(actor, store, "stock.view")
    return level_quarantine.listing(store)


def accept(actor: Actor, store: Store, quarantine_id: str) -> None:
    """The level is true: take it over (one below zero as zero)."""
    require(actor, store, "stock.edit", quarantine_id)
    with store.write() as cursor:
        doubt = level_quarantine.settle(cursor, quarantine_id, level_quarantine.ACCEPTED, actor.account)
        stock_levels.take(cursor, [doubt.warehouse], [doubt.sku], [max(0, doubt.on_hand)], doubt.as_of, trusted=True)
        audit.record(cursor, actor, "stock.accept", doubt.sku, warehouse=doubt.warehouse, on_hand=doubt.on_hand)


def leave(actor: Actor, store: Store, quarantine_id: str) -> None:
    """The level is wrong: what was known before goes on counting."""
    require(actor, store, "stock.edit", quarantine_id)
    with store.write() as cursor:
        doubt = level_quarantine.settle(cursor, quarantine_id, level_quarantine.IGNORED, actor.account)
        audit.record(cursor, actor, "stock.leave", doubt.sku, warehouse=doubt.warehouse, on_hand=doubt.on_hand)


def count(actor: Actor, store: Store, warehouse: str, sku: str, on_hand: int) -> None:
    """Somebody has counted a shelf: its level is this from now on. BadRequest for an empty name or a bad number."""
    require(actor, store, "stock.edit", sku)
    if not warehouse.strip() or not sku.strip():
        raise BadRequest(N_("A count needs a warehouse and a SKU."), N_("Give both."))
    if not 0 <= on_hand <= level_quarantine.MOST_PIECES:
        raise BadRequest(N_("{qty} is no number of pieces."), N_("Give 0 or more."), qty=on_hand)
    with store.write() as cursor:
        stock_levels.take(cursor, [warehouse.strip()], [sku.strip()], [on_hand], clock.now(), trusted=True)
        audit.record(cursor, actor, "stock.count", sku.strip(), warehouse=warehouse.strip(), on_hand=on_hand)


def drift(actor: Actor, store: Store, days: int) -> list[Drift]:
    """Corrections by warehouse in the last days."""
    require(actor, store, "stock.view")
    with store.read() as cursor:
        rows = demand_history.drift(cursor, clock.now() - timedelta(days=days))
    return [Drift(warehouse, down - back, shipped, on_hand) for warehouse, down, back, shipped, on_hand in rows]


def victims(actor: Actor, store: Store) -> list[tuple[str, str, str, int, str, datetime]]:
    """Orders that lost their place on a shelf after a correction, newest first."""
    require(actor, store, "stock.view")
    with store.read() as cursor:
        return demand_history.victims(cursor, 200)
