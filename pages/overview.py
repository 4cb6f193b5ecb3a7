"""What is happening now: the day's figures, where orders stand, arrivals, how the pulls fare. Every number leads on."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import N_, _
from core.insight.live import Snapshot
from core.services.overview import overview
from core.ui import charts, session, words
from core.ui.components.status_board import shop_health, status_board
from core.ui.empty import empty
from core.ui.overview.figures import Cards, business_day
from core.ui.page import Page
from core.ui.rules import alert_line

PAGE = Page(
    name="overview", title=N_("Overview"), icon="monitoring", section="desk", order=10, permission="overview.view"
)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands on the page while its figures change."""

    hangs_on: tuple[bool, str]
    cards: Cards
    chart: DeltaGenerator | None = None


def render() -> None:
    """The frame once, the figures every 5 s out of the snapshot that all sessions share.

    A refresh costs by the number of its elements: it draws only what can change.
    """
    alert_line.show()
    now = overview(session.actor(), session.store(), session.zone())
    cards = Cards(now)
    if _is_empty(now):
        empty(
            _("No orders yet."),
            _("Connect a shop or import a file; orders appear here by themselves."),
            page="channels",
            label=_("Connect a shop"),
        )
        _live(_Frame(_hangs_on(now), cards))
        return
    left, right = st.columns([3, 2], gap="medium")
    with right:
        chart = _arrivals()
    with left:
        st.markdown(f"###### {_('Orders by status and channel')}")
        _live(_Frame(_hangs_on(now), cards, chart))


@st.fragment(run_every="5s")
def _live(frame: _Frame) -> None:
    now = overview(session.actor(), session.store(), session.zone())
    if _hangs_on(now) != frame.hangs_on:
        st.rerun()
    frame.cards.write(now)
    if frame.chart is None:
        return
    status_board(now)
    st.markdown(f"###### {_('Shops')}")
    shop_health(now)
    points = now.per_hour if st.session_state.get("arrivals_step") == "hour" else now.per_minute
    charts.bars(points, key="arrivals", zone=session.zone(), name=_("Orders"), height=420, place=frame.chart)
    st.caption(_("As of {time}").format(time=words.instant(now.taken_at, session.zone())))


def _is_empty(now: Snapshot) -> bool:
    return not now.orders and not now.shops


def _hangs_on(now: Snapshot) -> tuple[bool, str]:
    """When this changes the frame is drawn anew: whether there is anything yet, and the day that the links name."""
    return _is_empty(now), business_day(now)


def _arrivals() -> DeltaGenerator:
    """Heading and step of the arrivals; returns the chart's place."""
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
