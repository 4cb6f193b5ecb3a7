from typing import Any

from core.model.fields import Catalogue
from core.rules.closure import Known, compile_closure
from core.rules.condition import read
from core.ui.rules import apart

COUNT = {"field": "paid_fen", "op": "gt", "value": 100}


def met(rules: list[dict[str, Any]], **order: Any) -> list[str]:
    known = Known(order)
    return [rule["id"] for rule in rules if compile_closure(read(rule["when"], Catalogue()), str)(known)]


def start() -> list[dict[str, Any]]:
    name = {"zh": "大额", "en": "Large"}
    return [{"id": "big", "name": name, "when": COUNT, "then": {"action": "review"}}]


def test_a_platform_set_apart_has_a_rule_and_a_number_of_its_own() -> None:
    rules = apart.set_apart(start(), 0, "channel", "jd", "JD")
    rules[1]["when"]["all"][1] = {**COUNT, "value": 500}
    assert met(rules, channel="jd", paid_fen=300) == []
    assert met(rules, channel="jd", paid_fen=600) == ["big-jd"]
    assert met(rules, channel="taobao", paid_fen=300) == ["big"]
    assert rules[1]["name"] == {"zh": "大额 · JD", "en": "Large · JD"}
    assert apart.place_of(rules[1]) == ("channel", "jd")


def test_a_second_place_keeps_the_first_apart_and_each_goes_back_alone() -> None:
    rules = apart.set_apart(start(), 0, "channel", "jd", "JD")
    rules = apart.set_apart(rules, 0, "channel", "doudian", "Doudian")
    assert apart.left_out(rules[0], "channel") == ["jd", "doudian"]
    assert met(rules, channel="jd", paid_fen=300) == ["big-jd"]
    rules = apart.put_back(rules, 1)
    assert [rule["id"] for rule in rules] == ["big", "big-jd"]
    assert met(rules, channel="doudian", paid_fen=300) == ["big"]
    assert apart.put_back(rules, 1) == start()


def test_a_shop_and_a_platform_stand_apart_side_by_side() -> None:
    rules = apart.set_apart(start(), 0, "channel", "jd", "JD")
    rules = apart.set_apart(rules, 0, "shop", "outlet", "outlet")
    assert met(rules, channel="taobao", shop="outlet", paid_fen=300) == ["big-outlet"]
    assert met(rules, channel="taobao", shop="main", paid_fen=300) == ["big"]
    assert met(rules, channel="jd", shop="main", paid_fen=300) == ["big-jd"]
