"""Two periods beside one another: what is within its goal, what became better, and the file says the same."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from core.errors import BadRequest, NotAllowed
from core.insight.backtest import Period
from core.people.actor import person
from core.services import audit_trail, outcomes
from core.services.outcomes import BY_NAME
from core.store.audit_trail import Wanted

BOSS, ANA, MEI = person("boss", "admin"), person("ana", "analyst"), person("mei", "cs")
ZONE = "Asia/Shanghai"
EARLIER, LATER = Period(date(2026, 11, 2), date(2026, 11, 8)), Period(date(2026, 11, 9), date(2026, 11, 15))


@pytest.fixture
def told(store):
    """Before: 100 and 300 minutes, one of two touched by a person; after: 20 minutes twice, untouched."""
    with store.write() as cursor:
        for key, (day, minutes) in enumerate([(3, 100), (4, 300), (10, 20), (11, 20)]):
            paid = datetime(2026, 11, day, 4, tzinfo=UTC)
            cursor.execute(
                "INSERT INTO orders (order_key, channel, status, paid_at, slip_at, shipped_at) VALUES (?, 'jd', 'SHIPPED', ?, ?, ?)",
                [key, paid, paid + timedelta(minutes=minutes), paid + timedelta(minutes=minutes * 2)],
            )
        cursor.execute(
            "INSERT INTO order_events (order_key, event, actor, happened_at) VALUES (0, 'released', 'boss', ?)",
            [datetime(2026, 11, 3, 5, tzinfo=UTC)],
        )
    return store


def test_the_later_period_is_judged_by_its_goal_and_by_the_earlier_one(told):
    rows = {row.measure.name: row for row in outcomes.compare(ANA, told, EARLIER, LATER, zone=ZONE)}
    assert list(rows) == list(BY_NAME)
    median = rows["paid_to_slip_minutes.p50"]
    assert (median.before, median.after, median.met, median.gain) == (200, 20, True, True)
    share = rows["paid_to_slip_minutes.within_30_share"]
    assert (share.before, share.after, share.met, share.gain) == (0, 1, True, True)
    automation = rows["automation_rate"]
    assert (automation.before, automation.after, automation.met, automation.gain) == (0.5, 1, False, True)
    loss = rows["loss_fen"]
    assert (loss.before, loss.after, loss.met, loss.gain) == (None, None, None, None)


def test_a_goal_set_by_a_person_counts_for_everybody_and_is_noted(told):
    outcomes.set_target(BOSS, told, "paid_to_slip_minutes.p50", None, 15)
    assert outcomes.targets(ANA, told)["paid_to_slip_minutes.p50"] == (None, 15)
    rows = {row.measure.name: row for row in outcomes.compare(ANA, told, EARLIER, LATER, zone=ZONE)}
    assert rows["paid_to_slip_minutes.p50"].met is False
    (noted,) = audit_trail.page(BOSS, told, Wanted())[0]
    assert (noted.action, noted.subject) == ("insight.targets", "paid_to_slip_minutes.p50")


@pytest.mark.parametrize(("name", "low", "high"), [("gossip", None, 1), ("loss_fen", 5, 4), ("loss_fen", -1, None)])
def test_a_goal_that_is_none_is_refused(told, name, low, high):
    with pytest.raises(BadRequest):
        outcomes.set_target(BOSS, told, name, low, high)
    assert outcomes.targets(BOSS, told)["loss_fen"] == (None, None)


def test_who_may_not_sees_and_sets_nothing(told):
    with pytest.raises(NotAllowed):
        outcomes.compare(MEI, told, EARLIER, LATER, zone=ZONE)
    with pytest.raises(NotAllowed):
        outcomes.set_target(ANA, told, "loss_fen", None, 1)


def test_the_file_holds_the_same_numbers(told):
    name, content = outcomes.export(ANA, told, EARLIER, LATER, zone=ZONE)
    sheet = load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert name == "outcomes-2026-11-15.xlsx"
    assert rows[0][1:3] == ("2026-11-02 – 2026-11-08", "2026-11-09 – 2026-11-15")
    assert rows[1][1:4] == (200, 20, "≤ 30.0 分钟")
    assert len(rows) == 1 + len(outcomes.MEASURES)


@pytest.mark.parametrize(("name", "value", "words"), [
    ("loss_fen", 123456, "¥1,234.56"), ("dispatch_error_rate", 0.009, "0.90%"), ("automation_rate", 0.873, "87.3%"),
    ("paid_to_slip_minutes.p50", 47, "47.0 分钟"), ("paid_to_slip_minutes.p90", 720, "12.0 小时"),
    ("cross_team_tickets_per_day", 3.5, "3.50"), ("paid_to_slip_minutes.open", 12, "12"), ("oversell_rate", None, "–"),
])  # fmt: skip
def test_a_figure_is_said_with_its_unit(name, value, words):
    assert outcomes.shown(BY_NAME[name], value) == words
