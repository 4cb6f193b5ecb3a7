"""What can go wrong on the way: seeded, and never so that a client that repeats and overlaps misses the truth."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, TypeVar

from core.channels.sandbox.orders import Order
from core.errors import BadRequest
from core.i18n import N_

T = TypeVar("T")
FAULTS = (
    "duplicates",
    "late_updates",
    "shuffled_pages",
    "rate_limit",
    "server_errors",
    "slow",
    "bad_json",
    "token_expiry",
    "timeout_after_success",
    "clock_skew",
)
CHANNEL_ORDER = ("taobao", "jd", "doudian", "pinduoduo", "wechat")
LATE_SECONDS = 45


class Faults:
    """The chosen faults with one stream of chance. `hang_seconds` is how long an answer that never comes is held."""

    def __init__(self, names: Iterable[str], seed: int, hang_seconds: float = 30.0) -> None:
        self.names = frozenset(names)
        if unknown := sorted(self.names - set(FAULTS)):
            raise BadRequest(
                N_("There is no fault {names}."),
                N_("Known faults: {known}."),
                names=", ".join(unknown),
                known=", ".join(FAULTS),
            )
        self.random = Random(f"{seed}:faults")
        self.hang_seconds = hang_seconds
        self._streak = 0
        self._shifts: dict[tuple[Any, ...], int] = {}

    def on(self, name: str) -> bool:
        return name in self.names

    def skews(self) -> dict[str, int]:
        """How far each platform's clock is off, in seconds: one to two minutes either way."""
        if not self.on("clock_skew"):
            return {}
        return {channel: self.random.choice((-1, 1)) * self.random.randint(60, 120) for channel in CHANNEL_ORDER}

    def before_call(self) -> str:
        """ "", or what happens instead of an answer: `rate_limit`, `server_errors`. Never thrice in a row."""
        chance = self.random.random()
        found = ""
        if self.on("rate_limit") and chance < 0.02:
            found = "rate_limit"
        elif self.on("server_errors") and 0.02 <= chance < 0.04:
            found = "server_errors"
        return self._unless_thrice(found)

    def after_call(self, wrote: bool) -> str:
        """ "", or what happens to the finished answer: `bad_json`, `timeout_after_success` (writes only)."""
        chance = self.random.random()
        if wrote:
            return "timeout_after_success" if self.on("timeout_after_success") and chance < 0.15 else ""
        return self._unless_thrice("bad_json" if self.on("bad_json") and chance < 0.02 else "")

    def _unless_thrice(self, found: str) -> str:
        self._streak = self._streak + 1 if found else 0
        if self._streak > 2:
            self._streak = 0
            return ""
        return found

    def delay(self) -> float:
        """Seconds to wait before answering."""
        slow = self.on("slow") and self.random.random() < 0.02
        return 0.2 + self.random.random() * 1.3 if slow else 0.0

    @property
    def most_shift(self) -> int:
        return 5 if self.on("shuffled_pages") else 0

    def shift(self, listing: tuple[Any, ...]) -> int:
        """How many rows have moved since the first call for this very list; it never shrinks."""
        if not self.on("shuffled_pages"):
            return 0
        if len(self._shifts) > 10_000:
            self._shifts.clear()
        before = self._shifts.get(listing)
        now = 0 if before is None else min(self.most_shift, before + self.random.randrange(3))
        self._shifts[listing] = now
        return now

    def muddle(self, rows: Sequence[T], everything: Sequence[T]) -> list[tuple[T, Any]]:
        """Rows with the version to show; repeats and older versions are added, nothing is taken away."""
        found: list[tuple[T, Any]] = [(row, row) for row in rows]
        if self.on("duplicates") and rows:
            for source in (rows, everything):
                if self.random.random() < 0.4:
                    row = source[self.random.randrange(len(source))]
                    found.insert(self.random.randrange(len(found) + 1), (row, row))
        if self.on("late_updates") and rows and self.random.random() < 0.5:
            for row in self.random.sample(list(rows), min(3, len(rows))):
                if isinstance(row, Order) and row.before and row.before.modified != row.modified:
                    found.append((row, row.before))
        return found

    def newest(self, now: int) -> int:
        """The latest modified time a list shows: with late updates, changes appear 45 s after their own time."""
        return now - LATE_SECONDS if self.on("late_updates") else now
