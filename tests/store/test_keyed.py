"""Keys of a batch spelt out for the server's indexes: the same rows as without, and the condition really there."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store.engines.indexes import INDEXES
from core.store.engines.keyed import MOST, KeyedCursor, spelt

KEYS = st.lists(st.integers(0, 12), max_size=6)


def told(query: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    return spelt(query, list(values))


def test_numbers_are_written_and_texts_stay_bound() -> None:
    query = "SELECT 1 FROM t WHERE a = ? AND k IN (SELECT unnest(?::BIGINT[]) AS listed) AND s IN (SELECT unnest(?::VARCHAR[])) AND b = ?"
    assert told(query, ["x", [1, 2], ["p", "q'"], 3]) == (
        "SELECT 1 FROM t WHERE a = ? AND k IN (1, 2) AND s IN (?, ?) AND b = ?",
        ["x", "p", "q'", 3],
    )


@pytest.mark.parametrize("listed", [[], [None], [1, None], list(range(MOST + 1)), [True], [1.5]])
def test_what_cannot_be_spelt_out_stays_one_value(listed: list[Any]) -> None:
    query = "SELECT 1 FROM t WHERE k IN (SELECT unnest(?::BIGINT[]))"
    assert told(query, [listed]) == (query, [listed])


def test_a_mark_in_a_text_is_none() -> None:
    query = "SELECT '?', \"a?\" FROM t WHERE b = ? AND k IN (SELECT unnest(?))"
    assert told(query, [7, [1]]) == ("SELECT '?', \"a?\" FROM t WHERE b = ? AND k IN (1)", [7, 1][:1])


def tables() -> duckdb.DuckDBPyConnection:
    """Two tables of ours as a file would hold them."""
    opened = duckdb.connect()
    opened.execute("CREATE TABLE orders AS SELECT i AS order_key, 'p''' || i % 3 AS phone_key FROM range(10) t(i)")
    opened.execute("CREATE TABLE order_lines AS SELECT i % 7 AS order_key, i AS qty FROM range(20) t(i)")
    return opened


@pytest.fixture
def plain() -> duckdb.DuckDBPyConnection:
    return tables()


STATEMENTS = (
    "SELECT o.order_key FROM orders o JOIN batch b ON o.order_key = b.order_key",
    "SELECT b.order_key, l.qty FROM batch b LEFT JOIN order_lines l ON l.order_key = b.order_key AND l.qty > 3",
    "SELECT o.order_key FROM orders o SEMI JOIN batch AS b ON b.order_key = o.order_key",
    "SELECT o.order_key FROM orders o ANTI JOIN batch b ON b.order_key = o.order_key",
    "SELECT order_key FROM orders WHERE order_key IN (SELECT order_key FROM batch WHERE order_key > 2) OR order_key = 9",
    "SELECT order_key FROM orders WHERE order_key NOT IN (SELECT order_key FROM batch WHERE order_key > 2)",
    "SELECT o.order_key FROM orders o WHERE NOT EXISTS (SELECT 1 FROM batch b WHERE b.order_key = o.order_key)",
    "SELECT o.order_key, b.order_key FROM orders o FULL JOIN batch b ON o.order_key = b.order_key",
    "SELECT o.order_key FROM orders o WHERE o.phone_key IN (SELECT b.phone_key FROM batch b WHERE b.order_key > 1)",
    "SELECT o.order_key FROM orders o JOIN (SELECT o.order_key FROM batch o) b ON o.order_key = b.order_key",
)


@settings(deadline=None, max_examples=25)
@given(keys=KEYS)
def test_every_statement_gives_the_rows_it_gave(keys: list[int]) -> None:
    opened = tables()
    cursor = KeyedCursor(opened)
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE batch AS SELECT k AS order_key, 'p''' || k % 2 AS phone_key "
        "FROM (SELECT unnest(?::BIGINT[]) AS k)",
        [keys],
    )
    for statement in STATEMENTS:
        assert sorted(cursor.execute(statement).fetchall(), key=repr) == sorted(
            opened.execute(statement).fetchall(), key=repr
        )


@pytest.mark.parametrize("statement", STATEMENTS[:3])
def test_a_join_with_a_batch_names_its_keys(plain: duckdb.DuckDBPyConnection, statement: str) -> None:
    cursor = KeyedCursor(plain)
    cursor.execute("CREATE TEMP TABLE batch AS SELECT unnest([3, 3, 5, NULL]) AS order_key")
    text = "".join(cursor._narrowed(statement, {}))
    assert ".order_key IN (3, 5) AND" in text or ".order_key IN (5, 3) AND" in text


def test_rows_that_came_as_values_name_their_keys_too(plain: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT d.order_key, d.kind FROM (SELECT unnest(?::BIGINT[]) AS order_key, unnest(?::VARCHAR[]) AS kind) d "
        "JOIN orders o ON o.order_key = d.order_key WHERE o.order_key < ? ORDER BY 1"
    )
    assert KeyedCursor(plain).execute(query, [[4, 2, 11], ["a", "b", "c"], 9]).fetchall() == [(2, "b"), (4, "a")]
    text = "".join(KeyedCursor(plain)._narrowed(query, {"d": "4, 2, 11"}))
    assert "(o.order_key IN (4, 2, 11) AND o.order_key = d.order_key)" in text


def test_an_index_stands_on_a_column_that_is_there(store) -> None:
    with store.read() as cursor:
        columns = set(
            cursor.execute(
                "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'danliu'"
            ).fetchall()
        )
    assert {(table, column) for table, columns in INDEXES.items() for column in columns} <= columns
