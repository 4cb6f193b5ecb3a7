"""Charts that refresh without flicker: stable keys, `uirevision`, one accent, no toolbar."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.ui.theme import SERIES

_QUIET = {"displayModeBar": False, "responsive": True}


def bars(
    points: Sequence[tuple[datetime, int]],
    *,
    key: str,
    zone: str,
    name: str,
    height: int = 220,
    colour: str = SERIES[0],
    place: DeltaGenerator | None = None,
) -> None:
    """Counts over time as bars; instants are shown in the zone. `place`: an `st.empty` that already stands."""
    _draw(_bar_figure(tuple(points), key, zone, name, height, colour), key, place)


@lru_cache(32)  # all sessions show the same points: made for each refresh, figures cost half of a live page's time
def _bar_figure(
    points: tuple[tuple[datetime, int], ...], key: str, zone: str, name: str, height: int, colour: str
) -> go.Figure:
    place = ZoneInfo(zone)
    figure = go.Figure(
        go.Bar(
            x=[moment.astimezone(place).replace(tzinfo=None) for moment, _n in points],
            y=[n for _moment, n in points],
            marker_color=colour,
            name=name,
            hovertemplate="%{x|%m-%d %H:%M} · %{y}<extra></extra>",
        )
    )
    return _styled(figure, key, height)


def show(figure: go.Figure, *, key: str, height: int = 220, **layout: Any) -> None:
    """Draw a figure in the house style. The key keeps the chart in place over reruns."""
    _draw(_styled(figure, key, height, **layout), key)


def _draw(figure: go.Figure, key: str, place: DeltaGenerator | None = None) -> None:
    (place or st).plotly_chart(figure, key=key, config=_QUIET, theme="streamlit")


def _styled(figure: go.Figure, key: str, height: int, **layout: Any) -> go.Figure:
    """The same figure in the house style."""
    return figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        uirevision=key,
        bargap=0.25,
        showlegend=False,
        yaxis={"rangemode": "tozero", "fixedrange": True, "tickformat": ",d", "tick0": 0, "dtick": _step(figure)},
        xaxis={"fixedrange": True, "showgrid": False, "tickformat": "%H:%M<br>%m-%d"},
        **layout,
    )


def _step(figure: go.Figure) -> int:
    """The distance of the lines of a chart of counts: 1, 2 or 5 times a power of ten, so that about five lines stand."""
    most = max((int(n) for trace in figure.data for n in (trace.y if trace.y is not None else ())), default=0)  # type: ignore[attr-defined]
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * 5 >= most:
                return step
        size *= 10
