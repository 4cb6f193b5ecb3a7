"""A store as one role sees it: every table, narrowed by the connection itself."""

import threading

import pytest

from core.errors import BadRequest
from core.model.fields import Field, Kind, Level
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, open_store, own_fields
from core.store.backup import tables
from core.store.scope import EVERYTHING, Scope
from core.store.scoped import bound, outside, scope_of
from tests.factories import fill

MINE, OTHER = ("jd", "jd-main"), ("taobao", "tm-flagship")
BY_SHOP = Scope(shops=frozenset({MINE}))
BY_WAREHOUSE = Scope(warehouses=frozenset({"WH-SZ"}))


def columns_of(store: Store, table: str) -> dict[str, str]:
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'danliu' AND table_name = ?",
            [table],
        ).fetchall()
    return dict(rows)


def put(store: Store, table: str, **values: object) -> None:
    """One row with these values where the table has such columns; whether it could be placed at all."""
    known = {name: value for name, value in values.items() if name in columns_of(store, table)}
    with store.write() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(known)}) VALUES ({", ".join("?" * len(known))})', list(known.values())
        )


def test_every_table_that_names_an_order_shop_or_warehouse_shows_its_part_only(store: Store) -> None:
    """Generated over all tables of the store: one row of ours and one of others, in each of them."""
    with store.read() as cursor:
        names = [name for name in tables(cursor) if name != "orders"]
    ours = {"order_key": 1, "channel": MINE[0], "shop": MINE[1], "warehouse": "WH-SZ"}
    others = {"order_key": 2, "channel": OTHER[0], "shop": OTHER[1], "warehouse": "WH-JX"}
    for row in (ours, others):
        put(store, "orders", **row)
    kinds = {}
    for name in names:
        kinds[name] = set(columns_of(store, name)) & set(ours)
        if kinds[name]:
            with store.write() as cursor:
                cursor.execute(f'DELETE FROM "{name}"')
            put(store, name, **ours)
            put(store, name, **others)
    for scope, marks in ((BY_SHOP, {"order_key", "shop"}), (BY_WAREHOUSE, {"order_key", "warehouse"})):
        wrong = []
        for name in names:
            if not kinds[name] & marks or (scope is BY_SHOP and name == "reservations"):
                continue
            with bound(store, scope).read() as cursor:
                row = cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            if row != (1,):
                wrong.append((name, row))
        assert not wrong


def test_reservations_of_other_shops_still_count_because_stock_is_shared(store: Store) -> None:
    put(store, "orders", order_key=2, channel=OTHER[0], shop=OTHER[1])
    put(store, "reservations", order_key=2, warehouse="WH-SZ")
    with bound(store, BY_SHOP).read() as cursor:
        assert cursor.execute("SELECT count(*) FROM reservations").fetchone() == (1,)


def test_a_warehouse_sees_an_order_of_which_only_a_part_is_picked_there(store: Store) -> None:
    put(store, "orders", order_key=1, channel="jd", shop="jd-main", warehouse="WH-JX")
    put(store, "slips", order_key=1, channel="jd", shop="jd-main", warehouse="WH-SZ")
    with bound(store, BY_WAREHOUSE).read() as cursor:
        assert cursor.execute("SELECT order_key FROM orders").fetchall() == [(1,)]


def test_hidden_columns_read_as_nothing_and_cannot_be_searched(store: Store, settings: Settings) -> None:
    fill(store, open_vault(settings), 20)
    with bound(store, Scope(hidden=frozenset({"phone"}))).read() as cursor:
        row = cursor.execute("SELECT count(*), count(phone), count(recipient) FROM orders").fetchone()
        assert row is not None and row[:2] == (20, 0) and row[2] > 0
        assert cursor.execute("SELECT count(*) FROM orders WHERE phone LIKE '1%'").fetchone() == (0,)


def test_a_new_own_field_is_seen_at_once_and_a_hidden_one_is_not(store: Store) -> None:
    scoped = bound(store, Scope(shops=frozenset({MINE}), hidden=frozenset({"x_secret"})))
    put(store, "orders", order_key=1, channel=MINE[0], shop=MINE[1])
    with scoped.read() as cursor:
        cursor.execute("SELECT * FROM orders").fetchall()
    for name in ("x_open", "x_secret"):
        field = Field(name, Kind.TEXT, Level.ORDER, name)
        with store.write() as cursor:
            own_fields.insert(cursor, field)
            own_fields.add_column(cursor, field)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET x_open = 'a', x_secret = 'b'")
    with scoped.read() as cursor:
        assert cursor.execute("SELECT x_open, x_secret FROM orders").fetchall() == [("a", None)]


def test_the_scope_sees_each_commit_and_has_versions_of_its_own(store: Store) -> None:
    scoped = bound(store, BY_SHOP)
    assert scoped.version != store.version
    before = scoped.version
    put(scoped, "orders", order_key=1, channel=MINE[0], shop=MINE[1])
    assert scoped.version == before + 1
    with scoped.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (1,)


def test_what_decides_inside_a_transaction_sees_everything_and_only_there(store: Store) -> None:
    scoped = bound(store, BY_SHOP)
    put(store, "orders", order_key=2, channel=OTHER[0], shop=OTHER[1])
    seen: dict[str, object] = {}

    def look(name: str) -> None:
        with scoped.read() as cursor:
            seen[name] = cursor.execute("SELECT count(*) FROM orders").fetchone()

    with scoped.write():
        look("inside")
        aside = threading.Thread(target=look, args=["another thread"])
        aside.start()
        aside.join()
        assert outside(scoped, [2]) == [2]
    look("after")
    assert seen == {"inside": (1,), "another thread": (0,), "after": (0,)}


def test_an_open_scope_is_the_store_itself_and_a_scope_has_one_store(store: Store) -> None:
    assert bound(store, EVERYTHING) is store
    assert bound(store, BY_SHOP) is bound(store, Scope(shops=frozenset({MINE})))
    assert bound(bound(store, BY_SHOP), BY_WAREHOUSE) is bound(store, BY_WAREHOUSE)
    assert (scope_of(store), scope_of(bound(store, BY_SHOP))) == (EVERYTHING, BY_SHOP)


def test_names_with_quotes_are_names_and_nothing_else(store: Store) -> None:
    nasty = "x') OR true --"
    put(store, "orders", order_key=1, channel=MINE[0], shop=MINE[1], warehouse="WH-SZ")
    put(store, "orders", order_key=2, channel="jd", shop=nasty, warehouse=nasty)
    for scope in (Scope(shops=frozenset({("jd", nasty)})), Scope(warehouses=frozenset({nasty}))):
        with bound(store, scope).read() as cursor:
            assert cursor.execute("SELECT order_key FROM orders").fetchall() == [(2,)]


def test_a_failed_read_spoils_no_cursor_for_the_next(store: Store) -> None:
    scoped = bound(store, BY_SHOP)
    with pytest.raises(BadRequest), scoped.read():
        raise BadRequest("no", "no")
    with scoped.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (0,)


def test_a_closed_store_leaves_its_file_to_the_next(settings: Settings) -> None:
    first = open_store(settings)
    with bound(first, BY_SHOP).read() as cursor:
        cursor.execute("SELECT 1").fetchall()
    first.close()
    open_store(settings).close()
