"""The fields tab: what there is and how much it is used; the chosen field with what can be done to it."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.model.fields import Field, Level
from core.services import data_model
from core.services.data_model import FieldRow
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog
from core.ui.model import field_form
from core.ui.model.words import kind, level, title, titled
from core.ui.table import Column, table

_CHOSEN, _PICKED = "model_field", "model_picked"


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    rows = data_model.fields(actor, store)
    may_edit = actor.may("model.edit")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            _("Search fields"), key="model_search", type="search", placeholder=_("Label or name"), live=True
        )
        only = st.segmented_control(
            _("Level"), list(Level), format_func=level, key="model_level", selection_mode="single"
        )
        if may_edit and st.button(_("Add a field"), icon=":material/add:", type="primary", key="add_field"):
            dialog(_("Add a field"), field_form.add, width="medium")
    shown = [row for row in rows if _matches(row.field, wanted) and only in (None, row.field.level)]
    if not shown:
        empty(_("No field matches."), _("Search for another word or level."), icon="search_off")
        return
    _table(shown)
    if not any(row.field.own for row in rows) and may_edit:
        st.caption(_("No field of your own yet. Add one for what your business has and the catalogue lacks."))
    _chosen(rows, may_edit)


def _matches(field: Field, wanted: str | None) -> bool:
    text = (wanted or "").strip().lower()
    return not text or text in titled(field).lower()


def _table(rows: list[FieldRow]) -> None:
    columns = [
        Column("title", _("Label"), width="medium"),
        Column("kind", _("Type")),
        Column("level", _("Level")),
        Column("filled", _("Filled"), "count", help=_("In how many orders, lines or refunds the field has a value.")),
        Column("state", _("State"), width="medium"),
        Column("name", _("Name")),
        Column("mappings", _("Filled by"), width="large"),
    ]
    picked = table(
        [
            {
                "title": title(row.field),
                "kind": kind(row.field.kind),
                "level": level(row.field.level),
                "filled": row.filled,
                "state": _state(row),
                "name": row.field.name,
                "mappings": words.listed(row.mappings),
            }
            for row in rows
        ],
        [columns[place] for place in (0, 1, 3, 4)] if session.on_phone() else columns,
        key="model_fields",
        height=420,
        select="single-row",
    )
    # A click on a row chooses its field; the selectbox below may choose another one afterwards.
    if picked and picked[0] < len(rows) and st.session_state.get(_PICKED) != _key(rows[picked[0]].field):
        st.session_state[_PICKED] = st.session_state[_CHOSEN] = _key(rows[picked[0]].field)


def _state(row: FieldRow) -> str:
    field = row.field
    if field.retired:
        return _("retired")
    if row.missing:
        return _("missing in {n} orders").format(n=words.count(row.missing))
    if field.required:
        return _("required")
    if field.required_when:
        return _("required from {status}").format(status=words.status(field.required_when))
    return _("own") if field.own else _("built in")


def _key(field: Field) -> str:
    return f"{field.level.value}.{field.name}"


def _chosen(rows: list[FieldRow], may_edit: bool) -> None:
    by_key = {_key(row.field): row for row in rows}
    if st.session_state.get(_CHOSEN) not in by_key:
        st.session_state.pop(_CHOSEN, None)
    labels = {key: f"{titled(row.field)} · {level(row.field.level)}" for key, row in by_key.items()}
    chosen = st.selectbox(
        _("Field"),
        list(by_key),
        index=None,
        format_func=labels.__getitem__,
        key=_CHOSEN,
        placeholder=_("Choose a field to see and change it"),
    )
    if chosen is None:
        return
    row = by_key[chosen]
    with st.container(border=True):
        _facts(row)
        if may_edit:
            _actions(row.field)


def _facts(row: FieldRow) -> None:
    field = row.field
    st.markdown(f"**{title(field)}** · `{field.name}` · {kind(field.kind)} · {level(field.level)}")
    share = f"{row.filled / row.rows:.1%}" if row.rows else words.NONE
    st.caption(
        _("Filled in {filled} of {rows} ({share}).").format(
            filled=words.count(row.filled), rows=words.count(row.rows), share=share
        )
    )
    if field.choices and field.own:
        st.caption(_("Choices: {choices}").format(choices=words.listed(field.choices)))
    if field.default:
        st.caption(_("Default: {default}").format(default=field.default))
    if row.missing:
        st.warning(
            _("{n} orders from {status} on have it empty.").format(
                n=words.count(row.missing), status=words.status(field.required_when)
            ),
            icon=":material/rule:",
        )


def _actions(field: Field) -> None:
    actor, store, name = session.actor(), session.store(), field.name
    with st.container(horizontal=True):
        if st.button(_("Rename"), icon=":material/edit:", key="rename_field"):
            dialog(_("Rename"), field_form.rename, field)
        if not field.own:
            return
        if st.button(_("Change"), icon=":material/tune:", key="change_field", disabled=field.retired):
            dialog(_("Change the field"), field_form.change, field, width="medium")
        for steps, icon, label in ((-1, "arrow_upward", _("Up")), (1, "arrow_downward", _("Down"))):
            if st.button(label, icon=f":material/{icon}:", key=f"move_field_{steps}") and attempt(
                partial(data_model.move_field, actor, store, name, steps)
            ):
                st.rerun()
        if field.retired:
            if st.button(_("Restore"), icon=":material/unarchive:", key="restore_field") and attempt(
                lambda: data_model.restore_field(actor, store, name), _("The field is back.")
            ):
                st.rerun()
        elif st.button(_("Retire"), icon=":material/archive:", key="retire_field"):
            dialog(_("Retire the field"), _confirm_retire, field)


def _confirm_retire(field: Field) -> None:
    actor, store = session.actor(), session.store()
    row = next(r for r in data_model.fields(actor, store) if r.field.name == field.name)
    effect = _("{label} leaves mappings, rules, the order pool and exports. Its {n} values stay and come back with it.")
    if row.mappings:
        mappings = words.listed(row.mappings)
        st.warning(_("These mappings fill it and go on doing so: {mappings}").format(mappings=mappings))
    confirm_before(
        _("Retire"),
        effect.format(label=f"**{titled(field)}**", n=words.count(row.filled)),
        lambda: data_model.retire_field(actor, store, field.name),
        key="confirm_retire",
        done=_("The field is retired."),
    )
