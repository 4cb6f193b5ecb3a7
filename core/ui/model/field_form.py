"""The forms of a field: add, change, rename. Each says what will happen before it happens."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _
from core.model.fields import Field, Kind, Level
from core.model.lifecycle import STATUSES
from core.services import data_model
from core.services.data_model import OWN_LEVELS, FieldDraft
from core.ui import session, words
from core.ui.forms import attempt, say_after_rerun
from core.ui.model.words import kind, level, title

_FROM = [status.name for status in STATUSES if status.name not in ("CANCELLED", "ARCHIVED")]


def add() -> None:
    """A new own field."""
    left, right = st.columns(2)
    zh = left.text_input(_("Label (Chinese)"), key="field_zh", max_chars=40)
    en = right.text_input(_("Label (English)"), key="field_en", max_chars=40)
    name = left.text_input(
        _("Name"), value="x_", key="field_name", help=_("x_ and then lower-case letters, digits, _. It never changes.")
    )
    at = right.segmented_control(
        _("Level"), list(OWN_LEVELS), default=Level.ORDER, required=True, format_func=level, key="field_level"
    )
    wanted = left.selectbox(
        _("Type"), list(Kind), format_func={one: kind(one) for one in Kind}.__getitem__, key="field_kind"
    )
    draft = _rest(FieldDraft(name.strip(), wanted, at or Level.ORDER, zh, en), right)
    rows = {row.field.level: row.rows for row in data_model.fields(session.actor(), session.store())}
    st.info(
        _(
            "A column {name} is added to {rows} {level} rows, empty at first. "
            "It stands at once in mapping targets, the order pool, rules and exports."
        ).format(name=f"`{draft.name}`", rows=words.count(rows[draft.level]), level=level(draft.level)),
        icon=":material/info:",
    )
    if st.button(_("Add the field"), type="primary", key="save_field"):
        made = attempt(lambda: data_model.add_field(session.actor(), session.store(), draft))
        if made:
            _done(_("The field {label} is there.").format(label=title(made)))


def change(field: Field) -> None:
    """Words, choices, default and required-when of an own field; its type and level stand fixed."""
    left, right = st.columns(2)
    zh = left.text_input(_("Label (Chinese)"), value=field.labels.get("zh", ""), key="field_zh", max_chars=40)
    en = right.text_input(_("Label (English)"), value=field.labels.get("en", ""), key="field_en", max_chars=40)
    left.caption(f"`{field.name}` · {kind(field.kind)} · {level(field.level)}")
    present = FieldDraft(
        field.name, field.kind, field.level, zh, en, field.choices, field.required_when, field.default or ""
    )
    draft = _rest(present, right)
    st.info(_effect(field, draft), icon=":material/info:")
    if st.button(_("Save"), type="primary", key="save_field") and attempt(
        lambda: data_model.change_field(session.actor(), session.store(), draft)
    ):
        _done(_("The field is changed."))


def rename(field: Field) -> None:
    """Other words for any field, built-in ones too."""
    zh = st.text_input(_("Label (Chinese)"), value=field.labels.get("zh", ""), key="field_zh", max_chars=40)
    en = st.text_input(_("Label (English)"), value=field.labels.get("en", ""), key="field_en", max_chars=40)
    st.info(
        _("Only the words change, everywhere at once. The name {name} stays.").format(name=f"`{field.name}`")
        + ("" if field.own else " " + _("Leave a label empty to have the built-in one back.")),
        icon=":material/info:",
    )
    if st.button(_("Save"), type="primary", key="save_label") and attempt(
        lambda: data_model.rename_field(session.actor(), session.store(), field.name, label_zh=zh, label_en=en)
    ):
        _done(_("The label is changed."))


def _rest(draft: FieldDraft, right: DeltaGenerator) -> FieldDraft:
    choices = draft.choices
    if draft.kind is Kind.CHOICE:
        text = right.text_area(
            _("Choices, one on each line"), value="\n".join(draft.choices), key="field_choices", height=120
        )
        choices = tuple(line.strip() for line in text.splitlines() if line.strip())
    required = right.selectbox(
        _("Required from"),
        ["", *_FROM],
        index=["", *_FROM].index(draft.required_when),
        format_func={"": _("never"), **{name: words.status(name) for name in _FROM}}.__getitem__,
        key="field_required",
        help=_("Orders at or past this status with the field empty are counted and shown."),
    )
    default = _default(draft, choices, right)
    return FieldDraft(
        draft.name, draft.kind, draft.level, draft.label_zh, draft.label_en, choices, required or "", default
    )


def _default(draft: FieldDraft, choices: tuple[str, ...], right: DeltaGenerator) -> str:
    label, told = _("Default"), _("Filled in where a new order brings no value.")
    fixed = {Kind.CHOICE: choices, Kind.BOOLEAN: ("true", "false")}.get(draft.kind)
    if fixed is None:
        return right.text_input(label, value=draft.default, key="field_default", help=told).strip()
    options = ["", *fixed]
    place = options.index(draft.default) if draft.default in options else 0
    chosen = right.selectbox(
        label,
        options,
        index=place,
        format_func={one: _said(draft.kind, one) for one in options}.__getitem__,
        key="field_default",
        help=told,
    )
    return chosen or ""


def _said(wanted: Kind, value: str) -> str:
    if wanted is Kind.BOOLEAN and value:
        return _("yes") if value == "true" else _("no")
    return value or "–"


def _effect(field: Field, draft: FieldDraft) -> str:
    parts = []
    gone, new = set(field.choices) - set(draft.choices), set(draft.choices) - set(field.choices)
    if gone:
        parts.append(_("Taken away: {choices}.").format(choices=words.listed(sorted(gone))))
    if new:
        parts.append(_("Added: {choices}.").format(choices=words.listed(sorted(new))))
    if draft.required_when != field.required_when:
        said = words.status(draft.required_when) if draft.required_when else _("never")
        parts.append(_("Required from: {status}.").format(status=said))
    if draft.default != (field.default or ""):
        parts.append(_("Default: {default}").format(default=draft.default or "–") + ".")
    if (draft.label_zh, draft.label_en) != (field.labels.get("zh", ""), field.labels.get("en", "")):
        parts.append(_("The label changes everywhere."))
    return " ".join(parts) or _("Nothing changes yet.")


def _done(text: str) -> None:
    say_after_rerun(text)
    st.rerun()
