"""The simulator against hand-made days, and against the orders of size that were measured elsewhere (facts §5)."""

import pytest

from core.stock.simulate import LEGACY, Outcome, Sale, Setting, bad_day, fixed, formula, made_up, play


def test_a_figure_that_nobody_corrects_is_sold_on_every_channel() -> None:
    demand = {"A": [Sale(1.0, "x", 1), Sale(2.0, "y", 1), Sale(3.0, "x", 1)]}
    never = play(demand, {"A": 1}, Setting("never", (1440.0,), fixed(0)), seed=1)
    assert never == Outcome("never", wanted=3, accepted=2, oversold=1, lost=1, needless=0)
    at_once = play(demand, {"A": 1}, Setting("often", (0.5,), fixed(0)), seed=1, delay_minutes=0)
    assert at_once == Outcome("often", wanted=3, accepted=1, oversold=0, lost=2, needless=0)
    kept = play(demand, {"A": 1}, Setting("kept", (1440.0,), fixed(1)), seed=1)
    assert kept == Outcome("kept", wanted=3, accepted=0, oversold=0, lost=3, needless=1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_five_minutes_oversell_little_and_a_buffer_next_to_nothing(seed: int) -> None:
    demand = made_up(seed)
    stock = bad_day(demand, seed)

    def rate(setting: Setting) -> float:
        outcome = play(demand, stock, setting, seed=seed)
        assert outcome == play(demand, stock, setting, seed=seed)  # the same seed, the same day
        return outcome.oversell_rate

    assert rate(Setting("by hand", LEGACY, fixed(0))) > 0.015
    assert rate(Setting("push", (5.0,), fixed(0))) < 0.003
    assert rate(Setting("one piece", (5.0,), fixed(1))) < 0.0002
    assert rate(Setting("formula", (5.0,), formula(demand, 0.95, 7))) < 0.0002


def test_nothing_is_accepted_twice_and_everything_is_counted() -> None:
    demand = made_up(4, skus=20)
    stock = bad_day(demand, 4)
    for minutes in (1.0, 30.0, 1440.0):
        found = play(demand, stock, Setting("s", (minutes,), fixed(0), failing=0.2), seed=4)
        assert found.accepted + found.lost == found.wanted
        assert found.accepted - found.oversold <= sum(stock.values())
