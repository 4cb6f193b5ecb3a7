"""What is happening now: the day's figures, where orders stand, arrivals, how the pulls fare. Every number leads on."""

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


def render() -> None:
    """One fragment that refreshes itself every 5 s out of the snapshot that all sessions share."""
    _live()


@st.fragment(run_every="5s")
def _live() -> None:
    now = overview(session.actor(), session.store(), session.zone())
    _figures(now)
    if not now.orders and not now.shops:
        empty(
            _("No orders yet."),
            _("Connect a shop or import a file; orders appear here by themselves."),
            page="channels",
            label=_("Connect a shop"),
        )
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"###### {_('Orders by status and channel')}")
        status_board(now)
    with right:
        _arrivals(now)
    st.markdown(f"###### {_('Shops')}")
    shop_health(now)
    st.caption(_("As of {time}").format(time=words.instant(now.taken_at, session.zone())))


def _figures(now: Snapshot) -> None:
    today = now.taken_at.astimezone(session.place()).date().isoformat()
    day = {"by": "paid_at", "from": today, "to": today}
    with st.container(horizontal=True, key="figures", gap="small"):
        _figure(_("Paid today"), words.count(now.orders_today), day)
        if session.actor().may("orders.money"):
            _figure(_("Amount paid today"), words.money(now.paid_today_fen), day)
        _figure(_("Waiting to ship"), words.count(now.to_ship), {"status": list(TO_SHIP)})
        late = {"status": list(TO_SHIP), "more": [{"field": "ship_by", "op": "lt", "value": now.taken_at.isoformat()}]}
        _figure(_("Late"), words.count(now.late), late, alarming=now.late > 0)
        _figure(_("Held"), words.count(now.held), {"held": True}, alarming=now.held > 0)
        _figure(_("Open refunds"), words.count(now.refunds_open), {"refund": True}, alarming=now.refunds_open > 0)
        _figure(_("Rejects"), words.count(now.rejects), {}, page="channels", alarming=now.rejects > 0)


def _figure(label: str, value: str, view: dict[str, Any], *, page: str = "orders", alarming: bool = False) -> None:
    """One figure that links to the orders behind it. Red only where somebody should act."""
    with st.container(border=True, gap=None, height="stretch", key=f"figure_{label}"):
        st.caption(label)
        shown = f"### :red[{value}]" if alarming else f"### {value}"
        st.markdown(shown.replace("$", r"\$"))
        target = session.link_to(page)
        if target is not None:
            st.page_link(
                target, label=_("View"), icon=":material/arrow_forward:", icon_position="right",
                query_params=address.params_of(view),
            )  # fmt: skip


def _arrivals(now: Snapshot) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"###### {_('Arrivals')}", width="stretch")
        names = {"minute": _("per minute"), "hour": _("per hour")}
        step = st.segmented_control(
            _("Step"),
            list(names),
            default="minute",
            format_func=lambda name: names[name],
            key="arrivals_step",
            label_visibility="collapsed",
            required=True,
            width="content",
        )
    points = now.per_hour if step == "hour" else now.per_minute
    charts.bars(points, key="arrivals", zone=session.zone(), name=_("Orders"), height=300)
