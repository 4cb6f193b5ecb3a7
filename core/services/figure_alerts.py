"""Figures that people watch: judged over the last seven days, told to robots when one leaves its band or comes back."""

import json
from collections.abc import Sequence

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_, _
from core.insight import alerting, live_board
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services import outcomes
from core.store import Store, alerts, facts, reports, robots
from core.store.reports import FigureState

WATCHED = "figure_alerts"
"""The fact that holds {"figures": [...], "robots": [...]}."""
USUAL = (
    "paid_to_slip_minutes.p50", "automation_rate", "dispatch_error_rate", "false_positive_rate", "oversell_rate",
)  # fmt: skip
OUT = N_("A figure has left its band")
BACK = N_("A figure is back in its band")


def watching(actor: Actor, store: Store) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(figures watched, robots told)."""
    require(actor, store, "insight.view")
    return _watching(store)


def states(actor: Actor, store: Store) -> dict[str, FigureState]:
    """How each watched figure was judged last."""
    require(actor, store, "insight.view")
    with store.read() as cursor:
        return reports.states(cursor)


def robot_names(actor: Actor, store: Store) -> list[str]:
    """The robots that can be told."""
    require(actor, store, "insight.view")
    return [robot.name for robot in robots.listing(store)]


def watch(actor: Actor, store: Store, figures: Sequence[str], told: Sequence[str]) -> None:
    """Choose the figures and the robots. BadRequest for an unknown figure, NotFound for an unknown robot."""
    require(actor, store, "reports.make", "figure_alerts")
    for name in figures:
        if name not in outcomes.BY_NAME:
            raise BadRequest(N_("There is no figure {name}."), N_("Choose one of the list."), name=name)
    known = {robot.name for robot in robots.listing(store)}
    for name in told:
        if name not in known:
            raise NotFound(N_("There is no robot {name}."), N_("Set one up, or take it out of the flow."), name=name)
    with store.write() as cursor:
        facts.put(store, WATCHED, json.dumps({"figures": list(figures), "robots": list(told)}))
        audit.record(cursor, actor, "figures.watch", "", figures=list(figures), robots=list(told))


def look(actor: Actor, store: Store, *, zone: str) -> int:
    """Judge the watched figures now and raise an alert for each that has turned; returns how many have."""
    require(actor, store, "reports.make", "figure_alerts")
    figures, told = _watching(store)
    _first, document = live_board.rates(store, zone)
    times = document["paid_to_slip_minutes"]
    if times["n"] + times["open"] < alerting.LEAST_ORDERS:
        return 0
    values, bands, now = outcomes.flat(document), outcomes.bands(store), clock.now()
    with store.write() as cursor:
        before = reports.states(cursor)
        out = [name for name, state in before.items() if state.outside]
        found = alerting.turns(figures, values, bands, out)
        for turn in found:
            measure = outcomes.BY_NAME[turn.name]
            said = _("{figure}: {value}, goal {band}, last 7 days").format(
                figure=_(measure.label), value=outcomes.shown(measure, turn.value),
                band=outcomes.band_words(measure, *bands[turn.name]),
            )  # fmt: skip
            reports.keep_state(cursor, FigureState(turn.name, turn.outside, turn.value, said, now))
            # One title a figure: a robot gathers alerts of one title and tells the words of the first only.
            alerts.raise_(
                cursor, told, f"{_(OUT) if turn.outside else _(BACK)} · {said}", "", "", [], "", now, orders=1
            )
    return len(found)


def _watching(store: Store) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kept = json.loads(facts.get(store, WATCHED, "{}"))
    return tuple(kept.get("figures", USUAL)), tuple(kept.get("robots", ()))
