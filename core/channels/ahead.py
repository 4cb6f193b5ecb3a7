"""Reads several windows of one shop at once and hands their pages over in the windows' order.

Most windows of a short-windowed platform are empty: what they cost is the waiting for an answer, and that can be shared.
The shop's one throttle still spaces the calls. No window runs further ahead than a few pages: memory stays small.
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Full, Queue

from core.channels.base import Connector, Page, Window

PAGES_AHEAD = 4  # of each window
_LOOK_SECONDS = 0.2  # how often a blocked reader looks whether anybody still wants its pages


@dataclass(slots=True)
class _Reading:
    """One window being read: pages, then None or the fault that ended it."""

    window: Window
    pages: Queue[Page | Exception | None] = field(default_factory=lambda: Queue(PAGES_AHEAD))


def read_ahead(connector: Connector, entity: str, windows: Iterable[Window]) -> Iterator[tuple[Window, Iterator[Page]]]:
    """Each window with its pages, oldest first, `connector.windows_at_once` of them being read at the same time.

    The pages of a window are to be taken before the next window is asked for. A fault comes out where its window stands;
    what was read beyond it is given up.
    """
    if connector.windows_at_once <= 1:
        for window in windows:
            yield window, connector.pull(entity, window)
        return
    waiting, unwanted, rest = deque[_Reading](), threading.Event(), iter(windows)
    with ThreadPoolExecutor(connector.windows_at_once, thread_name_prefix="ahead") as pool:

        def begin() -> None:
            if (window := next(rest, None)) is not None:
                waiting.append(_Reading(window))
                pool.submit(_read, connector, entity, waiting[-1], unwanted)

        try:
            for _n in range(connector.windows_at_once):
                begin()
            while waiting:
                reading = waiting.popleft()
                yield reading.window, _pages(reading)
                begin()
        finally:
            unwanted.set()


def _read(connector: Connector, entity: str, reading: _Reading, unwanted: threading.Event) -> None:
    end: Exception | None = None
    try:
        if unwanted.is_set():
            return
        for page in connector.pull(entity, reading.window):
            if not _put(reading, page, unwanted):
                return
    except Exception as error:  # noqa: BLE001 - raised again where the window's pages are taken
        end = error
    _put(reading, end, unwanted)


def _put(reading: _Reading, item: Page | Exception | None, unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            reading.pages.put(item, timeout=_LOOK_SECONDS)
        except Full:
            continue
        return True
    return False


def _pages(reading: _Reading) -> Iterator[Page]:
    while (item := reading.pages.get()) is not None:
        if isinstance(item, Exception):
            raise item
        yield item
