"""The product master and the queue of SKUs nobody knows."""

import pytest

from core.errors import BadRequest
from core.people.actor import person
from core.services import products
from core.stock.reservations import reserve
from core.store import Store
from core.store.products import Product
from tests.routing_store import JX, ask, furnish, order

ADMIN = person("admin", "admin")


def test_an_unknown_sku_waits_in_the_queue_and_its_orders_go_on_once_it_is_linked(store: Store) -> None:
    furnish(store, {(JX, "A"): 9})
    order(store, 1, [("OLD-A", 2)])
    assert reserve(store, [1]).short == {1: ("OLD-A",)}
    (queued,) = products.unknown(ADMIN, store)
    assert (queued.sku, queued.open_orders, queued.pieces) == ("OLD-A", 1, 2)
    assert products.link(ADMIN, store, "OLD-A", "A", 3) == 1
    assert products.unknown(ADMIN, store) == []
    assert ask(store, "SELECT sku, qty FROM reservations WHERE state = 'active'") == [("A", 6)]
    assert ask(store, "SELECT held FROM orders") == [(False,)]


def test_a_made_product_leaves_the_queue_but_not_the_wait_for_stock(store: Store) -> None:
    furnish(store, {(JX, "A"): 9})
    order(store, 1, [("NEW", 1)])
    products.save(ADMIN, store, Product("NEW", "New thing", "", 300))
    assert products.unknown(ADMIN, store) == []
    assert ask(store, "SELECT held_reasons FROM orders") == [('["no_stock"]',)]


def test_a_file_is_looked_at_first_and_wrong_rows_are_named(store: Store) -> None:
    text = "商品编码,商品名称,重量(kg),体积,供应商,组合明细\nA,杯子,0.35,1200,甲,\nSET,套装,,,,A*2+B\nX,坏,-1,,,\nA,again,,,,\n"
    found = products.import_file(ADMIN, store, text.encode("gbk"), "p.csv", dry_run=False)
    assert [(one.row, one.column) for one in found.wrong] == [(4, "weight_kg"), (5, "sku")]
    assert ask(store, "SELECT count(*) FROM products") == [(0,)]  # nothing while anything is wrong
    found = products.import_file(ADMIN, store, text.encode("gbk"), "p.csv", dry_run=False, leave_out_wrong=True)
    assert (found.new, found.changed) == (2, 0)
    rows, count = products.page(ADMIN, store)
    assert count == 2
    assert (rows[0].weight_g, rows[0].volume_cm3, rows[0].supplier) == (350, 1200, "甲")
    assert rows[1].parts == (("A", 2), ("B", 1))
    again = products.import_file(ADMIN, store, b"SKU,Name\nA,\n", "q.csv", dry_run=False)
    assert (again.new, again.changed) == (0, 0)  # an empty cell leaves what is known


def test_a_set_of_sets_is_refused(store: Store) -> None:
    products.save(ADMIN, store, Product("S", "Set", parts=(("A", 1),)))
    with pytest.raises(BadRequest):
        products.save(ADMIN, store, Product("T", "Set of sets", parts=(("S", 1),)))
    with pytest.raises(BadRequest):
        products.link(ADMIN, store, "X", "NOWHERE")


def test_the_warehouses_skus_are_taken_over_once(store: Store) -> None:
    furnish(store, {(JX, "A"): 9})
    with store.write() as cursor:
        cursor.execute("DELETE FROM products")
    assert (products.from_warehouses(ADMIN, store), products.from_warehouses(ADMIN, store)) == (1, 0)
