"""An order in several parcels has a token for each; they stand and go together, and a refund stops them all."""

from core.settings import Settings
from core.store import Store
from core.store import parcels as stored
from core.store.parcels import Parcel
from tests.flow_orders import Shop, flow, publish_flow
from tests.payloads import rows

SPLIT = flow(
    [("in", "trigger", {}), ("cut", "split", {}), ("hold", "wait", {"until": "status", "status": "PACKED"}),
     ("gate", "refund_gate", {}), ("end", "archive", {"days": 0})],
    [("in", "next", "cut"), ("cut", "whole", "hold"), ("cut", "split", "hold"), ("hold", "next", "gate"), ("gate", "pass", "end")],
)  # fmt: skip


def parcel(key: int, number: int, line: str) -> Parcel:
    return Parcel(key, number, "W1", "SF", 0, 0, 1.0, 100, 1, False, (line,))


def test_parcels_stand_together_and_a_refund_of_one_line_stops_the_order(store: Store, settings: Settings) -> None:
    publish_flow(store, SPLIT)
    shop = Shop(store, settings)
    shop.orders("1", "2")
    key = shop.key("1")
    with store.write() as cursor:
        stored.replace(cursor, [parcel(key, 1, "1-1"), parcel(key, 2, "1-2")], policy="", version=0)
    shop.drain()
    tokens = "SELECT o.platform_no, t.parcel, t.node FROM flow_tokens t JOIN orders o USING (order_key) ORDER BY 1, 2"
    assert rows(store, tokens) == [("1", "1", "hold"), ("1", "2", "hold"), ("2", "", "hold")]
    shop.refund("1")
    with store.write() as cursor:
        cursor.execute("UPDATE refunds SET line_no = '1-2'")
        cursor.execute("UPDATE orders SET status = 'PACKED', changed_at = now()")
    shop.drain()
    assert rows(store, tokens) == [("1", "1", "gate"), ("1", "2", "gate"), ("2", "", "end")]
    shop.refund("1", "CLOSED", minute=5)
    shop.drain()
    assert rows(store, tokens) == [("1", "1", "end"), ("1", "2", "end"), ("2", "", "end")]
