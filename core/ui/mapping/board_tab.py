"""The fields tab: the board (or the plain form beside it), and the drawer with a target's sources and converters."""

import streamlit as st

from core.i18n import N_, _
from core.model.fields import Field
from core.services import mapping_edit
from core.services.mapping_edit import entry_of
from core.services.mapping_words import chip
from core.ui import session
from core.ui.components.mapping_board import SourceField, TargetField, mapping_board, opened
from core.ui.components.mapping_board import work as board_work
from core.ui.mapping import chain_form, plain_form, shape
from core.ui.mapping.work import Work
from core.ui.model.words import kind, level, title

_WAYS = {"board": N_("Drag"), "form": N_("Form")}
_GROUPS = {"order": N_("Order"), "line": N_("Order lines"), "any": N_("Columns")}


def show(work: Work) -> None:
    """Draw the tab."""
    with st.container(horizontal=True, vertical_alignment="center"):
        way = st.segmented_control(
            _("Way of mapping"),
            list(_WAYS),
            default="board",
            required=True,
            format_func={name: _(label) for name, label in _WAYS.items()}.__getitem__,
            key="mapping_way",
            label_visibility="collapsed",
        )
        st.caption(
            _("Drag a source onto a target, or click one after the other. Click a target to set its converters.")
            if way == "board"
            else _("Choose each target's sources in the list.")
        )
        st.space("stretch")
        with st.popover(_("Lines"), icon=":material/data_array:", width="content"):
            shape.show(work)
    if way == "form":
        plain_form.show(work)
    else:
        _board(work)


def take(work: Work) -> None:
    """Take what was drawn on the board since the last run. Call it before anything is shown of the work."""
    sent = board_work(_key(work))
    # A map that began from links that are no longer ours is out of date: the board is drawn anew with ours.
    if sent is None or sent.base != work.board or not session.actor().may("mapping.edit"):
        return
    if sent.links != mapping_edit.links_of(work.body):
        made = mapping_edit.with_links(work.body, sent.links, work.targets(), work.sources())
        # The browser's links stand already, unless some of them were refused.
        work.put(made, redraw=False)
        work.board += int(mapping_edit.links_of(made) != sent.links)


def _key(work: Work) -> str:
    return f"board_{work.name}"


def _board(work: Work) -> None:
    key = _key(work)

    def clicked() -> None:
        st.session_state["mapping_opened"] = opened(key)

    mapping_board(
        key,
        version=work.board,
        source=[_source(work, source) for source in work.sources()],
        target=targets(work),
        links=mapping_edit.links_of(work.body),
        locked=not session.actor().may("mapping.edit"),
        on_opened=clicked,
    )
    target = st.session_state.pop("mapping_opened", "")
    if target:
        chain_form.drawer(work, target)


def _source(work: Work, source: "mapping_edit.Source") -> SourceField:
    lines = work.body.get("lines") or ""
    return SourceField(
        source.id,
        _("position of the line") if source.path == "#" else source.path,
        " · ".join(source.samples[:3]),
        source.scope,
        _(_GROUPS[source.scope]),
        f"{lines}[*]" if source.scope == "line" and lines else "",
    )


def targets(work: Work) -> list[TargetField]:
    """The target fields with their chips and problems."""
    wrong = {problem.target: str(problem.why) for problem in work.problems()}
    return [_target(work, field, wrong) for field in work.targets()]


def _target(work: Work, field: Field, wrong: dict[str, str]) -> TargetField:
    name = f"{field.level.value}|{field.name}"
    entry = entry_of(work.body, name)
    lines = str(work.body.get("lines") or "")
    return TargetField(
        name,
        field.name,
        title(field),
        kind(field.kind),
        field.level.value,
        level(field.level),
        field.required,
        field.own,
        chip(entry.get("convert", [])) if entry else "",
        wrong.get(name, ""),
        lines if field.level.value == "line" else "",
    )
