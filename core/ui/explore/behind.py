"""The orders behind a group: chosen by a click on the chart, a row of the table, or by name; each opens as everywhere."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core.i18n import _
from core.insight.pivot import Answer, Question
from core.insight.pivot_fields import Dimension
from core.services import pivot
from core.services.pivot import Behind
from core.ui import address, names, session, words
from core.ui.components.order_detail import show_order
from core.ui.explore.naming import value
from core.ui.table import Column, table

_LISTS = ("channel", "shop", "status", "warehouse", "courier")


def show(
    document: Mapping[str, Any], question: Question, found: Answer, clicked: tuple[Any, ...] | None, *, key: str
) -> None:
    """Draw the choice and the orders behind it."""
    groups = list(dict.fromkeys(cell[: len(question.groups)] for cell in found.cells))
    if clicked is not None and clicked != st.session_state.get(f"{key}_last_click"):
        st.session_state[f"{key}_last_click"] = clicked
        st.session_state[f"{key}_group"] = clicked if clicked in groups else None
    if st.session_state.get(f"{key}_group") not in groups:
        st.session_state[f"{key}_group"] = None
    chosen = st.selectbox(
        _("Orders behind"), groups, index=None, key=f"{key}_group", placeholder=_("Click the chart, or choose a group"), width=420,
        format_func=lambda one: " · ".join(value(group, each) for group, each in zip(question.groups, one, strict=False)),
    )  # fmt: skip
    if chosen is not None:
        _orders(document, question, chosen, key)


def _orders(document: Mapping[str, Any], question: Question, chosen: Sequence[Any], key: str) -> None:
    found = pivot.behind(session.actor(), session.store(), session.vault(), document, chosen, zone=session.zone())
    listed(found, view_of(document, question.groups, chosen), key=f"{key}_{hash(tuple(map(str, chosen)))}")


def listed(found: Behind, view: dict[str, Any] | None, *, key: str) -> None:
    """The list of orders, each opening its dialog; with a `view` also the way into the page Orders."""
    told = _("{n} orders").format(n=words.count(found.total))
    if found.total > len(found.rows):
        told += " · " + _("the newest {n} are listed").format(n=words.count(len(found.rows)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{told}**", width="content")
        link = session.link_to("orders")
        if view is not None and link is not None and st.button(
            _("Open in Orders"), icon=":material/open_in_new:", key=f"{key}_open", type="tertiary"
        ):  # fmt: skip
            st.switch_page(link, query_params=address.params_of(view))
    columns = [
        Column("platform_no", _("Platform order no.")), Column("channel", _("Channel"), words=names.channel),
        Column("status", _("Status"), words=words.status), Column("moment", _("Moment"), "instant"),
        *([Column("paid_fen", _("Amount paid"), "money")] if session.actor().may("orders.money") else []),
    ]  # fmt: skip
    picked = table(
        found.rows, columns, key=f"{key}_orders", select="single-row", height=min(320, 38 + 34 * len(found.rows))
    )
    opened = found.rows[picked[0]]["order_key"] if picked and picked[0] < len(found.rows) else None
    if opened is not None and opened != st.session_state.get(f"{key}_opened"):
        st.session_state[f"{key}_opened"] = opened
        show_order(opened)
    elif opened is None:
        st.session_state.pop(f"{key}_opened", None)


def view_of(document: Mapping[str, Any], groups: Sequence[Dimension], chosen: Sequence[Any]) -> dict[str, Any] | None:
    """The group as a view of the page Orders; None where that page has no such filter (hours, weekdays)."""
    view: dict[str, Any] = dict(document.get("view") or {})
    more = list(view.get("more") or [])
    for group, one in zip(groups, chosen, strict=False):
        if group.name in ("hour", "weekday") or (group.name in ("reason", "refund_type") and one is None):
            return None
        if group.name in ("day", "week", "month"):
            view |= {"by": str(document.get("time") or "paid_at"), **_days(group.name, one)}
        elif group.name == "held":
            view["held"] = bool(one)
        elif one is None:
            more.append({"field": group.name, "op": "is_null"})
        elif group.name in _LISTS:
            view[group.name] = [str(one)]
        else:
            more.append({"field": group.name, "op": "eq", "value": str(one)})
    return view | ({"more": more} if more else {})


def _days(unit: str, begin: date) -> dict[str, str]:
    length = {"day": 1, "week": 7, "month": calendar.monthrange(begin.year, begin.month)[1]}[unit]
    return {"from": begin.isoformat(), "to": (begin + timedelta(days=length - 1)).isoformat()}
