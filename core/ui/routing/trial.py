"""See before you publish: the form's policy on past orders beside the one in force; live while sliders move."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from core import clock
from core.i18n import _
from core.insight.routing_whatif import Compared, Figures
from core.services import routing
from core.ui import session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.routing.titles import firms, joined, places
from core.ui.table import Column, table


def show(body: Mapping[str, Any], key: str) -> None:
    """Draw the period and the result of this very body; with the switch on it follows every change of the form."""
    yesterday = clock.business_day(clock.now(), session.zone()) - timedelta(days=1)
    with st.container(border=True):
        st.markdown(f"**{_('Try it on past orders')}**")
        st.caption(
            _(
                "The same orders on the same stock, in order of arrival, by the policy in force and by this one. Nothing is written."
            )
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            period = st.date_input(
                _("Paid from – to"), (yesterday, yesterday), key=f"{key}_period", format="YYYY-MM-DD", width=280,
                max_value=yesterday + timedelta(days=1),
            )  # fmt: skip
            pressed = st.button(_("Try"), icon=":material/science:", key=f"{key}_try")
            live = st.toggle(_("Follow every change"), key=f"{key}_live")
        state, stamp = f"{key}_trial", json.dumps([body, period], sort_keys=True, default=str)
        before = st.session_state.get(state)
        if (
            (pressed or (live and (before is None or before[0] != stamp)))
            and isinstance(period, tuple)
            and len(period) == 2
        ):
            with st.spinner(_("Routing …")):
                found = attempt(lambda: run(body, *period))
            if isinstance(found, Compared):
                before = st.session_state[state] = (stamp, found)
        if before is None:
            return
        if before[0] != stamp:
            st.caption(_("The form has changed since: try again."))
        result(before[1], key)


def run(body: Mapping[str, Any], first: Any, last: Any, **more: Any) -> Compared:
    """The body on a period beside the policy in force."""
    return routing.try_out(session.actor(), session.store(), body, zone=session.zone(), first=first, last=last, **more)


def result(found: Compared, key: str, sides: tuple[str, str] | None = None) -> None:
    """Both sides' figures and the orders that go another way; `sides` are their headings, now and with this by default."""
    heads = sides or (_("Now"), _("With this"))
    if not found.orders:
        empty(_("No order was paid in this period."), _("Choose a longer one."), icon="event_busy")
        return
    _figures(found, heads)
    notes = [_("{n} orders looked at").format(n=words.count(found.orders))]
    if found.adrift:
        notes.append(_("{n} without a province or goods left out").format(n=words.count(found.adrift)))
    if not found.complete:
        notes.append(_("only the first of the period"))
    st.caption(" · ".join(notes))
    st.markdown(f"**{_('{n} orders would go another way').format(n=words.count(found.changed_count))}**")
    if found.changed:
        _changed(found, key, heads)


def _figures(found: Compared, heads: tuple[str, str]) -> None:
    a, b = found.a, found.b
    money = session.actor().may("orders.money")
    rows: list[tuple[str, str, str, str]] = []
    if money:
        rows.append((_("Freight"), words.money(a.freight_fen), words.money(b.freight_fen), _by_money(a, b)))
    rows += [
        (_("Orders shipped whole"), _share(a.filled), _share(b.filled), _points(a.filled, b.filled)),
        (_("Parcels"), words.count(a.parcels), words.count(b.parcels), f"{b.parcels - a.parcels:+,}"),
        (_("Split orders"), _share(a.split_share), _share(b.split_share), _points(a.split_share, b.split_share)),
        (_("Days in transit"), _days(a), _days(b), f"{(b.mean_days or 0) - (a.mean_days or 0):+.2f}"),
        (_("Parcels over 3 days"), _share(a.late_share), _share(b.late_share), _points(a.late_share, b.late_share)),
        (_("Downgrades"), words.count(a.downgrades), words.count(b.downgrades), f"{b.downgrades - a.downgrades:+,}"),
    ]
    known = places()
    for name in sorted({*a.by_warehouse, *b.by_warehouse}, key=lambda one: -b.by_warehouse[one]):
        title = _("Parcels from {warehouse}").format(warehouse=known.get(name, name))
        before, after = a.by_warehouse[name], b.by_warehouse[name]
        rows.append((title, words.count(before), words.count(after), f"{after - before:+,}"))
    cells = "".join(
        f"<tr><td>{words.html(what)}</td><td class='dl-num'>{before}</td><td class='dl-num'><b>{after}</b></td>"
        f"<td class='dl-num dl-quiet'>{delta}</td></tr>"
        for what, before, after, delta in rows
    )
    head = f"<tr class='dl-quiet'><td></td><td class='dl-num'>{words.html(heads[0])}</td><td class='dl-num'>{words.html(heads[1])}</td><td class='dl-num'>±</td></tr>"
    st.html(f"<table class='dl-pairs' style='max-width:34rem'>{head}{cells}</table>")


def _by_money(a: Figures, b: Figures) -> str:
    change = b.freight_fen - a.freight_fen
    return f"{'+' if change >= 0 else '−'}{words.money(abs(change))}"


def _share(value: float | None) -> str:
    return words.NONE if value is None else f"{value:.1%}"


def _points(a: float | None, b: float | None) -> str:
    return words.NONE if a is None or b is None else f"{(b - a) * 100:+.1f}"


def _days(side: Figures) -> str:
    return words.NONE if side.mean_days is None else f"{side.mean_days:.2f}"


def _changed(found: Compared, key: str, heads: tuple[str, str]) -> None:
    known, couriers = places(), firms()
    columns = [
        Column("platform_no", _("Platform order no.")),
        Column("province", _("Province")),
        Column("before", heads[0]),
        Column("after", heads[1]),
    ]
    if session.actor().may("orders.money"):
        columns.append(Column("delta", _("Difference"), "money"))
    rows = [
        {
            "platform_no": one.platform_no, "province": one.province, "delta": one.delta_fen,
            "before": _way(one.before, one.before_courier, known, couriers),
            "after": _way(one.after, one.after_courier, known, couriers),
        }
        for one in found.changed
    ]  # fmt: skip
    picked = table(rows, columns, key=f"{key}_changed", height=300, select="single-row")
    if found.changed_count > len(found.changed):
        st.caption(_("The first {n} are shown.").format(n=words.count(len(found.changed))))
    chosen = picked[0] if picked and picked[0] < len(found.changed) else None
    if st.session_state.get(f"{key}_picked") != chosen:
        st.session_state[f"{key}_picked"] = chosen
        if chosen is not None:
            show_order(found.changed[chosen].order_key)


def _way(warehouse: str, courier: str, known: dict[str, str], couriers: dict[str, str]) -> str:
    return f"{joined(warehouse, known)} · {joined(courier, couriers)}" if warehouse else _("not shipped")
