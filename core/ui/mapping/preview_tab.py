"""The preview tab: up to 50 payloads mapped as they would be, nothing written; what fails in red with its reason."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.i18n import _
from core.mapping.preview import Cell, Row
from core.model.fields import Field
from core.ui import session, words
from core.ui.empty import empty
from core.ui.mapping import examples_tab
from core.ui.mapping.work import Work
from core.ui.model.words import level, title
from core.ui.table import Column, table

_RED = "background-color: rgba(224, 50, 62, .16); color: #E0323E"


def show(work: Work) -> None:
    """Draw the tab."""
    if not work.bodies:
        empty(
            _("Nothing to try the mapping on."),
            _("Choose a shop with stored payloads above, or drop a sample file in."),
            icon="science",
        )
        return
    tried = work.tried()
    wrong = len({problem.target for problem in work.problems() if problem.target})
    good = len(work.bodies) - len(tried.failed)
    with st.container(horizontal=True):
        st.metric(_("Map"), words.count(good), width="content")
        st.metric(_("Would be rejected"), words.count(len(tried.failed)), width="content")
        st.metric(_("Lines"), words.count(len(tried.lines)), width="content")
    if wrong:
        st.warning(_("{n} wrong fields are left out here. Mend them before saving.").format(n=wrong))
    _failures(tried.main, tried.lines, tried.unreadable)
    fields = {(f.level.value, f.name): f for f in work.targets()}
    plain = "refund" if work.entity == "refunds" else "order"
    for name, rows in ((plain, tried.main), ("line", tried.lines)):
        if rows:
            st.markdown(f"**{level(next(f for (lv, _n), f in fields.items() if lv == name).level)}**")
            _table(work, rows, fields, name, choosing=name == plain and session.actor().may("mapping.edit"))


def _table(work: Work, rows: Sequence[Row], fields: dict[tuple[str, str], Field], name: str, *, choosing: bool) -> None:
    """The values; of the orders' table a row can be chosen and kept as an example."""
    frame, height = _frame(rows, fields, name), min(38 * len(rows) + 40, 420)
    if not choosing:
        st.dataframe(frame, hide_index=True, placeholder="", width="stretch", height=height)
        return
    event = st.dataframe(
        frame,
        hide_index=True,
        placeholder="",
        width="stretch",
        height=height,
        key=f"preview_rows_{work.name}_{work.forms}",
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = [place for place in event.selection.rows if place < len(rows)]
    if not chosen:
        st.caption(_("Choose a row to keep it as an example."))
        return
    row = rows[chosen[0]]
    label = _("Keep row {n} as an example").format(n=row.row_no)
    if st.button(label, icon=":material/fact_check:", key="keep_example", disabled=row.failed):
        examples_tab.keep(work, row.place)


def _failures(main: Sequence[Row], lines: Sequence[Row], unreadable: Sequence[int]) -> None:
    rows = [
        {
            "row": row.row_no,
            "field": name,
            "before": cell.source,
            "reason": _(cell.reason),
        }
        for row in (*main, *lines)
        for name, cell in row.cells.items()
        if cell.reason
    ]
    rows += [{"row": place + 1, "field": "", "before": "", "reason": _("not readable as JSON")} for place in unreadable]
    if not rows:
        return
    st.error(_("What fails, and why:"), icon=":material/error:")
    columns = [
        Column("row", _("Row"), "count"),
        Column("field", _("Field")),
        Column("before", _("Value before"), width="medium"),
        Column("reason", _("Reason"), width="large"),
    ]
    table(rows, columns, key="preview_failures")


def _frame(rows: Sequence[Row], fields: dict[tuple[str, str], Field], level_name: str) -> Any:
    names = list(rows[0].cells)
    zone = session.zone()
    data = [
        [str(row.row_no), *(_shown(fields, level_name, name, row.cells[name], zone) for name in names)] for row in rows
    ]
    heads = [_("Row"), *(title(fields[level_name, n]) if (level_name, n) in fields else n for n in names)]
    heads = [
        head if heads.count(head) == 1 else f"{head} ({name})"
        for head, name in zip(heads, ["row", *names], strict=True)
    ]
    frame = pd.DataFrame(data, columns=heads)
    bad = [["", *(_RED if row.cells[name].reason else "" for name in names)] for row in rows]
    return frame.style.apply(lambda _all: pd.DataFrame(bad, columns=heads), axis=None)


def _shown(fields: dict[tuple[str, str], Field], level_name: str, name: str, cell: Cell, zone: str) -> str:
    if cell.reason:
        return cell.source or words.NONE
    field = fields.get((level_name, name))
    shown = words.value(field, cell.value, zone) if field else str(cell.value)
    return "" if shown == words.NONE else shown
