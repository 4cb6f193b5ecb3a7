"""The filter bar of the pool: widgets <-> the view document <-> the address."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core import clock
from core.i18n import _, language
from core.model.fields import CHANNELS, Field, Kind
from core.model.lifecycle import STATUSES
from core.services import orders, views
from core.services.order_query import LISTS, PERIODS
from core.store.orders_query import OPERATORS
from core.ui import address, names, session, words

_SAID = "orders_address"
_LANGUAGE = "orders_language"
_MORE = "orders_more"
_COLUMNS = "orders_columns"
_SORT = "orders_sort"
_TEXTS = ("q", "tag", "by")


def filter_bar(fields: Mapping[str, Field]) -> dict[str, Any]:
    """Draw the bar; returns the view document that its widgets say, which the address then says too."""
    asked = address.read()
    if "f_status" not in st.session_state:
        fill_in(asked or _default_view())
    elif _canonical(asked) != st.session_state.get(_SAID) or st.session_state.get(_LANGUAGE) != language():
        # In another language the browser still says the labels of the old one: the address has the codes.
        fill_in(asked)
    st.session_state[_LANGUAGE] = language()
    session.bar().text_input(
        _("Search orders"),
        key="f_q",
        type="search",
        placeholder=_("Order no., phone, waybill, last four, name"),
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters", gap="small"):
        _choice("status", _("Status"), [s.name for s in STATUSES], words.status)
        _choice("channel", _("Channel"), _in_use("channel", tuple(CHANNELS)), names.channel)
        _choice("shop", _("Shop"), _in_use("shop"), names.shop_of_any_channel)
        _more(fields)
    document = present()
    address.write(document)
    st.session_state[_SAID] = _canonical(document)
    return document


def present() -> dict[str, Any]:
    """The view document of the widgets as they stand."""
    state = st.session_state
    document: dict[str, Any] = {name: list(state[f"f_{name}"]) for name in LISTS if state.get(f"f_{name}")}
    document |= {name: state[f"f_{name}"] for name in _TEXTS if state.get(f"f_{name}")}
    document |= {name: state[f"f_{name}"] == "yes" for name in ("held", "refund") if state.get(f"f_{name}")}
    for name in ("from", "to"):
        if isinstance(state.get(f"f_{name}"), date):
            document[name] = state[f"f_{name}"].isoformat()
    if document.get("by") == PERIODS[0] or not ("from" in document or "to" in document):
        document.pop("by", None)
    if state.get(_MORE):
        document["more"] = list(state[_MORE])
    if state.get(_SORT):
        document["sort"] = [dict(key) for key in state[_SORT]]
    if state.get(_COLUMNS) and list(state[_COLUMNS]) != list(orders.DEFAULT_COLUMNS):
        document["columns"] = list(state[_COLUMNS])
    return document


def fill_in(document: Mapping[str, Any]) -> None:
    """Set the widgets to a view; only before they are drawn in a run."""
    state = st.session_state
    for name in LISTS:
        state[f"f_{name}"] = list(document.get(name) or [])
    state["f_q"] = str(document.get("q") or "")
    state["f_tag"] = document.get("tag")
    state["f_by"] = document.get("by") if document.get("by") in PERIODS else PERIODS[0]
    for name in ("held", "refund"):
        state[f"f_{name}"] = {True: "yes", False: "no"}.get(document.get(name))  # type: ignore[arg-type]
    for name in ("from", "to"):
        state[f"f_{name}"] = _day(document.get(name))
    state[_MORE] = [dict(c) for c in document.get("more") or () if isinstance(c, Mapping)]
    state[_COLUMNS] = list(document.get("columns") or orders.DEFAULT_COLUMNS)
    state[_SORT] = [dict(key) for key in document.get("sort") or () if isinstance(key, Mapping)]
    state[_SAID] = _canonical(dict(document))


def use_view(document: Mapping[str, Any]) -> None:
    """For the callback of a button: show this view from the next run on."""
    fill_in(document)
    address.write(present())


def sort_by(keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """Take the order of rows that a person chose in the grid into the view; returns it as the view says it."""
    chosen = [{"field": str(key["field"]), "descending": bool(key["descending"])} for key in keys]
    st.session_state[_SORT] = chosen
    return chosen or None


def active(document: Mapping[str, Any]) -> int:
    """How many filters a view has."""
    return sum(1 for name in document if name not in ("columns", "by", "sort")) + len(document.get("more", ())[1:])


def choose_columns(fields: Mapping[str, Field]) -> None:
    """Which columns the grid shows, in which order; a part of the view."""
    titles = {name: f.title(language(), _) for name, f in fields.items() if not f.retired}
    with st.popover("", icon=":material/view_column:", help=_("Columns")), st.container(width=360):
        known = [*titles, *(name for name in st.session_state[_COLUMNS] if name not in titles and name in fields)]
        chosen = st.multiselect(
            _("Columns, in this order"),
            known,
            default=[name for name in st.session_state[_COLUMNS] if name in known],
            format_func=lambda name: str(titles.get(name) or name),
            key="f_columns_" + str(len(known)),
        )
        with st.container(horizontal=True):
            if st.button(_("Use"), type="primary", key="f_columns_use", disabled=not chosen):
                st.session_state[_COLUMNS] = chosen
                st.rerun()
            if st.button(_("As at first"), key="f_columns_reset", type="tertiary"):
                st.session_state[_COLUMNS] = list(orders.DEFAULT_COLUMNS)
                st.rerun()


def _more(fields: Mapping[str, Field]) -> None:
    state = st.session_state
    hidden = ("held", "refund", "from", "to", "tag", "warehouse", "courier")
    count = sum(1 for name in hidden if state.get(f"f_{name}")) + len(state[_MORE])
    label = _("More filters") + (f" ({count})" if count else "")
    with st.popover(label, icon=":material/tune:"), st.container(key="more_filters", width=420):
        _periods()
        left, right = st.columns(2)
        with left:
            _truth("held", _("Held"))
            _choice("warehouse", _("Fulfilment warehouse"), _in_use("warehouse"), str, None)
        with right:
            _truth("refund", _("Refund open"))
            _choice("courier", _("Courier"), _in_use("courier"), str, None)
        known = {tag.name: tag.title(language()) for tag in orders.tags(session.actor(), session.store())}
        if known or state["f_tag"]:
            options = list(dict.fromkeys([*known, *([state["f_tag"]] if state["f_tag"] else [])]))
            st.selectbox(
                _("Tag"),
                options,
                index=None,
                key="f_tag",
                format_func=lambda name: known.get(name) or str(name),
                placeholder=_("any"),
            )
        _conditions(fields)
    if count or state.get("f_q") or any(state.get(f"f_{name}") for name in LISTS):
        st.button(_("Clear"), icon=":material/close:", type="tertiary", key="f_clear", on_click=_clear)


def _clear() -> None:
    use_view({"columns": st.session_state[_COLUMNS], "sort": st.session_state[_SORT]})


def _periods() -> None:
    titles = {f.name: f.title(language(), _) for f in orders.visible_fields(session.actor(), session.store()).values()}
    st.selectbox(_("Period by"), PERIODS, key="f_by", format_func=lambda name: str(titles.get(name) or name))
    left, right = st.columns(2)
    left.date_input(_("From"), key="f_from", format="YYYY-MM-DD")
    right.date_input(_("To"), key="f_to", format="YYYY-MM-DD")
    with st.container(horizontal=True, gap="small"):
        for label, days in ((_("Today"), 0), (_("7 days"), 6), (_("30 days"), 29)):
            st.button(label, key=f"f_days_{days}", on_click=_last_days, args=(days,), type="tertiary")


def _last_days(days: int) -> None:
    today = clock.business_day(clock.now(), session.zone())
    st.session_state["f_from"], st.session_state["f_to"] = today - timedelta(days=days), today


def _conditions(fields: Mapping[str, Field]) -> None:
    """Any further field of the catalogue: the conditions that stand, and a small form for the next."""
    titles = {name: f.title(language(), _) for name, f in fields.items()}
    for place, condition in enumerate(st.session_state[_MORE]):
        text = words.condition(condition, titles)
        st.button(text, icon=":material/close:", key=f"f_drop_{place}", on_click=_drop, args=(place,), type="tertiary")
    name = st.selectbox(
        _("Further field"),
        list(fields),
        index=None,
        key="f_field",
        format_func=titles.__getitem__,
        placeholder=_("none"),
    )
    if name is None:
        return
    operators = [op for op in OPERATORS[fields[name].kind] if op not in ("between", "not_in")]
    left, right = st.columns(2)
    op = left.selectbox(_("Comparison"), operators, key=f"f_op_{fields[name].kind}", format_func=words.operator)
    value = None
    if op not in ("is_null", "not_null"):
        hint = {Kind.MONEY: "12.50", Kind.DATE: "2026-11-30", Kind.DATETIME: "2026-11-30 08:00"}
        value = right.text_input(_("Value"), key="f_value", placeholder=hint.get(fields[name].kind, ""))
    st.button(_("Add"), key="f_add", on_click=_add, args=(name, op), disabled=value == "")


def _add(name: str, op: str) -> None:
    text = st.session_state.get("f_value", "")
    value: Any = [part.strip() for part in text.split(",") if part.strip()] if op == "in" else text
    condition = {"field": name, "op": op} | ({} if op in ("is_null", "not_null") else {"value": value})
    st.session_state[_MORE] = [*st.session_state[_MORE], condition]
    st.session_state["f_field"] = None


def _drop(place: int) -> None:
    st.session_state[_MORE] = [c for n, c in enumerate(st.session_state[_MORE]) if n != place]


def _choice(name: str, label: str, options: list[str], word: Callable[[str], str], width: int | None = 170) -> None:
    key = f"f_{name}"
    # A value of a link that is no longer among the options stays visible: a filter that nobody sees misleads.
    known = list(dict.fromkeys([*options, *st.session_state[key]]))
    st.multiselect(
        label,
        known,
        key=key,
        format_func=word,
        placeholder=label if width else _("any"),
        label_visibility="collapsed" if width else "visible",
        width=width or "stretch",
    )


def _truth(name: str, label: str) -> None:
    words_of = {"yes": _("yes"), "no": _("no")}
    st.selectbox(
        label, list(words_of), key=f"f_{name}", index=None, format_func=words_of.__getitem__, placeholder=_("any")
    )


def _in_use(field: str, first: tuple[str, ...] = ()) -> list[str]:
    found = _found(field, session.store().url)
    return [name for name in first if name in found] + [name for name in found if name not in first]


@st.cache_data(ttl=30, max_entries=50, show_spinner=False)
def _found(field: str, store_url: str) -> list[str]:  # noqa: ARG001 - a part of the key of the cache
    return orders.choices(session.actor(), session.store(), field)


def _default_view() -> dict[str, Any]:
    return next((v.body for v in views.listing(session.actor(), session.store()) if v.default), {})


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
