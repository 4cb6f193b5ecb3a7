import pytest

from core.store import Store
from core.store.listed import among, rows


@pytest.mark.parametrize("size", [0, 1, 499, 500, 3_000])
def test_few_and_many_keys_choose_the_same_rows(store: Store, size: int) -> None:
    keys = list(range(0, size * 3, 3))
    with store.read() as cursor:
        which, values = among(cursor, keys, "n")
        found = cursor.execute(f"SELECT n FROM range(10000) t(n) WHERE {which} ORDER BY n", values).fetchall()
    assert [row[0] for row in found] == [key for key in keys if key < 10_000]


@pytest.mark.parametrize("size", [0, 2, 1_000])
def test_rows_come_back_with_their_kinds_and_gaps(store: Store, size: int) -> None:
    columns = [list(range(size)), [None if n % 2 else f"L{n}" for n in range(size)], [n / 2 for n in range(size)]]
    with store.read() as cursor:
        relation, values = rows(cursor, {"a": "BIGINT", "b": "VARCHAR", "c": "DOUBLE"}, columns if size else [])
        found = cursor.execute(f"SELECT a, b, c FROM {relation} r ORDER BY a", values).fetchall()
    assert found == list(zip(*columns, strict=True))


def test_two_lists_of_one_statement_do_not_disturb_each_other(store: Store) -> None:
    with store.write() as cursor:
        first, _ = among(cursor, list(range(0, 2_000)), "n")
        second, _ = among(cursor, list(range(1_000, 4_000)), "n")
        row = cursor.execute(f"SELECT count(*) FROM range(9000) t(n) WHERE {first} AND {second}").fetchone()
    assert row == (1_000,)
