"""What a payload is: where its lines are, or whether a file's row is an order or a line."""

import json

import streamlit as st

from core.i18n import N_, _
from core.services import mapping_edit, mapping_sources
from core.ui import session
from core.ui.mapping.work import Work

_NONE, _SELF = "\x00none", ""
_ROWS = {"order": N_("an order"), "line": N_("an order line")}


def show(work: Work) -> None:
    """A small control beside the board; only orders have lines."""
    if work.entity != "orders":
        return
    locked = not session.actor().may("mapping.edit")
    if work.body.get("source") == "rows":
        _rows(work, locked)
    else:
        _lines(work, locked)


def _rows(work: Work, locked: bool) -> None:
    present = str(work.body.get("granularity", "order"))
    chosen = st.segmented_control(
        _("A row is"),
        list(_ROWS),
        default=present,
        required=True,
        format_func={name: _(label) for name, label in _ROWS.items()}.__getitem__,
        key=f"granularity_{work.name}_{work.forms}",
        disabled=locked,
    )
    if chosen and chosen != present and not locked:
        work.put(mapping_edit.with_granularity(work.body, chosen))
        st.rerun()


def _lines(work: Work, locked: bool) -> None:
    lines = work.body.get("lines")
    present = _NONE if lines is None else str(lines)
    payloads = [value for text in work.bodies if isinstance(value := _object(text), dict)]
    labels = {_NONE: _("no lines"), _SELF: _("the payload is its own single line")}
    labels |= {path: path for path in dict.fromkeys((*([lines] if lines else []), *mapping_sources.lists(payloads)))}
    chosen = st.selectbox(
        _("Order lines at"),
        list(labels),
        index=list(labels).index(present),
        format_func=labels.__getitem__,
        key=f"lines_{work.name}_{work.forms}",
        disabled=locked,
    )
    if chosen is not None and chosen != present and not locked:
        work.put(mapping_edit.with_lines(work.body, None if chosen == _NONE else chosen))
        st.rerun()


def _object(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
