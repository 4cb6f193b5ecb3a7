from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import BadRequest
from core.insight.backtest import Period
from core.insight.whatif import Costs, compare, sweep, wilson
from core.model.fields import Catalogue
from core.people.vault import open_vault
from core.rules.ruleset import RuleSet, read_rule_set
from core.settings import Settings
from core.store import Store

NOON = datetime(2026, 11, 3, 4, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def rules(*whens: tuple[str, dict[str, Any], str], **more: Any) -> RuleSet:
    listed = [{"id": name, "when": when, "then": {"action": action}, **more} for name, when, action in whens]
    return read_rule_set({"kind": "risk", "name": "t", "mode": "live", "rules": listed}, Catalogue())


def over(fen: int) -> dict[str, Any]:
    return {"field": "paid_fen", "op": "gt", "value": fen}


@pytest.fixture
def pool(store: Store) -> Store:
    """Ten orders of 100, 200 … 1000 fen; 700 is normal, 800 and 1000 are fraud by people's labels."""
    with store.write() as cursor:
        for n in range(1, 11):
            cursor.execute(
                "INSERT INTO orders (order_key, platform_no, channel, buyer_id, paid_at, ordered_at, paid_fen) "
                "VALUES (?, ?, 'jd', 'b', ?, ?, ?)",
                [n, f"N{n}", NOON + timedelta(minutes=n), NOON + timedelta(minutes=n), 100 * n],
            )
        for key, label in ((7, "fraud"), (7, "normal"), (8, "fraud"), (10, "fraud")):
            cursor.execute("INSERT INTO labels VALUES (?, ?, 'review', 'lead', ?)", [key, label, datetime.now(UTC)])
    return store


def test_variants_are_compared_with_the_live_set_and_allow_is_not_held(pool: Store, settings: Settings) -> None:
    vip = ("vip", {"field": "paid_fen", "op": "eq", "value": 900}, "allow")
    variants = [("wide", rules(("big", over(500), "freeze"), vip)), ("narrow", rules(("big", over(900), "freeze")))]
    live = rules(("big", over(800), "review"))
    wide, narrow = compare(pool, open_vault(settings), variants, live, zone=ZONE, period=Period())
    assert (wide.orders, wide.held, wide.held_fen) == (10, 4, 600 + 700 + 800 + 1000)
    assert wide.by_rule == {"big": 5, "vip": 1}
    assert (wide.newly, wide.no_longer) == ((8, 7, 6), (9,))
    assert (narrow.held, narrow.newly_count, narrow.no_longer_count) == (1, 0, 1)
    assert (wide.normal_held, wide.fraud_held, wide.wrong) == (1, 2, pytest.approx(1 / 3))
    assert narrow.wrong == 0.0


def test_without_labels_there_is_no_share_of_wrong_holds(pool: Store, settings: Settings) -> None:
    (found,) = compare(
        pool, open_vault(settings), [("x", rules(("low", {"field": "paid_fen", "op": "lt", "value": 300}, "freeze")))], None,
        zone=ZONE, period=Period(),
    )  # fmt: skip
    assert (found.held, found.newly_count, found.wrong, found.wrong_low) == (2, 2, None, None)


def test_a_sweep_gives_precision_recall_and_cost_of_each_threshold(pool: Store, settings: Settings) -> None:
    found = sweep(
        pool, open_vault(settings), rules(("big", over(0), "freeze")), "big", [0, 700, 900, 1000],
        Costs(review_fen=3, held_normal_fen=12, missed_fen=45), zone=ZONE, period=Period(),
    )  # fmt: skip
    assert [(step.held, step.normal_held, step.fraud_held, step.fraud_missed) for step in found] == [
        (10, 1, 2, 0), (3, 0, 2, 0), (1, 0, 1, 1), (0, 0, 0, 2),
    ]  # fmt: skip
    assert [step.cost_fen for step in found] == [10 * 3 + 12, 9, 3 + 45, 90]
    assert [step.recall for step in found] == [1.0, 1.0, 0.5, 0.0]
    assert [step.precision for step in found] == [pytest.approx(2 / 3), 1.0, 1.0, None]


def test_a_threshold_of_a_windowed_count_is_swept_over_one_computed_window(pool: Store, settings: Settings) -> None:
    burst = rules(("b", {"count": "orders", "same": "buyer_id", "within": "day", "op": "gt", "value": 1}, "freeze"))
    found = sweep(pool, open_vault(settings), burst, "b", [1, 5, 9, 10], Costs(0, 0, 0), zone=ZONE, period=Period())
    assert [step.held for step in found] == [9, 5, 1, 0]


def test_what_cannot_be_swept_is_said(pool: Store, settings: Settings) -> None:
    fixed = rules(("f", {"field": "paid_fen", "op": "eq", "value": 1}, "freeze"))
    for rule, values in (("f", [1]), ("nope", [1]), ("f", [])):
        with pytest.raises(BadRequest):
            sweep(pool, open_vault(settings), fixed, rule, values, Costs(0, 0, 0), zone=ZONE, period=Period())


def test_the_wilson_interval_is_that_of_the_textbook() -> None:
    assert wilson(0, 0) is None
    low, high = wilson(8, 10) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
