"""What the five platforms share: one signed call, refusals by table, renewed tokens, numbered pages read safely.

No connector itself: the registry passes over it.
"""

import logging
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from core import clock
from core.channels.base import Answer, Check, Connector, Dispatch, Page, Request, Setting, TokenState, Window, body_text
from core.errors import BadRequest, BadSetup, DanliuError, NeedsPerson, TryAgain
from core.i18n import N_

logger = logging.getLogger(__name__)

CHINA = timezone(timedelta(hours=8))  # the platforms' own zone; China keeps no summer time
SECOND = timedelta(seconds=1)
RENEW_BEFORE = timedelta(minutes=30)
RATE_PAUSE_SECONDS = 0.5  # when a platform asks for fewer calls without saying for how long; it doubles
RENEWALS = 2  # while a call waits for its turn, others may have used up the token it was to be repeated with
SKEW_WORTH_MENDING = 30.0  # seconds between our clock and the gateway's


AUTHORISE = Setting(
    "authorise",
    N_("Address of the authorisation page"),
    "url",
    required=False,
    help=N_("Empty: the platform's own; beside another gateway the same page there."),
)


class Fault(StrEnum):
    """What a platform's refusal means for us."""

    RATE = "rate"  # too many calls: wait
    AGAIN = "again"  # its own passing trouble
    TOKEN = "token"  # the authorisation is dead: renew it or ask a person
    SETUP = "setup"  # key, signature, permission, address: wrong until changed
    CLOCK = "clock"  # our timestamp is off
    PERSON = "person"  # a matter of this order or product: a person must look


@dataclass(frozen=True, slots=True)
class Refusal:
    """A platform's no, in its own words. `wait` seconds, if it said so."""

    code: str
    said: str
    sub: str = ""
    wait: float | None = None


class Listing(NamedTuple):
    """One numbered page of a list: rows, and the total when the platform gave one."""

    rows: list[dict[str, Any]]
    total: int | None = None


class TokenDeadError(NeedsPerson):
    """The platform no longer takes the access token."""


class ClockOffError(TryAgain):
    """The platform refuses our timestamp; the clock has been put right by its answer."""


class Gateway(Connector):
    """A platform reached by one gateway address. Subclasses give the request, the reading of refusals, the lists."""

    faults: ClassVar[Mapping[str, Fault]] = {}
    """By sub code, else by code: what a refusal means. Anything else is a matter for a person."""
    rounds: ClassVar[int] = 3
    windows_at_once: ClassVar[int] = 4

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._skew = 0.0
        self._renewing = threading.Lock()
        self._gateway = self.value("gateway").rstrip("/")

    # -- one call ------------------------------------------------------------------------------------------------
    @abstractmethod
    def _request(self, method: str, params: Mapping[str, Any]) -> Request:
        """The signed request of a call, with a fresh timestamp."""

    @abstractmethod
    def _refusal(self, payload: Mapping[str, Any]) -> Refusal | None:
        """The refusal in an answer, or None when the platform agreed."""

    @abstractmethod
    def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What lies inside the envelope."""

    def call(self, method: str, params: Mapping[str, Any], *, repeatable: bool = True) -> dict[str, Any]:
        """Call the platform: signed, throttled, retried, the token renewed when it died.

        Raises TryAgain, NeedsPerson or BadSetup with the platform's own words.
        """
        self._renew_in_time()
        for _renewal in range(RENEWALS):
            token = self.value("access_token")
            try:
                return self._exchange(method, params, repeatable)
            except TokenDeadError:
                if not self._renewed_since(token):
                    raise
        return self._exchange(method, params, repeatable)

    def _exchange(self, method: str, params: Mapping[str, Any], repeatable: bool) -> dict[str, Any]:
        return self.http.exchange(lambda: self._request(method, params), self._read, repeatable=repeatable)

    def _read(self, answer: Answer) -> dict[str, Any]:
        if answer.status >= 400 and not answer.text.lstrip().startswith("{"):
            raise self._turned_away(answer)
        payload = answer.object()
        refusal = self._refusal(payload)
        if refusal:
            raise self._error(refusal, answer)
        return self._result(payload)

    def _turned_away(self, answer: Answer) -> DanliuError:
        hint = N_("Look at the gateway address.")
        if answer.status in (401, 403):
            hint = N_("Put this machine's public address on the platform's list of allowed addresses.")
        return BadSetup(
            N_("{platform} turns the shop {shop} away (HTTP {status})."),
            hint,
            platform=self.word,
            shop=self.shop,
            status=answer.status,
        )

    def _fault(self, refusal: Refusal) -> Fault:
        """What the refusal means, by the table; platforms with rules beside the table override it."""
        return self.faults.get(refusal.sub) or self.faults.get(refusal.code) or Fault.PERSON

    def _error(self, refusal: Refusal, answer: Answer) -> DanliuError:
        code = refusal.code if refusal.sub in ("", refusal.code) else f"{refusal.code} {refusal.sub}"
        words: dict[str, Any] = {
            "platform": self.word,
            "shop": self.shop,
            "said": self.http.masked(refusal.said),
            "code": code,
        }
        match self._fault(refusal):
            case Fault.RATE:
                wait = refusal.wait if refusal.wait is not None else RATE_PAUSE_SECONDS
                return TryAgain(N_("{platform} asks for fewer calls: {said} ({code})"), after_seconds=wait, **words)
            case Fault.AGAIN:
                return TryAgain(
                    N_("{platform} is in trouble: {said} ({code})"), N_("It is tried again by itself."), **words
                )
            case Fault.TOKEN:
                return TokenDeadError(
                    N_("{platform} no longer accepts the authorisation of {shop}: {said} ({code})"),
                    N_("Authorise the shop again on the Channels page."),
                    **words,
                )
            case Fault.CLOCK:
                return self._clock_error(answer, words)
            case Fault.SETUP:
                return BadSetup(
                    N_("{platform} refuses the set-up of {shop}: {said} ({code})"),
                    N_("Compare key, secret and permissions with the platform's console."),
                    **words,
                )
        return NeedsPerson(
            N_("{platform} refuses: {said} ({code})"), N_("Settle it on the platform, then try again."), **words
        )

    # -- time ----------------------------------------------------------------------------------------------------
    def _now(self) -> datetime:
        """The instant by the gateway's clock, as far as its answers have shown it."""
        return clock.now() + timedelta(seconds=self._skew)

    def _clock_error(self, answer: Answer, words: dict[str, Any]) -> DanliuError:
        """Take the time from the answer's Date header and try again; without one the machine's clock is to be set."""
        try:
            theirs = parsedate_to_datetime(
                next(value for name, value in answer.headers.items() if name.lower() == "date")
            )
        except (StopIteration, ValueError):
            theirs = None
        if theirs is not None:
            skew = (theirs.astimezone(UTC) - clock.now()).total_seconds()
            if abs(skew - self._skew) >= SKEW_WORTH_MENDING:
                self._skew = skew
                return ClockOffError(N_("{platform} has another time: {said} ({code})"), after_seconds=0.0, **words)
        return BadSetup(
            N_("{platform} has another time: {said} ({code})"), N_("Set this machine's clock (NTP)."), **words
        )

    # -- token ---------------------------------------------------------------------------------------------------
    def token_state(self) -> TokenState:
        """As the settings know it: with a refresh token it can be renewed, without one a person must authorise."""
        refresh = self.value("refresh_token")
        expires = self._instant("expires_at")
        return TokenState(
            access_token=self.value("access_token"),
            refresh_token=refresh,
            expires_at=expires,
            refreshable=bool(refresh),
            reauthorise_by=self._instant("reauthorise_by") or (None if refresh else expires),
        )

    def _consent_page(self, own: str, inner: str, query: Mapping[str, str]) -> str:
        """The address of the page where the seller agrees: as set, else the platform's `own`; at another gateway (whose
        address ends with `inner`) the page of the same path beside it."""
        ours = next(s.default for s in self.settings if s.name == "gateway").rstrip("/")
        beside = self._gateway.removesuffix(inner) + "/" + own.split("/", 3)[3]
        page = self.value("authorise") or (own if self._gateway == ours else beside)
        return f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"

    def _without_token(self) -> NeedsPerson:
        return NeedsPerson(N_("{channel} gave no new token."), channel=self.word)

    def _renew_in_time(self) -> None:
        state = self.token_state()
        if state.refreshable and state.expires_at and state.expires_at - self._now() < RENEW_BEFORE:
            try:
                self._renewed_since(state.access_token)
            except TryAgain as error:
                logger.info("%s: the token is renewed later: %s", self.shop, error.message)

    def _renewed_since(self, token: str) -> bool:
        """Renew the token unless another thread just did. False where it cannot be renewed."""
        with self._renewing:
            if self.value("access_token") != token:
                return True
            try:
                return self.refresh() is not None
            except (NeedsPerson, BadSetup) as error:
                logger.info("%s: the token cannot be renewed: %s", self.shop, error.message)
                return False

    # -- lists ---------------------------------------------------------------------------------------------------
    def _pieces(self, window: Window, longest: timedelta) -> Iterator[Window]:
        """The window in whole seconds (never smaller than asked), in pieces the platform allows, oldest first."""
        since, until = window.since.replace(microsecond=0), window.until
        if until.microsecond:
            until = until.replace(microsecond=0) + SECOND
        if settling := self._settling():
            until = min(until, max(since, self._now().replace(microsecond=0) - settling))
        yield from Window(since, until).split(longest)

    def _settling(self) -> timedelta:
        """How old a change must be before the platform's list is complete; zero: ask for what the caller wants."""
        return self.settle

    def _numbered(
        self,
        piece: Window,
        ask: Callable[[Window, int, bool], Listing],
        name: Callable[[dict[str, Any]], object],
        *,
        size: int,
        backward: bool,
        cap: int,
    ) -> Iterator[list[dict[str, Any]]]:
        """All rows of a list with numbered pages, though the list moves while it is read.

        `ask(window, place, count)` gives the page at a place (from 0); with `count` only the total matters. A list that
        is sorted newest first is read backward: a row that changes again leaves the window, and what stands behind it
        moves to a page still to be read. When fewer rows came than the platform counts, the list is read again.
        More rows than `cap` are read in two halves of the window.
        """
        first = ask(piece, 0, backward)
        total = first.total or len(first.rows)
        if total > cap and piece.until - piece.since >= 2 * SECOND:
            middle = piece.since + timedelta(seconds=(piece.until - piece.since) // (2 * SECOND))
            for half in (Window(piece.since, middle), Window(middle, piece.until)):
                yield from self._numbered(half, ask, name, size=size, backward=backward, cap=cap)
            return
        seen: set[object] = set()
        for attempt in range(self.rounds):
            before = len(seen)
            places, fullest = range(-(-min(total, cap) // size)), 0
            for place in reversed(places) if backward else places:
                page = first if place == 0 and attempt == 0 and not backward else ask(piece, place, False)
                fullest = max(fullest, len(page.rows))
                if page.rows:
                    seen.update(name(row) for row in page.rows)
                    yield page.rows
            if len(places) <= 1 and fullest < size:  # one page that was not full: nothing can have moved away
                return
            total = max(total, ask(piece, 0, True).total or 0)
            if len(seen) >= total or (attempt and len(seen) == before):
                return

    def page(self, entity: str, rows: Sequence[Mapping[str, Any]]) -> Page:
        """A page of bodies as the platform wrote them."""
        return Page(tuple(body_text(row) for row in rows), entity)

    # -- out -----------------------------------------------------------------------------------------------------
    def test(self) -> Check:
        try:
            said = self._hello()
        except DanliuError as error:
            return Check(False, self.http.masked(error.message), error.hint)
        return Check(True, said)

    @abstractmethod
    def _hello(self) -> str:
        """Make the cheapest call that proves key, secret and authorisation; what the platform said."""

    @abstractmethod
    def _ship(self, dispatch: Dispatch) -> None:
        """Send the confirmation once."""

    @abstractmethod
    def _waybills(self, platform_no: str) -> set[str]:
        """The waybill numbers the platform has for the order now."""

    def confirm_dispatch(self, dispatch: Dispatch) -> None:
        """Confirm the parcel. After a lost answer or a refusal the order's state is asked for first: a waybill the
        platform has already counts as done, so that a parcel is never confirmed twice."""
        try:
            self._ship(dispatch)
        except (TryAgain, NeedsPerson) as error:
            if isinstance(error, TokenDeadError) or dispatch.tracking_no not in self._waybills(dispatch.platform_no):
                raise

    def _unknown_entity(self, entity: str) -> BadRequest:
        return BadRequest(N_("{channel} has no {entity} to pull."), channel=self.word, entity=entity)


def china_text(instant: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss` in GMT+8."""
    return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def epoch(instant: datetime) -> int:
    """Unix seconds."""
    return int(instant.timestamp())


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list that may be absent: platforms drop empty ones."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def count_of(value: Any) -> int:
    """A total written as number or text; 0 for none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
