"""What is happening now: the day's figures, where orders stand, arrivals, how the pulls fare. Every number leads on."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.i18n import N_, _
from core.insight.live import TO_SHIP, Snapshot
from core.services.overview import overview
from core.ui import address, charts, session, words
from core.ui.components.status_board import shop_health, status_board
from core.ui.empty import empty
from core.ui.page import Page

PAGE = Page(
    name="overview", title=N_("Overview"), icon="monitoring", section="desk", order=10, permission="overview.view"
)


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number of the first row: what it counts, how it is written now, and the view of the orders behind it."""

    name: str
    value: str
    view: dict[str, Any]
    page: str = "orders"
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a refresh writes outside of its own block: the numbers, the link that moves with time, chart, moment."""

    frame: tuple[bool, str]
    numbers: dict[str, Any]
    late: Any
    chart: Any = None
    moment: Any = None


def render() -> None:
    """The frame once, the figures every 5 s out of the snapshot that all sessions share.

    A refresh costs by the number of its elements, so it draws only what can change: numbers, two tables, one chart.
    """
    now = overview(session.actor(), session.store(), session.zone())
    numbers, late = _cards(now)
    if _frame(now)[0]:
        empty(
            _("No orders yet."),
            _("Connect a shop or import a file; orders appear here by themselves."),
            page="channels",
            label=_("Connect a shop"),
        )
        _live(_Places(_frame(now), numbers, late))
        return
    left, right = st.columns([3, 2], gap="medium")
    with right:
        chart = _arrivals()
    with left:
        st.markdown(f"###### {_('Orders by status and channel')}")
        below = st.container()
    moment = st.empty()
    with below:
        _live(_Places(_frame(now), numbers, late, chart, moment))


@st.fragment(run_every="5s")
def _live(places: _Places) -> None:
    now = overview(session.actor(), session.store(), session.zone())
    if _frame(now) != places.frame:
        st.rerun()
    for figure in _figures(now):
        places.numbers[figure.name].markdown(_written(figure))
        if figure.name == "late":
            _lead_on(places.late, figure)
    if places.chart is None:
        return
    status_board(now)
    st.markdown(f"###### {_('Shops')}")
    shop_health(now)
    points = now.per_hour if st.session_state.get("arrivals_step") == "hour" else now.per_minute
    charts.bars(points, key="arrivals", zone=session.zone(), name=_("Orders"), height=420, place=places.chart)
    places.moment.caption(_("As of {time}").format(time=words.instant(now.taken_at, session.zone())))


def _frame(now: Snapshot) -> tuple[bool, str]:
    """What the frame hangs on: whether there is anything yet, and the business day that the links name."""
    return not now.orders and not now.shops, now.taken_at.astimezone(session.place()).date().isoformat()


def _figures(now: Snapshot) -> list[_Figure]:
    """The numbers of the first row. Red only where somebody should act."""
    _empty, today = _frame(now)
    day = {"by": "paid_at", "from": today, "to": today}
    late = {"status": list(TO_SHIP), "more": [{"field": "ship_by", "op": "lt", "value": now.taken_at.isoformat()}]}
    found = [_Figure("paid", words.count(now.orders_today), day)]
    if session.actor().may("orders.money"):
        found.append(_Figure("amount", words.money(now.paid_today_fen), day))
    return [
        *found,
        _Figure("to_ship", words.count(now.to_ship), {"status": list(TO_SHIP)}),
        _Figure("late", words.count(now.late), late, alarming=now.late > 0),
        _Figure("held", words.count(now.held), {"held": True}, alarming=now.held > 0),
        _Figure("refunds", words.count(now.refunds_open), {"refund": True}, alarming=now.refunds_open > 0),
        _Figure("rejects", words.count(now.rejects), {}, page="channels", alarming=now.rejects > 0),
    ]


def _titles() -> dict[str, str]:
    return {
        "paid": _("Paid today"),
        "amount": _("Amount paid today"),
        "to_ship": _("Waiting to ship"),
        "late": _("Late"),
        "held": _("Held"),
        "refunds": _("Open refunds"),
        "rejects": _("Rejects"),
    }


def _cards(now: Snapshot) -> tuple[dict[str, Any], Any]:
    """One card a figure that links to the orders behind it; returns the places of the numbers and of the late link."""
    numbers, titles, late = {}, _titles(), None
    with st.container(horizontal=True, key="figures", gap="small"):
        for figure in _figures(now):
            with st.container(border=True, gap=None, height="stretch", key=f"figure_{figure.name}"):
                st.caption(titles[figure.name])
                numbers[figure.name] = st.empty()
                link = st.empty() if figure.name == "late" else st.container(gap=None)
                if figure.name == "late":
                    late = link
                else:
                    _lead_on(link, figure)
    return numbers, late


def _written(figure: _Figure) -> str:
    shown = f"### :red[{figure.value}]" if figure.alarming else f"### {figure.value}"
    return shown.replace("$", r"\$")


def _lead_on(place: Any, figure: _Figure) -> None:
    target = session.link_to(figure.page)
    if target is not None:
        place.page_link(
            target, label=_("View"), icon=":material/arrow_forward:", icon_position="right",
            query_params=address.params_of(figure.view),
        )  # fmt: skip


def _arrivals() -> Any:
    """Heading and step of the arrivals; returns the place of the chart."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"###### {_('Arrivals')}", width="stretch")
        names = {"minute": _("per minute"), "hour": _("per hour")}
        st.segmented_control(
            _("Step"),
            list(names),
            default="minute",
            format_func=lambda name: names[name],
            key="arrivals_step",
            label_visibility="collapsed",
            required=True,
            width="content",
        )
    return st.empty()
