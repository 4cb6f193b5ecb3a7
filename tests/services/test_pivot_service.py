"""Questions of persons: kept, told to robots on their day with the rights of that day, as a file."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from core import clock
from core.errors import BadRequest, NotFound
from core.jobs.pivot_report import tell
from core.people.actor import person
from core.people.vault import open_vault
from core.services import pivot
from core.store import accounts, robots
from core.store.robots import Robot
from tests.factories import fill

ZONE = "Asia/Shanghai"
ANA, LEA = person("ana", "analyst"), person("lea", "lead")
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)  # Monday, 10:00 in Shanghai
ASKED = {"rows": ["channel"], "measure": "orders", "view": {"by": "paid_at", "from": "2026-11-01", "to": "2026-11-07"}}


@pytest.fixture
def vault(settings):
    return open_vault(settings)


@pytest.fixture
def pool(store, vault):
    with clock.frozen(NOW):
        fill(store, vault, 200, days=20, until=NOW)
        with store.write() as cursor:
            accounts.add(cursor, "ana", "Ana", "analyst", "x", must_change=False)
            robots.save(cursor, Robot("ops", "dingtalk", {}))
        yield store


def sent(store):
    with store.read() as cursor:
        return cursor.execute("SELECT shop, body FROM outbox WHERE kind = 'notify' ORDER BY created_at").fetchall()


def test_the_orders_behind_are_within_the_filter(pool, vault):
    question, answer = pivot.ask(ANA, pool, vault, ASKED, zone=ZONE)
    name, number = answer.firsts[0]
    found = pivot.behind(ANA, pool, vault, ASKED, (name,), zone=ZONE)
    assert (found.total, {row["channel"] for row in found.rows}) == (number, {name})
    assert question.measure.name == "orders"


def test_the_file_says_the_same(pool, vault):
    _question, answer = pivot.ask(ANA, pool, vault, ASKED, zone=ZONE)
    _name, content = pivot.export(ANA, pool, vault, ASKED, zone=ZONE)
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert [row[1] for row in rows[1:]] == [number for _channel, number in answer.firsts]


def test_a_question_is_told_once_on_its_day(pool, vault, settings):
    pivot.schedule(ANA, pool, vault, "channels", ASKED, "ops", "day", "09:00", zone=ZONE)
    assert tell(pool, vault, settings) == 0  # from tomorrow on
    with clock.frozen(datetime(2026, 11, 17, 0, 59, tzinfo=UTC)):
        assert tell(pool, vault, settings) == 0
    with clock.frozen(datetime(2026, 11, 17, 1, 0, tzinfo=UTC)):
        assert tell(pool, vault, settings) == 1
        assert tell(pool, vault, settings) == 0
    [(robot, body)] = sent(pool)
    assert robot == "ops"
    assert "channels" in body


@pytest.mark.parametrize(("every", "day", "times"), [("week", 17, 0), ("week", 23, 1), ("month", 30, 0)])
def test_a_week_begins_on_monday_and_a_month_on_the_first(pool, vault, settings, every, day, times):
    pivot.schedule(ANA, pool, vault, "channels", ASKED, "ops", every, "09:00", zone=ZONE)
    with clock.frozen(datetime(2026, 11, day, 2, tzinfo=UTC)):
        assert tell(pool, vault, settings) == times


def test_the_period_moves_along(pool):
    with clock.frozen(datetime(2026, 11, 17, 2, tzinfo=UTC)):
        assert pivot.moved(ASKED, ZONE)["view"] == {"by": "paid_at", "from": "2026-11-10", "to": "2026-11-16"}


def test_who_has_lost_the_right_is_told_nothing_more(pool, vault, settings):
    pivot.schedule(ANA, pool, vault, "channels", ASKED, "ops", "day", "09:00", zone=ZONE)
    with pool.write() as cursor:
        accounts.change(cursor, "ana", display_name="Ana", role="warehouse", language="zh", active=True)
    with clock.frozen(datetime(2026, 11, 17, 2, tzinfo=UTC)):
        assert tell(pool, vault, settings) == 0
    assert sent(pool) == []
    [one] = pivot.schedules(ANA, pool)
    assert one.state == "stopped"
    assert one.problem


def test_a_timetable_is_its_owners(pool, vault):
    one = pivot.schedule(ANA, pool, vault, "channels", ASKED, "ops", "day", "09:00", zone=ZONE)
    assert pivot.schedules(LEA, pool) == []
    with pytest.raises(NotFound):
        pivot.unschedule(LEA, pool, one.schedule_id)
    pivot.unschedule(ANA, pool, one.schedule_id)
    assert pivot.schedules(ANA, pool) == []


@pytest.mark.parametrize(
    ("robot", "every", "at"), [("nobody", "day", "09:00"), ("ops", "hour", "09:00"), ("ops", "day", "25:00")]
)
def test_a_wrong_timetable_is_refused(pool, vault, robot, every, at):
    with pytest.raises((BadRequest, NotFound)):
        pivot.schedule(ANA, pool, vault, "x", ASKED, robot, every, at, zone=ZONE)
    assert pivot.schedules(ANA, pool) == []


def test_questions_are_kept_by_name(pool, vault):
    pivot.save(ANA, pool, vault, "channels", ASKED, zone=ZONE)
    assert [(one.name, one.body) for one in pivot.saved(ANA, pool)] == [("channels", ASKED)]
    pivot.forget(ANA, pool, "channels")
    assert pivot.saved(ANA, pool) == []
