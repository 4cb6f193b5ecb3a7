"""What a station is. A station is one file in `core/flow/stations/` with one class; the registry finds it by itself.

It decides a batch of orders as a set, inside the runner's one transaction, with its events, decisions and outbox rows.
An order it neither moves nor names as resting is a defect that the contract tests catch.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from core.flow.setting import Setting
from core.i18n import N_
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store

GROUPS = {
    "start": N_("Start"),
    "check": N_("Check"),
    "decide": N_("Decide"),
    "stock": N_("Stock and routing"),
    "person": N_("People"),
    "work": N_("Warehouse and dispatch"),
    "tell": N_("Tell others"),
    "end": N_("Finish"),
}
Moves = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way out. `holds`: without an edge the order stays at the station until it is let go; `ends`: without an edge the
    order is through. An outcome that is neither needs an edge."""

    name: str
    label: str
    holds: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """Why an order stays where it is, and until when at the latest (None: until it changes or a person acts)."""

    reason: str
    until: datetime | None = None


@dataclass(slots=True)
class Context:
    """What a station works with. `cursor` is inside the transaction (None in `before`); `since` bounds the batch's
    arrival in the pool; `asked` is what `before` found."""

    store: Store
    vault: Vault
    app: Settings
    settings: Mapping[str, Any]
    flow: str
    version: int
    node: str
    now: datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    open_cursor: Cursor | None = None
    since: datetime | None = None
    asked: Mapping[int, Any] = field(default_factory=dict)
    entered: Mapping[int, datetime] = field(default_factory=dict)
    """When each order came to this node; what it waits for is counted from there."""
    rests: dict[int, Rest] = field(default_factory=dict)
    parcels: dict[int, list[str]] = field(default_factory=dict)
    """Filled by a station that splits: order -> the parcels it goes on as."""

    @property
    def cursor(self) -> Cursor:
        assert self.open_cursor is not None, "outside a transaction there is no cursor"
        return self.open_cursor

    @property
    def zone(self) -> str:
        """The business zone."""
        return self.app.zone

    def rest(self, keys: Iterable[int], reason: str, until: datetime | None = None) -> None:
        """Let the orders stay at this station."""
        for key in keys:
            self.rests[key] = Rest(reason, until)


class Station(ABC):
    """One kind of station. Subclasses declare the class attributes and write `decide`."""

    kind: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str] = ""
    group: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()
    outcomes: ClassVar[tuple[Outcome, ...]] = (Outcome("next", N_("Goes on")),)
    waits: ClassVar[bool] = False  # orders may rest here by design: a way back over such a station is allowed
    stops_held: ClassVar[bool] = False  # a held order does not come past: the runner lets it rest before
    asks: ClassVar[bool] = False  # has a `before`
    look_again: ClassVar[timedelta | None] = None  # how soon what an outcome holds here is decided anew unasked

    def outcomes_of(self, given: Mapping[str, Any]) -> tuple[Outcome, ...]:
        """The outcomes with these settings, as written in the document (not read)."""
        del given
        return self.outcomes

    def asks_with(self, store: Store, settings: Mapping[str, Any]) -> bool:
        """Whether `before` is needed with these settings."""
        del store, settings
        return self.asks

    def before(self, context: Context, keys: Sequence[int]) -> Mapping[int, Any]:
        """Ask the outside, without a transaction; what it returns is `context.asked` in `decide`."""
        del context, keys
        return {}

    @abstractmethod
    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        """Outcome -> orders. What is in no outcome has been named by `context.rest`. Doing it twice does no harm."""

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        """What `decide` would most likely say of orders as they come in, without writing anything (dry run)."""
        del context
        return {self.outcomes[0].name: list(keys)}

    def undo(self, context: Context, keys: Sequence[int]) -> None:
        """Give back what the station took for these orders; twice does no harm."""
        del context, keys
