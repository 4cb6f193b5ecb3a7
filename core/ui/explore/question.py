"""The question as a form; the address keeps it as one JSON text, so that a link asks the same."""

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core import clock
from core.i18n import N_, _, language
from core.insight.pivot import CHARTS
from core.insight.pivot_fields import TIMES
from core.model.fields import Kind
from core.model.lifecycle import STATUSES
from core.services import orders, pivot
from core.store.orders_query import OPERATORS
from core.ui import names, session, words

CHART_WORDS = {"bar": N_("Bars"), "line": N_("Lines"), "heat": N_("Heat map"), "table": N_("Table only")}
_SAID, _MORE = "px_said", "px_more"
_LISTS = ("channel", "shop", "status")


def default(days: int = 29) -> dict[str, Any]:
    """Orders by channel of the last days."""
    today = clock.business_day(clock.now(), session.zone())
    view = {"by": "paid_at", "from": (today - timedelta(days=days)).isoformat(), "to": today.isoformat()}
    return {"rows": ["channel"], "measure": "orders", "chart": "bar", "top": 20, "view": view}


def link(document: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of an address that asks this question."""
    return {"q": json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)}


def form() -> dict[str, Any]:
    """Draw the form; returns the question as it stands and lets the address say it."""
    asked = st.query_params.get("q", "")
    if "px_row" not in st.session_state or asked != st.session_state.get(_SAID, ""):
        use(_read(asked) or default())
    groups, measures = pivot.choices(session.actor(), session.store(), st.session_state["px_time"], zone=session.zone())
    titles = {name: pivot.title(group) for name, group in groups.items()}
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _select(_("Group by"), "px_row", list(titles), titles, 170)
            _select(_("and by"), "px_row2", ["", *titles], {"": "–", **titles}, 150)
            _select(_("across"), "px_column", ["", *titles], {"": "–", **titles}, 150)
            _select(_("Measure"), "px_measure", list(measures), {n: _(m.label) for n, m in measures.items()}, 230)
            _select(_("Chart"), "px_chart", list(CHARTS), {n: _(text) for n, text in CHART_WORDS.items()}, 130)
            _select(_("Groups"), "px_top", [10, 20, 50, 100, 200], {n: str(n) for n in (10, 20, 50, 100, 200)}, 90)
        folded = st.expander(_("Period and filters")) if session.on_phone() else nullcontext()
        with folded, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _period()
            _lists()
            _further()
    document = _present()
    text = link(document)["q"]
    st.session_state[_SAID] = text
    if asked != text:
        st.query_params["q"] = text
    return document


def use(document: Mapping[str, Any]) -> None:
    """Set the widgets to a question; only before they are drawn."""
    state, view = st.session_state, document.get("view") or {}
    rows = list(document.get("rows") or ["channel"])
    state["px_row"], state["px_row2"] = rows[0], rows[1] if len(rows) > 1 else ""
    state["px_column"], state["px_measure"] = document.get("column") or "", document.get("measure") or "orders"
    state["px_chart"], state["px_top"] = document.get("chart") or "bar", document.get("top") or 20
    state["px_time"] = view.get("by") or document.get("time") or TIMES[0]
    days = [date.fromisoformat(str(view[name])) for name in ("from", "to") if view.get(name)]
    state["px_period"] = tuple(days) if len(days) == 2 else ()
    for name in _LISTS:
        state[f"px_{name}"] = list(view.get(name) or [])
    state[_MORE] = [dict(one) for one in view.get("more") or ()]


def _present() -> dict[str, Any]:
    state = st.session_state
    view: dict[str, Any] = {name: list(state[f"px_{name}"]) for name in _LISTS if state.get(f"px_{name}")}
    days = state.get("px_period") or ()
    if len(days) == 2:
        view |= {"by": state["px_time"], "from": days[0].isoformat(), "to": days[1].isoformat()}
    if state[_MORE]:
        view["more"] = list(state[_MORE])
    document: dict[str, Any] = {
        "rows": list(dict.fromkeys(name for name in (state["px_row"], state["px_row2"]) if name)),
        "measure": state["px_measure"], "chart": state["px_chart"], "top": state["px_top"], "time": state["px_time"], "view": view,
    }  # fmt: skip
    if state["px_column"] and state["px_column"] not in document["rows"]:
        document["column"] = state["px_column"]
    return document


def _read(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
        date.fromisoformat(str((found.get("view") or {}).get("from", "2026-01-01")))
        date.fromisoformat(str((found.get("view") or {}).get("to", "2026-01-01")))
        return found if isinstance(found.get("rows"), list) and found["rows"] else None
    except (ValueError, AttributeError, TypeError):
        return None


def _select(label: str, key: str, options: list[Any], titles: Mapping[Any, str], width: int) -> None:
    if st.session_state[key] not in options:  # a link may name what is gone, or what the role may not see
        st.session_state[key] = options[0]
    st.selectbox(label, options, key=key, format_func=lambda one: titles.get(one, str(one)), width=width)


def _period() -> None:
    titles = {f.name: f.title(language(), _) for f in orders.visible_fields(session.actor(), session.store()).values()}
    _select(_("Period by"), "px_time", list(TIMES), {name: titles.get(name, name) for name in TIMES}, 130)
    st.date_input(_("Period"), key="px_period", format="YYYY-MM-DD", width=230)
    for label, days in ((_("7 days"), 6), (_("30 days"), 29), (_("1 year"), 365)):
        st.button(label, key=f"px_days_{days}", type="tertiary", on_click=_last, args=(days,))


def _last(days: int) -> None:
    today = clock.business_day(clock.now(), session.zone())
    st.session_state["px_period"] = (today - timedelta(days=days), today)


def _lists() -> None:
    actor, store = session.actor(), session.store()
    status: dict[str, str] = {one.name: _(one.label) for one in STATUSES}
    given: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
        ("channel", _("Channel"), names.channel), ("shop", _("Shop"), names.shop_of_any_channel),
        ("status", _("Status"), lambda one: status.get(one, str(one))),
    )  # fmt: skip
    for name, label, word in given:
        options = list(dict.fromkeys([*orders.choices(actor, store, name), *st.session_state[f"px_{name}"]]))
        st.multiselect(label, options, key=f"px_{name}", format_func=word, placeholder=_("any"), width=160)


def _further() -> None:
    fields = orders.fields_to_filter(session.actor(), session.store())
    titles = {name: field.title(language(), _) for name, field in fields.items()}
    label = _("Further filter") + (f" ({len(st.session_state[_MORE])})" if st.session_state[_MORE] else "")
    with st.popover(label, icon=":material/tune:"), st.container(width=320):
        for place, condition in enumerate(st.session_state[_MORE]):
            st.button(
                words.condition(condition, titles), icon=":material/close:", key=f"px_drop_{place}", type="tertiary",
                on_click=lambda n=place: st.session_state[_MORE].pop(n),
            )  # fmt: skip
        name = st.selectbox(
            _("Further field"),
            list(fields),
            index=None,
            key="px_field",
            format_func=titles.__getitem__,
            placeholder=_("none"),
        )
        if name is None:
            return
        known = [op for op in OPERATORS[fields[name].kind] if op not in ("between", "not_in", "has")]
        op = st.selectbox(_("Comparison"), known, key=f"px_op_{fields[name].kind}", format_func=words.operator)
        if op not in ("is_null", "not_null"):
            hint = {Kind.MONEY: "12.50", Kind.DATE: "2026-11-30", Kind.DATETIME: "2026-11-30 08:00"}
            st.text_input(_("Value"), key="px_value", placeholder=hint.get(fields[name].kind, ""))
        st.button(_("Add"), key="px_add", on_click=_add, args=(name, op))


def _add(name: str, op: str) -> None:
    text = st.session_state.get("px_value", "")
    value: Any = [part.strip() for part in text.split(",") if part.strip()] if op == "in" else text
    wanted = {} if op in ("is_null", "not_null") else {"value": value}
    st.session_state[_MORE] = [*st.session_state[_MORE], {"field": name, "op": op, **wanted}]
    st.session_state["px_field"] = None
