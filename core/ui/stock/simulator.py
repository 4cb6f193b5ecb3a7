"""The tab Oversell simulator: the own demand on a bad day, against interval and buffer, as curves and a table."""

import plotly.graph_objects as go
import streamlit as st

from core.i18n import _
from core.services import stock_settings
from core.services.stock_settings import Simulation
from core.stock.simulate import Outcome
from core.ui import session, words
from core.ui.table import Column, table
from core.ui.theme import SERIES

_PERIODS = (1, 3, 7, 14)


def show() -> None:
    """Draw the tab."""
    st.caption(
        _("Plays the orders of the past days again, with stock made scarce on purpose (45 % of the SKUs have too little), and "
          "counts what would have been sold twice. Nothing is written.")
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.selectbox(
            _("Demand of the last days"), _PERIODS, index=2, key="simulate_days", width=220,
            format_func=lambda n: _("{n} days").format(n=n),
        )  # fmt: skip
        seed = int(
            st.number_input(
                _("Seed"), 1, 9999, 1, key="simulate_seed", width=140, help=_("The same seed plays the same day.")
            )
        )
        start = st.button(_("Simulate"), icon=":material/play_arrow:", type="primary", key="simulate_start")
    if start:
        with st.spinner(_("Playing …")):
            st.session_state["simulation"] = stock_settings.simulation(session.actor(), session.store(), days, seed)
    found: Simulation | None = st.session_state.get("simulation")
    if found is not None:
        _result(found)


def _result(found: Simulation) -> None:
    if found.made_up:
        st.info(
            _("There are too few orders in this period: a made-up day with four channels was played."),
            icon=":material/info:",
        )
    st.caption(
        _("{sales} sales of {skus} SKUs were played.").format(
            sales=words.count(found.sales), skus=words.count(found.skus)
        )
    )
    pushed = [outcome for outcome in found.outcomes if "/" in outcome.name]
    by_hand = next(outcome for outcome in found.outcomes if "/" not in outcome.name)
    _curves(pushed, by_hand)
    columns = [
        Column("setting", _("Setting"), width="medium"),
        Column(
            "oversold",
            _("Oversold"),
            words=_percent,
            help=_("Pieces accepted while nothing was left, of all accepted."),
        ),
        Column(
            "lost", _("Not served"), words=_percent, help=_("Pieces asked for that could not be had, of all asked for.")
        ),
        Column("pieces", _("Pieces oversold"), "count"),
        Column(
            "needless",
            _("Kept back in vain"),
            "count",
            help=_("Pieces that lay there to the end though somebody wanted them."),
        ),
    ]
    rows = [
        {"setting": _name(outcome), "oversold": outcome.oversell_rate, "lost": outcome.lost_rate,
         "pieces": outcome.oversold, "needless": outcome.needless}
        for outcome in found.outcomes
    ]  # fmt: skip
    table(rows, columns[:3] if session.on_phone() else columns, key="simulate_rows", height="content")


def _curves(pushed: list[Outcome], by_hand: Outcome) -> None:
    buffers = list(dict.fromkeys(outcome.name.split("/")[1] for outcome in pushed))
    with st.container(horizontal=True):
        for title, rate, key in (
            (_("Oversold, % of pieces accepted"), lambda o: o.oversell_rate, "simulate_oversold"),
            (_("Not served, % of pieces asked for"), lambda o: o.lost_rate, "simulate_lost"),
        ):
            with st.container(width=520):
                st.markdown(f"**{title}**")
                st.caption(_("by minutes between two pushes; by hand: {rate}").format(rate=_percent(rate(by_hand))))
                figure = go.Figure()
                for place, kept in enumerate(buffers):
                    mine = [outcome for outcome in pushed if outcome.name.split("/")[1] == kept]
                    figure.add_trace(
                        go.Scatter(
                            x=[outcome.name.split("/")[0] for outcome in mine],
                            y=[100 * rate(outcome) for outcome in mine],
                            name=_buffer(kept), mode="lines+markers", line={"color": SERIES[place % len(SERIES)]},
                            hovertemplate="%{x} min · %{y:.3f} %",
                        )
                    )  # fmt: skip
                figure.update_layout(
                    height=280, margin={"l": 8, "r": 8, "t": 8, "b": 8}, uirevision=key, hovermode="x unified",
                    legend={"orientation": "h", "y": -0.25},
                    xaxis={"type": "category", "fixedrange": True, "showgrid": False},
                    yaxis={"rangemode": "tozero", "fixedrange": True, "ticksuffix": " %"},
                )  # fmt: skip
                st.plotly_chart(
                    figure, key=key, config={"displayModeBar": False, "responsive": True}, theme="streamlit"
                )


def _buffer(kept: str) -> str:
    return _("buffer by formula (95 %)") if kept.endswith("%") else _("buffer {n}").format(n=kept)


def _name(outcome: Outcome) -> str:
    if "/" not in outcome.name:
        return _("By hand: 10 min, 1 h, 4 h, daily")
    minutes, kept = outcome.name.split("/")
    return _("every {n} min, {buffer}").format(n=minutes, buffer=_buffer(kept))


def _percent(rate: float) -> str:
    return f"{100 * rate:.3f} %" if rate < 0.01 else f"{100 * rate:.2f} %"
