"""Whatever happens in whatever order: no shelf falls below zero, and every active reservation is open demand."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.settings import Settings
from core.stock.reservations import consume, place, release, reserve
from core.store import demand, ledger, open_store, stock_free
from tests.stock.rooms import NOON, levels, order, rows

SKUS, PLACES = ("A", "B"), ("jx", "sz")


class Shop(RuleBasedStateMachine):
    """A seller of two SKUs and a set of both, with two warehouses."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = open_store(Settings(store_url=f"duckdb:{Path(self.folder.name) / 's.duckdb'}"))
        self.hour, self.keys = 0, 0
        with self.store.write() as cursor:
            cursor.execute(
                "INSERT INTO bundle_components VALUES ('SET', 'A', 2, false, NULL), ('SET', 'B', 1, false, NULL)"
            )

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def now(self):
        """An hour passes at each step: instants of levels and shipments never tie."""
        self.hour += 1
        return NOON + timedelta(hours=self.hour)

    @rule(place=st.sampled_from(PLACES), sku=st.sampled_from(SKUS), more=st.integers(0, 6))
    def goods_come(self, place: str, sku: str, more: int) -> None:
        found = rows(
            self.store, f"SELECT on_hand FROM ({stock_free.per_place()}) WHERE warehouse = ? AND sku = ?", [place, sku]
        )
        levels(self.store, {(place, sku): (found[0][0] if found else 0) + more}, self.now())

    @rule(lines=st.lists(st.tuples(st.sampled_from((*SKUS, "SET")), st.integers(1, 3)), min_size=1, max_size=3))
    def somebody_buys(self, lines: list[tuple[str, int]]) -> None:
        self.keys += 1
        order(self.store, self.keys, lines)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def orders_are_reserved(self, data: st.DataObject) -> None:
        keys = data.draw(st.lists(st.integers(1, self.keys), max_size=6))
        first = reserve(self.store, keys)
        again = reserve(self.store, keys)
        assert (sorted(first.reserved), set(first.short)) == (sorted(again.reserved), set(again.short))

    @precondition(lambda self: self.keys)
    @rule(data=st.data(), warehouse=st.sampled_from((*PLACES, "")))
    def an_order_is_routed(self, data: st.DataObject, warehouse: str) -> None:
        key = data.draw(st.integers(1, self.keys))
        place(self.store, [(key, str(number), warehouse) for number in range(1, 4)])

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def an_order_is_cancelled(self, data: st.DataObject) -> None:
        self._status(key := data.draw(st.integers(1, self.keys)), "CANCELLED", ("PAID", "STOCK_LOCKED"))
        if rows(self.store, "SELECT 1 FROM orders WHERE order_key = ? AND status = 'CANCELLED'", [key]):
            release(self.store, [key], "cancelled")

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def an_order_leaves(self, data: st.DataObject) -> None:
        self._status(key := data.draw(st.integers(1, self.keys)), "SHIPPED", ("STOCK_LOCKED",))
        if rows(self.store, "SELECT 1 FROM orders WHERE order_key = ? AND status = 'SHIPPED'", [key]):
            consume(self.store, [key])

    def _status(self, key: int, status: str, before: tuple[str, ...]) -> None:
        with self.store.write() as cursor:
            cursor.execute(
                "UPDATE orders SET status = ?, shipped_at = ? WHERE order_key = ? AND status IN (SELECT unnest(?::VARCHAR[]))",
                [status, self.now(), key, list(before)],
            )

    @invariant()
    def nothing_falls_below_zero(self) -> None:
        assert not rows(self.store, f"SELECT * FROM ({stock_free.per_place()}) WHERE free < 0")
        assert not rows(self.store, f"SELECT * FROM ({stock_free.per_sku()}) WHERE free < 0")

    @invariant()
    def every_active_reservation_is_open_demand(self) -> None:
        held = rows(
            self.store,
            "SELECT order_key, line_no, sku, sum(qty) FROM reservations WHERE state = 'active' GROUP BY ALL",
        )
        open_orders = f"(SELECT order_key FROM orders WHERE status IN ({demand.OPEN}))"
        wanted = {row[:3]: row[3] for row in rows(self.store, demand.needs(open_orders))}
        assert all(wanted.get((key, line, sku)) == qty for key, line, sku, qty in held)
        whole = {key for key, *_rest in held}
        assert all((key, line, sku) in {row[:3] for row in held} for key, line, sku in wanted if key in whole)

    @invariant()
    def the_ledger_says_what_the_shelves_say(self) -> None:
        with self.store.read() as cursor:
            book = {(b.warehouse, b.sku): b.on_hand for b in ledger.balances(cursor)}
            assert all(b.opening + b.receipts - b.shipped - b.adjustments == b.on_hand for b in ledger.balances(cursor))
        shelf = {
            row[:2]: row[2]
            for row in rows(self.store, f"SELECT warehouse, sku, on_hand FROM ({stock_free.per_place()})")
        }
        assert book == shelf


TestShop = Shop.TestCase
TestShop.settings = settings(
    max_examples=5, stateful_step_count=14, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
