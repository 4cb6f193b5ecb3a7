"""The first row of the overview: one card a number, each leading to the orders behind it.

Cards are drawn once; a refresh writes over the numbers in their places.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _
from core.insight.live import TO_SHIP, Snapshot
from core.ui import address, session, words

_LATE = "late"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted, how it is written now, and the view of the orders behind it. Red only where somebody should act."""

    name: str
    value: str
    view: dict[str, Any]
    page: str = "orders"
    alarming: bool = False


class Cards:
    """The cards as they stand on the page."""

    def __init__(self, now: Snapshot) -> None:
        self._numbers: dict[str, DeltaGenerator] = {}
        self._late: DeltaGenerator | None = None
        titles = _titles()
        with st.container(horizontal=True, key="figures", gap="small"):
            for figure in figures(now):
                with st.container(border=True, gap=None, height="stretch", key=f"figure_{figure.name}"):
                    st.caption(titles[figure.name])
                    self._numbers[figure.name] = st.markdown(_written(figure))
                    link = _lead_on(figure)
                    self._late = link if figure.name == _LATE else self._late

    def write(self, now: Snapshot) -> None:
        """The numbers of a newer moment; of the links only the one that hangs on the time of day."""
        for figure in figures(now):
            self._numbers[figure.name].markdown(_written(figure))
            if figure.name == _LATE and self._late is not None:
                _lead_on(figure, self._late)


def business_day(now: Snapshot) -> str:
    """The day that the links name."""
    return now.taken_at.astimezone(session.place()).date().isoformat()


def figures(now: Snapshot) -> list[Figure]:
    """The numbers that the person may see."""
    today = business_day(now)
    day = {"by": "paid_at", "from": today, "to": today}
    late = {"status": list(TO_SHIP), "more": [{"field": "ship_by", "op": "lt", "value": now.taken_at.isoformat()}]}
    found = [Figure("paid", words.count(now.orders_today), day)]
    if session.actor().may("orders.money"):
        found.append(Figure("amount", words.money(now.paid_today_fen), day))
    return [
        *found,
        Figure("to_ship", words.count(now.to_ship), {"status": list(TO_SHIP)}),
        Figure(_LATE, words.count(now.late), late, alarming=now.late > 0),
        Figure("held", words.count(now.held), {"held": True}, alarming=now.held > 0),
        Figure("refunds", words.count(now.refunds_open), {"refund": True}, alarming=now.refunds_open > 0),
        Figure("rejects", words.count(now.rejects), {}, page="channels", alarming=now.rejects > 0),
    ]


def _titles() -> dict[str, str]:
    return {
        "paid": _("Paid today"),
        "amount": _("Amount paid today"),
        "to_ship": _("Waiting to ship"),
        _LATE: _("Late"),
        "held": _("Held"),
        "refunds": _("Open refunds"),
        "rejects": _("Rejects"),
    }


def _written(figure: Figure) -> str:
    shown = f"### :red[{figure.value}]" if figure.alarming else f"### {figure.value}"
    return shown.replace("$", r"\$")


def _lead_on(figure: Figure, place: DeltaGenerator | None = None) -> DeltaGenerator | None:
    """A link to the orders behind the figure, where the person may see the page."""
    target = session.link_to(figure.page)
    if target is None:
        return None
    return (place or st).page_link(
        target, label=_("View"), icon=":material/arrow_forward:", icon_position="right",
        query_params=address.params_of(figure.view),
    )  # fmt: skip
