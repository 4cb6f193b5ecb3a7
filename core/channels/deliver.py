"""Delivers the outbox: claims what is due and sends it, shop by shop side by side, each message at least once.

A passing fault is tried again after a growing pause; what a person must settle is refused with the other side's own words
and waits. One shop's trouble never holds up another's.
"""

import importlib
import logging
import pkgutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import Protocol, runtime_checkable

from core import clock
from core.channels import outgoing, shops
from core.channels.base import Connector
from core.errors import BadRequest, DanliuError, NeedsPerson, TryAgain
from core.i18n import N_
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store, outbox
from core.store.outbox import DEAD, DONE, WAITING, Fate, Row

logger = logging.getLogger(__name__)

THREADS, BATCH = 6, 300
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
ATTEMPTS = 8


@dataclass(slots=True)
class Sending:
    """What a kind of message may use to send. Connectors are kept for the length of a delivery."""

    store: Store
    vault: Vault
    settings: Settings
    _connectors: dict[tuple[str, str], Connector] = field(default_factory=dict)

    def connector(self, channel: str, shop: str) -> Connector:
        """The shop's connector. Raises BadRequest for a shop that is gone."""
        found = self._connectors.get((channel, shop))
        if found is None:
            found = shops.connector_of(self.store, self.vault, shops.find(self.store, self.settings, channel, shop))
            self._connectors[channel, shop] = found
        return found

    def close(self) -> None:
        """Give all connections back."""
        for connector in self._connectors.values():
            connector.http.close()
        self._connectors.clear()


@runtime_checkable
class Kind(Protocol):
    """A kind of message. `send` returns the other side's answer in short or raises; `sent` writes what follows."""

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


def deliver(store: Store, vault: Vault, settings: Settings, limit: int = BATCH) -> dict[str, int]:
    """Send up to `limit` due messages; returns how many ended in which state."""
    rows = outbox.claim(store, limit)
    if not rows:
        return {}
    ordered = sorted(rows, key=lambda row: (row.channel, row.shop))
    lanes = [list(lane) for _shop, lane in groupby(ordered, key=lambda row: (row.channel, row.shop))]
    with ThreadPoolExecutor(min(THREADS, len(lanes)), thread_name_prefix="deliver") as pool:
        fates = [fate for lane in pool.map(lambda lane: _lane(store, vault, settings, lane), lanes) for fate in lane]
    return _tally(fates)


def _lane(store: Store, vault: Vault, settings: Settings, rows: list[Row]) -> list[Fate]:
    """Send one shop's messages in order. A passing fault ends the lane: the rest waits with it and counts no attempt."""
    sending, fates = Sending(store, vault, settings), []
    try:
        for place, row in enumerate(rows):
            if store.closing.is_set():
                fates += [Fate(left.outbox_id, WAITING, next_at=left.next_at, counts=False) for left in rows[place:]]
                break
            fate = _send(sending, row)
            fates.append(fate)
            if fate.state == WAITING:
                fates += [_put_off(left, fate) for left in rows[place + 1 :]]
                break
    finally:
        sending.close()
        _write(store, rows, fates)
    return fates


def _send(sending: Sending, row: Row) -> Fate:
    try:
        kind = kinds().get(row.kind)
        if kind is None:
            raise BadRequest(N_("Nobody sends messages of the kind {kind}."), kind=row.kind)
        return Fate(row.outbox_id, DONE, answer=kind.send(sending, row)[:500])
    except DanliuError as error:
        return _failed(row, error)
    except Exception as error:  # one broken message must not stop the others, nor pass unseen
        logger.exception("message %s/%s to %s/%s failed", row.kind, row.key, row.channel, row.shop)
        cause = f"{type(error).__name__}: {error}"
        return _failed(row, NeedsPerson(N_("It could not be sent: {cause}"), N_("Look at the log."), cause=cause))


def _failed(row: Row, error: DanliuError) -> Fate:
    again = isinstance(error, TryAgain) and row.attempts < ATTEMPTS
    wished = error.after_seconds if isinstance(error, TryAgain) else None
    return Fate(
        row.outbox_id,
        WAITING if again else DEAD,
        error_code=error.code,
        error=error.message[:500],
        hint=error.hint[:500],
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
    done = {fate.outbox_id for fate in fates if fate.state == DONE}
    arrived = [row for row in rows if row.outbox_id in done]
    with store.write() as cursor:
        outbox.settle(cursor, fates)
        for name in sorted({row.kind for row in arrived}):
            kinds()[name].sent(cursor, [row for row in arrived if row.kind == name])


def _tally(fates: Sequence[Fate]) -> dict[str, int]:
    found: dict[str, int] = {}
    for fate in fates:
        found[fate.state] = found.get(fate.state, 0) + 1
    return found
