"""The cards with one number: the figure, what it is measured by, and the orders behind it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core.i18n import _
from core.insight.cohort import OPEN
from core.services import outcomes
from core.services.live_board import Board
from core.ui import words

Band = tuple[float | None, float | None]
Link = tuple[str, dict[str, Any]]
"""(page, view of the orders or parameters of another page)."""


def number(name: str, board: Board, bands: dict[str, Band]) -> dict[str, Any]:
    """{"value", "note", "tone", "link"} of a card. tone: bad (act), warn, good or ""."""
    return _NUMBERS[name](board, bands)


def waiting(**more: Any) -> dict[str, Any]:
    """A view of the open orders."""
    return {"status": list(OPEN), **more}


def when(field: str, since: Any = None, until: Any = None) -> list[dict[str, Any]]:
    """Conditions of a view: a time from an instant on and before another."""
    bounds = (("ge", since), ("lt", until))
    return [{"field": field, "op": op, "value": moment.isoformat()} for op, moment in bounds if moment is not None]


def paid_today(board: Board, **more: Any) -> dict[str, Any]:
    """A view of the orders paid on the board's day."""
    day = board.day.isoformat()
    return {"by": "paid_at", "from": day, "to": day, **more}


def _plain(value: int, link: Link, *, alarming: bool, note: str = "") -> dict[str, Any]:
    return {"value": words.count(value), "note": note, "tone": "bad" if alarming and value else "", "link": link}


def _figure(name: str, value: float | None, bands: dict[str, Band], link: Link) -> dict[str, Any]:
    """A figure of `kpi` with its goal; the tone says whether it is kept."""
    measure, (low, high) = outcomes.BY_NAME[name], bands[name]
    goal = outcomes.band_words(measure, low, high)
    tone = ""
    if value is not None and goal:
        tone = "good" if (low is None or value >= low) and (high is None or value <= high) else "bad"
    note = _("Goal {band}").format(band=goal) if goal else ""
    return {"value": outcomes.shown(measure, value), "note": note, "tone": tone, "link": link}


def _week(name: str) -> Callable[[Board, dict[str, Band]], dict[str, Any]]:
    return lambda board, bands: _figure(name, board.week.get(name), bands, ("outcomes", {}))


def _today(part: str) -> Callable[[Board, dict[str, Band]], dict[str, Any]]:
    def made(board: Board, bands: dict[str, Band]) -> dict[str, Any]:
        slipped = paid_today(board, more=[{"field": "slip_at", "op": "not_null"}], sort=[{"field": "slip_at", "descending": True}])  # fmt: skip
        return _figure(f"paid_to_slip_minutes.{part}", board.today.get(part), bands, ("orders", slipped))

    return made


def _no_slip(board: Board, _bands: dict[str, Band]) -> dict[str, Any]:
    more = [{"field": name, "op": "is_null"} for name in ("slip_at", "shipped_at", "deliver_on")]
    view = waiting(**paid_today(board), more=[*more, {"field": "is_presale", "op": "eq", "value": "false"}])
    return _plain(board.today["open"], ("orders", view), alarming=False, note=_("in no mean, never dropped"))


def _arrived(board: Board, _bands: dict[str, Band]) -> dict[str, Any]:
    """Up to the last full hour against the same hours of a normal day."""
    past = [hour for hour in board.hours if hour.orders is not None]
    total = sum(hour.orders or 0 for hour in past)
    usual = sum(hour.normal or 0 for hour in past[:-1])
    note = ""
    if usual:
        change = sum(hour.orders or 0 for hour in past[:-1]) / usual - 1
        note = _("{change} against a normal day").format(change=f"{change:+.0%}")
    return {"value": words.count(total), "note": note, "tone": "", "link": ("orders", paid_today(board))}


def _at_risk(board: Board, _bands: dict[str, Band]) -> dict[str, Any]:
    end = board.taken_at + timedelta(hours=board.risk_hours)
    found = _plain(board.at_risk, ("orders", waiting(more=when("ship_by", board.taken_at, end))), alarming=False)
    note = _("within {n} h").format(n=board.risk_hours)
    return {**found, "note": note, "tone": "warn" if board.at_risk else ""}


def _late(board: Board, _bands: dict[str, Band]) -> dict[str, Any]:
    view = waiting(more=when("ship_by", until=board.taken_at), sort=[{"field": "ship_by"}])
    return _plain(board.late, ("orders", view), alarming=True)


def _short(board: Board, _bands: dict[str, Band]) -> dict[str, Any]:
    note = _("{n} orders wait").format(n=words.count(board.short_orders))
    return _plain(board.short_skus, ("stock", {"part": "available"}), alarming=True, note=note)


def _refused(board: Board, _bands: dict[str, Band]) -> dict[str, Any]:
    waits = sum(lane.waiting for lane in board.outbox)
    note = _("{n} wait to be sent").format(n=words.count(waits))
    return _plain(sum(lane.dead for lane in board.outbox), ("outbox", {"state": "dead"}), alarming=True, note=note)


_NUMBERS: dict[str, Callable[[Board, dict[str, Band]], dict[str, Any]]] = {
    "late": _late,
    "at_risk": _at_risk,
    "open": lambda board, _bands: _plain(board.open, ("orders", waiting()), alarming=False),
    "held": lambda board, _bands: _plain(board.held, ("orders", {"held": True}), alarming=True),
    "response_p50": _today("p50"),
    "response_p90": _today("p90"),
    "within": _today("within_30_share"),
    "no_slip": _no_slip,
    "arrived": _arrived,
    "automation": _week("automation_rate"),
    "false_positive": _week("false_positive_rate"),
    "acceptance": _week("routing_acceptance"),
    "oversold": _week("oversell_rate"),
    "errors": _week("dispatch_error_rate"),
    "inquiries": _week("order_inquiry_share"),
    "short": _short,
    "refused": _refused,
    "rejects": lambda board, _bands: _plain(board.rejects, ("channels", {}), alarming=True),
}
NAMES = frozenset(_NUMBERS)
