"""The cards with more than one number: bars, hours of the day, tables. Every bar and row leads to its orders."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from core.i18n import _
from core.insight.live_board import Station, Step
from core.services.live_board import Board
from core.services.order_query import day_begins
from core.services.outbox import KINDS as MESSAGES
from core.store.holds import REASONS
from core.store.orders_query import AT_STATION
from core.ui import words
from core.ui.live.numbers import waiting, when


def chart(name: str, board: Board, zone: str) -> dict[str, Any]:
    """What a card draws: {"kind": bars, hours, pace or table, ...}."""
    return _CHARTS[name](board, zone)


def _bars(rows: list[dict[str, Any]], empty: str) -> dict[str, Any]:
    return {"kind": "bars", "rows": rows, "empty": empty}


def _bar(label: str, orders: int, link: Any, note: str = "", tone: str = "") -> dict[str, Any]:
    return {"label": label, "size": orders, "value": words.count(orders), "note": note, "tone": tone, "link": link}


def _stations(board: Board, _zone: str) -> dict[str, Any]:
    return _bars([_station(each) for each in board.stations], _("No order waits in a flow."))


def _station(each: Station) -> dict[str, Any]:
    view = {"more": [{"field": AT_STATION, "op": "eq", "value": f"{each.flow}/{each.node}"}]}
    note = _("oldest {ago}").format(ago=words.ago(each.oldest_at))
    if each.parked:
        note = " · ".join([_("{n} failed").format(n=words.count(each.parked)), note])
    return _bar(each.label, each.orders, ("orders", view), note, "bad" if each.parked else "")


def _statuses(board: Board, _zone: str) -> dict[str, Any]:
    rows = [_bar(words.status(name), n, ("orders", {"status": [name]})) for name, n in board.by_status.items()]
    return _bars(rows if board.open else [], _("No order is open."))


def _reasons(board: Board, _zone: str) -> dict[str, Any]:
    rows = [
        _bar(
            _(REASONS[reason]) if reason in REASONS else reason, n,
            ("orders", {"held": True, "more": [{"field": "held_reasons", "op": "has", "value": reason}]}),
        )
        for reason, n in board.reasons.items()
    ]  # fmt: skip
    if board.rejects:
        rows.append(_bar(_("Rejects"), board.rejects, ("channels", {})))
    return _bars(rows, _("No order is held."))


def _countdown(board: Board, _zone: str) -> dict[str, Any]:
    rows = [_step(each, board) for each in board.countdown if each.hours is not None or each.orders]
    return _bars(
        rows if any(each.orders for each in board.countdown) else [], _("No open order has a promise to keep.")
    )


def _step(each: Step, board: Board) -> dict[str, Any]:
    if each.begins is None:
        label, tone = _("late"), "bad"
    elif each.ends is None or each.hours is None:
        label, tone = _("later"), ""
    else:
        before = round((each.begins - board.taken_at).total_seconds() / 3600)
        at_risk = each.ends <= board.taken_at + timedelta(hours=board.risk_hours)
        label, tone = _("{a}–{b} h").format(a=before, b=each.hours), "warn" if at_risk else ""
    more = when("ship_by", each.begins, each.ends) or [{"field": "ship_by", "op": "not_null"}]
    return _bar(label, each.orders, ("orders", waiting(more=more)), tone=tone)


def _arrivals(board: Board, zone: str) -> dict[str, Any]:
    links = [
        ("orders", {"more": when("paid_at", _moment(board, hour.hour, zone), _moment(board, hour.hour + 1, zone))})
        if hour.orders is not None
        else None
        for hour in board.hours
    ]
    return {
        "kind": "hours", "bars": [hour.orders for hour in board.hours], "normal": [hour.normal for hour in board.hours],
        "low": [hour.low for hour in board.hours], "high": [hour.high for hour in board.hours], "links": links,
        "legend": [_("today"), _("normal {weekday}").format(weekday=_weekday(board)), _("band")],
        "empty": "" if any(hour.normal is not None for hour in board.hours) else _("What is normal is known after two weeks."),
    }  # fmt: skip


def _moment(board: Board, hour: int, zone: str) -> datetime:
    """The instant at which an hour of the board's day begins."""
    return day_begins(board.day, zone) + timedelta(hours=hour)


def _weekday(board: Board) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[board.day.weekday()]


def _pace(board: Board, _zone: str) -> dict[str, Any]:
    return {
        "kind": "pace", "points": [list(point) for point in board.paces], "goal": 30,
        "legend": [_("median"), _("P90"), _("goal {n} min").format(n=30)],
        "unit": _("minutes"), "empty": "" if board.paces else _("No slip was made for an order of today yet."),
    }  # fmt: skip


def _shorts(board: Board, _zone: str) -> dict[str, Any]:
    rows = []
    for each in board.shorts:
        held = {"field": "held_reasons", "op": "has", "value": "no_stock"}
        view = {"held": True, "more": [{"field": "sku", "op": "eq", "value": each.sku}, held]}
        title = f"{each.sku} {each.title}".strip()
        rows.append({"cells": [title, words.count(each.orders), words.count(each.missing)], "link": ("orders", view)})
    return {
        "kind": "table", "head": [_("SKU"), _("Orders that wait"), _("Pieces missing")], "rows": rows,
        "empty": _("No order waits for stock."),
    }  # fmt: skip


def _outbox(board: Board, _zone: str) -> dict[str, Any]:
    rows = [
        {
            "cells": [_(MESSAGES[lane.kind]) if lane.kind in MESSAGES else lane.kind, words.count(lane.waiting),
                      words.ago(lane.due_at) if lane.due_at else words.NONE, words.count(lane.dead), words.count(lane.sent)],
            "tone": "bad" if lane.dead else "", "link": ("outbox", {"state": "dead" if lane.dead else "waiting"}),
        }
        for lane in board.outbox
    ]  # fmt: skip
    return {
        "kind": "table", "head": [_("What"), _("Waiting"), _("Due since"), _("Refused"), _("Sent, last hour")],
        "rows": rows, "empty": _("Nothing waits to be sent."),
    }  # fmt: skip


_CHARTS: dict[str, Callable[[Board, str], dict[str, Any]]] = {
    "arrivals": _arrivals, "pace": _pace, "stations": _stations, "countdown": _countdown, "reasons": _reasons,
    "statuses": _statuses, "shorts": _shorts, "outbox": _outbox,
}  # fmt: skip
