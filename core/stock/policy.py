"""The stock settings as one document (kind `stock`, name `stock`): every change a version, with defaults that sell safely."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.stock import allocation
from core.store import Store, documents

KIND = NAME = "stock"
BUFFERS = {"none": N_("None"), "fixed": N_("The same for all"), "formula": N_("By formula")}


@dataclass(frozen=True, slots=True)
class LiveSale:
    """A live sale: between the two instants the buffer counts `times` times."""

    begins: datetime
    ends: datetime
    times: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """Pieces that a platform's campaign holds: they are not offered anywhere else."""

    channel: str
    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """How much is offered where, and how often. Minutes, pieces, fen; shares in percent."""

    pushing: bool = False
    interval_minutes: int = 5
    buffer: str = "none"
    buffer_pieces: int = 1
    over_fen: int = 3000
    under_fen: int = 600
    least: int = 0
    most: int = 50
    delay_minutes: float = 2.0
    by_hand: Mapping[str, int] = field(default_factory=dict)
    mode: str = allocation.SHARED
    shares: Mapping[str, int] = field(default_factory=dict)
    priority: str = ""
    threshold: int = 10
    unpaid: tuple[str, ...] = ()
    incremental: tuple[str, ...] = ()
    live: tuple[LiveSale, ...] = ()
    locks: tuple[Lock, ...] = ()
    version: int = 0

    def body(self) -> dict[str, Any]:
        """The document's body."""
        names = (
            "pushing", "interval_minutes", "buffer", "buffer_pieces", "over_fen", "under_fen", "least", "most",
            "delay_minutes", "mode", "priority", "threshold",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in names},
            "by_hand": dict(self.by_hand),
            "shares": dict(self.shares),
            "unpaid": list(self.unpaid),
            "incremental": list(self.incremental),
            "live": [
                {
                    "begins": sale.begins.isoformat(),
                    "ends": sale.ends.isoformat(),
                    "times": sale.times,
                    "name": sale.name,
                }
                for sale in self.live
            ],
            "locks": [{"channel": lock.channel, "sku": lock.sku, "qty": lock.qty} for lock in self.locks],
        }


def load(store: Store) -> StockPolicy:
    """The policy in force; the defaults (nothing is pushed) before anybody has published one."""
    document = documents.published(store, KIND, NAME)
    return parse(document.body, document.version) if document else StockPolicy()


def parse(body: Mapping[str, Any], version: int = 0) -> StockPolicy:
    """Read a body. Raises BadRequest naming what cannot be."""
    try:
        lists: dict[str, Any] = {
            "unpaid": tuple(str(name) for name in body.get("unpaid", ())),
            "incremental": tuple(str(name) for name in body.get("incremental", ())),
            "live": tuple(
                LiveSale(
                    datetime.fromisoformat(row["begins"]),
                    datetime.fromisoformat(row["ends"]),
                    float(row["times"]),
                    str(row.get("name", "")),
                )
                for row in body.get("live", ())
            ),
            "locks": tuple(Lock(str(r["channel"]), str(r["sku"]), int(r["qty"])) for r in body.get("locks", ())),
        }
        policy = StockPolicy(**{**body, **lists, "version": version})
        check(policy)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest(
            N_("The stock settings cannot be read: {cause}"), N_("Enter them by the form."), cause=str(error)
        ) from error
    return policy


def check(policy: StockPolicy) -> None:
    """Raises BadRequest for settings that contradict themselves."""
    shares = policy.shares.values()
    faults = (
        (not 1 <= policy.interval_minutes <= 1440, N_("A push every 1 to 1440 minutes.")),
        (policy.buffer not in BUFFERS, N_("There is no such buffer.")),
        (policy.mode not in allocation.MODES, N_("There is no such allocation.")),
        (min(policy.least, policy.buffer_pieces, policy.threshold) < 0, N_("Pieces are never below zero.")),
        (policy.most < policy.least, N_("The greatest buffer is below the least.")),
        (policy.over_fen < 0 or policy.under_fen < 0, N_("A cost is never below zero.")),
        (any(share < 0 for share in shares) or sum(shares) > 100, N_("The shares come to more than 100 %.")),
        (policy.mode != allocation.SHARED and not policy.priority, N_("Choose the channel that comes first.")),
        (any(qty < 0 for qty in policy.by_hand.values()), N_("Pieces are never below zero.")),
        (any(lock.qty < 0 for lock in policy.locks), N_("Pieces are never below zero.")),
        (
            any(sale.ends <= sale.begins or sale.times < 1 for sale in policy.live),
            N_("A live sale ends after it begins."),
        ),
    )
    for wrong, message in faults:
        if wrong:
            raise BadRequest(message, N_("Mend the form."))
