"""An answer: the whole, the chart, the table, and the orders behind what was clicked or chosen."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _
from core.insight.pivot import Answer, Question
from core.services import pivot
from core.ui import words
from core.ui.explore import behind, chart
from core.ui.explore.naming import value
from core.ui.table import Column, table


def show(
    document: Mapping[str, Any], question: Question, found: Answer, *, key: str, with_table: bool = True
) -> None:  # fmt: skip
    """Draw all of it; the keys of its widgets begin with `key`."""
    told = _("{measure}: {whole} in all").format(
        measure=_(question.measure.label), whole=pivot.shown(question.measure, found.whole)
    )
    if found.left:
        told += " · " + _("{n} more groups are not shown").format(n=words.count(found.left))
    st.caption(f"{told} · {found.seconds * 1000:,.0f} ms")
    clicked = chart.draw(question, found, key=f"{key}_chart") if question.chart != "table" else None
    if with_table:
        picked = _table(question, found, f"{key}_table")
        clicked = clicked or picked
    behind.show(document, question, found, clicked, key=key)


def _table(question: Question, found: Answer, key: str) -> tuple[Any, ...] | None:
    measure = question.measure
    kind = {"money": "money", "share": "share", "count": "count"}.get(measure.kind, "text")
    cells = found.cells[:2_000]
    rows = [
        {**{f"g{n}": value(group, cell[n]) for n, group in enumerate(question.groups)}, "m": _figure(measure, cell[-1])}
        for cell in cells
    ]
    columns = [Column(f"g{n}", pivot.title(group)) for n, group in enumerate(question.groups)]
    with st.expander(_("As a table"), expanded=question.chart == "table"):
        chosen = table(
            rows, [*columns, Column("m", _(measure.label), kind)], key=key, select="single-row",  # type: ignore[arg-type]
            height="content" if len(rows) <= 12 else 400,
        )  # fmt: skip
        if len(found.cells) > len(cells):
            st.caption(_("The first {n} rows; the file holds all.").format(n=words.count(len(cells))))
    return cells[chosen[0]][:-1] if chosen and chosen[0] < len(cells) else None


def _figure(measure: Any, figure: Any) -> Any:
    if figure is None:
        return None
    if measure.kind == "minutes":
        return f"{figure:,.1f}"
    return int(figure) if measure.kind in ("money", "count") else float(figure)
