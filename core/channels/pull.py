"""Pull: what changed at each shop since its cursor, up to now.

Windows overlap; the pool drops what it knows. One shop is never pulled twice at once, and no shop's fault stops another.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import clock
from core.channels import demo, shops
from core.channels.base import Connector, Window
from core.channels.reading import Work, take_windows
from core.errors import BadSetup, DanliuError, NeedsPerson, TryAgain
from core.i18n import N_
from core.mapping import said
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, cursors, runs
from core.store import shops as kept
from core.store.runs import Counts
from core.store.shops import Shop

logger = logging.getLogger(__name__)

THREADS = 6  # nearly all of a pull is waiting for answers
FIRST_DAYS, FIRST_DAYS_DEMO = 90, 7
# A first pull asks no more windows than that (a week where a window is 30 minutes); a back-fill brings what is older.
FIRST_WINDOWS = 350
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
PERSON_PAUSE = timedelta(minutes=15)  # a refusal for a person to settle may still pass by itself

_busy: set[tuple[int, str, str]] = set()
_free = threading.Condition()


@dataclass(frozen=True, slots=True)
class Pulled:
    """How the pull of one shop ended. `cursor` is that of its first entity; `error` is None when all went well."""

    shop: Shop
    counts: Counts
    cursor: datetime | None
    error: DanliuError | None = None


def pull_many(store: Store, vault: Vault, settings: Settings, wanted: Sequence[Shop]) -> list[Pulled]:
    """Pull these shops side by side; the answers in their order. Never raises for a shop's fault."""
    if not wanted:
        return []
    with ThreadPoolExecutor(min(THREADS, len(wanted)), thread_name_prefix="pull") as pool:
        return list(pool.map(lambda shop: pull_shop(store, vault, settings, shop), wanted))


def pull_shop(store: Store, vault: Vault, settings: Settings, shop: Shop) -> Pulled:
    """Pull everything of one shop from its cursors up to now; one row of pull_runs says how it went."""
    try:
        with claimed(store, shop):
            return _pull(store, vault, settings, shop)
    except DanliuError as error:  # being pulled just now
        return Pulled(shop, Counts(), _cursor(store, shop), error)


@contextmanager
def claimed(store: Store, shop: Shop, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Nobody else pulls the shop inside this block. TryAgain when somebody still does after the wait."""
    key = (id(store), shop.channel, shop.shop)
    with _free:
        if not _free.wait_for(lambda: key not in _busy, timeout=wait_seconds):
            raise TryAgain(N_("{shop} is being pulled just now."), N_("Wait until it is done."), shop=shop.shop)
        _busy.add(key)
    try:
        yield
    finally:
        with _free:
            _busy.discard(key)
            _free.notify_all()


def is_busy(store: Store, shop: Shop) -> bool:
    """Whether the shop is being pulled just now."""
    return (id(store), shop.channel, shop.shop) in _busy


def _pull(store: Store, vault: Vault, settings: Settings, shop: Shop) -> Pulled:
    now = clock.now()
    until = Window(now, now).in_seconds().until
    run_id = runs.start(store, shop.channel, shop.shop, "pull", until=until)
    taken: list[Counts] = []
    error = None
    try:
        connector = shops.connector_of(store, vault, shop)
        work = Work(store, vault, shop, connector, "pull", settings.zone)
        try:
            _entities(work, settings, until, taken)
        finally:
            connector.http.close()
        _note_token(store, connector, shop)
    except DanliuError as failed:
        error = failed
    except Exception as failed:  # a fault of a connector must not stop the other shops, nor pass unseen
        logger.exception("the pull of %s/%s failed", shop.channel, shop.shop)
        error = NeedsPerson(
            N_("The pull of {shop} failed: {cause}"),
            N_("Look at the log; the next pull goes on from the cursor."),
            shop=shop.shop,
            cause=f"{type(failed).__name__}: {failed}",
        )
    settle(store, settings, shop, error)
    counts = sum(taken, Counts())
    runs.finish(
        store,
        run_id,
        counts,
        _state(error),
        code=error.code if error else "",
        error=said.kept_whole(error) if error else "",
    )
    return Pulled(shop, counts, _cursor(store, shop), error)


def _entities(work: Work, settings: Settings, until: datetime, taken: list[Counts]) -> None:
    """Pull all of the shop's entities, side by side where the connector allows it; notes in `taken` what came in."""

    def whole(entity: str) -> None:
        for more in _entity(work, entity, settings, until):
            taken.append(more)
            if work.store.closing.is_set():  # the cursor stands where the last window ended
                return

    entities = work.connector.entities
    if work.connector.windows_at_once <= 1:
        for entity in entities:
            whole(entity)
        return
    with ThreadPoolExecutor(len(entities), thread_name_prefix="entity") as pool:
        for each in [pool.submit(whole, entity) for entity in entities]:
            each.result()


def _entity(work: Work, entity: str, settings: Settings, until: datetime) -> Iterator[Counts]:
    """Pull one entity window by window, each stored with its cursor."""
    shop, connector = work.shop, work.connector
    reached = cursors.get(work.store, shop.channel, shop.shop, entity)
    overlap = max(connector.overlap, timedelta(seconds=settings.pull_overlap_seconds))
    since = reached - overlap if reached else _begin(work, entity, until)
    yield from take_windows(
        work, entity, Window(since, until).in_seconds().split(connector.max_window), moves_cursor=True
    )


def _begin(work: Work, entity: str, until: datetime) -> datetime:
    """Where the first pull of an entity starts. What it leaves out of the wished history is queued as a back-fill."""
    whole, first = reach(work.connector, work.shop)
    if first < whole and entity == work.connector.entities[0]:
        runs.start(
            work.store,
            work.shop.channel,
            work.shop.shop,
            "backfill",
            since=until - whole,
            until=until - first,
            state=runs.QUEUED,
        )
    return until - first


def reach(connector: Connector, shop: Shop) -> tuple[timedelta, timedelta]:
    """(the history wished for, what the first pull itself reads of it): the shop's setting `first_days`, else what the
    platform keeps, at most 90 days."""
    asked = shop.settings.get("first_days", "")
    usual = FIRST_DAYS_DEMO if shop.demo else FIRST_DAYS
    days = float(asked) if asked.replace(".", "", 1).isdigit() else usual
    whole = min(timedelta(days=days), connector.history)
    return whole, min(whole, connector.max_window * FIRST_WINDOWS)


def settle(store: Store, settings: Settings, shop: Shop, error: DanliuError | None) -> None:
    """Note how a run ended and when the next one is due."""
    now = clock.now()
    message, hint = said.kept(error) if error else ("", "")
    interval = timedelta(seconds=shop.interval_seconds or settings.pull_interval_seconds)
    with store.write() as cursor:
        before = kept.progress_of(store, shop.channel, shop.shop)
        failures = before.failures + 1 if error else 0
        kept.save_progress(
            cursor,
            replace(
                before,
                failures=failures,
                state=_state(error),
                error_code=error.code if error else "",
                error=message,
                hint=hint,
                pulled_at=before.pulled_at if error else now,
                next_at=now + (_pause(error, failures) if error else interval),
            ),
        )


def _pause(error: DanliuError, failures: int) -> timedelta:
    pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    if isinstance(error, NeedsPerson):
        return max(pause, PERSON_PAUSE)
    if isinstance(error, TryAgain) and error.after_seconds:
        return max(pause, timedelta(seconds=error.after_seconds))
    return pause


def _state(error: DanliuError | None) -> str:
    if error is None:
        return runs.OK
    return runs.BAD_SETUP if isinstance(error, BadSetup) else runs.RETRY


def _note_token(store: Store, connector: Connector, shop: Shop) -> None:
    """Keep what the page shows of the authorisation's life, when it changed."""
    state = connector.token_state()
    before = kept.progress_of(store, shop.channel, shop.shop)
    if (before.expires_at, before.reauthorise_by) != (state.expires_at, state.reauthorise_by):
        with store.write() as cursor:
            before = kept.progress_of(store, shop.channel, shop.shop)
            kept.save_progress(
                cursor, replace(before, expires_at=state.expires_at, reauthorise_by=state.reauthorise_by)
            )


def _cursor(store: Store, shop: Shop) -> datetime | None:
    """The least of the shop's cursors: up to there everything is in."""
    found = cursors.all_of(store).get((shop.channel, shop.shop), {})
    return min(found.values(), default=None)


def due(store: Store, settings: Settings) -> list[Shop]:
    """The shops whose next pull is due: connected, not paused, their set-up not known to be wrong, somebody there."""
    now, fares = clock.now(), kept.progress(store)
    answering = (s for s in pullable(shops.all_shops(store, settings)) if not (s.demo and demo.SILENT.is_set()))
    return [shop for shop in answering if _is_due(fares, shop, now)]


def pullable(every: Iterable[Shop]) -> list[Shop]:
    """Those that have a connector; the others are fed by files."""
    return [shop for shop in every if shop.connector and shop.state == kept.ACTIVE]


def _is_due(fares: dict[tuple[str, str], kept.Progress], shop: Shop, now: datetime) -> bool:
    fare = fares.get((shop.channel, shop.shop))
    if fare is None:
        return True
    return not fare.paused and fare.state != runs.BAD_SETUP and (fare.next_at is None or fare.next_at <= now)
