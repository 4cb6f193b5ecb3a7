"""The runner: lets every order of the flows walk as far as it can, batch by batch, and takes up where a kill left off.

A turn reacts to changed orders, lets due tokens walk on and newcomers in. Each walk is one transaction. A batch that fails
goes on carefully: a station at a time, in halves, until only the poisoned orders are left, which are parked and retried.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary

from core import clock
from core.errors import DanliuError
from core.flow import react
from core.flow.document import Book, Edition, book
from core.flow.station import Context
from core.flow.walk import StationFailed, Walk, Walked
from core.logs import masked
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, tokens
from core.store.tokens import PARKED, READY, Token

log = logging.getLogger(__name__)
BATCH = 10_000
SLACK = timedelta(minutes=5)  # clocks of writers may lag behind the order of their commits
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


@dataclass(slots=True)
class Turn:
    """What a turn (or a drain) did."""

    processed: set[int] = field(default_factory=set)
    by_station: dict[str, int] = field(default_factory=dict)
    parked: int = 0
    more: bool = False
    """Whether another turn would find work at once."""

    def add(self, walked: Walked) -> None:
        """Count a walk."""
        self.processed |= walked.moved
        for kind, orders in walked.by_station.items():
            self.by_station[kind] = self.by_station.get(kind, 0) + orders


class Runner:
    """The one runner of a store; turns never overlap."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._entered: dict[tuple[str, int], datetime] = {}  # edition -> until when newcomers have been looked for
        self._reacted: datetime | None = None
        self._idle: int | None = None  # the store's version at which nothing was left to do
        self._wake: datetime | None = None
        self._turned: datetime | None = None

    @property
    def has_work(self) -> bool:
        """Whether anything was written, or a clock ran out, since the last turn found nothing more."""
        return self._idle != self._store.version or (self._wake is not None and self._wake <= clock.now())

    def turn(self, vault: Vault, app: Settings, *, batch: int = BATCH) -> Turn:
        """One turn. Another one that is under way is waited for."""
        with self._lock:
            version = self._store.version
            self._look_back(clock.now())
            done = _Turn(self, vault, app, batch).run()
            if not done.more and self._store.version == version:
                self._idle = version
                with self._store.read() as cursor:
                    self._wake = tokens.next_wake(cursor)
            return done

    def _look_back(self, now: datetime) -> None:
        """A clock that went back writes instants before those looked at already: everything is looked at once more."""
        if self._turned is not None and now < self._turned - SLACK:
            log.warning("the clock went back by %s: all orders are looked through", self._turned - now)
            self._entered.clear()
            self._reacted = None
        self._turned = now

    def drain(self, vault: Vault, app: Settings, *, limit: int | None = None) -> dict[str, Any]:
        """Turns until nothing is left: {"processed", "by_station", "held", "waiting", "seconds"} (contracts §1)."""
        begun = perf_counter()
        total = Turn()
        while limit is None or len(total.processed) < limit:
            batch = BATCH if limit is None else min(BATCH, limit - len(total.processed))
            done = self.turn(vault, app, batch=batch)
            total.processed |= done.processed
            for kind, orders in done.by_station.items():
                total.by_station[kind] = total.by_station.get(kind, 0) + orders
            if not done.more:
                break
        held, waiting, parked = tokens.standing(self._store)
        return {
            "processed": len(total.processed), "by_station": total.by_station, "held": held, "waiting": waiting + parked,
            "seconds": round(perf_counter() - begun, 3),
        }  # fmt: skip


class _Turn:
    def __init__(self, runner: Runner, vault: Vault, app: Settings, batch: int) -> None:
        self.runner, self.store, self.vault, self.app, self.batch = runner, runner._store, vault, app, batch
        self.book: Book = book(self.store)
        self.done = Turn()

    def run(self) -> Turn:
        with self.store.read() as cursor:
            in_flight = bool(tokens.versions_in_use(cursor))
        if in_flight:
            self._react()
            self._due()
        for edition in self.book.live(self.store):
            self._newcomers(edition)
        return self.done

    def _react(self) -> None:
        """See to orders in flight that changed: refunds, cancellations, releases."""
        now, since = clock.now(), self.runner._reacted
        with self.store.read() as cursor:
            changed = bool(tokens.touched(cursor, since))
        if changed:
            with self.store.write() as cursor:
                react.react(self._context(now), cursor, tokens.touched(cursor, since), self.book)
        self.runner._reacted = now - SLACK

    def _due(self) -> None:
        now = clock.now()
        with self.store.read() as cursor:
            waiting = tokens.due(cursor, now, self.batch)
        if not waiting:
            return
        edition = self._edition(waiting[0])
        if edition is None:
            return
        asked = self._ask(edition, waiting, now)
        try:
            with self.store.write() as cursor:
                present = tokens.due(cursor, now, self.batch)
                present = [t for t in present if (t.flow, t.version) == (edition.name, edition.version)]
                walk = Walk(self.store, self.vault, self.app, edition, cursor, now, asked=asked)
                self.done.add(walk.run(present, known=True))
        except StationFailed as failed:
            log.warning("flow %s: station %s failed: %s", edition.name, failed.node, masked(str(failed.cause)))
            self._carefully(edition, waiting, asked)
        self.done.more = True

    def _newcomers(self, edition: Edition) -> None:
        key, now = (edition.name, edition.version), clock.now()
        since = self.runner._entered.get(key)
        fresh: list[Token] = []
        try:
            with self.store.read() as cursor:
                if not self._fresh(cursor, edition, since, now, 1):
                    self.runner._entered[key] = now - SLACK
                    return
            with self.store.write() as cursor:
                fresh = self._fresh(cursor, edition, since, now, self.batch)
                walk = Walk(self.store, self.vault, self.app, edition, cursor, now)
                self.done.add(walk.run(fresh, known=False))
        except StationFailed as failed:
            log.warning("flow %s: station %s failed: %s", edition.name, failed.node, masked(str(failed.cause)))
            with self.store.write() as cursor:
                tokens.place(cursor, fresh, known=False)
            self._carefully(edition, fresh, {})
        if len(fresh) < self.batch:
            self.runner._entered[key] = now - SLACK
        self.done.more = True

    def _fresh(self, cursor: Any, edition: Edition, since: datetime | None, now: datetime, limit: int) -> list[Token]:
        found: list[Token] = []
        for node in edition.graph.triggers:
            which, statuses = node.station.entry(node.settings, self.vault, self.app.zone, now)  # type: ignore[attr-defined]
            if not statuses or len(found) >= limit:
                continue
            taken = [token.order_key for token in found]
            keys, first = tokens.newcomers(cursor, edition.name, which, statuses, since, limit - len(found), taken)
            found += [_new(key, first or now, edition, node.id, now) for key in keys]
        return found

    def _edition(self, token: Token) -> Edition | None:
        """The edition of a token. One that can no longer be read parks its orders: they need a person."""
        try:
            edition = self.book.edition(self.store, token.flow, token.version)
        except (DanliuError, StopIteration) as error:
            self._park_all(token.flow, token.version, str(error))
            return None
        return edition

    def _park_all(self, flow: str, version: int, why: str) -> None:
        now = clock.now()
        with self.store.write() as cursor:
            batch = [t for t in tokens.due(cursor, now, self.batch) if (t.flow, t.version) == (flow, version)]
            self._park(cursor, batch, why, now)

    def _ask(self, edition: Edition, waiting: Sequence[Token], now: datetime) -> dict[tuple[str, int], Any]:
        """Ask the outside for the orders at stations that want it, outside every transaction."""
        found: dict[tuple[str, int], Any] = {}
        by_node: dict[str, list[int]] = {}
        for token in waiting:
            by_node.setdefault(token.node, []).append(token.order_key)
        for name, keys in by_node.items():
            node = edition.graph.nodes.get(name)
            if node is not None and node.station.asks_with(self.store, node.settings):
                context = Context(self.store, self.vault, self.app, node.settings, edition.name, edition.version, name, now, node.given)  # fmt: skip
                try:
                    answers = node.station.before(context, keys)
                except Exception as error:  # noqa: BLE001 - whatever the outside does: its orders are parked, the rest goes on
                    log.warning("flow %s: station %s could not ask: %s", edition.name, name, masked(str(error)))
                    with self.store.write() as cursor:
                        stuck = [t for t in tokens.of_orders(cursor, keys) if t.node == name]
                        self._park(cursor, stuck, masked(_said(error)), now, name)
                    continue
                found.update({(name, key): answers.get(key) for key in keys})
        return found

    def _carefully(self, edition: Edition, batch: Sequence[Token], asked: Mapping[tuple[str, int], Any]) -> None:
        """A station at a time, in halves where it fails, until the poisoned orders stand alone."""
        keys = sorted({token.order_key for token in batch})
        now = clock.now()
        try:
            with self.store.write() as cursor:
                present = tokens.of_orders(cursor, keys)
                walk = Walk(self.store, self.vault, self.app, edition, cursor, now, asked=asked, steps=1)
                self.done.add(walk.run(present, known=True))
        except StationFailed as failed:
            if len(keys) == 1:
                with self.store.write() as cursor:
                    self._park(cursor, tokens.of_orders(cursor, keys), masked(_said(failed.cause)), now, failed.node)
                self.done.parked += 1
                return
            middle = len(batch) // 2
            halves = batch[:middle], batch[middle:]
            if {t.order_key for t in halves[0]} & {
                t.order_key for t in halves[1]
            }:  # parcels of one order stay together
                half = set(keys[: len(keys) // 2])
                halves = [t for t in batch if t.order_key in half], [t for t in batch if t.order_key not in half]
            for part in halves:
                self._carefully(edition, part, asked)

    def _park(self, cursor: Any, batch: Sequence[Token], why: str, now: datetime, node: str = "") -> None:
        for token in batch:
            token.state, token.reason, token.error = PARKED, "failed", why[:500]
            token.wake_at = now + min(FIRST_PAUSE * 2 ** min(token.attempts, 10), LONGEST_PAUSE)
            token.attempts, token.changed_at = token.attempts + 1, now
        tokens.place(cursor, batch, known=True)
        if batch and node:
            tokens.note_failed(cursor, batch[0].flow, batch[0].version, node, len(batch), now)

    def _context(self, now: datetime) -> Context:
        return Context(self.store, self.vault, self.app, {}, "", 0, "", now)


def _new(key: int, pool_at: datetime, edition: Edition, node: str, now: datetime) -> Token:
    return Token(key, "", edition.name, edition.version, node, READY, "", None, now, now, None, 0, "", pool_at, now)


def _said(cause: Exception) -> str:
    return str(cause) if isinstance(cause, DanliuError) else f"{type(cause).__name__}: {cause}"


_runners: WeakKeyDictionary[Store, Runner] = WeakKeyDictionary()
_lock = threading.Lock()


def runner(store: Store) -> Runner:
    """The one runner of a store."""
    with _lock:
        return _runners.setdefault(store, Runner(store))
