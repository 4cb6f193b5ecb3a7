"""History for analysts: peaks, buyers who came back, goods bought together, what activities did; and what to make of it.

Every figure is counted over a view of the pool (core/services/order_query.py): the same filters everywhere.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.decide.promotion.activity import KIND, WALL_CLOCK
from core.errors import NotFound
from core.i18n import N_, _
from core.insight import history_buyers, history_peaks, history_promotions, pivot
from core.insight.history_buyers import Buyers, Pair
from core.insight.history_peaks import Peak
from core.insight.history_promotions import Group
from core.insight.pivot import Answer, Question
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import flows, orders
from core.services import pivot as questions
from core.services.order_query import query_of
from core.services.pivot import WEEKDAYS, Behind
from core.store import Store, catalogue, documents
from core.store.orders_query import EVERYTHING, Predicate, both

View = Mapping[str, Any]
_BY_HOUR = {"rows": ["weekday"], "column": "hour", "measure": "orders", "chart": "heat"}


@dataclass(frozen=True, slots=True)
class Effect:
    """An activity's two comparisons: met and unmet orders of its time, its whole time and as many days before."""

    name: str
    begin: datetime
    end: datetime
    met: Group
    unmet: Group
    during: Group
    before: Group


def by_hour(actor: Actor, store: Store, vault: Vault, view: View, *, zone: str) -> tuple[Question, Answer, Peak | None]:
    """Orders by weekday and hour, with the peak among them."""
    require(actor, store, "history.view")
    question, answer = questions.ask(actor, store, vault, {**_BY_HOUR, "view": dict(view)}, zone=zone)
    return question, answer, history_peaks.find(answer.cells)  # type: ignore[arg-type]


def buyers(actor: Actor, store: Store, vault: Vault, view: View, *, zone: str) -> Buyers:
    """Who came back."""
    require(actor, store, "history.view")
    return history_buyers.buyers(store, _picked(actor, store, vault, view, zone))


def baskets(
    actor: Actor, store: Store, vault: Vault, view: View, *, zone: str, least: int = 5
) -> tuple[list[Pair], int]:  # fmt: skip
    """Pairs of goods bought together in at least `least` orders, and how many orders were looked at."""
    require(actor, store, "history.view")
    return history_buyers.pairs(store, _picked(actor, store, vault, view, zone), least=max(2, least))


def activities(actor: Actor, store: Store) -> dict[str, str]:
    """id -> name of the published activities."""
    require(actor, store, "history.view")
    return {each.name: str(each.body.get("name") or each.name) for each in documents.all_published(store, KIND)}


def effect(actor: Actor, store: Store, vault: Vault, promotion: str, view: View, *, zone: str) -> Effect:
    """What an activity did among the orders of the view's shops and channels; the activity's own time counts.

    One without a beginning is looked at from its first publication, one without an end until now.
    """
    require(actor, store, "history.view", promotion)
    name, begin, end = _time_of(store, promotion, zone)
    days = (end - begin).total_seconds() / 86400
    shops = _picked(actor, store, vault, {k: v for k, v in view.items() if k in ("channel", "shop")}, zone)
    during = both(shops, history_promotions.paid_between(begin, end))
    before = both(shops, history_promotions.paid_between(begin - (end - begin), begin))
    sides = (
        both(during, history_promotions.met(promotion)), both(during, history_promotions.unmet(promotion)), during, before,
    )  # fmt: skip
    return Effect(name, begin, end, *(history_promotions.group(store, s, days) for s in sides))


def orders_of(
    actor: Actor, store: Store, vault: Vault, view: View, what: str, given: tuple[str, ...], *, zone: str
) -> Behind:
    """The orders behind a finding: of a buyer's code, with two SKUs, met or not met by an activity."""
    require(actor, store, "history.view", what)
    makers = {
        "buyer": history_buyers.of_buyer, "pair": history_buyers.with_both, "met": history_promotions.met,
        "unmet": history_promotions.unmet,
    }  # fmt: skip
    if what not in makers:
        raise NotFound(N_("There is nothing to list under {what}."), N_("Load the page again."), what=what)
    picked = makers[what](*given)
    if what in ("met", "unmet"):  # the activity's own time, to the second
        _name, begin, end = _time_of(store, given[0], zone)
        view = {key: value for key, value in view.items() if key in ("channel", "shop")}
        picked = both(history_promotions.paid_between(begin, end), picked)
    picked = both(_picked(actor, store, vault, view, zone), picked)
    plain = pivot.read({"rows": ["channel"], "measure": "orders"}, catalogue.load(store), zone, money=False)
    found, total = pivot.behind(store, plain, picked, ())
    names = ("order_key", "platform_no", "channel", "shop", "status", "moment", "paid_fen")
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in found]
    if not actor.may("orders.money"):
        rows = [{**row, "paid_fen": None} for row in rows]
    return Behind(rows, total)


def pre_order(peak: Peak, zone: str) -> dict[str, Any]:
    """The draft of an activity that pulls orders of the next such peak forward: a gift for who pays in the day before it.

    Nothing is kept: the form opens with it, and a person chooses the gift.
    """
    now = clock.now().astimezone(ZoneInfo(zone))
    day = now.date() + timedelta(days=(peak.weekday - now.isoweekday()) % 7)
    end = datetime.combine(day, time(peak.first), ZoneInfo(zone))
    if end <= now:
        end += timedelta(days=7)
    begin = max(end - timedelta(days=1), now.replace(minute=0, second=0, microsecond=0))
    return {
        "id": now.strftime("p%y%m%d%H%M%S"), "type": "gift", "mode": "live", "buy": 1,
        "name": _("Pre-order gift before {when}").format(when=when(peak)), "start_at": begin.strftime(WALL_CLOCK),
        "end_at": end.strftime(WALL_CLOCK),
        "note": _("From the peak {when}: {times} times the mean hour.").format(when=when(peak), times=peak.times),
    }  # fmt: skip


def with_wait(actor: Actor, store: Store, peak: Peak) -> tuple[str, dict[str, Any]]:
    """(name of the flow, its newest drawing with a wait before the pick list for as long as the peak lasts). Not kept."""
    require(actor, store, "history.view")
    listed = flows.listing(actor, store)
    if not listed:
        raise NotFound(N_("There is no flow yet."), N_("Begin one on the page Flow."))
    newest = next((document for document, live in listed if live is not None), listed[0][0])
    return newest.name, put_wait(newest.body, peak)


def put_wait(body: Mapping[str, Any], peak: Peak) -> dict[str, Any]:
    """A drawing with the wait put on the ways into the pick list, or behind the beginning where there is none."""
    made = copy.deepcopy(dict(body))
    kinds = {str(node["id"]): node for node in made["nodes"]}
    target = next((name for name, node in kinds.items() if node["station"] == "pick_list"), None)
    if target is None:
        triggers = {name for name, node in kinds.items() if node["station"] == "trigger"}
        target = next((str(edge["to"]) for edge in made["edges"] if edge["from"] in triggers), "")
    fresh = next(name for name in (f"peak{n}" for n in range(1, 1_000)) if name not in kinds)
    minutes = (peak.last - peak.first + 1) * 60
    place = kinds.get(target, {})
    made["nodes"].append(
        {
            "id": fresh, "station": "wait", "label": _("After the peak {when}").format(when=when(peak)),
            "x": int(place.get("x") or 0) + 300, "y": int(place.get("y") or 0),
            "settings": {"until": "minutes", "minutes": minutes},
        }
    )  # fmt: skip
    for edge in made["edges"]:
        if edge["to"] == target:
            edge["to"] = fresh
    if target:
        made["edges"].append({"from": fresh, "outcome": "next", "to": target})
    return made


def when(peak: Peak) -> str:
    """A peak in words: the weekday and its hours."""
    return f"{_(WEEKDAYS[peak.weekday - 1])} {peak.first:02d}:00–{peak.last + 1:02d}:00"


def _time_of(store: Store, promotion: str, zone: str) -> tuple[str, datetime, datetime]:
    """(name, beginning, end) of a published activity; the end is not after now. NotFound for another one."""
    found = documents.published(store, KIND, promotion)
    if found is None:
        raise NotFound(N_("There is no activity {name}."), N_("Choose one of the list."), name=promotion)
    begin = _instant(found.body.get("start_at"), zone) or found.published_at or found.created_at
    end = min(_instant(found.body.get("end_at"), zone) or clock.now(), clock.now())
    return str(found.body.get("name") or promotion), begin, max(end, begin + timedelta(minutes=1))


def _instant(text: Any, zone: str) -> datetime | None:
    if not text:
        return None
    return datetime.strptime(str(text), WALL_CLOCK).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _picked(actor: Actor, store: Store, vault: Vault, view: View, zone: str) -> Predicate:
    if not view:
        return EVERYTHING
    picked, _by = orders.matching(actor, store, vault, query_of(view, catalogue.load(store), zone))
    return picked
