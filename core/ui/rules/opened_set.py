"""An opened rule set: its head with what can be done, and its parts."""

import streamlit as st

from core.i18n import N_, _
from core.services import rule_forms
from core.ui import session
from core.ui import words as general
from core.ui.forms import dialog
from core.ui.rules import editor, examples, keeping, set_list, try_panel, words
from core.ui.rules import work as works
from core.ui.rules.work import Work
from core.ui.tabs import tabs
from core.ui.theme import badge_colour

_PARTS = {
    "rules": N_("The rules"),
    "try": N_("Try on history"),
    "examples": N_("Examples"),
    "history": N_("History"),
}
_DRAW = {"rules": editor.show, "try": try_panel.show, "examples": examples.show, "history": keeping.history}


def show(kind: str, name: str) -> None:
    """Draw the set."""
    work = works.of(kind, name)
    head = st.container()
    _DRAW[tabs("part", _PARTS)](work)
    with head:  # drawn last: it knows what was typed below in this very run
        _head(work)


def _head(work: Work) -> None:
    actor = session.actor()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="set_head"):
        st.button(
            "", icon=":material/arrow_back:", key="set_back", on_click=set_list.close_set, help=_("All rule sets")
        )
        st.markdown(f"##### {general.plain(words.set_title(work.name))}", width="content")
        word, colour, _about = words.MODES[str(work.body.get("mode", "off"))]
        st.badge(_(word), color=badge_colour(colour))  # type: ignore[arg-type]
        state, shade = words.STATES.get(work.state, (work.state, "grey"))
        text = (
            f"v{work.version}"
            if work.state == "published"
            else f"{_(state)} v{work.version}"
            if work.version
            else _(state)
        )
        st.badge(text, color=badge_colour("grey" if work.state == "published" else shade))  # type: ignore[arg-type]
        if work.changed and work.saved is not None:
            st.badge(_("changed, not saved"), color="orange", icon=":material/edit:")
        st.space("stretch")
        st.download_button(
            "", rule_forms.export_set(actor, session.store(), work.body), f"{work.name}.json", "application/json",
            icon=":material/download:", key="set_export", help=_("Save as a file"), on_click="ignore",
        )  # fmt: skip
        if actor.may("rules.edit"):
            buttons(work)


def buttons(work: Work) -> None:
    """Undo, save, publish: for the set's page and the page Risk alike."""
    if work.changed and work.saved is not None and st.button(_("Undo the changes"), key="set_undo", type="tertiary"):
        works.forget(work.kind, work.name)
        st.rerun()
    if st.button(_("Save the draft"), icon=":material/save:", key="set_save", disabled=not work.changed):
        dialog(_("Save the draft"), keeping.save, work, width="large")
    ready = work.changed or work.state != "published"
    if st.button(_("Publish"), icon=":material/publish:", key="set_publish", type="primary", disabled=not ready):
        dialog(_("Publish"), keeping.publish, work, width="large")
