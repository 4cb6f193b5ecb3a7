"""One polite way to the outside: throttled, retried, timed out, and silent about secrets.

A caller gives a function that builds the request (so that each attempt carries a fresh timestamp and signature) and one
that reads the answer and raises the platform's error in our words. TryAgain is retried here; everything else is not.
"""

import json
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

import requests
from requests.utils import get_environ_proxies

from core.errors import TryAgain
from core.i18n import N_

logger = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 4  # one call and at most three more
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 20.0
GROWTH = 4  # of our own pauses: a hiccup is over at once, a real trouble is not; what a platform wishes doubles
_MASK = "***"


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send. One of `form`, `body` or neither; texts are UTF-8. `repr` hides what may be secret."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    body: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def json(self) -> Any:
        """The JSON value. Raises TryAgain for a text that is none: gateways answer with HTML when they are ill."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise TryAgain(
                N_("The answer is not JSON (HTTP {status})."), N_("It is tried again by itself."), status=self.status
            ) from error

    def object(self) -> dict[str, Any]:
        """The JSON object; anything else counts as a broken answer."""
        value = self.json()
        if not isinstance(value, dict):
            raise TryAgain(N_("The answer is not JSON (HTTP {status})."), status=self.status)
        return value


class Throttle:
    """A token bucket: at most `per_second` calls in the long run, `burst` at once. Safe for threads."""

    def __init__(
        self,
        per_second: float,
        burst: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = per_second
        self._size = max(1.0, burst if burst is not None else per_second)
        self._tokens = self._size
        self._clock, self._sleep = clock, sleep
        self._seen = clock()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when a call may go out."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._size, self._tokens + (now - self._seen) * self._rate)
            self._seen = now
            self._tokens -= 1
            pause = -self._tokens / self._rate
        if pause > 0:
            self._sleep(pause)

    def rest(self, seconds: float) -> None:
        """The platform asked for a pause: no call for that long, for everybody who shares this bucket."""
        with self._lock:
            self._seen = self._clock()
            self._tokens = min(self._tokens, -seconds * self._rate + 1)


class Http:
    """A throttled session for one connector (one shop)."""

    def __init__(
        self,
        throttle: Throttle | None = None,
        *,
        attempts: int = ATTEMPTS,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._throttle = throttle or Throttle(10.0)
        self._attempts, self._timeout, self._sleep = attempts, timeout, sleep
        self._session = requests.Session()
        # What the environment says of proxies and certificates is looked up once a host: asked at every call, as the
        # session would, it takes longer than the rest of the call; and nobody's .netrc is to sign in to a platform.
        self._session.trust_env = False
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._ways: dict[str, dict[str, str]] = {}
        self._secrets: set[str] = set()

    def __repr__(self) -> str:
        return "<Http>"

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def hide(self, secrets: Iterable[str]) -> None:
        """Never show these texts (nor their URL-encoded forms) in a log line or an error."""
        for secret in secrets:
            if len(secret) >= 4:
                self._secrets |= {secret, quote(secret, safe=""), quote_plus(secret)}

    def masked(self, text: str) -> str:
        """The text with every known secret blotted out."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, _MASK)
        return text

    def exchange(self, build: Callable[[], Request], read: Callable[[Answer], T], *, repeatable: bool = True) -> T:
        """Send and read; TryAgain from either is tried up to three times more, after a growing pause.

        With `repeatable=False` a request that may have reached the other side (timeout, broken answer, 5xx) is not sent
        again: the caller must ask for the state first. A refused connection and a rate limit never reached it.
        """
        for attempt in range(1, self._attempts + 1):
            self._throttle.wait()
            request = build()
            try:
                return read(self._send(request))
            except TryAgain as error:
                reached = not isinstance(error, _Unreached) and error.after_seconds is None
                if attempt == self._attempts or (reached and not repeatable):
                    raise
                self._pause(attempt, error, request)
        raise AssertionError("unreachable")

    def _pause(self, attempt: int, error: TryAgain, request: Request) -> None:
        wished = error.after_seconds
        if wished is None:
            pause = FIRST_PAUSE_SECONDS * random.uniform(0.6, 1.4) * GROWTH ** (attempt - 1)
        else:
            pause = wished * 2 ** (attempt - 1)
        if pause > LONGEST_PAUSE_SECONDS:  # the scheduler can wait better than a thread
            raise error
        logger.info("%s: %s; again in %.1f s", self.masked(request.url), self.masked(error.message), pause)
        if wished is not None:
            self._throttle.rest(pause)
        else:
            self._sleep(pause)

    def _send(self, request: Request) -> Answer:
        try:
            reply = self._session.request(
                request.method,
                request.url,
                params=request.params or None,
                data=request.form if request.form is not None else (request.body or "").encode("utf-8") or None,
                headers=dict(request.headers),
                proxies=self._way(request.url),
                timeout=self._timeout,
                allow_redirects=False,
            )
            answer = Answer(reply.status_code, reply.content.decode("utf-8", "replace"), dict(reply.headers))
        except requests.exceptions.RequestException as error:
            raise self._fault(request, error) from None
        host = self._host(request)
        if answer.status == 429:
            wished = _seconds(answer.headers.get("Retry-After"))
            raise TryAgain(N_("{host} asks for fewer calls."), host=host, after_seconds=wished)
        if answer.status >= 500:
            again = N_("It is tried again by itself.")
            raise TryAgain(N_("{host} is ill (HTTP {status})."), again, host=host, status=answer.status)
        return answer

    def _way(self, url: str) -> dict[str, str]:
        """The proxies that the environment names for the url's host."""
        place = url.split("?", 1)[0]
        scheme, _colons, rest = place.partition("://")
        host = f"{scheme}://{rest.split('/', 1)[0]}"
        if host not in self._ways:
            self._ways[host] = {name: str(way) for name, way in get_environ_proxies(host).items()}
        return self._ways[host]

    def _fault(self, request: Request, error: requests.exceptions.RequestException) -> TryAgain:
        """What a broken exchange means for the caller."""
        host, again = self._host(request), N_("It is tried again by itself.")
        unreached = "NewConnectionError" in repr(error) or "NameResolution" in repr(error)
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return self._unreached(request, error)
        if isinstance(error, requests.exceptions.Timeout):
            return TryAgain(N_("{host} did not answer in time."), again, host=host, cause=type(error).__name__)
        if isinstance(error, requests.exceptions.ConnectionError):
            if unreached:
                return self._unreached(request, error)
            return TryAgain(N_("The connection to {host} broke."), again, host=host)
        return TryAgain(N_("{host} cannot be asked: {cause}"), host=host, cause=self.masked(type(error).__name__))

    def _unreached(self, request: Request, error: Exception) -> TryAgain:
        return _Unreached(
            N_("{host} cannot be reached."),
            N_("Look at the address and the network."),
            host=self._host(request),
            cause=type(error).__name__,
        )

    @staticmethod
    def _host(request: Request) -> str:
        return request.url.split("//", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]


class _Unreached(TryAgain):
    """The request never left: sending it again is safe whatever it says."""


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, float(text or ""))
    except ValueError:
        return 1.0
