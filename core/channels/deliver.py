"""Delivers the outbox: every lane (kind, channel, shop) by itself, several at once, each message at least once.

A lane takes what is due share by share until nothing is left. A passing fault is tried again after a growing pause; several
in a row, or a platform that asks for fewer calls, let the lane rest. What a person must settle is refused with the other
side's own words and waits. One lane's trouble never holds up another's.
"""

import importlib
import logging
import pkgutil
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any, Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from core import clock
from core.channels import outgoing, shops
from core.channels.base import Connector
from core.errors import BadRequest, DanliuError, NeedsPerson, TryAgain
from core.i18n import N_
from core.mapping import said
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store, courier_codes, outbox, reissues
from core.store.outbox import DEAD, DONE, WAITING, Fate, Lane, Row

logger = logging.getLogger(__name__)

LANES, SHARE, BATCH = 32, 60, 300
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
ATTEMPTS = 8
_LONGEST_VALUE = 400  # signs of what the other side said that are kept
TROUBLES = 3  # passing faults in a row after which a lane rests: one broken message alone does not stop the others


@dataclass(slots=True)
class Sending:
    """What a kind of message may use to send. Connectors are kept for the length of a delivery."""

    store: Store
    vault: Vault
    settings: Settings
    _connectors: dict[tuple[str, str], Connector] = field(default_factory=dict)
    _codes: dict[tuple[str, str], str] | None = None
    _couriers: dict[str, str] | None = None
    _fed_by_files: set[tuple[str, str]] | None = None
    _lock: Any = field(default_factory=threading.Lock)

    def connector(self, channel: str, shop: str) -> Connector:
        """The shop's connector. Raises BadRequest for a shop that is gone."""
        with self._lock:
            found = self._connectors.get((channel, shop))
            if found is None:
                found = shops.connector_of(self.store, self.vault, shops.find(self.store, self.settings, channel, shop))
                self._connectors[channel, shop] = found
        return found

    def has_platform(self, channel: str, shop: str) -> bool:
        """Whether the shop stands on a platform that can be told anything; False for one that is fed by files."""
        with self._lock:
            if self._fed_by_files is None:
                known = shops.all_shops(self.store, self.settings)
                self._fed_by_files = {(each.channel, each.shop) for each in known if not each.connector}
        return (channel, shop) not in self._fed_by_files

    def is_ours(self, order_key: object) -> bool:
        """Whether the order is one that we made to send something again."""
        if order_key is None:
            return False
        with self.store.read() as cursor:
            return reissues.is_one(cursor, int(str(order_key)))

    def courier_code(self, courier: str, channel: str) -> str:
        """The code an operator has set for a courier on a channel; "" when none is."""
        with self._lock:
            if self._codes is None:
                with self.store.read() as cursor:
                    self._codes = courier_codes.codes(cursor)
        return self._codes.get((courier, channel), "")

    def courier_of(self, text: str) -> str:
        """Our code of a courier that somebody wrote by its name; the text itself when no courier is called so."""
        with self._lock:
            if self._couriers is None:
                with self.store.read() as cursor:
                    self._couriers = {each.title: each.courier for each in courier_codes.couriers(cursor)}
        return self._couriers.get(text, text)

    def close(self) -> None:
        """Give all connections back."""
        for connector in self._connectors.values():
            connector.http.close()
        self._connectors.clear()


@runtime_checkable
class Kind(Protocol):
    """A kind of message. `send` returns the other side's answer in short or raises; `sent` writes what follows.

    It may also have `AT_ONCE` (calls side by side in one lane) and `refused(cursor, [(row, words, code)])`, which writes what
    follows from a refusal, in the transaction that marks it.
    """

    KIND: str

    def send(self, sending: Sending, row: Row) -> str:
        """Send the message; the same key twice does no harm."""
        ...

    def sent(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Messages of the kind have arrived: write what follows, in the transaction that marks them done."""
        ...


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of message by its name."""
    found: dict[str, Kind] = {}
    for entry in pkgutil.iter_modules(outgoing.__path__):
        module = importlib.import_module(f"{outgoing.__name__}.{entry.name}")
        if isinstance(module, Kind):
            found[module.KIND] = module
    return found


@dataclass(slots=True)
class _Crew:
    """The lanes of one store that are under way in this process."""

    busy: dict[Lane, Future[dict[str, int]]] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.Lock)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LANES, thread_name_prefix="deliver"))


_crews: WeakKeyDictionary[Store, _Crew] = WeakKeyDictionary()
_crews_lock = threading.Lock()


def deliver(
    store: Store, vault: Vault, settings: Settings, limit: int = BATCH, *, seconds: float | None = None
) -> dict[str, int]:
    """Send what is due, up to `limit` messages a lane; returns how many ended in which state.

    With `seconds` it waits no longer than that: lanes that take longer go on by themselves and are not begun twice.
    """
    crew = _crew(store)
    begun: list[Future[dict[str, int]]] = []
    with crew.lock:
        crew.busy = {lane: future for lane, future in crew.busy.items() if not future.done()}
        for lane in outbox.lanes(store):
            if lane not in crew.busy:
                crew.busy[lane] = crew.pool.submit(_lane, store, vault, settings, lane, limit)
                begun.append(crew.busy[lane])
    done, _still = wait(begun, seconds)
    return _added(future.result() for future in done)


def finish(seconds: float) -> None:
    """Let the lanes that are under way come to an end; the store's `closing` is set."""
    with _crews_lock:
        under_way = [future for crew in _crews.values() for future in crew.busy.values()]
    wait(under_way, seconds)


def is_idle(store: Store) -> bool:
    """Whether no lane of the store is under way."""
    crew = _crew(store)
    with crew.lock:
        return all(future.done() for future in crew.busy.values())


def _crew(store: Store) -> _Crew:
    """The store's lanes; at the first look what a process that died had claimed is due again at once."""
    with _crews_lock:
        known = _crews.get(store)
        if known is None:
            known = _crews[store] = _Crew()
            outbox.take_back(store)  # no other process has the store
        return known


def _lane(store: Store, vault: Vault, settings: Settings, lane: Lane, limit: int) -> dict[str, int]:
    """Send a lane's messages share by share until nothing is due, the limit is reached, or it has to rest."""
    sending, told, left = Sending(store, vault, settings), list[dict[str, int]](), limit
    try:
        while left > 0 and not store.closing.is_set():
            rows = outbox.claim(store, min(SHARE, left), lane)
            if not rows:
                break
            fates, rests = _Share(sending, rows).send()
            _write(store, rows, fates)
            told.append(_tally(fates))
            left -= len(rows)
            if rests:
                break
    finally:
        sending.close()
    return _added(told)


class _Share:
    """Some messages of one lane, sent in order, or several at once where kind and connector can."""

    def __init__(self, sending: Sending, rows: Sequence[Row]) -> None:
        self.sending, self.rows = sending, rows
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._rest: Fate | None = None

    def send(self) -> tuple[list[Fate], bool]:
        """The messages' fates, and whether the lane is to rest."""
        many = self._at_once()
        if many == 1:
            return [self._one(row) for row in self.rows], self._rest is not None
        with ThreadPoolExecutor(min(many, len(self.rows)), thread_name_prefix="send") as pool:
            return list(pool.map(self._one, self.rows)), self._rest is not None

    def _at_once(self) -> int:
        row = self.rows[0]
        wished = int(getattr(kinds().get(row.kind), "AT_ONCE", 1))
        if wished == 1 or len(self.rows) == 1:
            return 1
        try:
            return max(1, min(wished, 2 * self.sending.connector(row.channel, row.shop).windows_at_once))
        except DanliuError:
            return 1

    def _one(self, row: Row) -> Fate:
        if self.sending.store.closing.is_set():
            return Fate(row.outbox_id, WAITING, next_at=row.next_at, counts=False)
        if self._rest is not None:
            return _put_off(row, self._rest)
        fate, error = _send(self.sending, row)
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if fate.state == WAITING else 0
            asked = isinstance(error, TryAgain) and error.after_seconds is not None
            if fate.state == WAITING and (asked or self._in_a_row >= TROUBLES):
                self._rest = self._rest or fate
        return fate


def _send(sending: Sending, row: Row) -> tuple[Fate, DanliuError | None]:
    try:
        kind = kinds().get(row.kind)
        if kind is None:
            raise BadRequest(N_("Nobody sends messages of the kind {kind}."), kind=row.kind)
        return Fate(row.outbox_id, DONE, answer=kind.send(sending, row)[:500]), None
    except DanliuError as error:
        return _failed(row, error), error
    except Exception as error:  # one broken message must not stop the others, nor pass unseen
        logger.exception("message %s/%s to %s/%s failed", row.kind, row.key, row.channel, row.shop)
        cause = f"{type(error).__name__}: {error}"
        again = NeedsPerson(N_("It could not be sent: {cause}"), N_("Look at the log."), cause=cause)
        return _failed(row, again), again


def _failed(row: Row, error: DanliuError) -> Fate:
    again = isinstance(error, TryAgain) and row.attempts < ATTEMPTS
    wished = error.after_seconds if isinstance(error, TryAgain) else None
    message, hint = said.kept(error, most=_LONGEST_VALUE)
    return Fate(
        row.outbox_id,
        WAITING if again else DEAD,
        error_code=error.code,
        error=message,
        hint=hint,
        next_at=clock.now() + pause(row.attempts, wished) if again else None,
    )


def pause(attempts: int, wished_seconds: float | None = None) -> timedelta:
    """How long to wait after that many attempts; at least as long as the other side asked for."""
    grown = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
    return max(grown, timedelta(seconds=wished_seconds or 0))


def _put_off(row: Row, first: Fate) -> Fate:
    return Fate(
        row.outbox_id, WAITING, error_code=first.error_code, error=first.error, hint=first.hint,
        next_at=first.next_at, counts=False,
    )  # fmt: skip


def _write(store: Store, rows: Sequence[Row], fates: Sequence[Fate]) -> None:
    by_id = {fate.outbox_id: fate for fate in fates}
    arrived = [replace(row, answer=fate.answer) for row in rows if (fate := by_id[row.outbox_id]).state == DONE]
    refused = [
        (row, said.unpacked(fate.error), fate.error_code)
        for row in rows
        if (fate := by_id[row.outbox_id]).state == DEAD
    ]
    kind = kinds().get(rows[0].kind)
    with store.write() as cursor:
        outbox.settle(cursor, fates)
        if arrived and kind is not None:
            kind.sent(cursor, arrived)
        follow = getattr(kind, "refused", None)
        if refused and follow is not None:
            follow(cursor, refused)


def _tally(fates: Sequence[Fate]) -> dict[str, int]:
    return _added({fate.state: 1} for fate in fates)


def _added(told: Iterable[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in told:
        for state, many in each.items():
            found[state] = found.get(state, 0) + many
    return found
