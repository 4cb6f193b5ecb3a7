"""A law over all interleavings: nothing refunded ships, unless a named person has let it go with a reason."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.errors import DanliuError
from core.people.actor import person
from core.services import board, review
from core.settings import Settings
from core.store import open_store
from tests.flow_orders import Shop, flow, publish_flow
from tests.payloads import rows

LEAD = person("lena", "lead")
ZONE = "Asia/Shanghai"
FLOW = flow(
    [("in", "trigger", {}), ("gate", "refund_gate", {}), ("stock", "reserve", {}), ("slip", "pick_list", {}),
     ("packed", "wait", {"until": "status", "status": "PACKED"}), ("gate2", "refund_gate", {}), ("out", "dispatch", {}),
     ("end", "archive", {"days": 0})],
    [("in", "next", "gate"), ("gate", "pass", "stock"), ("stock", "reserved", "slip"), ("slip", "next", "packed"),
     ("packed", "next", "gate2"), ("gate2", "pass", "out"), ("out", "dispatched", "end")],
)  # fmt: skip
NUMBERS = ("1", "2")
OPEN, OVER = ("REQUESTED", "SUCCESS"), ("CLOSED", "REFUSED")


class Interleavings(RuleBasedStateMachine):
    """Two orders; the platform, the flow, the warehouse and a person act in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.app = Settings(store_url=f"duckdb:{path / 's.duckdb'}", key_file=path / "key", demo=False)
        self.store = open_store(self.app)
        publish_flow(self.store, FLOW)
        self.shop = Shop(self.store, self.app)
        self.minutes = itertools.count(1)
        self.refunds: dict[str, str] = {}
        self.overridden: set[str] = set()
        self.known: set[str] = set()
        self.shipped: set[str] = set()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(no=st.sampled_from(NUMBERS), state=st.sampled_from(("new", "paid")))
    def comes_in(self, no: str, state: str) -> None:
        self.shop.orders(no, minute=next(self.minutes), state=state, waybill=f"SF{no}")
        self.known.add(no)

    @rule(no=st.sampled_from(NUMBERS), word=st.sampled_from((*OPEN, *OVER)))
    def refund(self, no: str, word: str) -> None:
        self.shop.refund(no, word, minute=next(self.minutes))
        self.refunds[no] = word
        self.overridden.discard(no)  # said of the refunds as they stood

    @rule()
    def walk(self) -> None:
        self.shop.drain()

    @precondition(lambda self: self.known)
    @rule(
        no=st.sampled_from(NUMBERS),
        to=st.sampled_from(("STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED", "SHIPPED")),
    )
    def a_person_moves(self, no: str, to: str) -> None:
        if no in self.known:
            try:
                board.move(LEAD, self.store, [self.shop.key(no)], to, ZONE)
            except DanliuError:
                return

    @rule(no=st.sampled_from(NUMBERS))
    def a_person_releases(self, no: str) -> None:
        if no in self.known:
            try:
                review.release(LEAD, self.store, [self.shop.key(no)])
            except DanliuError:
                return

    @rule(no=st.sampled_from(NUMBERS), scope=st.sampled_from(("all", "rest")))
    def a_person_overrides(self, no: str, scope: str) -> None:
        if no in self.known:
            try:
                review.override_refund(LEAD, self.store, [self.shop.key(no)], scope, "the buyer agreed")
            except DanliuError:
                return
            self.overridden.add(no)

    @rule(no=st.sampled_from(NUMBERS))
    def cancelled(self, no: str) -> None:
        if no in self.known and no not in self.shipped:
            self.shop.orders(no, minute=next(self.minutes), state="closed", waybill=f"SF{no}")

    @invariant()
    def nothing_refunded_ships(self) -> None:
        now = {no for no, status in self.shop.statuses().items() if status == "SHIPPED"}
        for no in now - self.shipped:
            assert self.refunds.get(no) not in OPEN or no in self.overridden, (
                f"{no} was shipped while {self.refunds[no]}"
            )
        self.shipped |= now

    @invariant()
    def one_slip_at_most(self) -> None:
        assert all(count == 1 for count in self.shop.slips().values())

    @invariant()
    def one_confirmation_at_most(self) -> None:
        sent = rows(
            self.store,
            "SELECT subject, count(*) FROM outbox WHERE kind = 'dispatch' GROUP BY subject HAVING count(*) > 1",
        )
        assert sent == []


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(
    max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_refund_that_comes_between_packing_and_the_door_stops_the_order(store, settings) -> None:
    publish_flow(store, FLOW)
    shop = Shop(store, settings)
    shop.orders("1", waybill="SF1")
    shop.drain()
    for to in ("LOGISTICS_ASSIGNED", "PACKED"):
        board.move(LEAD, store, [shop.key("1")], to, ZONE)
    shop.refund("1")
    shop.drain()
    assert shop.statuses() == {"1": "PACKED"} and shop.where() == {"1": "gate2"}
    with pytest.raises(DanliuError):
        board.move(LEAD, store, [shop.key("1")], "SHIPPED", ZONE)
    shop.refund("1", "CLOSED", minute=5)
    shop.drain()
    assert shop.statuses() == {"1": "SHIPPED"}
    assert rows(store, "SELECT kind, subject FROM outbox") == [("dispatch", "1")]
    assert rows(store, "SELECT DISTINCT state FROM reservations") == [("consumed",)]
