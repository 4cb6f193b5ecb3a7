"""Windows read side by side come out in their order, with their faults in their places."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core.channels.ahead import PAGES_AHEAD, read_ahead
from core.channels.base import Check, Connector, Http, Page, Window
from core.errors import TryAgain

START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOWS = list(Window(START, START + timedelta(hours=12)).split(timedelta(hours=1)))


class Clocked(Connector):
    """Three pages a window, named by its hour; some windows are slow, one may fail after its first page."""

    channel, title, windows_at_once = "clocked", "Clocked", 4
    fails_at = -1

    def __init__(self) -> None:
        super().__init__("s", {}, Http())
        self.begun: list[int] = []
        self.pages = 0
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def test(self) -> Check:
        return Check(True, "")

    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        hour = window.since.hour
        with self.lock:
            self.begun.append(hour)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        for n in range(3):
            time.sleep(0.02 if hour % 3 == 0 else 0)
            if hour == self.fails_at and n == 1:
                raise TryAgain("the platform is ill")
            self.pages += 1
            yield Page((f"{hour}.{n}",), entity)
        with self.lock:
            self.at_once -= 1


def read(connector: Connector) -> list[str]:
    return [
        body for _window, pages in read_ahead(connector, "orders", WINDOWS) for page in pages for body in page.bodies
    ]


def test_every_page_of_every_window_comes_once_and_in_order() -> None:
    connector = Clocked()
    assert read(connector) == [f"{hour}.{n}" for hour in range(12) for n in range(3)]
    assert 1 < connector.most_at_once <= 4


def test_a_connector_that_allows_one_window_at_a_time_is_read_in_the_callers_thread() -> None:
    connector = Clocked()
    connector.windows_at_once = 1  # type: ignore[misc]
    assert read(connector) == [f"{hour}.{n}" for hour in range(12) for n in range(3)]
    assert connector.most_at_once == 1


def test_a_fault_comes_after_all_that_stood_before_it_and_ends_the_reading() -> None:
    connector = Clocked()
    connector.fails_at = 5
    found: list[str] = []
    with pytest.raises(TryAgain):
        for _window, pages in read_ahead(connector, "orders", WINDOWS):
            found.extend(page.bodies[0] for page in pages)
    assert found == [*(f"{hour}.{n}" for hour in range(5) for n in range(3)), "5.0"]
    assert max(connector.begun) < 11


def test_a_reader_who_leaves_early_leaves_no_thread_behind() -> None:
    connector, before = Clocked(), threading.active_count()
    reading = read_ahead(connector, "orders", WINDOWS)
    window, pages = next(reading)
    assert (window, next(pages).bodies) == (WINDOWS[0], ("0.0",))
    reading.close()
    assert threading.active_count() == before


def test_windows_ahead_wait_with_a_few_pages_in_hand() -> None:
    class Long(Clocked):
        def pull(self, entity: str, window: Window) -> Iterator[Page]:
            for _n in range(50):
                self.pages += 1
                yield Page(("{}",), entity)

    connector = Long()
    reading = read_ahead(connector, "orders", WINDOWS)
    _window, pages = next(reading)
    next(pages)
    time.sleep(0.3)
    assert connector.pages <= 4 * (PAGES_AHEAD + 2)
    reading.close()
