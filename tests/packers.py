"""A packing desk for tests: orders at their slips, and a packer who scans."""

from core.people.actor import Actor, person
from core.services import packing
from core.services.packing import Desk
from core.settings import Settings
from core.store import Store, moves, products
from core.store.products import Product
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.payloads import rows

LI, WANG = person("li", "warehouse"), person("wang", "warehouse")
DISPATCHING = {
    **STRAIGHT,
    "nodes": [*STRAIGHT["nodes"][:-1], {"id": "out", "station": "dispatch", "settings": {}}, STRAIGHT["nodes"][-1]],
    "edges": [
        *STRAIGHT["edges"][:-1],
        {"from": "packed", "outcome": "next", "to": "out"},
        {"from": "out", "outcome": "dispatched", "to": "end"},
    ],
}


class Room:
    """A warehouse with orders to pack: two pieces of A and one of B each unless told otherwise."""

    def __init__(
        self, store: Store, settings: Settings, *numbers: str, courier: str = "YTO", flow: dict | None = None
    ) -> None:
        publish_flow(store, flow or STRAIGHT)
        self.store, self.shop = store, Shop(store, settings)
        with store.write() as cursor:
            products.save(
                cursor,
                [
                    Product("A", "Cup", "6901234567892", 300),
                    Product("B", "Plate", "", 500),
                    Product("X", "Fork", "6900000000007", 50),
                ],
            )
        self.shop.orders(
            *(numbers or ("1",)), lines=[{"id": "1", "sku": "A", "qty": 2}, {"id": "2", "sku": "B", "qty": 1}]
        )
        self.shop.drain()
        if courier:
            with store.write() as cursor:
                cursor.execute("UPDATE orders SET courier = ?", [courier])

    def slip(self, no: str = "1") -> str:
        return rows(self.store, "SELECT slip_no FROM slips WHERE platform_no = ? AND state = 'made'", no)[0][0]

    def scan(self, *codes: str, by: Actor = LI) -> Desk:
        """Scan one after the other, going on with what is open; returns the last answer."""
        done = packing.present(by, self.store)
        for code in codes:
            mine = (
                done.packing.packing_id
                if done and done.packing and done.packing.account == by.account and done.parcel
                else ""
            )
            done = packing.scan(by, self.store, code, packing_id=mine)
        assert done is not None
        return done

    def kinds(self, *codes: str, by: Actor = LI) -> list[str]:
        """The kind of answer to each scan."""
        return [self.scan(code, by=by).answer.kind for code in codes]

    def status(self, no: str = "1") -> str:
        return self.shop.statuses()[no]

    def put(self, no: str, status: str) -> None:
        """Put an order somewhere by force, as if it had come so from outside."""
        with self.store.write() as cursor:
            moves.write(
                cursor,
                [self.shop.key(no)],
                status,
                actor="test",
                why="test",
                now=rows(self.store, "SELECT now()")[0][0],
            )
