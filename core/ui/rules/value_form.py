"""The value of a comparison as a widget of its kind: yuan for money, choices, days, lists. It returns the stored form."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import streamlit as st

from core import clock
from core.i18n import _
from core.model.fields import Field, Kind
from core.services import orders
from core.ui import session
from core.ui import words as general

_IN_USE = ("shop", "province", "warehouse", "courier", "refund_status")
_NUMBERS = (Kind.INTEGER, Kind.MONEY, Kind.NUMBER)


def value(field: Field, op: str, present: Any, key: str, *, lists: tuple[str, ...], locked: bool) -> Any:
    """Draw the widget of a field's value; returns what the document holds (fen, ISO instants, lists)."""
    if op == "is_null":
        return present
    if op == "in_list":
        return _list(present, key, lists, locked)
    if op in ("in", "not_in"):
        return _several(field, present, key, locked)
    if op == "between":
        low, high = present if isinstance(present, list) and len(present) == 2 else (present, present)
        return [
            _one(field, low, f"{key}_low", locked, _("from")),
            _one(field, high, f"{key}_high", locked, _("to")),
        ]
    return _one(field, present if not isinstance(present, list) else None, key, locked, _("Value"))


def number(kind: Kind, present: Any, key: str, *, label: str, locked: bool, collapsed: bool = True) -> int | float:
    """A number: money is typed in yuan and returned in fen."""
    shown: Any = "collapsed" if collapsed else "visible"
    found = present if isinstance(present, int | float) and not isinstance(present, bool) else 0
    if kind is Kind.MONEY:
        yuan = st.number_input(
            label, value=found / 100, step=1.0, format="%.2f", key=key, label_visibility=shown, disabled=locked, width=150 if collapsed else 270,
            icon=":material/currency_yuan:",
        )  # fmt: skip
        return round(yuan * 100)
    if kind is Kind.INTEGER or (kind is Kind.NUMBER and isinstance(found, int)):
        return int(
            st.number_input(
                label,
                value=int(found),
                step=1,
                key=key,
                label_visibility=shown,
                disabled=locked,
                width=130 if collapsed else 270,
            )
        )
    return float(
        st.number_input(
            label, value=float(found), key=key, label_visibility=shown, disabled=locked, width=130 if collapsed else 270
        )
    )


def first_value(field: Field, op: str) -> Any:
    """What a fresh comparison begins with."""
    if op == "is_null":
        return False
    if op == "in_list":
        return ""
    blank: dict[Kind, Any] = {
        Kind.BOOLEAN: True,
        Kind.DATE: clock.business_day(clock.now(), session.zone()).isoformat(),
        Kind.DATETIME: _midnight().isoformat(),
        Kind.CHOICE: field.choices[0] if field.choices else "",
        Kind.TEXT: "",
    }
    one = blank.get(field.kind, 0)
    if op in ("in", "not_in"):
        return []
    return [one, one] if op == "between" else one


def fitting(field: Field, op: str, present: Any) -> Any:
    """The present value where it fits the comparison, else a fresh one."""
    listed = isinstance(present, list)
    if op == "is_null":
        return present if isinstance(present, bool) else False
    if op in ("in", "not_in"):
        return present if listed else [present] if present not in (None, "", False, True) else []
    if op == "between":
        return present if listed and len(present) == 2 else first_value(field, op)
    if listed or present is None or (field.kind in _NUMBERS and isinstance(present, bool | str)):
        return first_value(field, op)
    if field.kind is Kind.BOOLEAN or not isinstance(present, bool):
        return present
    return first_value(field, op)


def _one(field: Field, present: Any, key: str, locked: bool, label: str) -> Any:
    if field.kind in _NUMBERS:
        return number(field.kind, present, key, label=label, locked=locked)
    shown: dict[str, Any] = {"key": key, "label_visibility": "collapsed", "disabled": locked}
    if field.kind is Kind.BOOLEAN:
        spoken = {True: _("yes"), False: _("no")}
        return st.selectbox(
            label,
            [True, False],
            index=0 if present is not False else 1,
            format_func=spoken.__getitem__,
            width=110,
            **shown,
        )
    if field.kind is Kind.DATE:
        found = st.date_input(label, value=_day(present), format="YYYY-MM-DD", width=150, **shown)
        return found.isoformat() if isinstance(found, date) else present
    if field.kind is Kind.DATETIME:
        return _instant(present, key, locked, label)
    options = _options(field)
    if not options:
        return st.text_input(label, value=str(present or ""), width=200, placeholder=_("Value"), **shown)
    known = list(dict.fromkeys([*options, *([present] if present else [])]))
    place = known.index(present) if present in known else None
    chosen = st.selectbox(
        label, known, index=place, format_func=_word(field), accept_new_options=not field.choices, width=200,
        placeholder=_("Choose one"), **shown,
    )  # fmt: skip
    return chosen or ""


def _several(field: Field, present: Any, key: str, locked: bool) -> list[Any]:
    items = present if isinstance(present, list) else []
    shown: dict[str, Any] = {"key": key, "label_visibility": "collapsed", "disabled": locked, "width": 280}
    word = _word(field)
    if field.kind in _NUMBERS:
        texts = [f"{item / 100:.2f}" if field.kind is Kind.MONEY else str(item) for item in items]
        chosen = st.multiselect(
            _("Values"), texts, texts, accept_new_options=True, placeholder=_("Type a value, then Enter"), **shown
        )
        return [typed for text in chosen if (typed := _typed(field.kind, str(text))) is not None]
    known = list(dict.fromkeys([*_options(field), *items]))
    return list(
        st.multiselect(
            _("Values"), known, items, format_func=word, accept_new_options=not field.choices,
            placeholder=_("Choose, or type and press Enter"), **shown,
        )
    )  # fmt: skip


def _list(present: Any, key: str, lists: tuple[str, ...], locked: bool) -> str:
    known = list(dict.fromkeys([*lists, *([present] if isinstance(present, str) and present else [])]))
    if not known:
        st.caption(_("There is no list yet: make one on the page Risk."))
        return ""
    place = known.index(present) if present in known else None
    chosen = st.selectbox(
        _("List"), known, index=place, key=key, label_visibility="collapsed", disabled=locked, width=200,
        placeholder=_("Choose a list"),
    )  # fmt: skip
    return str(chosen or "")


def _instant(present: Any, key: str, locked: bool, label: str) -> str:
    moment = _read(present)
    shown: dict[str, Any] = {"label_visibility": "collapsed", "disabled": locked}
    day = st.date_input(label, value=moment.date(), key=f"{key}_day", format="YYYY-MM-DD", width=140, **shown)
    hour = st.time_input(label, value=moment.time(), key=f"{key}_time", step=300, width=110, **shown)
    whole = datetime.combine(day if isinstance(day, date) else moment.date(), hour or time(), session.place())
    return str(present) if present and whole == moment else whole.isoformat()


def _options(field: Field) -> list[str]:
    if field.choices:
        return list(field.choices)
    return _found(field.name, session.store().url) if field.name in _IN_USE else []


@st.cache_data(ttl=30, max_entries=50, show_spinner=False)
def _found(field: str, store_url: str) -> list[str]:  # noqa: ARG001 - a part of the key of the cache
    return orders.choices(session.actor(), session.store(), field)


def _word(field: Field) -> Callable[[Any], str]:
    spoken = {"status": general.status, "channel": general.channel}
    return spoken.get(field.name, str)


def _typed(kind: Kind, text: str) -> int | float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    if kind is Kind.MONEY:
        return round(found * 100)
    return int(found) if kind is Kind.INTEGER or found == int(found) else found


def _midnight() -> datetime:
    return datetime.combine(clock.business_day(clock.now(), session.zone()), time(), session.place())


def _read(present: Any) -> datetime:
    try:
        return datetime.fromisoformat(present).astimezone(session.place()) if present else _midnight()
    except (TypeError, ValueError):
        return _midnight()


def _day(present: Any) -> date:
    try:
        return date.fromisoformat(present)
    except (TypeError, ValueError):
        return clock.business_day(clock.now(), session.zone())
