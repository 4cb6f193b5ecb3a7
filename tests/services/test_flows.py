"""Drawing, trying and publishing flows as a person."""

from datetime import date

import pytest

from core.errors import BadRequest, NotAllowed, NotFound
from core.people.actor import person
from core.services import flow_live, flows
from core.settings import Settings
from core.store import Store
from tests.flow_orders import STRAIGHT, Shop, flow, publish_flow
from tests.payloads import rows

ADMIN, LEAD, CS = person("ada", "admin"), person("lena", "lead"), person("carl", "cs")


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    publish_flow(store, STRAIGHT)
    return Shop(store, settings)


def test_a_drawing_with_faults_is_kept_as_a_draft_and_never_published(store: Store) -> None:
    body = flow([("in", "trigger", {}), ("g", "refund_gate", {})], [("in", "next", "g")])
    draft = flows.save(ADMIN, store, body)
    assert [(p.place, p.id) for p in flows.check(ADMIN, store, body)] == [("node", "g")]
    with pytest.raises(BadRequest):
        flows.publish(ADMIN, store, "orders", draft.version)
    assert flows.listing(ADMIN, store)[0][1] is None


def test_only_an_administrator_draws(store: Store) -> None:
    with pytest.raises(NotAllowed):
        flows.save(LEAD, store, STRAIGHT)
    with pytest.raises(NotAllowed):
        flows.palette(CS, store)


def test_orders_in_flight_are_moved_by_the_mapping_that_was_shown(shop: Shop) -> None:
    shop.orders("1", "2")
    shop.drain()
    new = flow(
        [("in", "trigger", {}), ("stop", "hold", {}), ("packed", "wait", {"until": "status"}), ("end", "archive", {})],
        [("in", "next", "stop"), ("stop", "next", "packed"), ("packed", "next", "end")],
    )
    draft = flows.save(ADMIN, shop.store, new)
    left = flows.in_flight(ADMIN, shop.store, "orders", draft.version)
    assert [(each.version, each.node, each.orders, each.target) for each in left] == [(1, "packed", 2, "packed")]
    with pytest.raises(BadRequest):
        flows.publish(ADMIN, shop.store, "orders", draft.version, {1: {"packed": "nowhere"}})
    _live, moved = flows.publish(ADMIN, shop.store, "orders", draft.version, {1: {"packed": "stop"}})
    assert moved == 2
    shop.drain()
    assert shop.where() == {"1": "stop", "2": "stop"}


def test_orders_moved_away_from_an_approval_wait_for_nobody(shop: Shop) -> None:
    nodes = [("in", "trigger", {}), ("ok", "approval", {}), ("stock", "reserve", {}), ("end", "archive", {"days": 0})]
    asked = flow(nodes, [("in", "next", "ok"), ("ok", "approved", "stock"), ("stock", "reserved", "end")])
    plain = flow([nodes[0], *nodes[2:]], [("in", "next", "stock"), ("stock", "reserved", "end")])
    first = flows.save(ADMIN, shop.store, asked)
    flows.publish(ADMIN, shop.store, "orders", first.version)
    shop.orders("1", "2")
    shop.drain()
    assert shop.where() == {"1": "ok", "2": "ok"}
    held = "SELECT count(*) FROM orders WHERE held"
    assert rows(shop.store, held) == [(2,)]
    draft = flows.save(ADMIN, shop.store, plain)
    (left,) = [each for each in flows.in_flight(ADMIN, shop.store, "orders", draft.version) if each.node == "ok"]
    assert left.label in ("Approval", "审批")
    flows.publish(ADMIN, shop.store, "orders", draft.version, {first.version: {"ok": "stock"}})
    shop.drain()
    assert rows(shop.store, held) == [(0,)]
    assert set(shop.statuses().values()) == {"STOCK_LOCKED"}
    assert rows(shop.store, "SELECT DISTINCT state, account FROM approvals") == [("withdrawn", ADMIN.account)]


def test_the_next_order_takes_the_branch_that_was_added(shop: Shop) -> None:
    shop.orders("1", paid="2500.00")
    shop.drain()
    dear = {
        "branches": [
            {"outcome": "dear", "label": "over 2000", "when": {"field": "paid_fen", "op": "gt", "value": 200000}}
        ]
    }
    body = flow(
        [("in", "trigger", {}), ("dear", "branch", dear), ("ok", "approval", {}), ("stock", "reserve", {}), ("slip", "pick_list", {}),
         ("end", "archive", {})],
        [("in", "next", "dear"), ("dear", "dear", "ok"), ("dear", "otherwise", "stock"), ("ok", "approved", "stock"),
         ("stock", "reserved", "slip"), ("slip", "next", "end")],
    )  # fmt: skip
    flows.publish(ADMIN, shop.store, "orders", flows.save(ADMIN, shop.store, body).version)
    shop.orders("2", paid="2500.00")
    shop.orders("3", paid="20.00")
    shop.drain()
    assert shop.slips() == {"1": 1, "3": 1} and shop.where()["2"] == "ok"


def test_two_drawings_are_compared(store: Store) -> None:
    before = flow([("in", "trigger", {}), ("a", "hold", {})], [("in", "next", "a")])
    after = flow([("in", "trigger", {"mode": "by_hand"}), ("b", "hold", {})], [("in", "next", "b")])
    found = flows.compare(ADMIN, store, before, after)
    assert (found.added, found.removed, found.changed) == (("b",), ("a",), ("in",))
    assert (found.edges_added, found.edges_removed) == (("in>next>b",), ("in>next>a",))


def test_a_dry_run_tells_the_way_of_each_order_and_writes_nothing(shop: Shop) -> None:
    shop.orders("1", "2", "3")
    shop.refund("2")
    body = flows.opened(ADMIN, shop.store, "orders").body
    version = shop.store.version
    day = date(2026, 11, 22)
    found = flows.try_period(ADMIN, shop.store, shop.vault, shop.settings, body, day, day)
    assert shop.store.version == version
    assert (
        found.orders == 3 and found.edges[("gate", "pass")] == 2 and found.stays == {"gate": 1} and found.touched == 1
    )
    one = flows.try_order(ADMIN, shop.store, shop.vault, shop.settings, body, "2")
    assert one.paths[shop.key("2")] == [("in", "next"), ("gate", "stop")]
    with pytest.raises(NotFound):
        flows.try_order(ADMIN, shop.store, shop.vault, shop.settings, body, "none")


def test_live_counts_and_paths_are_shown_by_node(shop: Shop) -> None:
    shop.orders("1", "2")
    shop.refund("2")
    shop.drain()
    found = flow_live.live(ADMIN, shop.store, "orders")
    assert (found["gate"].orders, found["gate"].held, found["gate"].passed) == (1, 1, {"pass": 1, "stop": 1})
    assert found["packed"].orders == 1 and found["slip"].passed == {"next": 1}
    steps, standing = flow_live.path(ADMIN, shop.store, shop.key("1"))
    assert [step.node for step in steps] == ["in", "gate", "stock", "slip", "packed"] and standing[0].node == "packed"


def test_a_flow_by_hand_takes_only_what_a_person_starts(store: Store, settings: Settings) -> None:
    body = flow([("in", "trigger", {"mode": "by_hand"}), ("stop", "hold", {}), ("end", "archive", {})], [("in", "next", "stop"), ("stop", "next", "end")])  # fmt: skip
    publish_flow(store, body)
    shop = Shop(store, settings)
    shop.orders("1", "2")
    shop.drain()
    assert shop.where() == {}
    assert flow_live.start(LEAD, store, "orders", "in", [shop.key("1")]) == 1
    shop.drain()
    assert shop.where() == {"1": "stop"}


def test_every_source_of_a_setting_has_choices_to_show(store: Store) -> None:
    wanted = {s.source for piece in flows.palette(ADMIN, store) for s in piece.settings if s.source}
    assert wanted <= set(flows.sources(ADMIN, store))
