"""Stored orders get a warehouse, a courier and the reason; what cannot ship waits with its own."""

import json

import pytest

from core.decide.policies import book
from core.decide.routing.policy import read_policy
from core.decide.routing.sentence import say
from core.decide.routing.why import sentence
from core.decide.warehouse import assign
from core.i18n import speaking
from core.store import Store, documents, products, reservations
from core.store.products import Product
from tests.routing_store import JX, SEED, SEED_SENTENCE, SZ, ZONE, ask, furnish, order, publish

TITLES = {JX: "嘉兴仓", SZ: "苏州仓", "SF": "顺丰", "ZTO": "中通"}


def title(name: str) -> str:
    return TITLES.get(name, name)


def placed(store: Store, key: int) -> tuple[str | None, str | None]:
    return ask(store, "SELECT warehouse, courier FROM orders WHERE order_key = ?", key)[0]  # type: ignore[return-value]


def evidence(store: Store, key: int) -> dict:
    return json.loads(
        ask(
            store, "SELECT evidence FROM decisions WHERE order_key = ? AND mode = 'live' ORDER BY decided_at DESC", key
        )[0][0]
    )


def test_the_seed_policy_reads_back_as_its_sentence_in_both_languages() -> None:
    with speaking("zh"):
        assert say(read_policy(SEED), title, title) == [SEED_SENTENCE]
    with speaking("en"):
        assert say(read_policy(SEED), title, title) == [
            "Orders to 华东 ship first from 嘉兴仓 (1.5 days), when stock is short from 苏州仓 (2 days), "
            "when 顺丰 costs more than 8 yuan it is downgraded to 中通"
        ]


@pytest.mark.parametrize(("fee", "courier"), [(800, "SF"), (801, "ZTO")])
def test_exactly_eight_yuan_keeps_sf_and_a_fen_more_downgrades(store: Store, fee: int, courier: str) -> None:
    furnish(store, {(JX, "A"): 5, (SZ, "A"): 5}, sf_fen=fee)
    order(store, 1, [("A", 1)])
    assert assign(store, [1], ZONE).routed == [1]
    assert placed(store, 1) == (JX, courier)
    downgraded = ask(store, "SELECT downgraded FROM parcels")[0][0]
    assert downgraded == (courier == "ZTO")


def test_short_in_the_first_tier_goes_to_the_second_with_a_sentence_that_says_so(store: Store) -> None:
    furnish(store, {(JX, "A"): 1, (SZ, "A"): 5}, sf_fen=920)
    for key in (1, 2):
        order(store, key, [("A", 1)])
    assert assign(store, [2, 1], ZONE).routed == [1, 2]
    assert (placed(store, 1), placed(store, 2)) == ((JX, "ZTO"), (SZ, "ZTO"))
    with speaking("zh"):
        assert sentence(evidence(store, 1), title, title) == (
            "嘉兴仓：华东规则第 1 级；顺丰 9.20 元 > 上限 8.00 元，降级 中通 3.00 元；比 苏州仓 省 0.30 元"
        )
        assert sentence(evidence(store, 2), title, title).startswith("苏州仓：华东规则第 2 级")
    assert reservations.states(store, 2) == [("1", "A", SZ, 1, "active")]


def test_routing_twice_changes_nothing(store: Store) -> None:
    furnish(store, {(JX, "A"): 5, (SZ, "A"): 5})
    order(store, 1, [("A", 2)])
    assign(store, [1], ZONE)
    before = ask(store, "SELECT * FROM parcels"), ask(store, "SELECT count(*) FROM decisions")
    assert assign(store, [1], ZONE).routed == [1]
    assert (ask(store, "SELECT * FROM parcels"), ask(store, "SELECT count(*) FROM decisions")) == before


def test_an_order_on_a_lane_without_a_card_is_held_with_its_reason_and_comes_free_when_the_card_is_there(
    store: Store,
) -> None:
    furnish(store, {(JX, "A"): 5, (SZ, "A"): 5}, policy={**SEED, "rules": [], "couriers": []})
    order(store, 1, [("A", 1)], province="西藏自治区")
    assert assign(store, [1], ZONE).held == {1: "COURIER_NO_SERVICE"}
    assert ask(store, "SELECT held, held_reasons, warehouse FROM orders") == [(True, '["no_route"]', None)]
    card = documents.newest(store, "rate_card", f"{JX}/ZTO")
    assert card is not None
    body = {
        **card.body,
        "lanes": [*card.body["lanes"], {"regions": ["西藏"], "lead_days": 6, "brackets": [{"first_fee_fen": 990}]}],
    }
    publish(store, "rate_card", body)
    assert assign(store, [1], ZONE).routed == [1]
    assert ask(store, "SELECT held, warehouse, courier FROM orders") == [(False, JX, "ZTO")]


def test_without_a_live_policy_orders_wait(store: Store) -> None:
    furnish(store, {(JX, "A"): 5}, policy=None)
    order(store, 1, [("A", 1)])
    assert assign(store, [1], ZONE).held == {1: "NO_POLICY"}


def test_an_order_short_of_stock_is_left_to_the_reservation(store: Store) -> None:
    furnish(store, {(JX, "A"): 1})
    order(store, 1, [("A", 2)])
    found = assign(store, [1], ZONE)
    assert (found.routed, found.held, found.short) == ([], {}, [1])


def test_a_gift_goes_with_the_goods_or_everything_leaves_from_where_both_are(store: Store) -> None:
    furnish(store, {(JX, "A"): 5, (SZ, "A"): 5, (SZ, "G"): 1})
    order(store, 1, [("A", 1)], gift="G")
    assert assign(store, [1], ZONE).routed == [1]
    assert placed(store, 1)[0] == SZ
    assert ask(store, "SELECT line_no FROM parcel_lines ORDER BY 1") == [("1",), ("2",)]


def test_the_parts_of_a_set_leave_together_or_not_at_all(store: Store) -> None:
    furnish(store, {(JX, "A"): 1, (SZ, "B"): 1})
    with store.write() as cursor:
        products.save(cursor, [Product("SET", "Set", parts=(("A", 1), ("B", 1)))])
    order(store, 1, [("SET", 1)])
    assert assign(store, [1], ZONE).held == {1: "MUST_SHIP_TOGETHER"}


def test_an_order_of_two_lines_is_split_only_where_no_warehouse_has_both(store: Store) -> None:
    furnish(store, {(JX, "A"): 2, (SZ, "A"): 1, (SZ, "B"): 1}, policy={**SEED, "rules": []})
    order(store, 1, [("A", 1), ("B", 1)])
    order(store, 2, [("A", 1)])
    assert assign(store, [1, 2], ZONE).routed == [1, 2]
    assert ask(store, "SELECT order_key, warehouse FROM parcels ORDER BY 1, 2") == [(1, SZ), (2, JX)]


def test_a_policy_counts_from_the_batch_after_it_is_published_and_a_shadow_one_only_leaves_its_word(
    store: Store,
) -> None:
    furnish(store, {(JX, "A"): 5, (SZ, "A"): 5})
    other = {**SEED, "name": "other", "mode": "shadow", "rules": [], "otherwise": {"tiers": [[SZ]]}}
    publish(store, "routing", other)
    order(store, 1, [("A", 1)])
    assign(store, [1], ZONE)
    assert placed(store, 1)[0] == JX
    assert ask(store, "SELECT mode, rule_set FROM decisions ORDER BY mode") == [("live", "seed"), ("shadow", "other")]
    publish(store, "routing", {**other, "mode": "live"})
    order(store, 2, [("A", 1)])
    assign(store, [2], ZONE)
    assert placed(store, 2)[0] == SZ


def test_a_broken_policy_leaves_the_last_good_one_in_force(store: Store) -> None:
    furnish(store, {(JX, "A"): 5})
    assert book(store).live is not None
    publish(store, "routing", {**SEED, "surprise": 1})
    present = book(store)
    assert present.live is not None and present.live.version == 1
    assert "surprise" in present.problems["seed"]


def test_stock_never_goes_below_zero_whatever_comes_in(store: Store) -> None:
    furnish(store, {(JX, "A"): 3, (SZ, "A"): 4, (JX, "B"): 2, (SZ, "B"): 1}, policy={**SEED, "rules": []})
    for key in range(1, 13):
        order(store, key, [("A", 1 + key % 2), ("B", 1)] if key % 3 == 0 else [("A", 1 + key % 2)])
    assign(store, list(range(1, 13)), ZONE)
    taken = "SELECT warehouse, sku, sum(qty) FROM reservations WHERE state = 'active' AND warehouse <> '' GROUP BY ALL"
    used = {(warehouse, sku): qty for warehouse, sku, qty in ask(store, taken)}
    assert all(qty <= {(JX, "A"): 3, (SZ, "A"): 4, (JX, "B"): 2, (SZ, "B"): 1}[place] for place, qty in used.items())
    assert used[JX, "A"] + used[SZ, "A"] >= 6
