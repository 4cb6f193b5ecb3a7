"""The examples of a set: an order as given, and what is expected of it. A set whose examples fail is not published."""

from typing import Any

import streamlit as st

from core.i18n import _, language
from core.model.fields import Field, Kind, Privacy
from core.services import rule_forms
from core.ui import session
from core.ui import words as general
from core.ui.routing.titles import firms
from core.ui.rules import value_form, words
from core.ui.rules.work import Work

_LINE = ("sku", "qty", "unit_price_fen")


def show(work: Work) -> None:
    """Draw the tab."""
    locked = not session.actor().may("rules.edit")
    st.caption(
        _(
            "Publishing is refused while an example does not come out as expected. Counts over other orders are not met in an example."
        )
    )
    found: list[dict[str, Any]] = list(work.body.get("examples") or [])
    known = rule_forms.vocabulary(session.actor(), session.store())
    key = f"example_{work.kind}_{work.name}_{work.forms}_{language()}"
    edited = [_example(example, n, known.order, f"{key}_{n}", locked) for n, example in enumerate(found)]
    if edited != found and not locked:
        redraw = any(
            example is None or _names(example) != _names(old) for example, old in zip(edited, found, strict=True)
        )
        work.put({**work.body, "examples": [e for e in edited if e is not None]}, redraw=redraw)
        if redraw:
            st.rerun()
    if not locked and st.button(_("Add an example"), icon=":material/add:", key=f"{key}_add"):
        expect = {"action": "allow"} if work.kind == "risk" else {"courier": next(iter(firms()), "")}
        work.put({**work.body, "examples": [*found, {"given": {"paid_fen": 100_000}, "expect": expect}]}, redraw=True)
        st.rerun()


def _names(example: dict[str, Any]) -> list[Any]:
    return [*example["given"], len(example["given"].get("lines", []))]


def _example(
    example: dict[str, Any], n: int, fields: dict[str, Field], key: str, locked: bool
) -> dict[str, Any] | None:
    given = {name: value for name, value in example["given"].items() if name != "lines"}
    made: dict[str, Any] = {}
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_('Example {n}').format(n=n + 1)}** · {_('given an order with')}", width="content")
            st.space("stretch")
            gone = not locked and st.button(
                "", icon=":material/delete:", key=f"{key}_gone", type="tertiary", help=_("Remove")
            )
        for name, value in given.items():
            kept, value = _given(name, value, fields, f"{key}_{name}", locked)
            if kept:
                made[name] = value
        if not locked:
            made |= _further(given, fields, key)
        lines = _lines(example["given"].get("lines", []), key, locked)
        if lines or "lines" in example["given"]:
            made["lines"] = lines
        expect = _expected(example["expect"], key, locked)
    return None if gone else {"given": made, "expect": expect}


def _given(name: str, value: Any, fields: dict[str, Field], key: str, locked: bool) -> tuple[bool, Any]:
    field = fields.get(name)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(general.plain(words.title(field) if field else name), width=160)
        if field is None or value is None or field.privacy is Privacy.PERSON:
            st.markdown(f":gray[{_('empty')}]" if value is None else general.plain(str(value)), width="content")
        else:
            value = value_form.value(field, "eq", value, key, lists=(), locked=locked)
        gone = not locked and st.button(
            "", icon=":material/close:", key=f"{key}_gone", type="tertiary", help=_("Remove")
        )
    return not gone, value


def _further(given: dict[str, Any], fields: dict[str, Field], key: str) -> dict[str, Any]:
    rest = [name for name, field in fields.items() if name not in given and field.privacy is not Privacy.PERSON]
    chosen = st.menu_button(
        _("Add a field"), rest, format_func=lambda name: words.title(fields[name]), key=f"{key}_more", type="tertiary",
        icon=":material/add:",
    )  # fmt: skip
    return {str(chosen): value_form.first_value(fields[str(chosen)], "eq")} if chosen else {}


def _lines(lines: list[dict[str, Any]], key: str, locked: bool) -> list[dict[str, Any]]:
    """The order's lines: SKU, pieces, unit price. Further fields of a line stay as they are."""
    made = []
    for n, line in enumerate(lines):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_("Line {n}").format(n=n + 1), width=60)
            sku = st.text_input(
                _("SKU"), value=str(line.get("sku") or ""), key=f"{key}_{n}_sku", label_visibility="collapsed", width=140,
                placeholder=_("SKU"), disabled=locked,
            )  # fmt: skip
            qty = value_form.number(
                Kind.INTEGER, line.get("qty", 1), f"{key}_{n}_qty", label=_("Quantity"), locked=locked
            )
            price = value_form.number(
                Kind.MONEY, line.get("unit_price_fen", 0), f"{key}_{n}_price", label=_("Unit price"), locked=locked
            )
            gone = not locked and st.button("", icon=":material/close:", key=f"{key}_{n}_gone", type="tertiary")
        rest = {name: value for name, value in line.items() if name not in _LINE}
        own = {"sku": sku} if sku else {}
        if not gone:
            made.append({**rest, **own, "qty": qty, "unit_price_fen": price})
    if not locked and st.button(_("Add a line"), icon=":material/add:", key=f"{key}_line", type="tertiary"):
        made.append({"qty": 1, "unit_price_fen": 1000})
    return made


def _expected(expect: dict[str, Any], key: str, locked: bool) -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("it is expected to"), width=160)
        if "courier" in expect:
            known = firms()
            options = list(dict.fromkeys([*known, str(expect["courier"])]))
            courier = st.selectbox(
                _("Expected"), options, index=options.index(str(expect["courier"])), width=200, disabled=locked,
                format_func=lambda n: str(known.get(n) or n), key=f"{key}_expect", label_visibility="collapsed",
            )  # fmt: skip
            return {**expect, "courier": courier}
        if "action" not in expect:
            st.markdown(general.plain(general.listed(f"{k}: {v}" for k, v in expect.items())), width="content")
            return expect
        names = list(words.ACTIONS)
        action = st.selectbox(
            _("Expected"), names, index=names.index(expect["action"]) if expect["action"] in names else 0, width=200,
            format_func=lambda n: _(words.ACTIONS[n][0]), key=f"{key}_expect", label_visibility="collapsed", disabled=locked,
        )  # fmt: skip
        return {**expect, "action": action}
