"""The examples tab: what certain payloads must become. They are checked here at once, and before every publishing."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from core.i18n import _
from core.model.fields import Field
from core.services import mapping_examples
from core.services.mapping_examples import Compared, Verdict
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.mapping.work import Work
from core.ui.model.words import titled

_HELD = "held"


def show(work: Work) -> None:
    """Draw the tab."""
    st.caption(_("An example is a payload and what it must become. A mapping whose examples fail cannot be published."))
    may_edit = session.actor().may("mapping.edit")
    found = mapping_examples.verdicts(session.actor(), session.store(), work.body)
    if not found:
        empty(
            _("This mapping has no example yet."),
            _("In the preview, choose a row and keep it as an example; or paste a payload below."),
            icon="fact_check",
        )
    for place, verdict in enumerate(found):
        _example(work, place, verdict, may_edit)
    if may_edit:
        _new(work)


def keep(work: Work, place: int) -> None:
    """Keep the payload at a place of the preview as an example, without anybody's data."""
    made = attempt(
        lambda: mapping_examples.added(session.actor(), session.store(), work.body, work.bodies[place]),
        _("Kept as example {n}, with made-up names and phones. Save the draft to store it.").format(
            n=len(work.body.get("examples", [])) + 1
        ),
    )
    if isinstance(made, dict):
        work.put(made)


def _example(work: Work, place: int, verdict: Verdict, may_edit: bool) -> None:
    title = _("Example {n}").format(n=place + 1) + (f" · {verdict.note}" if verdict.note else "")
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title}**", width="content")
            if verdict.wrong:
                st.badge(_("fails"), color="red", icon=":material/close:")
            else:
                st.badge(_("passes"), color="green", icon=":material/check:")
        for why in verdict.wrong[:5]:
            st.markdown(f":red[{why}]")
        with st.expander(_("What it expects, and its payload"), expanded=bool(verdict.wrong)):
            _form(work, place, verdict, may_edit)


def _form(work: Work, place: int, verdict: Verdict, may_edit: bool) -> None:
    key = f"example_{work.name}_{place}_{work.forms}"
    fields = mapping_examples.targets(session.store(), work.body)
    table = _table(verdict, fields, key, may_edit)
    note = st.text_input(_("Note"), value=verdict.note, key=f"{key}_note", disabled=not may_edit)
    payload = st.text_area(_("Payload"), value=verdict.payload, key=f"{key}_payload", height=180, disabled=not may_edit)
    if not may_edit:
        return
    with st.container(horizontal=True):
        if st.button(_("Take over the changes"), type="primary", key=f"{key}_take"):
            _put(
                work,
                lambda: mapping_examples.changed(
                    session.actor(),
                    session.store(),
                    work.body,
                    place,
                    payload=payload,
                    expect=_expected(table, verdict.rows, fields),
                    note=note,
                ),
            )
        if st.button(_("Expect what it becomes now"), icon=":material/sync:", key=f"{key}_now"):
            _put(work, lambda: mapping_examples.as_now(session.actor(), session.store(), work.body, place))
        if st.button(_("Remove"), icon=":material/delete:", key=f"{key}_gone"):
            _put(work, lambda: mapping_examples.without(work.body, place))


def _table(verdict: Verdict, fields: dict[tuple[bool, str], Field], key: str, may_edit: bool) -> Any:
    where, what, wanted, gets = _("Order or line"), _("Field"), _("Expected"), _("Now")
    frame = pd.DataFrame(
        [
            {
                where: _("Line {n}").format(n=row.line) if row.line else _("Order"),
                what: _label(row, fields),
                wanted: _text(row.expected),
                gets: _text(row.gets),
            }
            for row in verdict.rows
        ],
        columns=[where, what, wanted, gets],
    )
    shown = st.data_editor(
        frame,
        key=f"{key}_table",
        hide_index=True,
        width="stretch",
        disabled=True if not may_edit else [where, what, gets],
        height=min(38 * len(frame) + 40, 420),
    )
    return [str(text or "") for text in shown[wanted]]


def _label(row: Compared, fields: dict[tuple[bool, str], Field]) -> str:
    field = fields.get((row.line > 0, row.name))
    return _("Held by the platform") if row.name == _HELD else titled(field) if field else row.name


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _expected(texts: list[str], rows: tuple[Compared, ...], fields: dict[tuple[bool, str], Field]) -> dict[str, Any]:
    """The expectation the table holds now; an emptied cell of a field expects nothing there."""
    expect: dict[str, Any] = {}
    lines: dict[int, dict[str, Any]] = {}
    for row, text in zip(rows, texts, strict=True):
        into = lines.setdefault(row.line, {}) if row.line else expect
        if row.name == _HELD and not row.line:
            into[_HELD] = text.strip().lower() == "true"
        elif text == _text(row.expected):
            into[row.name] = row.expected
        else:
            into[row.name] = mapping_examples.value_of(fields[row.line > 0, row.name], text)
    return expect | ({"lines": [lines[number] for number in sorted(lines)]} if lines else {})


def _new(work: Work) -> None:
    with st.popover(_("New example"), icon=":material/add:"):
        text = st.text_area(_("Payload"), key=f"new_example_{work.name}_{work.forms}", height=180)
        note = st.text_input(_("Note"), key=f"new_example_note_{work.name}_{work.forms}")
        if st.button(_("Add"), type="primary", key="new_example_add"):
            payload = text.strip()
            rows = work.body.get("source") == "rows" and not payload.startswith('{"rows"')
            body = json.dumps({"rows": [json.loads(payload)]}) if rows and _is_object(payload) else payload
            _put(work, lambda: mapping_examples.added(session.actor(), session.store(), work.body, body, note=note))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _put(work: Work, change: Any) -> None:
    made = attempt(change)
    if isinstance(made, dict):
        work.put(made)
        work.forms += 1
        st.rerun()
