"""Which two periods are compared: a choice of one click each, around a day of change, or chosen freely."""

from datetime import date, timedelta

import streamlit as st

from core import clock
from core.i18n import N_, _
from core.insight.backtest import Period
from core.services.monthly_report import month_before, period_of
from core.ui import session

CHOICES = {
    "week": N_("7 days against the 7 before"),
    "days30": N_("30 days against the 30 before"),
    "month": N_("This month against the last"),
    "year": N_("A year against the one before"),
    "change": N_("Around a change"),
    "own": N_("Own periods"),
}
_LENGTHS = {"week": 7, "days30": 30, "year": 365}


def chosen() -> tuple[Period, Period] | None:
    """(earlier, later), or None while a date is missing."""
    code = st.pills(
        _("Compare"), list(CHOICES), default="week", required=True, key="outcomes_choice", label_visibility="collapsed",
        format_func=lambda one: _(CHOICES[one]),
    ) or "week"  # fmt: skip
    today = clock.business_day(clock.now(), session.zone())
    if code in _LENGTHS:
        return around(today - timedelta(days=_LENGTHS[code] - 1), _LENGTHS[code])
    if code == "month":
        return period_of(month_before(today)), Period(today.replace(day=1), today)
    return _change(today) if code == "change" else _own(today)


def around(day: date, days: int) -> tuple[Period, Period]:
    """So many days before a day, and as many from it on."""
    before = Period(day - timedelta(days=days), day - timedelta(days=1))
    return before, Period(day, day + timedelta(days=days - 1))


def _change(today: date) -> tuple[Period, Period] | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            _("Day of the change"), value=today - timedelta(days=14), max_value=today, key="outcomes_change", format="YYYY-MM-DD", width=200,
        )  # fmt: skip
        days = st.number_input(_("Days on each side"), 1, 366, 14, key="outcomes_days", width=160)
    st.caption(_("Both sides end on complete days; the day of the change belongs to the later one."))
    return around(day, int(days)) if isinstance(day, date) else None


def _own(today: date) -> tuple[Period, Period] | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before = _period(_("Earlier period"), "outcomes_before", today - timedelta(days=13), today - timedelta(days=7))
        after = _period(_("Later period"), "outcomes_after", today - timedelta(days=6), today)
    if before is None or after is None:
        st.caption(_("Choose the first and the last day of both periods."))
        return None
    return before, after


def _period(label: str, key: str, first: date, last: date) -> Period | None:
    picked = st.date_input(label, value=(first, last), key=key, format="YYYY-MM-DD", width=260)
    days = [day for day in picked if isinstance(day, date)] if isinstance(picked, tuple | list) else []
    return Period(days[0], days[1]) if len(days) == 2 else None
