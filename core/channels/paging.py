"""How a list of unknown length is read to its end: one small class a way. None of them can go on for ever.

A pager gives the request's extra parameters for the first page, then, from an answer, those of the next one or None.
Its maker refuses settings under which the end could never be seen; a page that repeats the last one stops the reading.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from core.errors import BadSetup
from core.i18n import N_

MOST_PAGES = 10_000
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def at(value: Any, path: str) -> Any:
    """The value at a dotted path (`data.list`, `rows[0].id`); the value itself for "", None where it is absent."""
    for name, index in _STEP.findall(path):
        if name and isinstance(value, Mapping):
            value = value.get(name)
        elif index and isinstance(value, Sequence) and not isinstance(value, str) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value


@dataclass(frozen=True, slots=True)
class Step:
    """Where the next page is: parameters to add, or another address."""

    params: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came for a page: the JSON answer, its headers, the address asked, and how many rows it held."""

    answer: Any
    headers: Mapping[str, str]
    url: str
    rows: int


class Pager(ABC):
    """One way of paging, for one reading."""

    @abstractmethod
    def first(self) -> Step:
        """The first page."""

    @abstractmethod
    def after(self, reply: Reply) -> Step | None:
        """The page after this one; None at the end."""


class OnePage(Pager):
    """Everything comes in one answer."""

    def first(self) -> Step:
        return Step()

    def after(self, reply: Reply) -> Step | None:  # noqa: ARG002 - there is none, whatever came
        return None


class Counted(Pager):
    """Page numbers, or offsets when `by_rows`. The end is a page with fewer rows than asked for."""

    def __init__(self, name: str, size_name: str, size: int, start: int, *, by_rows: bool) -> None:
        if not name or size < 1:
            raise _endless()
        self._name, self._size_name, self._size, self._by_rows = name, size_name, size, by_rows
        self._next = start

    def first(self) -> Step:
        return self._step()

    def after(self, reply: Reply) -> Step | None:
        # A server may cut the size to its own limit: without a size of ours on the wire only an empty page is the end.
        if reply.rows == 0 or (self._size_name and reply.rows < self._size):
            return None
        self._next += reply.rows if self._by_rows else 1
        return self._step()

    def _step(self) -> Step:
        size = {self._size_name: str(self._size)} if self._size_name else {}
        return Step({self._name: str(self._next), **size})


class Token(Pager):
    """The answer holds a token for the next page; no token, the end."""

    def __init__(self, name: str, path: str, size_name: str, size: int) -> None:
        if not name or not path:
            raise _endless()
        self._name, self._path = name, path
        self._size = {size_name: str(size)} if size_name else {}
        self._seen: set[str] = set()

    def first(self) -> Step:
        return Step(self._size)

    def after(self, reply: Reply) -> Step | None:
        token = at(reply.answer, self._path)
        if token in (None, "", False, 0, "0"):
            return None
        if str(token) in self._seen:
            raise _repeats()
        self._seen.add(str(token))
        return Step({self._name: str(token), **self._size})


class NextAddress(Pager):
    """The answer, or its Link header (RFC 8288), holds the next page's address; it must lie on the same host."""

    def __init__(self, path: str, size_name: str, size: int, *, in_header: bool) -> None:
        if not path and not in_header:
            raise _endless()
        self._path, self._in_header = path, in_header
        self._size = {size_name: str(size)} if size_name else {}
        self._seen: set[str] = set()

    def first(self) -> Step:
        return Step(self._size)

    def after(self, reply: Reply) -> Step | None:
        found = _linked(reply.headers) if self._in_header else at(reply.answer, self._path)
        if not found:
            return None
        following = urljoin(reply.url, str(found))
        if urlsplit(following)[:2] != urlsplit(reply.url)[:2]:
            raise BadSetup(
                N_("The next page lies on another host ({host}): it gets none of our keys."),
                N_("Look at the paging settings."),
                host=urlsplit(following).netloc,
            )
        if following in self._seen:
            raise _repeats()
        self._seen.add(following)
        return Step({}, following)


def _linked(headers: Mapping[str, str]) -> str:
    link = next((value for name, value in headers.items() if name.lower() == "link"), "")
    for part in re.split(r",\s*(?=<)", link):
        found = re.match(r"\s*<([^>]*)>(.*)", part)
        if found and re.search(r"""rel\s*=\s*"?[^";]*\bnext\b""", found[2], re.IGNORECASE):
            return found[1]
    return ""


def _endless() -> BadSetup:
    return BadSetup(
        N_("With these paging settings the last page could never be told."),
        N_("Give the parameter of the page and its size, or the path to the next page."),
    )


def _repeats() -> BadSetup:
    return BadSetup(
        N_("The same page came twice."), N_("Look at the paging settings: the parameter may have another name.")
    )


def pager(kind: str, values: Mapping[str, str]) -> Pager:
    """The pager of the form's settings (page_param, page_start, size_param, page_size, next_path).

    Raises BadSetup for a way that could never stop.
    """
    name, size_name = values.get("page_param", ""), values.get("size_param", "")
    size, start = _whole(values, "page_size", 50), _whole(values, "page_start", 1 if kind == "page" else 0)
    if kind == "none":
        return OnePage()
    if kind in ("page", "offset"):
        return Counted(name, size_name, size, start, by_rows=kind == "offset")
    if kind == "cursor":
        return Token(name, values.get("next_path", ""), size_name, size)
    if kind in ("link", "next_url"):
        return NextAddress(values.get("next_path", ""), size_name, size, in_header=kind == "link")
    raise BadSetup(N_("There is no way of paging called {kind}."), N_("Choose one of the list."), kind=kind)


def _whole(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "").strip() or str(default)
    if not text.lstrip("-").isdigit():
        raise BadSetup(N_("{setting} is no whole number."), N_("Mend it in the form."), setting=name)
    return int(text)
