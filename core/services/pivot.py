"""The explorer for persons: ask, look at the orders behind a group, keep questions, tell them to robots on a timetable."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_, _, language
from core.insight import pivot
from core.insight.pivot import Answer, Question
from core.insight.pivot_fields import MEASURES, TIMES, Dimension, Measure, dimensions
from core.model.fields import CHANNELS
from core.model.lifecycle import BY_NAME as STATUSES
from core.model.refunds import STATES, state_of
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import orders
from core.services.export import guarded, xlsx_of
from core.services.order_query import query_of
from core.store import Store, catalogue, pivot_schedules, robots
from core.store import views as kept
from core.store.orders_query import Predicate
from core.store.pivot_schedules import Schedule
from core.store.views import View

PAGE = "pivot"
EVERY: dict[str, str] = {"day": N_("Every day"), "week": N_("Every Monday"), "month": N_("On the first of the month")}
WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


@dataclass(frozen=True, slots=True)
class Behind:
    """The orders behind a group: the newest ones as rows of the page, and how many there are."""

    rows: list[dict[str, Any]]
    total: int


def choices(actor: Actor, store: Store, time: str, *, zone: str) -> tuple[dict[str, Dimension], dict[str, Measure]]:
    """(dimensions, measures) by name that the actor may use."""
    require(actor, store, "history.view")
    known = dimensions(catalogue.load(store), time if time in TIMES else TIMES[0], zone)
    return known, {m.name: m for m in MEASURES if not m.money or actor.may("orders.money")}


def ask(
    actor: Actor, store: Store, vault: Vault, document: Mapping[str, Any], *, zone: str
) -> tuple[Question, Answer]:  # fmt: skip
    """Answer a question (core.insight.pivot). BadRequest names what is wrong in it, NotAllowed what the role may not see."""
    require(actor, store, "history.view")
    question, picked = _read(actor, store, vault, document, zone)
    return question, pivot.answer(store, question, picked)


def behind(
    actor: Actor, store: Store, vault: Vault, document: Mapping[str, Any], chosen: Sequence[Any], *, zone: str
) -> Behind:
    """The orders behind a group; `chosen` holds a value for each of the question's first dimensions."""
    require(actor, store, "history.view")
    question, picked = _read(actor, store, vault, document, zone)
    found, total = pivot.behind(store, question, picked, chosen)
    names = ("order_key", "platform_no", "channel", "shop", "status", "moment", "paid_fen")
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in found]
    if not actor.may("orders.money"):
        rows = [{**row, "paid_fen": None} for row in rows]
    return Behind(rows, total)


def export(actor: Actor, store: Store, vault: Vault, document: Mapping[str, Any], *, zone: str) -> tuple[str, bytes]:
    """(file name, XLSX) of an answer. Audited."""
    require(actor, store, "history.view")
    question, answer = ask(actor, store, vault, document, zone=zone)
    titles = [*(title(group) for group in question.groups), _(question.measure.label)]
    rows = (
        [*(guarded(said(group, value)) for group, value in zip(question.groups, cell, strict=False)), _number(question, cell[-1])]
        for cell in answer.cells
    )  # fmt: skip
    content = xlsx_of(titles, rows)
    audit.note(store, actor, "pivot.export", question.measure.name, rows=len(answer.cells))
    return f"{question.measure.name}-{clock.now():%Y%m%d}.xlsx", content


def saved(actor: Actor, store: Store) -> list[View]:
    """The questions the actor keeps."""
    require(actor, store, "history.view")
    return kept.listing(store, actor.account, PAGE)


def save(actor: Actor, store: Store, vault: Vault, name: str, document: Mapping[str, Any], *, zone: str) -> None:
    """Keep a question under a name."""
    require(actor, store, "history.view")
    clean = _named(name)
    _read(actor, store, vault, document, zone)
    with store.write() as cursor:
        kept.put(cursor, actor.account, PAGE, View(clean, dict(document)))


def forget(actor: Actor, store: Store, name: str) -> None:
    """Forget a kept question."""
    require(actor, store, "history.view")
    with store.write() as cursor:
        kept.delete(cursor, actor.account, PAGE, name)


def robot_names(actor: Actor, store: Store) -> list[str]:
    """The robots that can be told."""
    require(actor, store, "history.view")
    return [robot.name for robot in robots.listing(store)]


def schedules(actor: Actor, store: Store) -> list[Schedule]:
    """The actor's own timetable."""
    require(actor, store, "history.view")
    return pivot_schedules.listing(store, actor.account)


def schedule(
    actor: Actor, store: Store, vault: Vault, name: str, document: Mapping[str, Any], robot: str, every: str, told_at: str,
    *, zone: str,
) -> Schedule:  # fmt: skip
    """Tell a question to a robot from the next such moment on. A fixed period moves along with the days."""
    require(actor, store, "history.view", name)
    clean = _named(name)
    _read(actor, store, vault, document, zone)
    if robot not in {each.name for each in robots.listing(store)}:
        raise NotFound(N_("There is no robot {name}."), N_("Set one up, or take it out of the flow."), name=robot)
    if every not in EVERY or not _is_clock(told_at):
        raise BadRequest(N_("A timetable needs a day and a time such as 09:00."), N_("Choose both."))
    today = clock.business_day(clock.now(), zone)
    made = Schedule(secrets.token_hex(8), actor.account, clean, dict(document), robot, every, told_at, today)
    with store.write() as cursor:
        pivot_schedules.put(cursor, made)
        audit.record(cursor, actor, "pivot.schedule", clean, robot=robot, every=every, told_at=told_at)
    return made


def unschedule(actor: Actor, store: Store, schedule_id: str) -> None:
    """Tell it no more. NotFound for one that is not the actor's."""
    require(actor, store, "history.view")
    mine = {one.schedule_id: one for one in pivot_schedules.listing(store, actor.account)}
    if schedule_id not in mine:
        raise NotFound(N_("This timetable is gone."), N_("Load the page again."))
    with store.write() as cursor:
        pivot_schedules.remove(cursor, schedule_id)
        audit.record(cursor, actor, "pivot.unschedule", mine[schedule_id].name)


def message(actor: Actor, store: Store, vault: Vault, one: Schedule, *, zone: str) -> str:
    """An answer as lines of text for a robot: the whole, then the first groups."""
    require(actor, store, "history.view")
    question, answer = ask(actor, store, vault, moved(one.question, zone), zone=zone)
    rows = [f"{_(question.measure.label)}: {shown(question.measure, answer.whole)}"]
    rows += [f"{said(question.groups[0], g0)}: {shown(question.measure, m)}" for g0, m in answer.firsts[:15]]
    if answer.left or len(answer.firsts) > 15:
        rows.append(_("and {n} more").format(n=answer.left + max(0, len(answer.firsts) - 15)))
    return "\n".join(rows)


def moved(document: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The question with its period of days moved so that it ends yesterday; an open period stays."""
    view = dict(document.get("view") or {})
    if view.get("from") and view.get("to"):
        first, last = date.fromisoformat(str(view["from"])), date.fromisoformat(str(view["to"]))
        end = clock.business_day(clock.now(), zone) - timedelta(days=1)
        view |= {"from": (end - (last - first)).isoformat(), "to": end.isoformat()}
    return {**document, "view": view}


def title(group: Dimension) -> str:
    """A dimension in the reader's words."""
    return dict(group.labels).get(language()) or _(group.label)


def said(group: Dimension, value: Any) -> str:
    """A group's value in the reader's words."""
    if value is None:
        return _("(empty)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if group.name == "weekday":
        return _(WEEKDAYS[int(value) - 1])
    if group.name == "hour":
        return f"{int(value):02d}:00"
    if group.name == "channel":
        return _(CHANNELS.get(str(value), str(value)))
    if group.name == "status" and value in STATUSES:
        return _(STATUSES[str(value)].label)
    if group.name == "refund_status":
        state = state_of("", str(value))
        return _(STATES[state]) if state else str(value)
    return value.isoformat()[:7] if group.name == "month" and isinstance(value, date) else str(value)


def shown(measure: Measure, value: Any) -> str:
    """A figure with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if measure.kind == "money":
        return f"¥{value / 100:,.2f}"
    if measure.kind == "share":
        return f"{value:.1%}"
    return f"{value:,.1f}" if measure.kind == "minutes" else f"{value:,}"


def due(one: Schedule, now: datetime, zone: str) -> bool:
    """Whether it is to be told now: its time has come on a day of its own, and it was not told that day."""
    day = clock.business_day(now, zone)
    if one.state != "on" or one.told_on == day:
        return False
    if (one.every == "week" and day.weekday()) or (one.every == "month" and day.day != 1):
        return False
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M") >= one.told_at


def told(one: Schedule, day: date, problem: str = "") -> Schedule:
    """The schedule after it was told; with a problem it is stopped."""
    return replace(one, told_on=day, state="stopped" if problem else "on", problem=problem)


def _read(
    actor: Actor, store: Store, vault: Vault, document: Mapping[str, Any], zone: str
) -> tuple[Question, Predicate]:  # fmt: skip
    known = catalogue.load(store)
    question = pivot.read(document, known, zone, money=actor.may("orders.money"))
    view = document.get("view") or {}
    if not isinstance(view, Mapping):
        raise BadRequest(N_("The filter of a question is a view."), N_("Choose it on the page."))
    picked, _by = orders.matching(actor, store, vault, query_of(view, known, zone))
    return question, picked


def _named(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 60:
        raise BadRequest(N_("A question needs a name of at most {most} characters."), N_("Shorten it."), most=60)
    return clean


def _is_clock(text: str) -> bool:
    hour, _colon, minute = text.partition(":")
    return len(text) == 5 and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60


def _number(question: Question, value: Any) -> Any:
    if value is None:
        return ""
    return (
        value / 100
        if question.measure.kind == "money"
        else float(value)
        if question.measure.kind != "count"
        else int(value)
    )
