"""The period, channels and shops of the page; they stand in the address."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from core import clock
from core.i18n import _
from core.services import orders
from core.ui import names, session

_LISTS = ("channel", "shop")


def bar() -> dict[str, Any]:
    """Draw the filters; returns them as a view of the pool."""
    _begin()
    actor, store = session.actor(), session.store()
    wide = 160 if session.on_phone() else 200
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.date_input(_("Period"), key="history_period", format="YYYY-MM-DD", width=230)
        for name, label, word in (
            ("channel", _("Channel"), names.channel), ("shop", _("Shop"), names.shop_of_any_channel),
        ):  # fmt: skip
            options = list(dict.fromkeys([*orders.choices(actor, store, name), *st.session_state[f"history_{name}"]]))
            st.multiselect(label, options, key=f"history_{name}", format_func=word, placeholder=_("any"), width=wide)
        for label, days in ((_("7 days"), 6), (_("30 days"), 29), (_("90 days"), 89), (_("1 year"), 364)):
            st.button(label, key=f"history_days_{days}", type="tertiary", on_click=_last, args=(days,))
    view = _view()
    _say(view)
    return view


def _begin() -> None:
    state, params = st.session_state, st.query_params
    if "history_period" in state:
        return
    today = clock.business_day(clock.now(), session.zone())
    days = [_day(params.get(name, "")) for name in ("from", "to")]
    state["history_period"] = (days[0] or today - timedelta(days=29), days[1] or today)
    for name in _LISTS:
        state[f"history_{name}"] = params.get_all(name)


def _view() -> dict[str, Any]:
    state = st.session_state
    view: dict[str, Any] = {name: list(state[f"history_{name}"]) for name in _LISTS if state[f"history_{name}"]}
    days = state["history_period"]
    if isinstance(days, tuple) and len(days) == 2:
        view |= {"by": "paid_at", "from": days[0].isoformat(), "to": days[1].isoformat()}
    return view


def _say(view: dict[str, Any]) -> None:
    for name in ("from", "to", *_LISTS):
        wanted = view.get(name) or []
        listed = [wanted] if isinstance(wanted, str) else wanted
        if st.query_params.get_all(name) != listed:
            if listed:
                st.query_params[name] = listed
            else:
                st.query_params.pop(name, None)


def _last(days: int) -> None:
    today = clock.business_day(clock.now(), session.zone())
    st.session_state["history_period"] = (today - timedelta(days=days), today)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
