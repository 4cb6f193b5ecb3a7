"""Regions: the provinces as tiles where they lie, coloured by large area; click or choose to move one into another."""

import plotly.graph_objects as go
import streamlit as st

from core.i18n import _
from core.model.region import REGIONS
from core.services import reference
from core.ui import session
from core.ui.forms import attempt
from core.ui.theme import SERIES

# Our own arrangement: column and row of each province, as it lies to its neighbours; not a map of borders. The names in
# the order of the reference list.
TILES = (
    (5, 2), (6, 2), (5, 3), (4, 3), (4, 1), (7, 1), (7, 0), (8, 0), (7, 4), (6, 4), (6, 5), (5, 4), (6, 6), (5, 6), (6, 3),
    (4, 4), (4, 5), (4, 6), (5, 7), (4, 7), (4, 9), (3, 5), (2, 5), (3, 6), (2, 6), (1, 5), (3, 4), (2, 3), (1, 4), (3, 3),
    (1, 3), (6, 8), (5, 8), (7, 6),
)  # fmt: skip


def show() -> None:
    """Draw the tab."""
    actor = session.actor()
    areas = reference.areas(actor, session.store())
    st.caption(
        _(
            "Rules may name a large area in place of its provinces. Moving a province changes every rule that names the area, from the next order on."
        )
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _map(areas)
    with right:
        for area in dict.fromkeys(areas.values()):
            inside = [province for province, found in areas.items() if found == area]
            st.markdown(f"**{area}** · {' '.join(inside)}")
        if actor.may("routing.edit"):
            _move(areas)


def _map(areas: dict[str, str]) -> None:
    colours = dict(zip(dict.fromkeys(areas.values()), SERIES * 4, strict=False))
    tiles = dict(zip(REGIONS, TILES, strict=False))
    figure = go.Figure()
    for area, colour in colours.items():
        inside = [province for province in tiles if areas[province] == area]
        figure.add_trace(
            go.Scatter(
                x=[tiles[each][0] for each in inside], y=[tiles[each][1] for each in inside], mode="markers+text", name=area,
                text=inside, textfont={"color": "white", "size": 11},
                marker={"symbol": "square", "size": 37, "color": colour, "line": {"width": 0}},
                hovertemplate="%{text} · " + area + "<extra></extra>",
            )
        )  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        height=430, margin={"l": 0, "r": 0, "t": 4, "b": 4}, showlegend=False, uirevision="region_map", plot_bgcolor="rgba(0,0,0,0)",
        xaxis={**hidden, "range": [0.4, 8.6]}, yaxis={**hidden, "range": [9.6, -0.6]},
    )  # fmt: skip
    st.plotly_chart(
        figure, key="region_map", config={"displayModeBar": False, "responsive": True}, theme="streamlit", width=480
    )


def _move(areas: dict[str, str]) -> None:
    with st.form("region_form", border=True):
        moved = st.multiselect(_("Move provinces"), list(areas), key="region_which", placeholder=_("Choose"))
        area = st.selectbox(
            _("into the area"), list(dict.fromkeys(areas.values())), index=None, accept_new_options=True, key="region_area",
            placeholder=_("Choose or type a new one"),
        )  # fmt: skip
        if st.form_submit_button(_("Save"), type="primary") and moved and area:
            done = attempt(
                lambda: reference.save_areas(session.actor(), session.store(), dict.fromkeys(moved, area)), _("Saved.")
            )
            if done is not None:
                st.rerun()
