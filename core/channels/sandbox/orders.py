"""What the pretend shops hold: orders, lines, refunds. All instants are epoch seconds, all amounts fen."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.channels.sandbox.goods import Listing
from core.channels.sandbox.people import Buyer


class State(StrEnum):
    """Where an order stands, before a platform puts its own word to it."""

    UNPAID = "unpaid"
    HELD = "held"  # paid, the platform forbids shipping
    PAID = "paid"
    PART = "part"  # part of the lines shipped
    SHIPPED = "shipped"
    DONE = "done"
    CLOSED = "closed"  # never paid
    REFUNDED = "refunded"  # paid, then wholly refunded


class Stage(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    AWAIT_RETURN = "await_return"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SUCCESS = "success"


OPEN_STAGES = (Stage.ASKED, Stage.AWAIT_RETURN, Stage.RETURNED, Stage.REFUSED)
TO_SHIP = (State.HELD, State.PAID, State.PART)


@dataclass(slots=True)
class Line:
    """One row of an order. `discount_fen` is its part of the order's discount, to the fen."""

    number: int  # 1-based
    listing: Listing
    qty: int
    price_fen: int
    discount_fen: int = 0
    gift: bool = False
    shipped: bool = False
    refunded: bool = False

    @property
    def total_fen(self) -> int:
        return self.price_fen * self.qty

    @property
    def paid_fen(self) -> int:
        return self.total_fen - self.discount_fen


@dataclass(slots=True)
class Plan:
    """What will happen to the order if the seller does nothing. None: it never happens. Instants."""

    pay_at: int | None = None
    close_at: int | None = None
    held_until: int | None = None
    ship_at: int | None = None  # by hand, in the platform's own back office
    part_at: int | None = None
    refund_at: int | None = None
    refund_line: int = 0  # 0: the whole order
    refund_steps: tuple[tuple[int, Stage], ...] = ()
    note_at: int | None = None
    done_after: int = 0
    courier: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A parcel as the platform was told of it. `lines`: the numbers of its lines, none for one that only adds a waybill."""

    courier: int
    tracking_no: str
    lines: tuple[int, ...]


@dataclass(slots=True)
class Order:
    """One order of a shop. `version` rises and `modified` moves with each change."""

    shop: str
    no: str
    number: int
    buyer: Buyer
    lines: list[Line]
    created: int
    plan: Plan
    modified: int = 0
    version: int = 0
    state: State = State.UNPAID
    goods_fen: int = 0
    discount_fen: int = 0
    shipping_fen: int = 0
    paid_fen: int = 0
    platform_discount_fen: int = 0
    paid_at: int = 0
    shipped_at: int = 0
    finished_at: int = 0
    courier: int | None = None
    tracking_no: str = ""
    parcels: tuple["Sent", ...] = ()  # those that the product confirmed
    presale: bool = False
    cod: bool = False
    buyer_note: str = ""
    seller_note: str = ""
    flag: int = 0
    refunds: list["Refund"] = field(default_factory=list)
    before: "Before | None" = None
    told: bytes = b""  # the order's row of the truth, until something changes

    def settle(self) -> None:
        """Add up the money once the lines and their discounts stand; it never changes afterwards."""
        self.goods_fen = sum(line.total_fen for line in self.lines)
        self.discount_fen = sum(line.discount_fen for line in self.lines)
        self.paid_fen = self.goods_fen - self.discount_fen + self.shipping_fen

    @property
    def open_refund(self) -> "Refund | None":
        """The refund that waits for somebody, if any."""
        return next((refund for refund in self.refunds if refund.stage in OPEN_STAGES), None)


@dataclass(frozen=True, slots=True)
class Before:
    """The version before the present one: what a late answer of the platform would show."""

    modified: int
    state: State
    paid_at: int
    shipped_at: int
    finished_at: int
    courier: int | None
    tracking_no: str


@dataclass(slots=True)
class Refund:
    """One application. `line` 0 asks for the whole order."""

    no: str
    order: Order
    line: int
    fen: int
    created: int
    modified: int
    shipped: bool  # the goods had left when it was asked
    with_return: bool
    reason: str
    stage: Stage = Stage.ASKED
    answered_at: int = 0
