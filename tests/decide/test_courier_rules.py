"""Courier rules: what an order asks for comes before the policy's own couriers, and is said and kept with it."""

import json
from typing import Any

import pytest

from core.decide.policies import book
from core.decide.routing.policy import Courier, Policy
from core.decide.routing.quotes import PRICE_CAP, Quote, Tariff
from core.decide.routing.rate_card import body_of, read_rate_card
from core.decide.warehouse import assign
from core.errors import BadRequest
from core.i18n import speaking
from core.model.fields import Catalogue
from core.rules.ruleset import read_rule_set
from core.store import Store
from tests.routing_store import JX, SZ, ZONE, ask, furnish, order, publish

FRAGILE = {"lines": "any", "where": {"field": "sku", "op": "eq", "value": "GLASS"}}


def courier_set(mode: str = "live", **more: Any) -> dict[str, Any]:
    rule = {"id": "fragile", "name": "易碎", "when": FRAGILE, "then": {"courier": "SF", **more.pop("then", {})}}
    return {"kind": "courier", "name": "care", "mode": mode, "hit": "first", "rules": [rule], **more}


def courier_of(store: Store, key: int) -> str:
    return ask(store, "SELECT courier FROM orders WHERE order_key = ?", key)[0][0]


def kept(store: Store, key: int) -> list[tuple[Any, ...]]:
    return ask(
        store,
        "SELECT rule_set, mode, outcome, rules, evidence FROM decisions WHERE kind = 'courier' AND order_key = ?",
        key,
    )


def test_an_order_that_meets_a_courier_rule_goes_by_its_courier_and_says_so(store: Store) -> None:
    cheap = {"kind": "routing", "name": "cheap", "mode": "live", "rules": [], "couriers": []}
    furnish(store, {(JX, "A"): 5, (JX, "GLASS"): 5}, sf_fen=900, policy=cheap)
    publish(store, "courier", courier_set())
    order(store, 1, [("A", 1)])
    order(store, 2, [("GLASS", 1)])
    assign(store, [1, 2], ZONE)
    assert (courier_of(store, 1), courier_of(store, 2)) == ("ZTO", "SF")
    assert kept(store, 1) == []
    [(name, mode, outcome, rules, evidence)] = kept(store, 2)
    assert (name, mode, outcome, json.loads(rules)) == ("care", "live", "courier:SF", ["fragile"])
    assert json.loads(evidence) == {"asked": ["SF"], "taken": ["SF"]}


def test_a_rule_with_a_cap_gives_way_to_the_others_when_its_courier_costs_more(store: Store) -> None:
    cheap = {"kind": "routing", "name": "cheap", "mode": "live", "rules": [], "couriers": []}
    furnish(store, {(JX, "GLASS"): 5}, sf_fen=801, policy=cheap)
    publish(store, "courier", courier_set(then={"price_cap_fen": 800}))
    order(store, 1, [("GLASS", 1)])
    assign(store, [1], ZONE)
    assert courier_of(store, 1) == "ZTO"
    assert json.loads(kept(store, 1)[0][4]) == {"asked": ["SF"], "taken": ["ZTO"]}


def test_a_courier_wished_for_at_a_price_is_never_taken_above_it() -> None:
    card = read_rate_card(body_of(JX, "SF", 0, {"浙江": (2.0, [{"first_fee_fen": 900}])}))
    wish = (Courier("SF", 800, rule="care/fragile"),)
    tariff = Tariff(card.lanes, Policy())
    assert tariff.quote(JX, "浙江", 500, None, wish) == PRICE_CAP
    found = tariff.quote(JX, "浙江", 500)
    assert isinstance(found, Quote)
    assert (found.courier, found.freight_fen, found.rule) == ("SF", 900, "")


def test_a_rule_may_look_at_fields_of_the_order_beside_its_lines(store: Store) -> None:
    cheap = {"kind": "routing", "name": "cheap", "mode": "live", "rules": [], "couriers": []}
    furnish(store, {(JX, "A"): 5}, sf_fen=900, policy=cheap)
    body = courier_set()
    body["rules"][0]["when"] = {"field": "shop", "op": "eq", "value": "s"}
    publish(store, "courier", body)
    order(store, 1, [("A", 1)])
    assign(store, [1], ZONE)
    assert courier_of(store, 1) == "SF"


def test_a_set_in_shadow_notes_what_it_would_ask_for_and_changes_nothing(store: Store) -> None:
    cheap = {"kind": "routing", "name": "cheap", "mode": "live", "rules": [], "couriers": []}
    furnish(store, {(JX, "GLASS"): 5}, sf_fen=900, policy=cheap)
    publish(store, "courier", courier_set("shadow"))
    order(store, 1, [("GLASS", 1)])
    assign(store, [1], ZONE)
    assert courier_of(store, 1) == "ZTO"
    assert [row[:3] for row in kept(store, 1)] == [("care", "shadow", "courier:SF")]


def test_a_set_that_cannot_be_read_any_more_leaves_its_last_good_version_in_force(store: Store) -> None:
    furnish(store, {(JX, "GLASS"): 5, (SZ, "GLASS"): 5})
    publish(store, "courier", courier_set())
    assert [each.version for each in book(store).courier_sets] == [1]
    broken = courier_set()
    broken["rules"][0]["then"] = {"courier": ""}
    publish(store, "courier", broken)
    found = book(store)
    assert [each.version for each in found.courier_sets] == [1]
    assert set(found.problems) == {"care"}


@pytest.mark.parametrize(
    ("then", "place"),
    [({}, "rules[0].then.courier"), ({"courier": "SF", "price_cap_fen": -1}, "rules[0].then.price_cap_fen"),
     ({"courier": "SF", "x": 1}, "rules[0].then")],
)  # fmt: skip
def test_a_courier_rule_that_is_not_whole_is_refused_with_its_place(then: dict[str, Any], place: str) -> None:
    body = courier_set()
    body["rules"][0]["then"] = then
    with speaking("en"), pytest.raises(BadRequest, match=place.replace("[", r"\[").replace("]", r"\]")):
        read_rule_set(body, Catalogue())
