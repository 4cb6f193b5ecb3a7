"""A commit that changes nothing anybody caches or waits for raises no version."""

import pytest

from core.store import Store, facts
from tests.payloads import rows


def _put(store: Store, value: str, *, quiet: bool) -> None:
    with store.write() as cursor:
        cursor.execute("DELETE FROM facts WHERE name = 'quiet'")
        cursor.execute("INSERT INTO facts (name, value) VALUES ('quiet', ?)", [value])
        if quiet:
            store.keep_quiet()


def test_a_quiet_commit_is_kept_and_wakes_nobody(store: Store) -> None:
    before = store.version
    _put(store, "a", quiet=True)
    assert (store.version, facts.get(store, "quiet")) == (before, "a")
    _put(store, "b", quiet=False)
    assert (store.version, facts.get(store, "quiet")) == (before + 1, "b")


def test_a_quiet_part_of_a_larger_write_does_not_hush_the_rest(store: Store) -> None:
    before = store.version
    with store.write() as cursor:
        cursor.execute("INSERT INTO facts (name, value) VALUES ('loud', '1')")
        _put(store, "a", quiet=True)
    assert store.version == before + 1


def test_quietness_does_not_outlive_its_transaction(store: Store) -> None:
    before = store.version
    with pytest.raises(ZeroDivisionError), store.write():
        store.keep_quiet()
        raise ZeroDivisionError
    store.keep_quiet()
    _put(store, "a", quiet=False)
    assert store.version == before + 1 and rows(store, "SELECT count(*) FROM facts WHERE name = 'quiet'") == [(1,)]
