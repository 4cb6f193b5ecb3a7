"""The sweep of one threshold: what each value would hold, how well, and at what cost by the asker's own three costs."""

from datetime import timedelta

import plotly.graph_objects as go
import streamlit as st

from core import clock
from core.i18n import N_, _
from core.insight.whatif import MOST_STEPS, Costs, Step
from core.model.fields import Kind
from core.services import rules
from core.ui import session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.rules import thresholds, tree, value_form, words
from core.ui.rules.work import Work
from core.ui.table import Column, table
from core.ui.theme import SERIES

_COSTS = (  # fen; what the product begins with until somebody says better
    ("review", N_("A review costs (yuan)"), 300),
    ("good", N_("A normal order held costs (yuan)"), 1200),
    ("missed", N_("A fraud missed costs (yuan)"), 4500),
)


def show() -> None:
    """Draw the part."""
    st.caption(
        _(
            "One threshold at many values, on your own past orders. Precision and recall count orders that people reviewed."
        )
    )
    work = thresholds.choose("risk_set")
    if work is None:
        return
    titles = {rule["id"]: words.rule_title(rule) for rule in work.rules if _first(rule["when"]) is not None}
    if not titles:
        empty(_("No rule of this set compares a number."), _("Choose another set."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rule_id = st.selectbox(
            _("Rule"), list(titles), format_func=lambda r: str(titles.get(r) or r), key="sweep_rule", width=340
        )
        days = st.selectbox(
            _("Period"),
            [7, 30, 90],
            index=1,
            format_func=lambda n: _("{n} days").format(n=n),
            key="sweep_days",
            width=120,
        )
    node = next((n for rule in work.rules if rule["id"] == rule_id and (n := _first(rule["when"])) is not None), None)
    if node is not None:
        _sweep(work, str(rule_id), node, int(days or 30))


def _sweep(work: Work, rule_id: str, node: tree.Node, days: int) -> None:
    """The range and the costs, the button, and the curve once it is drawn."""
    kind = thresholds.kind_of(node)
    values = _values(*_range(kind, node, f"{work.name}_{rule_id}"))
    costs = _asked_costs()
    st.caption(f"{thresholds.label(node)}: " + _("{n} values").format(n=len(values)))
    if not values or len(values) > MOST_STEPS:
        st.warning(_("Choose one to {most} thresholds.").format(most=MOST_STEPS))
        return
    if st.button(_("Draw the curve"), icon=":material/show_chart:", type="primary", key="sweep_go"):
        today = clock.business_day(clock.now(), session.zone())
        with st.spinner(_("Trying it …")):
            found = attempt(
                lambda: rules.sweep_threshold(
                    session.actor(), session.store(), session.vault(), work.body, rule_id, values, costs,
                    zone=session.zone(), first=today - timedelta(days=days - 1), last=today,
                )
            )  # fmt: skip
        if isinstance(found, list):
            st.session_state["sweep"] = (work.name, rule_id, found)
    kept = st.session_state.get("sweep")
    if kept and kept[:2] == (work.name, rule_id):
        _drawn(kept[2], kind, node["value"])


def _first(when: dict) -> dict | None:
    return next((node for _place, node in tree.thresholds(tree.normal(when))), None)


def _range(kind: Kind, node: dict, key: str) -> tuple[int | float, int | float, int | float]:
    now = node["value"]
    money = kind is Kind.MONEY
    first = max(1, now // 10) if money else max(1, now - 4) if now < 50 else now // 2
    last = now * 2 if money else now + 10 if now < 50 else now * 2
    width = _nice((last - first) / 20) if money or now >= 50 else 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        low = value_form.number(kind, first, f"sweep_low_{key}", label=_("From"), locked=False, collapsed=False)
        high = value_form.number(kind, last, f"sweep_high_{key}", label=_("To"), locked=False, collapsed=False)
        step = value_form.number(
            kind, width, f"sweep_step_{key}", label=_("In steps of"), locked=False, collapsed=False
        )
    return low, high, step


def _nice(width: float) -> int:
    """The next of 1, 2, 5 times a power of ten: a step that people would choose."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step >= width:
                return step
        size *= 10


def _values(low: float, high: float, step: float) -> list[int | float]:
    if step <= 0 or high < low or (high - low) / step > 10 * MOST_STEPS:
        return []
    return [low + n * step for n in range(int((high - low) / step) + 1)]


def _asked_costs() -> Costs:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = [
            value_form.number(Kind.MONEY, begin, f"sweep_cost_{name}", label=_(title), locked=False, collapsed=False)
            for name, title, begin in _COSTS
        ]
    return Costs(*(int(fen) for fen in asked))


def _drawn(steps: list[Step], kind: Kind, now: float) -> None:
    shown = [step.value / 100 if kind is Kind.MONEY else step.value for step in steps]
    cheapest = min(steps, key=lambda step: step.cost_fen)
    st.plotly_chart(_figure(steps, shown, now / 100 if kind is Kind.MONEY else now), key="sweep_chart",
                    config={"displayModeBar": False, "responsive": True}, theme="streamlit")  # fmt: skip
    value = general.money(int(cheapest.value)) if kind is Kind.MONEY else general.count(int(cheapest.value))
    if any(step.precision is not None or step.recall is not None for step in steps):
        st.markdown(
            _("Cheapest by your costs: {value}, {cost} in all.").format(
                value=f"**{value}**", cost=general.money(cheapest.cost_fen)
            )
        )
    else:
        st.info(
            _(
                "Nobody has reviewed orders of this period yet: the cost counts reviews only. Release or reject held orders to learn."
            ),
            icon=":material/school:",
        )
    _table(steps, kind)


def _figure(steps: list[Step], shown: list[float], now: float) -> go.Figure:
    figure = go.Figure()
    lines = (
        (_("Precision"), [step.precision for step in steps], SERIES[0], "y"),
        (_("Recall"), [step.recall for step in steps], SERIES[6], "y"),
        (_("Cost (yuan)"), [step.cost_fen / 100 for step in steps], SERIES[3], "y2"),
    )
    for name, ys, colour, axis in lines:
        figure.add_scatter(x=shown, y=ys, name=name, mode="lines+markers", line={"color": colour}, yaxis=axis)
    figure.add_vline(x=now, line_dash="dot", line_color=SERIES[5], annotation_text=_("now"))
    figure.update_layout(
        height=320, margin={"l": 8, "r": 8, "t": 28, "b": 8}, uirevision="sweep", hovermode="x unified",
        legend={"orientation": "h", "y": 1.12}, xaxis={"fixedrange": True, "showgrid": False},
        yaxis={"range": [0, 1.05], "tickformat": ".0%", "fixedrange": True},
        yaxis2={"overlaying": "y", "side": "right", "rangemode": "tozero", "fixedrange": True, "showgrid": False},
    )  # fmt: skip
    return figure


def _table(steps: list[Step], kind: Kind) -> None:
    rows = [
        {
            "value": step.value, "held": step.held, "normal": step.normal_held, "fraud": step.fraud_held,
            "missed": step.fraud_missed, "precision": step.precision, "recall": step.recall, "cost": step.cost_fen,
        }
        for step in steps
    ]  # fmt: skip
    columns = [
        Column("value", _("Threshold"), "money" if kind is Kind.MONEY else "count"),
        Column("held", _("Held"), "count"),
        Column("normal", _("of them normal"), "count"),
        Column("fraud", _("of them fraud"), "count"),
        Column("missed", _("Fraud missed"), "count"),
        Column("precision", _("Precision"), "share"),
        Column("recall", _("Recall"), "share"),
        Column("cost", _("Cost"), "money"),
    ]
    with st.expander(_("As a table")):
        table(rows, columns, key="sweep_rows", height="content")
