"""The stock settings by form: what a change does before it counts, publishing, history; and the oversell simulator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services.stock import channels
from core.settings import Settings
from core.stock import available, policy, simulate
from core.stock.policy import StockPolicy
from core.stock.simulate import Outcome, Sale
from core.store import Store, demand_history, documents
from core.store.documents import Document

MOST_SALES = 60_000
INTERVALS, BUFFERS = (1.0, 5.0, 15.0, 60.0), (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of the settings does now: figures that change, pieces shown in all before and after."""

    figures: int
    before: int
    after: int
    buffered: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """Outcomes by setting; `made_up` when the store holds too little demand of its own."""

    outcomes: tuple[Outcome, ...]
    sales: int
    skus: int
    made_up: bool


def present(actor: Actor, store: Store) -> StockPolicy:
    """The settings in force."""
    require(actor, store, "stock.view")
    return policy.load(store)


def history(actor: Actor, store: Store) -> list[Document]:
    """All versions, newest first."""
    require(actor, store, "stock.view")
    return documents.history(store, policy.KIND, policy.NAME)


def effect(actor: Actor, store: Store, settings: Settings, wanted: StockPolicy) -> Effect:
    """What the wanted settings would change at this moment. BadRequest for settings that cannot be."""
    require(actor, store, "stock.view")
    policy.check(wanted)
    names, now = channels(store, settings), clock.now()
    old = available.compute(store, policy.load(store), names, now)
    new = available.compute(store, wanted, names, now)
    changed = sum(old.shown[sku].get(name) != qty for sku, row in new.shown.items() for name, qty in row.items())
    before, after = (sum(sum(row.values()) for row in found.shown.values()) for found in (old, new))
    return Effect(changed, before, after, sum(row.buffer for row in new.skus.values()))


def publish(actor: Actor, store: Store, wanted: StockPolicy, note: str = "") -> int:
    """Let the settings count from now on; returns the version."""
    require(actor, store, "stock.edit")
    policy.check(wanted)
    with store.write() as cursor:
        draft = documents.save_draft(store, policy.KIND, policy.NAME, wanted.body(), author=actor.account, note=note)
        documents.publish(store, policy.KIND, policy.NAME, draft.version)
        audit.record(cursor, actor, "stock.settings", "", version=draft.version, pushing=wanted.pushing)
    return draft.version


def roll_back(actor: Actor, store: Store, version: int) -> int:
    """Publish an older version again, as a new one."""
    require(actor, store, "stock.edit")
    with store.write() as cursor:
        made = documents.roll_back(store, policy.KIND, policy.NAME, version, author=actor.account)
        audit.record(cursor, actor, "stock.settings", "", version=made.version, rolled_back_to=version)
    return made.version


def simulation(
    actor: Actor,
    store: Store,
    days: int,
    seed: int,
    *,
    intervals: Sequence[float] = INTERVALS,
    buffers: Sequence[int] = BUFFERS,
) -> Simulation:
    """Play the demand of the last days, as if stock were scarce, against every interval and buffer. Writes nothing."""
    require(actor, store, "stock.view")
    demand = _demand(store, days)
    made_up = sum(map(len, demand.values())) < 200
    if made_up:
        demand = simulate.made_up(seed)
    stock = simulate.bad_day(demand, seed)
    outcomes = tuple(
        simulate.play(demand, stock, setting, seed=seed) for setting in simulate.settings(demand, intervals, buffers)
    )
    return Simulation(outcomes, sum(map(len, demand.values())), len(demand), made_up)


def _demand(store: Store, days: int) -> dict[str, list[Sale]]:
    until = clock.now()
    found: dict[str, list[Sale]] = {}
    with store.read() as cursor:
        rows = demand_history.sales(cursor, until - timedelta(days=days), until, MOST_SALES)
    for sku, minute, channel, qty in rows:
        found.setdefault(sku, []).append(Sale(minute, channel, qty))
    return found
