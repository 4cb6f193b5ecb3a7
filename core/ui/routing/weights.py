"""The sliders cost, time and balance: what a day and what scarce stock count against a yuan of freight."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _
from core.ui import words

_DAY = 60  # fen a day is worth with time and cost alike
_MOST_DAY = 300


def positions(day_fen: int, percent: int) -> tuple[int, int, int]:
    """(cost, time, balance) of 0-10 that stand for a time value and a share of the shadow prices."""
    for cost in range(5, 0, -1):
        time = day_fen * cost / _DAY
        if time <= 10:
            return cost, round(time), round(min(10, percent * cost / 100))
    return 1, 10, round(min(10, percent / 100))


def values(cost: int, time: int, balance: int) -> tuple[int, int]:
    """(time value in fen a day, percent of the shadow prices) of the sliders."""
    return min(_MOST_DAY, round(_DAY * time / max(1, cost))), min(100, round(100 * balance / max(1, cost)))


def sliders(key: str, old: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of the policy that the sliders set; untouched they stay exactly as they were."""
    day, percent = old.get("time_value_fen_per_day", 60), old.get("price_percent", 100)
    before = positions(day, percent)
    with st.container(border=True):
        st.markdown(f"**{_('What counts')}**")
        left, middle, right = st.columns(3)
        cost = left.slider(_("Cost"), 1, 10, before[0], key=f"{key}_w_cost")
        time = middle.slider(_("Time"), 0, 10, before[1], key=f"{key}_w_time")
        balance = right.slider(_("Stock balance"), 0, 10, before[2], key=f"{key}_w_balance")
        if (cost, time, balance) != before:
            day, percent = values(cost, time, balance)
        st.caption(
            _("A day of transit counts {day}; what scarce stock is worth to later orders counts {percent} %.").format(
                day=words.money(day), percent=percent
            )
        )
        split = st.number_input(
            _("A second parcel counts (yuan)"),
            0.0,
            1000.0,
            old.get("split_penalty_fen", 200) / 100,
            0.5,
            key=f"{key}_w_split",
        )
        unfilled = old.get("unfilled_line_penalty_fen", 3000)
    return {
        "time_value_fen_per_day": day, "price_percent": percent, "split_penalty_fen": round((split or 0) * 100),
        "unfilled_line_penalty_fen": unfilled,
    }  # fmt: skip
