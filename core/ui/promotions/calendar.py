"""The calendar: one bar an activity, from its begin to its end, with today as a line."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import plotly.graph_objects as go
import streamlit as st

from core import clock
from core.decide.promotion.activity import WALL_CLOCK
from core.decide.promotion.sentence import when
from core.i18n import _
from core.services.promotions import ActivityRow
from core.ui import session
from core.ui.promotions.words import PHASES, name, phase
from core.ui.theme import hex_colour

_AROUND = timedelta(days=21)
MOST = 25


def show(rows: Sequence[ActivityRow]) -> None:
    """Draw the activities that are on, coming or over; open ends reach to the edge."""
    dated = [row for row in rows if row.phase != "off"][:MOST]
    if not dated:
        return
    now = clock.now().astimezone(session.place()).replace(tzinfo=None)
    spans = [(_moment(row.body.get("start_at")), _moment(row.body.get("end_at"))) for row in dated]
    known = [moment for span in spans for moment in span if moment is not None]
    first = min([now - _AROUND, *(m for m in known if m > now - timedelta(days=120))])
    last = max([now + _AROUND, *(m for m in known if m < now + timedelta(days=120))])
    figure = go.Figure()
    for row, (start, end) in zip(dated, spans, strict=True):
        begin, stop = max(start or first, first), min(end or last, last)
        if stop <= first or begin >= last:
            continue
        figure.add_bar(
            y=[_short(row)],
            base=[begin],
            x=[(stop - begin).total_seconds() * 1000],
            orientation="h",
            marker_color=hex_colour(PHASES[row.phase][1]),
            opacity=0.45 if row.phase in ("ended", "draft") else 0.9,
            hovertemplate=f"{_plain(name(row.body))}<br>{phase(row)} · {_plain(when(row.body))}<extra></extra>",
        )
    figure.add_vline(x=now, line_width=2, line_color=hex_colour("red"), line_dash="dot")
    figure.update_layout(
        height=max(120, 34 * len(dated) + 50),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        barmode="overlay",
        bargap=0.35,
        showlegend=False,
        uirevision="calendar",
        xaxis={"type": "date", "range": [first, last], "fixedrange": True, "tickformat": "%m-%d"},
        yaxis={"autorange": "reversed", "fixedrange": True, "type": "category"},
    )
    st.plotly_chart(figure, key="promotion_calendar", config={"displayModeBar": False, "responsive": True})
    st.caption(_("The dotted line is now. Grey bars are over; an activity without a begin or an end reaches the edge."))


def _moment(wall: object) -> datetime | None:
    try:
        return datetime.strptime(str(wall), WALL_CLOCK) if wall else None  # noqa: DTZ007 - the shop's wall clock
    except ValueError:
        return None


def _short(row: ActivityRow) -> str:
    most = 8 if session.on_phone() else 20
    text = _plain(name(row.body))
    # Two activities may have one name: the invisible id keeps their bars apart.
    return (text if len(text) <= most else text[: most - 1] + "…") + f"<span style='font-size:0'>{row.id}</span>"


def _plain(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")
