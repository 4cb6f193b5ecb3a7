from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decide.routing.freight import Bracket, Lane, billable_g, half_up, problems
from core.decide.routing.load import line_load
from core.decide.routing.policy import Courier, Policy
from core.decide.routing.quotes import Quote, Tariff

CARD = (Bracket(500, 0, 280, 0, 0), Bracket(1000, 0, 260, 0, 0), Bracket(0, 1000, 300, 500, 90))


def lane(courier: str, *brackets: Bracket, days: str = "1") -> Lane:
    return Lane("JX", "Zhejiang", courier, Fraction(days), brackets)


@pytest.mark.parametrize(
    ("grams", "fee"), [(1, 280), (500, 280), (501, 260), (1000, 260), (1001, 390), (1500, 390), (1501, 480)]
)
def test_brackets_then_first_and_step_need_not_rise_with_weight(grams: int, fee: int) -> None:
    assert lane("ZTO", *CARD).fee(grams) == fee


def test_above_the_last_bracket_nobody_takes_it() -> None:
    assert lane("ZTO", *CARD[:2]).fee(1001) is None
    assert Tariff([lane("ZTO", *CARD[:2])], Policy()).quote("JX", "Zhejiang", 1001) == "WEIGHT_OVER"


@given(st.lists(st.integers(1, 4000), max_size=3, unique=True).map(sorted), st.integers(0, 2000), st.integers(1, 900))
def test_a_fee_changes_only_at_the_turns(ends: list[int], first_g: int, step_g: int) -> None:
    brackets = [Bracket(end, first_g, 100 + end % 7, step_g, 10) for end in [*ends, 0]]
    tested = lane("ZTO", *brackets)
    turns = tested.turns(6000)
    assert all(tested.fee(g) == tested.fee(g + 1) for g in range(1, 6000) if g not in turns)


def test_problems_of_a_rate_card_are_named() -> None:
    assert problems(CARD) == []
    assert problems((CARD[1], CARD[0])) == [("OVERLAP", 500), ("NO_OPEN_END", 500)]
    assert problems((CARD[2], CARD[0])) == [("AFTER_OPEN_END", 0), ("NO_OPEN_END", 500)]


def test_volume_counts_where_it_is_more_and_the_courier_has_a_divisor() -> None:
    load = line_load(2, 300, 3001)
    assert (billable_g(load, 0), billable_g(load, 6000), billable_g(load, 20000)) == (600, 1001, 600)


def test_half_a_fen_goes_up() -> None:
    assert [half_up(Fraction(n, 4)) for n in (0, 1, 2, 3, 6)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("fee", "courier"), [(799, "SF"), (800, "SF"), (801, "ZTO")])
def test_exactly_the_cap_keeps_the_courier_and_a_fen_more_downgrades(fee: int, courier: str) -> None:
    lanes = [lane("SF", Bracket(0, 1000, fee, 0, 0)), lane("ZTO", Bracket(0, 1000, 340, 0, 0))]
    tariff = Tariff(lanes, Policy(couriers=(Courier("SF", 800), Courier("ZTO"))))
    quote = tariff.quote("JX", "Zhejiang", 500)
    assert isinstance(quote, Quote)
    assert quote.courier == courier
    assert quote.code == ("PRICE_CAP_DOWNGRADE" if fee > 800 else None)
    assert [(each.courier, each.quote_fen, each.cap_fen) for each in quote.skipped] == [("SF", fee, 800)] * (fee > 800)


def test_where_all_quotes_are_over_their_caps_nobody_ships() -> None:
    lanes = [lane("SF", Bracket(0, 0, 900, 0, 0)), lane("ZTO", Bracket(0, 0, 400, 0, 0))]
    tariff = Tariff(lanes, Policy(couriers=(Courier("SF", 800), Courier("ZTO", 399))))
    assert tariff.quote("JX", "Zhejiang", 500) == "PRICE_CAP"


def test_without_a_list_of_couriers_the_cheapest_with_its_days_is_taken() -> None:
    lanes = [lane("SF", Bracket(0, 0, 500, 0, 0), days="1"), lane("ZTO", Bracket(0, 0, 400, 0, 0), days="2.5")]
    assert _courier(Tariff(lanes, Policy(time_value_fen_per_day=60))) == "ZTO"
    assert _courier(Tariff(lanes, Policy(time_value_fen_per_day=70))) == "SF"


def test_a_courier_that_is_not_in_the_list_or_not_for_the_area_is_not_asked() -> None:
    lanes = [lane("SF", Bracket(0, 0, 100, 0, 0)), lane("ZTO", Bracket(0, 0, 400, 0, 0))]
    assert _courier(Tariff(lanes, Policy(couriers=(Courier("ZTO"),)))) == "ZTO"
    away = (Courier("SF", regions=frozenset({"Hainan"})), Courier("ZTO"))
    assert _courier(Tariff(lanes, Policy(couriers=away))) == "ZTO"


def _courier(tariff: Tariff) -> str:
    quote = tariff.quote("JX", "Zhejiang", 500)
    assert isinstance(quote, Quote)
    return quote.courier
