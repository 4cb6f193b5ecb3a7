"""Plain tables of some hundred rows: columns by name, money and instants in the reader's words, ids as text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pandas as pd
import streamlit as st

from core.ui import session, words

Kind = Literal["text", "money", "count", "instant", "day", "yes", "share", "link"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words` turns the stored value into what is shown; `kind` aligns and formats it."""

    name: str
    label: str
    kind: Kind = "text"
    words: Callable[[Any], str] | None = None
    help: str | None = None
    width: Literal["small", "medium", "large"] | None = None


def table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    key: str,
    height: int | Literal["auto", "content"] = "auto",
    select: Literal["single-row", "multi-row", "single-cell"] | None = None,
) -> list[int]:
    """Draw rows; returns the places of the selected ones (empty without `select`)."""
    frame = pd.DataFrame([{c.name: _cell(c, row.get(c.name)) for c in columns} for row in rows])
    frame = frame.reindex(columns=[c.name for c in columns])
    options: dict[str, Any] = {"on_select": "rerun", "selection_mode": select} if select else {}
    event = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height=height,
        row_height=34,
        column_config=_config(columns),
        placeholder=words.NONE,
        **options,
    )
    return list(event.selection.rows) if select and event else []  # type: ignore[union-attr]


def _config(columns: Sequence[Column]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    config = st.column_config
    for column in columns:
        shared: dict[str, Any] = {"label": column.label, "help": column.help, "width": column.width}
        if column.kind == "money":
            made[column.name] = config.NumberColumn(format="¥ %.2f", **shared)
        elif column.kind == "count":
            made[column.name] = config.NumberColumn(format="localized", **shared)
        elif column.kind == "share":
            made[column.name] = config.NumberColumn(format="percent", **shared)
        elif column.kind == "instant":
            made[column.name] = config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", **shared)
        elif column.kind == "yes":
            made[column.name] = config.CheckboxColumn(**shared)
        elif column.kind == "link":
            made[column.name] = config.LinkColumn(**shared)
        else:
            made[column.name] = config.TextColumn(**shared)
    return made


def _cell(column: Column, value: Any) -> Any:
    if column.words is not None:
        return column.words(value)
    if column.kind == "money":
        return None if value is None else value / 100
    if column.kind == "instant" and isinstance(value, datetime):
        return pd.Timestamp(value).tz_convert(session.zone()).tz_localize(None)
    if column.kind == "text":
        return "" if value is None else str(value)
    return value
