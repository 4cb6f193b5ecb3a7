from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest

from core.decide.routing.explain import Explainer
from core.decide.routing.freight import Bracket, Lane
from core.decide.routing.greedy import route
from core.decide.routing.instance import Instance, Line, Order
from core.decide.routing.policy import Policy, read_policy
from core.decide.routing.problem import NOWHERE, Problem
from core.decide.routing.result import evaluate
from core.errors import BadRequest
from core.i18n import speaking

START = datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=8)))
EAST: dict[str, Any] = {
    "time_value_fen_per_day": 0,
    "pack_fee_fen": 0,
    "couriers": [{"courier": "顺丰", "price_cap_fen": 800}, {"courier": "中通"}],
    "rules": [
        {"id": "east", "name": "华东", "regions": ["华东"], "then": {"tiers": [["嘉兴"], ["苏州"]], "mode": "strict"}}
    ],
}
FEES = {"嘉兴": (920, 340), "苏州": (780, 300), "北京": (300, 200)}


def task(*wanted: tuple[str, int], region: str = "浙江", **stock: int) -> Instance:
    lanes = [
        Lane(place, region, courier, Fraction(1), (Bracket(0, 1000, fee, 0, 0),))
        for place, fees in FEES.items()
        for courier, fee in zip(("顺丰", "中通"), fees, strict=True)
    ]
    orders = [
        Order(f"o{n}", START + timedelta(minutes=n), region, [Line("1", sku, qty, 100)])
        for n, (sku, qty) in enumerate(wanted)
    ]
    return Instance(orders, {(place, "x"): qty for place, qty in stock.items()}, lanes)


def places(instance: Instance, policy: Policy) -> list[str]:
    problem = Problem(instance, policy)
    return [problem.warehouses[plan[0]] if plan[0] != NOWHERE else "" for plan in route(problem)]


def test_the_seed_sentence_east_china_goes_to_jiaxing_and_to_suzhou_when_that_is_short() -> None:
    wanted = [("x", 1)] * 4
    assert places(task(*wanted, 嘉兴=2, 苏州=1, 北京=9), read_policy(EAST)) == ["嘉兴", "嘉兴", "苏州", ""]
    assert places(task(*wanted, region="北京", 嘉兴=2, 苏州=1, 北京=9), read_policy(EAST)) == ["北京"] * 4


def test_the_reason_names_rule_tier_downgrade_and_what_it_saves() -> None:
    problem = Problem(task(("x", 1), 嘉兴=2, 苏州=1), read_policy(EAST))
    told = Explainer(problem, problem.opening()).explain(0)
    with speaking("zh"):
        assert (
            told.sentence()
            == "嘉兴：华东规则第 1 级；顺丰 9.20 元 > 上限 8.00 元，降级 中通 3.40 元；比 苏州 省 4.40 元"
        )
    with speaking("en"):
        assert told.sentence().startswith("嘉兴: rule 华东, tier 1; 顺丰 9.20 yuan is over its cap of 8.00 yuan")
    document = told.document()
    assert (document["rule_id"], document["tier"], document["delta_fen"]) == ("east", 1, 440)
    assert document["runner_up"] == ["苏州"]
    assert document["stock_seen"] == {"x": {"嘉兴": 2, "苏州": 1}}
    assert [each["codes"] for each in document["candidates"]] == [[], ["LATER_TIER"], ["NOT_IN_TIERS"]]
    without = Problem(task(("x", 1), 苏州=1), read_policy(EAST))
    assert Explainer(without, without.opening()).explain(0).document()["chosen"] == document["runner_up"]


def test_an_order_nobody_can_ship_says_the_codes() -> None:
    problem = Problem(task(("x", 5), 嘉兴=2, 北京=9), read_policy(EAST))
    told = Explainer(problem, problem.opening()).explain(0)
    with speaking("en"):
        assert (
            told.sentence()
            == "No warehouse can ship it: the rule does not name it, not enough stock, the warehouse does not carry the goods"
        )
    assert evaluate(problem, route(problem)).unfilled == [{"order_id": "o0", "line_no": "1", "reason": "NO_STOCK"}]


def test_prefer_pays_the_penalty_of_the_tier_only_in_the_choice_not_in_the_cost() -> None:
    then = {"tiers": [["嘉兴"], ["*"]], "mode": "prefer"}
    policy = {**EAST, "rules": [{"id": "east", "regions": ["浙江"], "then": then}], "couriers": [{"courier": "中通"}]}
    near, far = {**policy, "tier_penalty_fen": 141}, {**policy, "tier_penalty_fen": 139}
    assert places(task(("x", 1), 嘉兴=1, 北京=1), read_policy(near)) == ["嘉兴"]
    assert places(task(("x", 1), 嘉兴=1, 北京=1), read_policy(far)) == ["北京"]
    problem = Problem(task(("x", 1), 嘉兴=1, 北京=1), read_policy(far))
    result = evaluate(problem, route(problem))
    assert (result.cost_fen, result.score_fen) == (200, 339)


def test_a_tie_goes_to_the_lower_tier_then_to_the_lower_warehouse_id() -> None:
    lanes = [Lane(place, "浙江", "中通", Fraction(1), (Bracket(0, 0, 300, 0, 0),)) for place in FEES]
    made = task(("x", 1), 嘉兴=1, 北京=1, 苏州=1)
    made = Instance(made.orders, made.stock, lanes)
    assert places(made, Policy()) == [min(FEES)]
    tiers = {"tiers": [["苏州"], ["*"]]}
    assert places(made, read_policy({"otherwise": tiers, "tier_penalty_fen": 0})) == ["苏州"]


def test_a_condition_of_the_rule_language_chooses_the_tiers() -> None:
    rule = {
        "id": "bulk",
        "when": {"lines": "sum", "of": "qty", "op": "ge", "value": 3},
        "then": {"tiers": [["北京"]]},
    }
    policy = read_policy({**EAST, "rules": [rule, *EAST["rules"]]})
    assert places(task(("x", 3), ("x", 1), 嘉兴=9, 北京=9), policy) == ["北京", "嘉兴"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"disabled_warehouses": ["北京"]}, "WH_DISABLED"),
        ({"banned_skus": {"北京": ["x"]}}, "SKU_WH_BAN"),
        ({"banned_regions": {"北京": ["华东"]}}, "REGION_BAN"),
        ({"couriers": [{"courier": "中通", "price_cap_fen": 199}]}, "PRICE_CAP"),
        ({"couriers": [{"courier": "中通", "max_g": 99}]}, "WEIGHT_OVER"),
        ({"couriers": [{"courier": "圆通"}]}, "COURIER_NO_SERVICE"),
        ({"unfilled_line_penalty_fen": 199, "couriers": [{"courier": "中通"}]}, "DEARER_THAN_UNFILLED"),
    ],
)
def test_a_hard_limit_leaves_the_line_with_its_code(change: dict[str, Any], code: str) -> None:
    problem = Problem(task(("x", 1), 北京=9), read_policy({"pack_fee_fen": 0, "time_value_fen_per_day": 0, **change}))
    assert [line["reason"] for line in evaluate(problem, route(problem)).unfilled] == [code]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "{}"),
        ({"colour": 1}, "colour"),
        ({"pack_fee_fen": -1}, "pack_fee_fen"),
        ({"pack_fee_fen": True}, "pack_fee_fen"),
        ({"couriers": [{"courier": "A"}, {"courier": "A"}]}, "couriers[1].courier"),
        ({"couriers": [{"courier": "A", "cap": 3}]}, "couriers[0].cap"),
        ({"rules": [{"id": "a", "then": {"tiers": [["W"], ["W"]]}}]}, "rules[0].then.tiers"),
        ({"rules": [{"id": "a", "then": {"tiers": "W"}}]}, "rules[0].then.tiers"),
        ({"rules": [{"id": "a"}]}, "rules[0].then"),
        ({"rules": [{"id": "a", "when": {"field": "moon", "op": "eq", "value": 1}, "then": {}}]}, "rules[0].when"),
        ({"rules": [{"id": "a", "then": {}, "valid_from": "2026-11-01"}]}, "rules[0].valid_from"),
        ({"split": {"mode": "sometimes"}}, "split.mode"),
        ({"max_parcels": 10}, "max_parcels"),
        ({"price_percent": 101}, "price_percent"),
        ({"weights_g": {"x": 0}}, "weights_g.x"),
        ({"banned_skus": {"W": "x"}}, "banned_skus.W"),
    ],
)
def test_a_wrong_policy_names_the_place(document: Any, place: str) -> None:
    with pytest.raises(BadRequest) as raised:
        read_policy(document)
    assert place in raised.value.message


def test_a_missing_weight_is_estimated_by_sku_then_by_default() -> None:
    policy = read_policy({"weights_g": {"x": 250}, "default_weight_g": 500})
    assert [policy.unit_g(sku, grams) for sku, grams in (("x", 0), ("y", 0), ("x", 90))] == [250, 500, 90]
