"""What the five gateways share: a call and its answer, tokens, limits, pages."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from core.channels.sandbox import fate
from core.channels.sandbox.faults import Faults
from core.channels.sandbox.orders import Order, Sent
from core.channels.sandbox.people import token
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.truth import Diary
from core.channels.sandbox.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came. `now` is the platform's own clock (epoch seconds, perhaps wrong)."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: bytes
    now: int
    verb: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the document; `wrote` says that the call changed something and must not be thought repeatable."""

    body: Any
    status: int = 200
    wrote: bool = False
    xml_root: str | None = None


class Refusal(Exception):
    """The platform's documented error, as its whole body."""

    def __init__(self, body: Any, status: int = 200) -> None:
        super().__init__(str(body))
        self.body, self.status = body, status


_ENDLESS = 1 << 60


@dataclass(slots=True)
class Grant:
    """The tokens of one shop: the live access tokens with their end, all refresh tokens ever given."""

    shop: Shop
    access: dict[str, int]
    refresh: list[str]
    calls_left: int = _ENDLESS
    issued: int = 1
    dead: set[str] = field(default_factory=set)

    @property
    def newest(self) -> str:
        return list(self.access)[-1]


@dataclass(slots=True)
class Tokens:
    """Who may call. `life` is the seconds an access token lives, per channel (facts: token rows)."""

    seed: int
    faults: Faults
    grants: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # authorisation code -> shop name
    once: dict[str, int] = field(default_factory=dict)  # codes of the consent pages, which work once, -> their end
    CODE_LIVES: ClassVar[int] = 600
    LIFE: ClassVar[dict[str, int]] = {
        "taobao": 90 * 86400,
        "jd": 365 * 86400,
        "doudian": 7 * 86400,
        "pinduoduo": 86400,
        "wechat": 7200,
    }

    def open(self, shop: Shop, now: int) -> None:
        """The first tokens of a shop."""
        first, second = self._text(shop, 0), "" if shop.channel == "wechat" else f"r{self._text(shop, 1)}"
        self.grants[shop.name] = Grant(shop, {first: now + self.LIFE[shop.channel]}, [second])
        self.codes[f"CODE-{shop.name}"] = shop.name
        self._arm(self.grants[shop.name])

    def _text(self, shop: Shop, number: int) -> str:
        return token(self.seed, shop.name, "token", number, length=32)

    def _arm(self, grant: Grant) -> None:
        grant.calls_left = _ENDLESS  # a new token lives, also when its shop's faults were switched off meanwhile
        if self.faults.on("token_expiry") and grant.shop.channel != "taobao":
            grant.calls_left = self.faults.random.randrange(30, 80)

    def renew(self, grant: Grant, now: int, keep: int = 0) -> tuple[str, str]:
        """A new access and refresh token; the older access token dies, or lives `keep` seconds more."""
        access = self._text(grant.shop, grant.issued * 2)
        grant.issued += 1
        old = grant.newest
        left = {old: min(grant.access[old], now + keep)} if keep and grant.calls_left > 0 else {}
        grant.dead |= grant.access.keys() - left.keys()
        grant.access = {**left, access: now + self.LIFE[grant.shop.channel]}
        if grant.refresh[-1]:
            grant.refresh.append(f"r{self._text(grant.shop, grant.issued * 2 + 1)}")
        self._arm(grant)
        return access, grant.refresh[-1]

    def by_refresh(self, text: str, app_key: str) -> Grant | None:
        """The grant of a refresh token; every one ever given counts, so that a crash between calls loses nothing."""
        return next((g for g in self.grants.values() if text and text in g.refresh and g.shop.app_key == app_key), None)

    def new_code(self, shop: Shop, now: int) -> str:
        """A code as the consent page gives it: for one exchange within ten minutes."""
        code = token(self.seed, shop.name, "code", len(self.codes), now, length=24)
        self.codes[code], self.once[code] = shop.name, now + self.CODE_LIVES
        return code

    def by_code(self, code: str, app_key: str, now: int) -> Grant | None:
        """The grant of a code of that app; a code of a consent page is used up by asking."""
        if code in self.once and self.once[code] <= now:
            return None
        grant = self.grants.get(self.codes.get(code, ""))
        if code in self.once:
            self.once[code] = 0
        return grant if grant and grant.shop.app_key == app_key else None

    def check(self, text: str, app_key: str, now: int) -> tuple[Shop | None, str]:
        """(shop, "") for a live token of that app, else (None, "missing" | "unknown" | "expired")."""
        if not text:
            return None, "missing"
        for grant in self.grants.values():
            if text in grant.access and grant.shop.app_key == app_key:
                grant.calls_left -= 1
                if grant.access[text] <= now or grant.calls_left < 0:
                    return None, "expired"
                return grant.shop, ""
            if grant.shop.app_key == app_key and text in grant.dead:
                return None, "expired"
        return None, "unknown"


class Limits:
    """Calls counted in sliding windows, per app and method."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], deque[int]] = {}

    def over(self, app: str, method: str, most: int, seconds: int, now: int) -> bool:
        """Count a call; whether there were more than `most` within the last `seconds`."""
        calls = self._calls.setdefault((app, method), deque())
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            return True
        calls.append(now)
        return False


@dataclass(slots=True)
class Desk:
    """What every gateway works with."""

    world: World
    tokens: Tokens
    limits: Limits
    faults: Faults
    diary: Diary
    clock: Callable[[], int]

    def shops(self, channel: str) -> list[Shop]:
        return [shop for shop in self.world.shops.values() if shop.channel == channel]

    def app(self, channel: str, app_key: str) -> Shop | None:
        """The shop whose app has that key."""
        return next((shop for shop in self.shops(channel) if shop.app_key == app_key), None)

    def ship(self, shop: Shop, order: Order, courier: int | None, tracking_no: str, lines: list[int], key: str | None):
        """Carry out a dispatch the platform has accepted; `lines` are line numbers, none means all that is left."""
        rest = fate.unsent(order)
        chosen = [line for line in rest if not lines or line.number in lines]
        fate.send(self.world, self.world.now, order, courier if courier is not None else 7, tracking_no, chosen)
        self._note(
            shop, order, Sent(courier if courier is not None else 7, tracking_no, tuple(x.number for x in chosen)), key
        )

    def add_waybill(self, shop: Shop, order: Order, courier: int, tracking_no: str) -> None:
        """A further waybill of an order that has left; the same one again changes nothing."""
        if all(parcel.tracking_no != tracking_no for parcel in order.parcels):
            self._note(shop, order, Sent(courier, tracking_no, ()), None)

    def _note(self, shop: Shop, order: Order, sent: Sent, key: str | None) -> None:
        order.parcels = (*order.parcels, sent)
        self.diary.dispatch(shop, order, sent.courier, sent.tracking_no, key, self.clock())

    def set_stock(self, shop: Shop, code: str, qty: int, key: str | None) -> None:
        """Put a quantity on sale, and remember that the product does so now."""
        shop.listed[code] = qty
        shop.pushed.add(code)
        self.diary.stock_push(shop, code, qty, key, self.clock())


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page: (thing, the version of it to show), the total to tell, whether more follows."""

    rows: list[tuple[T, Any]]
    total: int
    more: bool


def page(
    faults: Faults, rows: Sequence[T], index: int, size: int, *, descending: bool, listing: tuple[Any, ...]
) -> Paged[T]:
    """Page `index` (from 0) of rows that stand oldest first, with whatever the faults do to it."""
    shift, many = faults.shift(listing), len(rows)
    if descending:
        low, high = (index * size + shift if index else 0), (index + 1) * size + shift
        part, total = rows[max(0, many - high) : max(0, many - low)][::-1], many
    else:
        low, high = max(0, index * size - (shift if index else 0)), (index + 1) * size - (shift if index else 0)
        part, total = rows[low:high], many + (faults.most_shift if many else 0)
    return Paged(faults.muddle(part, rows), total, high < many)
