"""Charts of an answer: bars, lines, a heat map; a click tells the group."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.i18n import _
from core.insight.pivot import Answer, Question
from core.services import pivot
from core.ui import session
from core.ui.explore.naming import value
from core.ui.theme import SERIES

_QUIET = {"displayModeBar": False, "responsive": True}
_MOST_TRACES = 30
Row = tuple[Any, ...]


def draw(question: Question, found: Answer, *, key: str, height: int = 340) -> Row | None:
    """Draw it; returns the values of the group that was clicked."""
    rows, columns, cells = _grid(question, found)
    if question.chart == "heat" and question.has_column:
        figure = _heat(question, rows, columns, cells)
        height = max(height, 26 * len(rows) + 70)
    else:
        figure = _series(question, rows, columns[:_MOST_TRACES], cells)
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, uirevision=key, bargap=0.25 if len(rows) > 8 else 0.6, barmode="stack",
        clickmode="event+select", dragmode=False, legend={"orientation": "h", "y": -0.2}, showlegend=len(columns) > 1,
        xaxis={"fixedrange": True, "showgrid": False, "type": "category", "automargin": True},
        yaxis={"fixedrange": True, "automargin": True},
    )  # fmt: skip
    event = st.plotly_chart(
        figure, key=key, config=_QUIET, theme="streamlit", on_select="rerun", selection_mode="points"
    )  # fmt: skip
    points = event.selection.points if event else []  # type: ignore[union-attr]
    for point in points:
        said = point.get("customdata")
        place = said[0] if isinstance(said, list) else said.get("0") if isinstance(said, dict) else said
        if isinstance(place, int) and place < len(rows) * max(1, len(columns)):
            row, column = rows[place // max(1, len(columns))], place % max(1, len(columns))
            return (*row, columns[column]) if question.has_column else row
    return None


def _grid(question: Question, found: Answer) -> tuple[list[Row], list[Any], dict[tuple[Row, Any], Any]]:
    """Rows (without the column's value) in the answer's order, the columns' values, the figures by both."""
    cells = {(cell[:-2], cell[-2]) if question.has_column else (cell[:-1], None): cell[-1] for cell in found.cells}
    order = {g0: n for n, (g0, _m) in enumerate(found.firsts)}
    rows = sorted({row for row, _c in cells}, key=lambda row: (order.get(row[0], 0), [str(each) for each in row[1:]]))
    columns = {column for _row, column in cells}
    listed = sorted(columns, key=lambda one: (one is None, one if isinstance(one, int) else 0, str(one)))
    return rows, listed if question.has_column else [None], cells


def _label(question: Question, row: Row) -> str:
    return " · ".join(value(group, one) for group, one in zip(question.groups, row, strict=False))


def _height_of(question: Question, figure: Any) -> float | None:
    if figure is None:
        return None
    return figure / 100 if question.measure.kind == "money" else float(figure)


def _series(question: Question, rows: list[Row], columns: list[Any], cells: dict[tuple[Row, Any], Any]) -> go.Figure:
    labels, made = [_label(question, row) for row in rows], go.Figure()
    for n, column in enumerate(columns):
        figures = [cells.get((row, column)) for row in rows]
        shared: dict[str, Any] = {
            "x": labels, "y": [_height_of(question, one) for one in figures],
            "customdata": [[place * max(1, len(columns)) + n] for place in range(len(rows))],
            "text": [pivot.shown(question.measure, one) for one in figures],
            "name": _label_of_column(question, column), "hovertemplate": "%{x} · %{text}<extra>%{fullData.name}</extra>",
        }  # fmt: skip
        colour = SERIES[n % len(SERIES)]
        if question.chart == "line":
            made.add_trace(go.Scatter(**shared, mode="lines+markers", line={"color": colour, "width": 2}))
        else:
            made.add_trace(go.Bar(**shared, marker_color=colour, textposition="none"))
    made.update_yaxes(rangemode="tozero")
    if question.measure.kind == "share":
        made.update_yaxes(tickformat=".0%")
    return made


def _label_of_column(question: Question, column: Any) -> str:
    return value(question.groups[-1], column) if question.has_column else _(question.measure.label)


def _heat(question: Question, rows: list[Row], columns: list[Any], cells: dict[tuple[Row, Any], Any]) -> go.Figure:
    labels = [_label(question, row) for row in rows]
    names = [_label_of_column(question, column) for column in columns]
    figures = [[cells.get((row, column)) for column in columns] for row in rows]
    texts = [[pivot.shown(question.measure, one) for one in line] for line in figures]
    made = go.Figure(
        go.Heatmap(
            x=names, y=labels, z=[[_height_of(question, one) for one in line] for line in figures], text=texts, xgap=1, ygap=1,
            colorscale=[[0, "rgba(22,100,255,0.06)"], [1, SERIES[0]]], hovertemplate="%{y} · %{x} · %{text}<extra></extra>",
            colorbar={"thickness": 8, "len": 0.9, "outlinewidth": 0}, showscale=not session.on_phone(),
        )
    )  # fmt: skip
    # A heat map tells no clicks: points that nobody sees lie over its tiles and do.
    made.add_trace(
        go.Scatter(
            x=[name for _line in labels for name in names], y=[label for label in labels for _name in names], mode="markers",
            marker={"symbol": "square", "size": 16, "opacity": 0}, unselected={"marker": {"opacity": 0}},
            selected={"marker": {"opacity": 0.25}}, customdata=[[n] for n in range(len(labels) * len(names))],
            text=[text for line in texts for text in line], hovertemplate="%{y} · %{x} · %{text}<extra></extra>", showlegend=False,
        )
    )  # fmt: skip
    made.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return made
