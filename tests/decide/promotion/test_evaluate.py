import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decide.promotion import Context, Line, Order, Outcome, Plan, evaluate, parse
from core.decide.promotion.evaluate import read_case
from core.errors import BadRequest


def numbered(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(Line(str(n), x.sku, x.qty, x.unit_price, x.category) for n, x in enumerate(lines))


BASKET = st.lists(
    st.builds(
        Line, id=st.just(""), sku=st.sampled_from("ABCD"), qty=st.integers(1, 6), unit_price=st.integers(1, 30_000),
        category=st.sampled_from(["snack", "toy", None]),
    ),
    min_size=1, max_size=5,
).map(numbered)  # fmt: skip

EVERYTHING = [
    {"id": "SP", "type": "special_price", "price": 900, "scope": {"skus": ["A"]}, "max_qty_per_order": 3},
    {"id": "HALF", "type": "nth_discount", "n": 2, "rate": "0.5", "scope": {"categories": ["snack"]}},
    {"id": "FREE", "type": "nth_free", "n": 3, "group": "scope", "max_times": 2, "group_id": "g", "group_mode": "best"},
    {"id": "SET", "type": "bundle", "set": {"A": 1, "B": 2}, "price": 1500, "group_id": "g"},
    {
        "id": "MJ",
        "type": "full_reduce",
        "tiers": [{"threshold": 5000, "reduce": 700}, {"threshold": 20000, "reduce": 5100}],
    },
    {
        "id": "EV",
        "type": "full_reduce",
        "level": "platform",
        "every": {"threshold": 9900, "reduce": 1000, "max_times": 3},
    },
    {
        "id": "FD",
        "type": "full_discount",
        "basis": "qty",
        "tiers": [{"threshold": 4, "rate": "0.87"}],
        "max_discount": 999,
    },
]


def order(*lines: tuple[str, int, int], paid_at: str = "2026-11-11T10:00:00", **rest: Any) -> Order:
    return Order(
        "T1",
        "taobao",
        paid_at,
        tuple(Line(str(n), sku, qty, price) for n, (sku, qty, price) in enumerate(lines, 1)),
        **rest,
    )


def run(promotions: list[dict[str, Any]], basket: Order, context: Context | None = None) -> Outcome:
    return evaluate(Plan(parse(promotion) for promotion in promotions), basket, context)


@pytest.mark.shared
def test_every_worked_case_gives_its_exact_result(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "promo_cases.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) >= 27
    for case in cases:
        basket, context = read_case(case["input"])
        assert run(case["input"]["promotions"], basket, context).document() == case["expected"], case["id"]


@given(lines=BASKET, chosen=st.sets(st.sampled_from(range(len(EVERYTHING)))))
def test_discounts_add_up_and_no_line_is_ever_below_zero(lines: tuple[Line, ...], chosen: set[int]) -> None:
    found = run([EVERYTHING[n] for n in chosen], Order("T", "taobao", "2026-01-01T00:00:00", lines)).document()
    assert sum(sum(line["discounts"].values()) for line in found["lines"]) == found["discount_total"]
    assert sum(applied["discount"] for applied in found["applied"]) == found["discount_total"]
    assert sum(sum(line["unit_nets"]) for line in found["lines"]) == found["payable"]
    assert all(line["net"] >= 0 and fen > 0 for line in found["lines"] for fen in [*line["discounts"].values(), 1])


@given(lines=BASKET)
def test_the_order_in_which_promotions_are_written_down_does_not_matter(lines: tuple[Line, ...]) -> None:
    basket = Order("T", "taobao", "2026-01-01T00:00:00", lines)
    assert run(EVERYTHING, basket).document() == run(EVERYTHING[::-1], basket).document()


def test_an_activity_that_ended_gives_nothing_a_second_later() -> None:
    gift = {"id": "B3G1", "type": "gift", "buy": 3, "give": {"TREAT": 1}, "end_at": "2026-11-12T00:00:00"}
    stock = Context(gift_stock={"TREAT": 9})
    last = run([gift], order(("A", 3, 1000), paid_at="2026-11-11T23:59:59"), stock)
    late = run([gift], order(("A", 3, 1000), paid_at="2026-11-12T00:00:00"), stock)
    assert last.gifts == [{"promo": "B3G1", "sku": "TREAT", "qty": 1, "unit_price": 0}]
    assert (late.gifts, late.skipped) == ([], [("B3G1", "expired")])


def test_gift_rules_take_from_one_stock_and_say_what_is_missing() -> None:
    rules = [
        {"id": "G1", "type": "gift", "priority": 2, "buy": 1, "give": {"TREAT": 1}},
        {"id": "G2", "type": "gift", "priority": 1, "buy": 2, "give": {"TREAT": 2}, "on_short": "hold"},
    ]
    found = run(rules, order(("A", 2, 1000)), Context(gift_stock={"TREAT": 3}))
    assert found.gifts == [{"promo": "G1", "sku": "TREAT", "qty": 2, "unit_price": 0}]
    assert found.holds == [{"promo": "G2", "reason": "gift_short", "sku": "TREAT", "excess": 2}]


def test_exclusive_lines_lock_their_scope_for_all_later_levels() -> None:
    rules = [
        {"id": "SP", "type": "special_price", "price": 900, "scope": {"skus": ["A"]}, "exclusive": "lines"},
        {"id": "MJ", "type": "full_reduce", "tiers": [{"threshold": 1000, "reduce": 100}]},
    ]
    found = run(rules, order(("A", 2, 1000), ("B", 1, 900)))
    assert found.payable == 1800 + 900
    assert found.skipped == [("MJ", "below_threshold")]


def test_an_exclusive_order_promotion_refuses_gifts_unless_they_ignore_it() -> None:
    rules = [
        {"id": "ALL", "type": "full_discount", "tiers": [{"threshold": 1, "rate": "0.5"}], "exclusive": "order"},
        {"id": "G1", "type": "gift", "buy": 1, "give": {"TREAT": 1}},
        {"id": "G2", "type": "gift", "buy": 1, "give": {"TREAT": 1}, "ignore_exclusive": True},
    ]
    found = run(rules, order(("A", 1, 1000)), Context(gift_stock={"TREAT": 5}))
    assert [gift["promo"] for gift in found.gifts] == ["G2"]
    assert found.skipped == [("G1", "excluded_by_exclusive")]


def test_per_line_members_share_the_lines_between_them() -> None:
    rules = [
        {"id": "A1", "type": "special_price", "price": 900, "scope": {"skus": ["A"]},
         "group_id": "g", "group_mode": "per_line", "priority": 9},
        {"id": "A2", "type": "special_price", "price": 800, "scope": {"skus": ["A"]}, "group_id": "g"},
        {"id": "A3", "type": "special_price", "price": 800, "group_id": "g"},
    ]  # fmt: skip
    found = run(rules, order(("A", 1, 1000), ("B", 1, 1000)))
    assert [(entry["promo"], entry["lines"]) for entry in found.applied] == [("A1", {"1": 100}), ("A3", {"2": 200})]
    assert found.skipped == [("A2", "line_taken")]


@pytest.mark.parametrize(
    "document",
    [
        {"id": "X", "type": "magic"},
        {"id": "X", "type": "special_price"},
        {"id": "X", "type": "special_price", "price": 9.5},
        {"id": "X", "type": "nth_discount", "n": 0, "rate": "0.5"},
        {"id": "X", "type": "nth_discount", "n": 2, "rate": "1.5"},
        {"id": "X", "type": "full_reduce"},
        {"id": "X", "type": "gift", "buy": 3, "give": {"T": 0}},
        {"id": "X", "type": "limit", "max_qty": 1},
        {
            "id": "X",
            "type": "special_price",
            "price": 1,
            "start_at": "2026-02-01T00:00:00",
            "end_at": "2026-01-01T00:00:00",
        },
        {"id": "X", "type": "special_price", "price": 1, "surprise": 1},
    ],
)
def test_a_wrong_document_is_refused_with_its_place(document: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match=r"X|magic"):
        parse(document, "X")
