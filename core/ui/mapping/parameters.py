"""A converter's parameter as a widget, drawn from its declared kind."""

from typing import Any

import pandas as pd
import streamlit as st

from core.i18n import _
from core.mapping.converter import Parameter, texts
from core.model.fields import Field, Kind


def parameter(one: Parameter, value: Any, field: Field, key: str, locked: bool) -> Any:
    """Draw it; returns the value to write, None for one that is left out."""
    label = _(one.label) + (" *" if one.required else "")
    if one.kind == "table":
        return _table(label, value or {}, key, locked)
    if one.kind == "texts":
        found = st.text_area(
            f"{label} · {_('one on each line')}", value="\n".join(texts(value)), key=key, disabled=locked, height=80
        )
        lines = [line for line in found.splitlines() if line.strip()]
        return lines[0] if len(lines) == 1 and isinstance(value, str) else lines or None
    if one.kind == "integer":
        return int(
            st.number_input(
                label, value=int(value if value is not None else one.default or 0), key=key, disabled=locked
            )
        )
    if one.kind == "any" and one.name == "value":
        return _constant(label, value, field, key, locked)
    found = st.text_input(label, value="" if value is None else str(value), key=key, disabled=locked)
    return found if found or one.required else None


def _constant(label: str, value: Any, field: Field, key: str, locked: bool) -> Any:
    match field.kind:
        case Kind.BOOLEAN:
            return st.toggle(label, value=value is True, key=key, disabled=locked)
        case Kind.INTEGER | Kind.MONEY:
            whole = value if isinstance(value, int) else 0
            return int(st.number_input(label, value=whole, step=1, key=key, disabled=locked))
        case Kind.NUMBER:
            number = float(value) if isinstance(value, int | float) else 0.0
            return float(st.number_input(label, value=number, key=key, disabled=locked))
        case Kind.CHOICE if field.choices:
            place = field.choices.index(value) if value in field.choices else 0
            return st.selectbox(label, field.choices, index=place, key=key, disabled=locked)
        case _:
            return st.text_input(label, value=str(value or ""), key=key, disabled=locked)


def _table(label: str, value: dict[str, Any], key: str, locked: bool) -> dict[str, str | None]:
    """Word -> meaning. The editor keeps its edits itself: it always begins from the table it was opened with."""
    st.caption(label)
    first = st.session_state.setdefault(f"{key}_first", dict(value))
    frame = pd.DataFrame(
        [(word, "" if m is None else str(m)) for word, m in first.items()], columns=["word", "meaning"]
    )
    edited = st.data_editor(
        frame.astype("string"),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        disabled=locked,
        column_config={
            "word": st.column_config.TextColumn(_("Word")),
            "meaning": st.column_config.TextColumn(_("Becomes")),
        },
    )
    pairs = zip(edited["word"], edited["meaning"], strict=True)
    return {str(w): (None if pd.isna(m) or m == "" else str(m)) for w, m in pairs if not pd.isna(w) and str(w).strip()}
