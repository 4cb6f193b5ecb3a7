"""Runs and back-fills, as a person sees and asks for them."""

from datetime import datetime, timedelta

from core import clock
from core.channels import backfill, shops
from core.channels.registry import connectors
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.settings import Settings
from core.store import Store, inbox, runs
from core.store.inbox import Push
from core.store.runs import Run


def listing(
    actor: Actor, store: Store, *, channel: str | None = None, shop: str | None = None, limit: int = 50
) -> list[Run]:
    """The newest runs, of one shop when given."""
    require(actor, store, "channels.view")
    return runs.listing(store, channel=channel, shop=shop, limit=limit)


def backfills(actor: Actor, store: Store, *, limit: int = 20) -> list[Run]:
    """The newest back-fills with their progress."""
    require(actor, store, "channels.view")
    return runs.listing(store, kind="backfill", limit=limit)


def start_backfill(
    actor: Actor, store: Store, settings: Settings, channel: str, shop: str, since: datetime, until: datetime
) -> str:
    """Queue a back-fill of a period (aware ends); returns its id. The job takes it up within seconds."""
    require(actor, store, "channels.run", shop)
    known = shops.find(store, settings, channel, shop)
    kind = connectors().get(known.connector)
    if kind is None:
        raise BadRequest(N_("The shop {shop} is fed by files only."), N_("Import a file instead."), shop=shop)
    until = min(until, clock.now())
    if since >= until:
        raise BadRequest(N_("The period is empty."), N_("Choose a beginning before its end."))
    if since < clock.now() - kind.history - timedelta(days=1):
        raise BadRequest(
            N_("{shop} can be asked for the last {days} days only."),
            N_("Choose a later beginning; import an export file for what is older."),
            shop=shop,
            days=kind.history.days,
        )
    with store.write() as cursor:
        run_id = backfill.wish(store, channel, shop, since, until)
        audit.record(cursor, actor, "pulls.backfill", f"{channel}/{shop}", since=since, until=until)
    return run_id


def stop_backfill(actor: Actor, store: Store, run_id: str) -> None:
    """End a back-fill after its present window; what came stays. NotFound when it has ended already."""
    require(actor, store, "channels.run", run_id)
    with store.write() as cursor:
        if not runs.stop(store, run_id):
            raise NotFound(N_("This back-fill has ended already."), N_("Look at its state."))
        audit.record(cursor, actor, "pulls.stop_backfill", run_id)


def resume_backfill(actor: Actor, store: Store, run_id: str) -> None:
    """Go on with a back-fill that was stopped or failed, from where it stood."""
    require(actor, store, "channels.run", run_id)
    with store.write() as cursor:
        if not runs.resume(store, run_id):
            raise NotFound(N_("This back-fill cannot be resumed."), N_("Look at its state."))
        audit.record(cursor, actor, "pulls.resume_backfill", run_id)


def pushes(actor: Actor, store: Store, *, state: str = inbox.DEAD) -> list[Push]:
    """The pushes of a state (their bodies stay sealed)."""
    require(actor, store, "channels.view")
    return inbox.listing(store, state)


def retry_pushes(actor: Actor, store: Store, inbox_ids: list[str]) -> int:
    """Put dead pushes back into the queue; returns how many there were."""
    return _settle_pushes(actor, store, inbox_ids, inbox.WAITING)


def set_pushes_aside(actor: Actor, store: Store, inbox_ids: list[str]) -> int:
    """Take pushes out of the queue; the next pull brings their orders anyway. Returns how many there were."""
    return _settle_pushes(actor, store, inbox_ids, inbox.SET_ASIDE)


def _settle_pushes(actor: Actor, store: Store, inbox_ids: list[str], state: str) -> int:
    require(actor, store, "rejects.settle")
    with store.write() as cursor:
        found = inbox.settle(cursor, inbox_ids, state)
        audit.record(cursor, actor, f"pushes.{state}", "", count=found)
    return found
