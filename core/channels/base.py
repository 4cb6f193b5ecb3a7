"""What a connector is. A connector is one file in `connectors/` with one class; the registry finds it by itself.

It knows the outside system and nothing of ours above this module. It hands over bodies exactly as the outside wrote
them; a mapping turns them into orders. Times are aware; what happens twice must do no harm.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from core import clock
from core.channels import signatures
from core.channels.http import Answer, Http, Request, Throttle
from core.errors import BadRequest, BadSetup
from core.i18n import N_, _

__all__ = [
    "Answer", "Authorised", "Check", "Company", "Connector", "Dispatch", "DispatchLine", "Http", "Page",
    "PushAnswer", "PushMessage", "Request", "Setting", "StockLevel", "Throttle", "TokenState", "Window", "Word",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a connector; the form on the Channels page is drawn from these."""

    name: str
    label: str
    kind: str = "text"  # text secret choice integer boolean url json
    required: bool = True
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    granted: bool = False  # brought by the authorisation in the browser: a shop may be saved without it


@dataclass(frozen=True, slots=True)
class Window:
    """A span of change, both ends aware: `since` inclusive, `until` as the platform takes it."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("a window has aware ends")

    def split(self, longest: timedelta) -> Iterator["Window"]:
        """The window in pieces no longer than the platform allows, oldest first; an empty window gives none."""
        since = self.since
        while since < self.until:
            until = min(since + longest, self.until)
            yield Window(since, until)
            since = until

    def in_seconds(self) -> "Window":
        """The least window of whole seconds around this one. Platforms count in seconds: pieces with a fraction at their
        ends would have to be widened, be longer than allowed, and be asked for twice."""
        until = self.until.replace(microsecond=0)
        return Window(self.since.replace(microsecond=0), until if until == self.until else until + timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Page:
    """Bodies as the outside gave them: one JSON text an order (refund, stock level, outbound record)."""

    bodies: tuple[str, ...]
    entity: str = "orders"  # orders refunds stock outbound


@dataclass(frozen=True, slots=True)
class TokenState:
    """How long the authorisation lives. `reauthorise_by` is the day a person must act, None when nobody needs to."""

    access_token: str = field(repr=False, default="")
    refresh_token: str = field(repr=False, default="")
    expires_at: datetime | None = None
    refreshable: bool = False
    reauthorise_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authorised:
    """What a code from the platform's authorisation page was exchanged for; `account` names who granted it, if told."""

    token: TokenState
    account: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of "test connection": `said` holds the other side's own words."""

    ok: bool
    said: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class DispatchLine:
    """A line (or a part of it) in a parcel, with the platform's own ids of the goods."""

    line_no: str
    qty: int
    sku: str = ""
    spu: str = ""
    platform_sku: str = ""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One parcel to confirm. `courier` is the platform's code of the company; no `lines` means the whole order."""

    platform_no: str
    courier: str
    tracking_no: str
    lines: tuple[DispatchLine, ...] = ()
    split: bool = False
    key: str = ""  # idempotency key, sent where the protocol carries one
    further: tuple[tuple[str, str], ...] = ()  # (courier, tracking_no) of the order's other parcels
    extra: bool = False  # not the first parcel of an order that the platform has shipped already


BY_LINES, TOGETHER, AFTERWARDS, ONLY_FIRST = "by_lines", "together", "afterwards", "only_first"
"""How a platform hears of an order in several parcels: each with its lines; all waybills in one call; the first with the
order and the others added to it; or of the first alone."""


@dataclass(frozen=True, slots=True)
class StockLevel:
    """A stock figure to put on a platform: `qty` pieces, absolute, or a difference when `relative`."""

    sku: str
    qty: int
    spu: str = ""  # the platform's id of the product
    platform_sku: str = ""  # the platform's id of the SKU
    relative: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """A courier company as the platform names it; `pattern` is its regular expression of waybill numbers, if given."""

    code: str
    name: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class PushMessage:
    """What one pushed message says changed: numbers to fetch again. `message_id` makes a repeated push harmless."""

    message_id: str
    topic: str
    entity: str
    external_nos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What the platform wants to hear once its push is stored."""

    body: str = '{"ok":true}'
    content_type: str = "application/json"


class Word:
    """A text that is translated when it is shown: for values in messages."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return _(self._text)

    __repr__ = __str__


class Connector(ABC):
    """One shop on one outside system. Subclasses declare the class attributes and write the abstract methods."""

    channel: ClassVar[str]
    title: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()
    entities: ClassVar[tuple[str, ...]] = ("orders", "refunds")
    max_window: ClassVar[timedelta] = timedelta(days=1)
    overlap: ClassVar[timedelta] = timedelta(minutes=3)  # how far a window reaches back before the last one's end
    settle: ClassVar[timedelta] = timedelta(0)  # younger changes than this may still be missing in the list
    history: ClassVar[timedelta] = timedelta(days=90)
    mappings: ClassVar[dict[str, str]] = {}
    calls_per_second: ClassVar[float] = 10.0
    windows_at_once: ClassVar[int] = 1  # more only where `pull` may run in several threads at once
    grants_codes: ClassVar[bool] = False  # whether a person authorises it on a page of the platform's
    stock_ids: ClassVar[tuple[str, ...]] = ()  # ids (spu, platform_sku) without which it takes no stock figure
    several_parcels: ClassVar[str] = ONLY_FIRST
    couriers: ClassVar[dict[str, str]] = {}  # our courier code (SF, ZTO, ...) -> the platform's

    def __init__(
        self,
        shop: str,
        values: Mapping[str, str],
        http: Http,
        *,
        keep_token: Callable[[TokenState], None] | None = None,
        authorising: bool = False,
    ) -> None:
        """`values` are the settings with opened secrets; `keep_token` stores a token renewed on the way.

        `authorising`: it is only to get its tokens, which may still be missing. Raises BadSetup naming the first
        required setting that is empty.
        """
        self.shop = shop
        self.http = http
        self._keep_token = keep_token
        self._values = {s.name: str(values.get(s.name) or s.default) for s in self.settings}
        for setting in self.settings:
            if self._values[setting.name] or not setting.required:
                continue
            if not (setting.granted and self.grants_codes):
                raise BadSetup(
                    N_("The shop {shop} has no {setting}."),
                    N_("Fill it in on the Channels page."),
                    shop=shop,
                    setting=setting.name,
                )
            if not authorising:
                raise BadSetup(
                    N_("The shop {shop} is not authorised yet."),
                    N_("Press “Authorise” on the Channels page."),
                    shop=shop,
                    setting=setting.name,
                )
        http.hide(self._values[s.name] for s in self.settings if s.kind == "secret")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.channel}/{self.shop}>"

    @property
    def word(self) -> Word:
        """The connector's title, for messages."""
        return Word(self.title)

    def value(self, name: str) -> str:
        """A setting's value, or its default."""
        return self._values.get(name, "")

    @abstractmethod
    def test(self) -> Check:
        """Make the cheapest true call; never raises for a refusal: the platform's words are in the Check."""

    @abstractmethod
    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        """Everything that changed in the window, paged as the platform wants it; ends by itself; may repeat a body."""

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        """The present state of the orders (refunds) with these numbers; what no longer exists is left out."""
        raise BadRequest(
            N_("{channel} cannot be asked for single orders."),
            channel=self.word,
            entity=entity,
            asked=len(external_nos),
        )

    def token_state(self) -> TokenState:
        """The life of the authorisation as the settings know it; nothing to authorise by default."""
        return TokenState()

    def refresh(self) -> TokenState | None:
        """Renew the authorisation; None where the platform does not allow it."""
        return None

    def authorise_url(self, state: str, callback: str) -> str:
        """The page of the platform on which the seller agrees; it sends the browser back to `callback` with a code and
        `state` as it was. Some platforms know the callback from the app's own set-up."""
        raise BadRequest(
            N_("{channel} needs no authorisation in the browser."), channel=self.word, state=bool(state), to=callback
        )

    def exchange_code(self, code: str) -> Authorised:
        """Tokens for the code that came back. Raises with the platform's words when it refuses."""
        raise BadRequest(N_("{channel} needs no authorisation in the browser."), channel=self.word, code=bool(code))

    def confirm_dispatch(self, dispatch: Dispatch) -> None:
        """Tell the platform that a parcel left. Doing it twice does no harm."""
        raise BadRequest(
            N_("{channel} takes no dispatch confirmation."), channel=self.word, platform_no=dispatch.platform_no
        )

    def set_stock(self, levels: Sequence[StockLevel]) -> None:
        """Put stock figures on the platform."""
        raise BadRequest(N_("{channel} takes no stock figures."), channel=self.word, levels=len(levels))

    def read_stock(self, level: StockLevel) -> int | None:
        """The figure on sale just now of the SKU of `level`; None where the platform cannot be asked."""
        del level
        return None

    def companies(self) -> tuple[Company, ...]:
        """The courier companies the platform knows."""
        return ()

    def open_refunds(self, platform_nos: Sequence[str]) -> dict[str, str]:
        """The orders among these with a refund under way just now: number -> the platform's word for it."""
        raise BadRequest(N_("{channel} cannot be asked about refunds."), channel=self.word, asked=len(platform_nos))

    def verify_push(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str] | None = None) -> bool:
        """Whether the push really comes from the shop's platform. `query` are the parameters of the address.

        By default the product's own header: `x-danliu-sign` = hex HMAC-SHA256(app_secret, raw body), which lets a relay
        forward the messages of platforms that speak no HTTP push.
        """
        secret = self.value("app_secret")
        del query  # WeChat signs there; nobody else
        return bool(secret) and signatures.same(
            signatures.danliu_push(secret, body), header(headers, "x-danliu-sign").lower()
        )

    def read_push(self, body: bytes) -> list[PushMessage]:
        """The messages of a push; by default `{"entity": "orders", "external_nos": [...]}`.

        Raises BadRequest for a body that is no such message.
        """
        message = json_object(body)
        nos = message.get("external_nos")
        if not isinstance(nos, list) or message.get("entity", "orders") not in self.entities:
            raise BadRequest(N_("The pushed message names no orders."))
        said = str(message.get("message_id") or hashlib.sha256(body).hexdigest())
        entity = str(message.get("entity", "orders"))
        return [PushMessage(said, entity, entity, tuple(str(no) for no in nos))]

    def push_answer(self) -> PushAnswer:
        """What to answer once the push is stored."""
        return PushAnswer()

    def answer_check(self, query: Mapping[str, str]) -> PushAnswer | None:
        """The answer to a GET by which a platform checks the receiving address; None for a wrong or unknown check."""
        del query
        return None

    def _new_token(self, state: TokenState) -> TokenState:
        """Use a renewed token from now on, hide it in logs, and have it kept."""
        changed = {"access_token": state.access_token, "refresh_token": state.refresh_token}
        self._values.update({name: value for name, value in changed.items() if value})
        ends = {"expires_at": state.expires_at, "reauthorise_by": state.reauthorise_by}
        self._values.update({name: instant.isoformat() for name, instant in ends.items() if instant})
        self.http.hide(value for value in changed.values() if value)
        if self._keep_token:
            self._keep_token(state)
        return state

    def _instant(self, name: str) -> datetime | None:
        """A setting (ISO 8601) as an instant; None when empty or unreadable."""
        try:
            instant = datetime.fromisoformat(self.value(name))
        except ValueError:
            return None
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def body_text(value: Any) -> str:
    """A body as JSON text: keys in the platform's order, nothing escaped, no number changed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a pushed body. Raises BadRequest for anything else."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:  # the second: brackets nested by the thousand
        raise BadRequest(N_("The pushed message is not JSON.")) from error
    if not isinstance(message, dict):
        raise BadRequest(N_("The pushed message is not JSON."))
    return message


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever its letters' case; empty when absent."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def in_seconds(seconds: object) -> datetime | None:
    """The instant that many seconds from now; None for no number."""
    try:
        return clock.now() + timedelta(seconds=float(str(seconds)))
    except (ValueError, OverflowError):
        return None
