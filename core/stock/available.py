"""Available-to-sell (虚拟可用库存) of every SKU as a waterfall that adds up, and what each channel may show of it.

available = on hand - open paid orders - held orders - unpaid orders that lock - campaign locks - buffer. An order counts
exactly once: as demand until it has left, then in what is on hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.stock import allocation, buffer
from core.stock.policy import StockPolicy
from core.store import Cursor, Store, available


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One SKU in pieces; `available` may be below zero (more is promised than there is), what is shown never is."""

    sku: str
    on_hand: int
    paid: int
    held: int
    unpaid: int
    locked: int
    buffer: int
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def available(self) -> int:
        return self.on_hand - self.paid - self.held - self.unpaid - self.locked - self.buffer


@dataclass(frozen=True, slots=True)
class Availability:
    """All SKUs at one instant."""

    snapshot_at: datetime
    skus: Mapping[str, Waterfall]
    shown: Mapping[str, Mapping[str, int]]  # SKU -> channel -> pieces


def compute(store: Store, policy: StockPolicy, channels: tuple[str, ...], now: datetime) -> Availability:
    """Every SKU that lies somewhere, is asked for, or is a set of such."""
    with store.read() as cursor:
        found = waterfalls(cursor, policy, now)
    shown = {
        sku: allocation.allocate(
            row.available,
            channels,
            mode=policy.mode,
            shares=policy.shares,
            priority=policy.priority,
            threshold=policy.threshold,
        )
        for sku, row in found.items()
    }
    return Availability(now, found, shown)


def waterfalls(cursor: Cursor, policy: StockPolicy, now: datetime) -> dict[str, Waterfall]:
    """SKU -> its waterfall, sets included: a set can be sold as often as its scarcest part allows."""
    locked: dict[str, int] = {}
    for lock in policy.locks:
        locked[lock.sku] = locked.get(lock.sku, 0) + lock.qty
    kept = buffers(policy, available.peaks(cursor) if policy.buffer == "formula" else {}, now)
    found = {
        sku: Waterfall(sku, on_hand, paid, held, unpaid, locked.get(sku, 0), kept(sku))
        for sku, on_hand, paid, held, unpaid in available.pieces(cursor, policy.unpaid, now)
    }
    for bundle, parts in available.bundles(cursor).items():
        found[bundle] = _bundle(bundle, parts, found, locked.get(bundle, 0), policy.by_hand.get(bundle, 0))
    return found


def _bundle(
    bundle: str, parts: tuple[tuple[str, int], ...], found: Mapping[str, Waterfall], locked: int, kept: int
) -> Waterfall:
    whole = min((found[sku].available // qty if sku in found else 0 for sku, qty in parts), default=0)
    return Waterfall(bundle, max(0, whole), 0, 0, 0, locked, kept, parts)


class _Buffers:
    def __init__(self, policy: StockPolicy, peaks: Mapping[str, float], times: float) -> None:
        self._policy, self._peaks, self._times = policy, peaks, times
        self._q = min(buffer.critical_ratio(policy.over_fen, policy.under_fen), 0.999999)
        self._minutes = policy.interval_minutes + policy.delay_minutes

    def __call__(self, sku: str) -> int:
        policy = self._policy
        if sku in policy.by_hand:
            return round(policy.by_hand[sku] * self._times)
        if policy.buffer == "none":
            return 0
        if policy.buffer == "fixed":
            return round(policy.buffer_pieces * self._times)
        wished = buffer.pieces(self._peaks.get(sku, 0.0), self._minutes, self._q)
        return round(min(max(wished, policy.least), policy.most) * self._times)


def buffers(policy: StockPolicy, peaks: Mapping[str, float], now: datetime) -> _Buffers:
    """A function SKU -> pieces kept back. `peaks`: pieces a minute in the busiest hour; live sales multiply."""
    running = [sale.times for sale in policy.live if sale.begins <= now < sale.ends]
    return _Buffers(policy, peaks, max(running, default=1.0))
