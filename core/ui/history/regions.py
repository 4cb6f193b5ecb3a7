"""Where orders go: the provinces as tiles where they lie, coloured by a measure; a click opens their orders."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.i18n import _
from core.insight.pivot import Answer, Question
from core.insight.pivot_fields import BY_NAME
from core.model.region import REGIONS
from core.services import pivot
from core.ui import session
from core.ui.explore import behind
from core.ui.history.part import ask, head, nothing
from core.ui.routing.region_map import TILES
from core.ui.table import Column, table
from core.ui.theme import SERIES

_MEASURES = ("orders", "paid", "average", "refund_share", "late_share")


def show(view: dict[str, Any]) -> None:
    """Draw the tab."""
    _dims, known = pivot.choices(session.actor(), session.store(), "paid_at", zone=session.zone())
    measure = st.segmented_control(
        _("Measure"), [name for name in _MEASURES if name in known], default="orders", required=True, key="region_measure",
        format_func=lambda name: _(BY_NAME[name].label), label_visibility="collapsed",
    )  # fmt: skip
    document = {"rows": ["province"], "measure": measure, "chart": "bar", "top": 50, "view": view}
    question, found = ask(document)
    head(document, "regions", _("Where orders go"))
    if not found.firsts:
        nothing()
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        clicked = _map(question, found)
    with right:
        rows = [{"name": name or _("(empty)"), "m": pivot.shown(question.measure, m)} for name, m in found.firsts]
        picked = table(
            rows,
            [Column("name", _("Province")), Column("m", _(question.measure.label))],
            key="region_rows",
            select="single-row",
            height=430,
        )
        if picked and picked[0] < len(found.firsts):
            clicked = clicked or (found.firsts[picked[0]][0],)
    behind.show(document, question, found, clicked, key="regions")


def _map(question: Question, found: Answer) -> tuple[Any, ...] | None:
    figures = {name: m for name, m in found.firsts if name in REGIONS and m is not None}
    tiles, names = dict(zip(REGIONS, TILES, strict=False)), list(REGIONS)
    shades = [float(figures.get(name) or 0) for name in names]
    most = max(shades, default=0.0) or 1.0
    figure = go.Figure(
        go.Scatter(
            x=[tiles[name][0] for name in names], y=[tiles[name][1] for name in names], mode="markers+text", text=names,
            textfont={"size": 11, "color": ["#FFFFFF" if shade > most * 0.5 else "#6B7890" for shade in shades]}, customdata=[[name] for name in names],
            marker={"symbol": "square", "size": 37, "color": shades, "line": {"width": 1, "color": "rgba(128,128,128,.25)"},
                    "colorscale": [[0, "rgba(22,100,255,0.05)"], [1, SERIES[0]]]},
            hovertext=[f"{name} · {pivot.shown(question.measure, figures.get(name))}" for name in names], hoverinfo="text",
            unselected={"marker": {"opacity": 1}},
        )
    )  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        height=430, margin={"l": 0, "r": 0, "t": 4, "b": 4}, showlegend=False, uirevision="history_map", clickmode="event+select",
        dragmode=False, plot_bgcolor="rgba(0,0,0,0)", xaxis={**hidden, "range": [0.4, 8.6]}, yaxis={**hidden, "range": [9.6, -0.6]},
    )  # fmt: skip
    event = st.plotly_chart(
        figure, key="history_map", config={"displayModeBar": False, "responsive": True}, theme="streamlit", width=480,
        on_select="rerun", selection_mode="points",
    )  # fmt: skip
    for point in event.selection.points if event else []:  # type: ignore[union-attr]
        place = point.get("point_index")
        if isinstance(place, int) and place < len(names):
            return (names[place],)
    return None
