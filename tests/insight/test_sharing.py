"""Snapshots that all sessions share: counted once, never waited for in vain, never of another hour."""

from collections.abc import Callable
from threading import Event

from core.insight.sharing import Shared
from core.store import Store


def _commit(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS seen (n INTEGER)")
        cursor.execute("INSERT INTO seen VALUES (1)")


def _slow(release: Event) -> Callable[[Store, str], int]:
    """Counts its own calls; all but the first last until they are released."""
    calls: list[int] = []

    def count(store: Store, zone: str) -> int:
        calls.append(1)
        if len(calls) > 1:
            release.wait(0.3)
        return len(calls)

    return count


def test_who_looks_first_after_a_long_time_sees_the_present_and_not_a_pool_of_another_hour(store: Store) -> None:
    shared = Shared("first", _slow(Event()), least_seconds=0.0, stale_seconds=0.0)
    assert shared.of(store, "Asia/Shanghai") == 1
    _commit(store)
    assert shared.of(store, "Asia/Shanghai") == 2


def test_while_somebody_looks_nobody_waits_for_a_slow_counting(store: Store) -> None:
    release = Event()
    shared = Shared("while", _slow(release), least_seconds=0.0)
    assert shared.of(store, "Asia/Shanghai") == 1
    _commit(store)
    assert shared.of(store, "Asia/Shanghai") == 1
    release.set()


def test_an_unchanged_store_is_counted_once(store: Store) -> None:
    shared = Shared("once", _slow(Event()), least_seconds=0.0)
    assert [shared.of(store, "Asia/Shanghai") for _ in range(5)] == [1] * 5
