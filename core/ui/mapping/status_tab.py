"""The status words tab: what each word of the platform means for us; words met in the payloads and unknown are listed."""

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.model.fields import STATUSES
from core.services import mapping_edit, mapping_trial
from core.ui import session, words
from core.ui.empty import empty
from core.ui.mapping.work import Work

_KEEP = "keep"


def show(work: Work) -> None:
    """Draw the tab."""
    table = work.body.get("statuses", {})
    met = _met(work)
    unknown = [word for word in met if word not in table]
    if not table and not met:
        empty(_("No status words."), _("Map the field status with the converter for status words first."), icon="label")
        return
    if unknown:
        listed = words.listed(f"{word} ({met[word]})" for word in unknown[:12])
        st.warning(_("Unknown words in the payloads: {words}").format(words=listed), icon=":material/help:")
    st.caption(
        _(
            "An order with an unknown word is rejected, not guessed. “Keep ours” leaves the status that the order has here; "
            "“held” freezes it beside its status."
        )
    )
    key, said = f"statuses_{work.name}_{work.forms}", _status_words()
    locked = not session.actor().may("mapping.edit")
    edited = st.data_editor(
        _frame(key, table, met),
        key=key,
        num_rows="fixed" if locked else "dynamic",
        hide_index=True,
        disabled=True if locked else ["count"],
        width="stretch",
        column_config={
            "word": st.column_config.TextColumn(_("The platform's word"), required=True),
            "status": st.column_config.SelectboxColumn(
                _("Our status"), options=[*STATUSES, _KEEP], format_func=lambda name: said[str(name)]
            ),
            "held": st.column_config.CheckboxColumn(_("Held")),
            "count": st.column_config.NumberColumn(_("In the payloads"), format="localized"),
        },
    )
    if not locked:
        _take(work, edited)


def _status_words() -> dict[str, str]:
    return {**{name: words.status(name) for name in STATUSES}, _KEEP: _("keep ours")}


def _met(work: Work) -> Counter[str]:
    if not work.bodies:
        return Counter()
    try:
        return mapping_trial.status_words(work.body, work.tried())
    except DanliuError:
        return Counter()


def _frame(key: str, table: dict[str, Any], met: Counter[str]) -> pd.DataFrame:
    """The rows the editor begins with; it keeps a person's edits itself until the forms are drawn afresh."""
    first = st.session_state.get(f"{key}_first")
    if first is None:
        rows = [
            (word, str(meaning.get("status")), bool(meaning.get("held")), met.get(word, 0))
            for word, meaning in table.items()
        ]
        rows += [(word, None, False, count) for word, count in met.items() if word not in table]
        first = pd.DataFrame(rows, columns=["word", "status", "held", "count"])
        first = first.astype({"word": "string", "status": "string", "held": "bool", "count": "int64"})
        st.session_state[f"{key}_first"] = first
    return first


def _take(work: Work, edited: pd.DataFrame) -> None:
    meanings = {
        str(row["word"]): ("" if pd.isna(row["status"]) else str(row["status"]), row["held"] is True)
        for row in edited.to_dict("records")
        if not pd.isna(row["word"])
    }
    before = work.body.get("statuses", {})
    made = mapping_edit.with_statuses(work.body, meanings)
    if made["statuses"] != before and (made["statuses"] or before):
        work.put(made, redraw=False)
        st.rerun()
