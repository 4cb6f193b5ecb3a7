"""A law over all interleavings: nothing refunded ships, unless a named person has let it go with a reason."""

import itertools
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core import clock
from core.errors import DanliuError
from core.flow import gate, intercept
from core.people.actor import person
from core.services import board, intercepts, review
from core.settings import Settings
from core.store import open_store, parcels, refund_gate
from core.store.parcels import Parcel
from tests.flow_orders import Shop, flow, publish_flow
from tests.payloads import rows

LEAD = person("lena", "lead")
ZONE = "Asia/Shanghai"
MERGED = (("together", "merged", "stock"), ("together", "alone", "stock"))
FLOW = flow(
    [("in", "trigger", {}), ("gate", "refund_gate", {}), ("together", "merge", {"minutes": 0}), ("stock", "reserve", {}),
     ("cut", "split", {}), ("slip", "pick_list", {}), ("packed", "wait", {"until": "status", "status": "PACKED"}), ("gate2", "refund_gate", {}), ("out", "dispatch", {}),
     ("end", "archive", {"days": 0})],
    [("in", "next", "gate"), ("gate", "pass", "together"), *MERGED, ("stock", "reserved", "cut"),
     ("cut", "whole", "slip"), ("cut", "split", "slip"), ("slip", "next", "packed"),
     ("packed", "next", "gate2"), ("gate2", "pass", "out"), ("out", "dispatched", "end")],
)  # fmt: skip
EXAMPLES = int(os.environ.get("DANLIU_EXAMPLES", "8"))  # a night's run takes more
NUMBERS = ("1", "2")
ONE_BUYER = {
    "name": "王小明",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "杭州市",
    "address": "文一西路 1 号",
}
OPEN, OVER = ("REQUESTED", "SUCCESS"), ("CLOSED", "REFUSED")


class Interleavings(RuleBasedStateMachine):
    """Two orders of one buyer; the platform, the flow, routing, the warehouse and persons act in any order."""

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
        self.asked: set[str] = set()
        self.lines: dict[str, str] = {}  # of a refund of one line only
        self.acts: dict[str, str] = {}
        self.closed: set[str] = set()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(no=st.sampled_from(NUMBERS), state=st.sampled_from(("new", "paid")))
    def comes_in(self, no: str, state: str) -> None:
        self.shop.orders(no, minute=next(self.minutes), state=state, waybill=f"SF{no}", **ONE_BUYER)
        self.known.add(no)

    @rule(no=st.sampled_from(NUMBERS), word=st.sampled_from((*OPEN, *OVER)), line=st.sampled_from(("", "1")))
    def refund(self, no: str, word: str, line: str) -> None:
        """A refund is asked for, agreed, refused or withdrawn; of the order, or of its first line."""
        with self.store.write() as cursor:
            self.shop.refund(no, word, minute=next(self.minutes))
            cursor.execute("UPDATE refunds SET line_no = ? WHERE platform_no = ?", [line and f"{no}-1", no])
        self.refunds[no], self.lines[no] = word, line and f"{no}-1"
        self.asked.discard(no)  # its document has come
        self.overridden.discard(no)  # said of the refunds as they stood

    @precondition(lambda self: self.known)
    @rule(no=st.sampled_from(NUMBERS))
    def the_platform_asked_tells_of_a_refund(self, no: str) -> None:
        if no in self.known and no not in self.shipped:
            with self.store.write() as cursor:
                gate.hold_said(cursor, {self.shop.key(no): "REQUESTED"})
            self.asked.add(no)
            self.overridden.discard(no)

    @precondition(lambda self: self.asked)
    @rule(no=st.sampled_from(NUMBERS))
    def the_platform_asked_tells_of_none(self, no: str) -> None:
        with self.store.write() as cursor:
            if no in self.asked and refund_gate.forget_word(cursor, [self.shop.key(no)], clock.now()):
                self.asked.discard(no)

    @precondition(lambda self: self.known)
    @rule(no=st.sampled_from(NUMBERS))
    def routing_splits(self, no: str) -> None:
        if self.shop.statuses().get(no) in ("PAID", "STOCK_LOCKED"):
            key = self.shop.key(no)
            made = [Parcel(key, n, "W1", "SF", 0, 0, 1.0, 100, 1, False, (f"{no}-{n}",)) for n in (1, 2)]
            with self.store.write() as cursor:
                parcels.replace(cursor, made, policy="", version=0)

    @rule()
    def parcels_to_be_stopped_are_looked_for(self) -> None:
        intercept.look(self.store, None)

    @rule(caught=st.booleans())
    def a_parcel_is_caught_or_missed(self, caught: bool) -> None:
        for task in intercepts.listing(LEAD, self.store)[0]:
            try:
                (intercepts.caught if caught else intercepts.missed)(LEAD, self.store, task.intercept.intercept_id)
            except DanliuError:
                continue

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
                done = review.override_refund(LEAD, self.store, [self.shop.key(no)], scope, "the buyer agreed")
            except DanliuError:
                return
            self.overridden.add(no)
            self.acts[no] = done.act_id

    @precondition(lambda self: self.acts)
    @rule(no=st.sampled_from(NUMBERS))
    def a_person_takes_the_override_back(self, no: str) -> None:
        if no in self.acts:
            try:
                review.undo(LEAD, self.store, self.acts.pop(no))
            except DanliuError:
                return
            self.overridden.discard(no)

    @rule(no=st.sampled_from(NUMBERS))
    def cancelled(self, no: str) -> None:
        if no in self.known and no not in self.shipped:
            self.shop.orders(no, minute=next(self.minutes), state="closed", waybill=f"SF{no}", **ONE_BUYER)

    @invariant()
    def nothing_refunded_ships(self) -> None:
        now = {no for no, status in self.shop.statuses().items() if status == "SHIPPED"}
        for no in now - self.shipped:
            stands = self.refunds.get(no) in OPEN or no in self.asked
            assert not stands or no in self.overridden, f"{no} was shipped while {self.refunds.get(no, 'asked')}"
        self.shipped |= now

    @invariant()
    def what_is_cancelled_stays_so_and_holds_no_pieces(self) -> None:
        cancelled = {no for no, status in self.shop.statuses().items() if status == "CANCELLED"}
        assert self.closed <= cancelled
        self.closed = cancelled

    @invariant()
    def the_rest_goes_without_its_refunded_line(self) -> None:
        """Where a person let only the rest go, no slip that is not void names the refunded line."""
        given = rows(
            self.store,
            "SELECT s.platform_no, s.body FROM slips s JOIN refund_overrides v ON v.order_key = s.order_key WHERE s.state = 'made' "
            "AND v.given_at = (SELECT max(given_at) FROM refund_overrides w WHERE w.order_key = v.order_key) AND v.scope = 'rest'",
        )
        for no, body in given:
            if no in self.overridden and self.refunds.get(no) in OPEN and self.lines.get(no) and no not in self.asked:
                assert self.lines[no] not in [line["line_no"] for line in json.loads(body)["lines"]]

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
    max_examples=EXAMPLES, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
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
