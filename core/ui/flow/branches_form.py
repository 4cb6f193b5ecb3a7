"""Conditions within a station: one alone, or named branches of which the first that is met counts."""

from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.services import rule_forms
from core.ui import session, words
from core.ui.rules import tree
from core.ui.rules import words as spoken
from core.ui.rules.condition_form import ConditionForm


def condition_field(when: Any, key: str, *, locked: bool) -> Any:
    """A condition as a form with its sentence below; gives back the edited one. None stays None until a row is added."""
    known = rule_forms.vocabulary(session.actor(), session.store())
    start = tree.normal(when)
    turn = st.session_state.get(f"{key}_turn", 0)
    edited, again = ConditionForm(start, known, f"{key}_{turn}", locked).draw()
    made = when if edited == start else tree.tidy(edited)
    if again:
        st.session_state[f"{key}_turn"] = turn + 1
    if made:
        try:
            st.caption(words.plain(spoken.sentence(made)))
        except DanliuError as error:
            st.caption(f":orange[{words.plain(error.message)}]")
    return made


def branches_form(branches: list[dict[str, Any]], key: str, *, locked: bool) -> list[dict[str, Any]]:
    """The branches in their order; each with a name and a condition, movable and removable."""
    made: list[dict[str, Any]] = []
    moved: tuple[int, int] | None = None
    st.caption(_("The first branch whose condition is met counts; all others leave by “Otherwise”."))
    for place, branch in enumerate(branches):
        mine = f"{key}_{branch['outcome']}"
        with st.container(border=True, gap="small", key=f"box_{mine}"):
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                label = st.text_input(
                    _("Name of the branch"),
                    value=branch.get("label") or "",
                    key=f"{mine}_label",
                    disabled=locked,
                    max_chars=40,
                )
                if not locked:
                    if st.button(
                        "", key=f"{mine}_up", icon=":material/arrow_upward:", disabled=place == 0, help=_("Earlier")
                    ):
                        moved = (place, place - 1)
                    removed = st.button("", key=f"{mine}_gone", icon=":material/delete:", help=_("Remove"))
                    if removed:
                        continue
            when = condition_field(branch.get("when"), f"{mine}_when", locked=locked)
            made.append({**branch, "label": (label or "").strip() or branch["outcome"], "when": when})
    if moved and len(made) == len(branches):
        made.insert(moved[1], made.pop(moved[0]))
    if not locked and st.button(_("Add a branch"), key=f"{key}_add", icon=":material/add:"):
        taken = {branch["outcome"] for branch in branches}
        number = next(n for n in range(1, 1000) if f"branch_{n}" not in taken)
        made.append({"outcome": f"branch_{number}", "label": _("Branch {n}").format(n=number), "when": {"all": []}})
    return made
