"""A figure that leaves its band is told once, and once more when it is back."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import BadRequest, NotAllowed, NotFound
from core.insight import alerting
from core.people.actor import person
from core.services import figure_alerts, outcomes
from core.store import alerts, robots
from core.store.robots import Robot

BOSS, ANA = person("boss", "admin"), person("ana", "analyst")
ZONE = "Asia/Shanghai"
MEDIAN = "paid_to_slip_minutes.p50"


def test_only_a_turn_is_told():
    bands, watched = {"a": (0.8, 0.9), "b": (None, 30.0), "c": (None, None)}, ("a", "b", "c")
    first = alerting.turns(watched, {"a": 0.7, "b": 30.0, "c": 9.0}, bands, ())
    assert [(turn.name, turn.value, turn.outside) for turn in first] == [("a", 0.7, True)]
    assert alerting.turns(watched, {"a": 0.6, "b": 30.0}, bands, ["a"]) == []
    back = alerting.turns(watched, {"a": 0.9, "b": 31.0}, bands, ["a"])
    assert [(turn.name, turn.outside) for turn in back] == [("a", False), ("b", True)]
    assert alerting.turns(watched, {"a": None}, bands, ["a"]) == []


@pytest.fixture
def slow(store):
    paid = clock.now() - timedelta(hours=9)
    with store.write() as cursor:
        robots.save(cursor, Robot("group", "wecom", {}, ""))
        for key in range(alerting.LEAST_ORDERS):
            cursor.execute(
                "INSERT INTO orders (order_key, channel, status, paid_at, slip_at) VALUES (?, 'jd', 'PICKING', ?, ?)",
                [key, paid, paid + timedelta(minutes=50)],
            )
    figure_alerts.watch(BOSS, store, [MEDIAN], ["group"])
    return store


def told(store):
    with store.read() as cursor:
        return [(alert.robot, alert.title) for alert in alerts.untold(cursor)]


def test_a_figure_out_of_its_band_goes_to_the_robots_once(slow):
    assert figure_alerts.look(BOSS, slow, zone=ZONE) == 1
    assert figure_alerts.look(BOSS, slow, zone=ZONE) == 0
    ((robot, title),) = told(slow)
    assert robot == "group" and "50.0" in title and "30.0" in title
    assert figure_alerts.states(ANA, slow)[MEDIAN].outside
    outcomes.set_target(BOSS, slow, MEDIAN, None, 60)
    assert figure_alerts.look(BOSS, slow, zone=ZONE) == 1
    assert len(told(slow)) == 2 and not figure_alerts.states(ANA, slow)[MEDIAN].outside


def test_a_handful_of_orders_is_no_trend(slow):
    with slow.write() as cursor:
        cursor.execute("DELETE FROM orders WHERE order_key = 0")
    assert figure_alerts.look(BOSS, slow, zone=ZONE) == 0
    assert told(slow) == []


def test_what_is_watched_is_chosen_by_those_who_may(store):
    assert figure_alerts.watching(ANA, store) == (figure_alerts.USUAL, ())
    with pytest.raises(NotAllowed):
        figure_alerts.watch(ANA, store, [MEDIAN], [])
    with pytest.raises(BadRequest):
        figure_alerts.watch(BOSS, store, ["gossip"], [])
    with pytest.raises(NotFound):
        figure_alerts.watch(BOSS, store, [MEDIAN], ["nobody"])
