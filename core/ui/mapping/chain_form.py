"""The drawer of one target: its sources in order, its converters with their parameters, and what comes of it."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from core.errors import DanliuError
from core.i18n import _
from core.mapping.converter import Converter
from core.mapping.converters import CONVERTERS
from core.mapping.preview import Cell, Row
from core.model.fields import Field, Kind
from core.services import mapping_edit
from core.services.mapping_sources import place, written
from core.ui import session
from core.ui.forms import show_error
from core.ui.mapping.parameters import parameter
from core.ui.mapping.work import Work
from core.ui.model.words import kind, level, title

_SHOWN = 12  # rows of the preview in the drawer
Steps = list[dict[str, Any]]


def drawer(work: Work, target: str) -> None:
    """Open the drawer; what changes in it stands on the board once it is closed."""
    field = next((f for f in work.targets() if f"{f.level.value}|{f.name}" == target), None)
    if field is None:
        return

    def body() -> None:
        try:
            draw(work, field)
        except DanliuError as error:
            show_error(error)

    st.dialog(title(field), width="medium", position="right", on_dismiss="rerun")(body)()


def source_labels(work: Work, field: Field) -> dict[str, str]:
    """The sources that may fill a field, with a sample."""
    line = field.level.value == "line"
    return {
        source.id: f"{source.path} · {source.samples[0][:24]}" if source.samples else source.path
        for source in work.sources()
        if line or source.scope != "line"
    }


def draw(work: Work, field: Field) -> None:
    """The drawer's content."""
    target = f"{field.level.value}|{field.name}"
    entry = mapping_edit.entry_of(work.body, target)
    st.caption(f"`{field.name}` · {kind(field.kind)} · {level(field.level)}")
    if target in work.thought:
        confidence, reason = work.thought[target]
        st.caption(_("Suggested with {share}: {reason}").format(share=f"{confidence:.0%}", reason=reason))
    locked = not session.actor().may("mapping.edit")
    key = f"chain_{work.name}_{target}_{work.forms}"
    paths = _sources(work, field, mapping_edit.sources_of(entry) if entry else [], key, locked)
    steps = _steps(field, list(entry.get("convert", [])) if entry else [], key, locked, work)
    if not locked:
        _take(work, field, paths, steps, entry)
    for problem in work.problems():
        if problem.target == target:
            st.error(str(problem.why), icon=":material/error:")
    _tried(work, field)
    with st.container(horizontal=True):
        if st.button(_("Back to the board"), type="primary", key=f"{key}_done"):
            st.rerun()
        if (
            entry is not None
            and not locked
            and st.button(_("Remove the link"), icon=":material/link_off:", key=f"{key}_cut")
        ):
            work.put(mapping_edit.without(work.body, target))
            st.rerun()


def _take(work: Work, field: Field, paths: list[str], steps: Steps, entry: dict[str, Any] | None) -> None:
    if not paths and not steps:
        return
    before = (mapping_edit.sources_of(entry), entry.get("convert", [])) if entry else None
    if before != (paths, steps):
        if entry is None and paths and not steps:  # a first source brings the converters its type asks for
            samples = [text for source in work.sources() if source.path in paths for text in source.samples]
            steps = mapping_edit.first_steps(field, samples, paths)
            work.put(mapping_edit.with_entry(work.body, field, paths, steps))
            _again(work)
        work.put(mapping_edit.with_entry(work.body, field, paths, steps))


def _again(work: Work) -> None:
    """Draw the drawer afresh: its widgets begin again from the document."""
    work.forms += 1
    try:
        st.rerun(scope="fragment")
    except StreamlitInvalidLayoutContextError:  # drawn by a whole run: that one begins again
        st.rerun()


def _sources(work: Work, field: Field, paths: list[str], key: str, locked: bool) -> list[str]:
    present = ["|".join(place(work.body, field.level.value, path)) for path in paths]
    labels = source_labels(work, field)
    chosen = st.multiselect(
        _("Sources (the first non-empty one counts)"),
        list(dict.fromkeys((*present, *labels))),
        present,
        format_func=lambda source: labels.get(source) or str(source).partition("|")[2] or str(source),
        key=f"{key}_from",
        placeholder=_("Choose a source, or type a path"),
        accept_new_options=True,
        disabled=locked,
    )
    return [written(work.body, field.level.value, s) if "|" in s else s.strip() for s in chosen]


def _steps(field: Field, steps: Steps, key: str, locked: bool, work: Work) -> Steps:
    st.markdown(f"**{_('Converters')}**")
    made: Steps = []
    for place_, step in enumerate(steps):
        with st.container(border=True):
            made.append(_step(field, step, f"{key}_{place_}_{step.get('do')}", locked))
            if not locked:
                _step_buttons(work, field, steps, place_, f"{key}_{place_}")
    if not steps:
        st.caption(_("None: the text is taken as it is."))
    names = [name for name, c in CONVERTERS.items() if _offered(c, field)]
    added = st.selectbox(
        _("Add a converter"),
        names,
        index=None,
        format_func={name: _(CONVERTERS[name].label) for name in names}.__getitem__,
        key=f"{key}_add_{len(steps)}",
        placeholder=_("Choose one"),
        disabled=locked,
    )
    if added:
        _change(work, field, [*made, _fresh(field, CONVERTERS[added])])
    return made


def _offered(converter: Converter, field: Field) -> bool:
    if converter.name == "status":
        return field.name == "status"
    return converter.gives in (None, Kind.TEXT) or converter.fits(field.kind)


def _fresh(field: Field, converter: Converter) -> dict[str, Any]:
    blank = {"text": "", "texts": [""], "table": {}, "integer": 0, "number": "1", "any": ""}
    if converter.name == "constant":
        zero: dict[Kind, Any] = {Kind.INTEGER: 0, Kind.MONEY: 0, Kind.NUMBER: 0.0, Kind.BOOLEAN: False}
        first = field.choices[0] if field.choices else ""
        return {"do": "constant", "value": zero.get(field.kind, first)}
    return {"do": converter.name, **{p.name: blank.get(p.kind, "") for p in converter.parameters if p.required}}


def _step(field: Field, step: dict[str, Any], key: str, locked: bool) -> dict[str, Any]:
    name = str(step.get("do"))
    converter = CONVERTERS.get(name)
    st.markdown(f"**{_(converter.label)}** :gray[{name}]" if converter else f":red[{name}]")
    if converter is None:
        return step
    made: dict[str, Any] = {"do": name}
    for one in converter.parameters:
        value = parameter(one, step.get(one.name), field, f"{key}_{one.name}", locked)
        if value is not None:
            made[one.name] = value
    return made


def _step_buttons(work: Work, field: Field, steps: Steps, at: int, key: str) -> None:
    with st.container(horizontal=True):
        if at > 0 and st.button(_("Earlier"), icon=":material/arrow_upward:", key=f"{key}_up"):
            _change(work, field, [*steps[: at - 1], steps[at], steps[at - 1], *steps[at + 1 :]])
        if st.button(_("Remove"), icon=":material/delete:", key=f"{key}_gone"):
            _change(work, field, [*steps[:at], *steps[at + 1 :]])


def _change(work: Work, field: Field, steps: Steps) -> None:
    entry = mapping_edit.entry_of(work.body, f"{field.level.value}|{field.name}")
    work.put(mapping_edit.with_entry(work.body, field, mapping_edit.sources_of(entry) if entry else [], steps))
    _again(work)


def _tried(work: Work, field: Field) -> None:
    """Value before, after each converter, and why it failed."""
    if not work.bodies:
        return
    tried = work.tried()
    rows = tried.lines if field.level.value == "line" else tried.main
    cells = [(row, row.cells[field.name]) for row in rows if field.name in row.cells]
    if not cells:
        return
    cells.sort(key=lambda pair: not pair[1].reason)  # what fails first; the rest in the payloads' order
    failed = sum(bool(cell.reason) for _row, cell in cells)
    st.markdown(f"**{_('What comes of it')}** · " + _("{n} rows, {failed} fail").format(n=len(cells), failed=failed))
    entry = mapping_edit.entry_of(work.body, f"{field.level.value}|{field.name}")
    names = [
        _(CONVERTERS[s["do"]].label) if s.get("do") in CONVERTERS else "?" for s in (entry or {}).get("convert", [])
    ]
    st.dataframe(_frame(cells[:_SHOWN], names), hide_index=True, width="stretch")


def _frame(cells: list[tuple[Row, Cell]], names: list[str]) -> Any:
    columns = [_("Row"), _("Before"), *(f"{n}. {name}" for n, name in enumerate(names, 1)), _("Failed")]
    frame = pd.DataFrame(
        [[str(row.row_no), cell.source or "", *(s or "" for s in cell.steps), _(cell.reason)] for row, cell in cells],
        columns=columns,
    )
    bad = [bool(cell.reason) for _row, cell in cells]
    return frame.style.apply(lambda row: ["color: #E0323E" if bad[int(row.name)] else ""] * len(row), axis=1)
