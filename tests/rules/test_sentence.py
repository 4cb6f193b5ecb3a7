from typing import Any

import pytest

from core.i18n import speaking
from core.model.fields import Catalogue
from core.rules.condition import read
from core.rules.sentence import say

CASES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"count": "orders", "same": "phone", "within": "day", "op": "gt", "value": 5},
        "more than 5 orders with the same phone within one day",
        "单日内同一手机号的订单数超过 5",
    ),
    (
        {"all": [{"field": "paid_fen", "op": "gt", "value": 200000}, {"field": "status", "op": "eq", "value": "PAID"}]},
        "Amount paid is over 2,000.00 yuan and Status is Paid",
        "实付金额超过 2,000.00 元 且 状态等于已付款",
    ),
    (
        {"any": [{"all": [{"field": "flag", "op": "is_null"}, {"field": "city", "op": "in", "value": ["a", "b"]}]},
                 {"not": {"field": "is_presale", "op": "eq", "value": True}}]},
        "(Flag is empty and City is one of “a”, “b”) or not (Presale is yes)",
        "(插旗为空 且 城市是“a”、“b”之一) 或 不满足（预售等于是）",
    ),
    (
        {"lines": "sum", "of": "qty", "where": {"field": "sku", "op": "starts_with", "value": "HOT"},
         "op": "ge", "value": 10},
        "total of quantity over the lines where SKU starts with “HOT” is at least 10",
        "数量合计（只计满足“商品编码以“HOT”开头”的行）不低于 10",
    ),
    (
        {"count": "units", "same": "ip", "within": "48h", "op": "between", "value": [2, 4],
         "where": {"field": "paid_fen", "op": "le", "value": 3000}},
        "2 to 4 units bought with the same IP address within 2 days (counting only orders where Amount paid is at most 30.00 yuan)",
        "2 天内同一IP 地址的件数在 2 到 4 之间（只计满足“实付金额不超过 30.00 元”的订单）",
    ),
    (
        {"count": "orders", "same": "buyer_id", "within": "36h", "op": "eq", "value": 1},
        "no other order with the same buyer within 36 hours",
        "36 小时内同一买家没有其他订单",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("document", "english", "chinese"), CASES)
def test_a_condition_is_said_in_both_languages(document: dict[str, Any], english: str, chinese: str) -> None:
    condition = read(document, Catalogue())
    with speaking("en"):
        assert say(condition) == english
    with speaking("zh"):
        assert say(condition) == chinese
