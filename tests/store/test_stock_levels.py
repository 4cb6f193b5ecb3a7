"""Stock levels: the newest word of each warehouse counts."""

from datetime import UTC, datetime, timedelta

from core.store import stock_levels

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def levels(store):
    return {(level.warehouse, level.sku): level.on_hand for level in stock_levels.listing(store)}


def take(store, rows, as_of):
    with store.write() as cursor:
        return stock_levels.take(cursor, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], as_of)


def test_a_newer_level_replaces_an_older_one_and_never_the_reverse(store):
    assert take(store, [("jx", "A", 5), ("jx", "B", 0)], NOON) == (2, 0, 0)
    assert take(store, [("jx", "A", 7)], NOON + timedelta(minutes=1)) == (0, 1, 0)
    assert take(store, [("jx", "A", 99)], NOON) == (0, 0, 0)
    assert take(store, [("jx", "A", 7), ("sz", "A", 1)], NOON + timedelta(minutes=2)) == (1, 0, 1)
    assert levels(store) == {("jx", "A"): 7, ("jx", "B"): 0, ("sz", "A"): 1}


def test_of_two_rows_for_one_place_one_counts(store):
    assert take(store, [("jx", "A", 5), ("jx", "A", 5)], NOON) == (1, 0, 0)
    assert levels(store) == {("jx", "A"): 5}
