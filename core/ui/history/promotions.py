"""What an activity did: orders it met beside those it did not, and its time beside as many days before."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.insight.history_promotions import Group
from core.services import history
from core.services.history import Effect
from core.ui import session, words
from core.ui.empty import empty
from core.ui.explore.behind import listed
from core.ui.table import Column, table


def show(view: dict[str, Any]) -> None:
    """Draw the tab."""
    actor, store, vault = session.actor(), session.store(), session.vault()
    known = history.activities(actor, store)
    if not known:
        empty(
            _("No activity was ever published."), _("Publish one; its effect shows here."), icon="redeem", page="promotions",
            label=_("Promotions"),
        )  # fmt: skip
        return
    chosen = st.selectbox(
        _("Activity"),
        list(known),
        key="history_activity",
        format_func=lambda name: str(known.get(name, name)),
        width=360,
    )
    effect = history.effect(actor, store, vault, chosen, view, zone=session.zone())
    period = f"{words.instant(effect.begin, session.zone())[:16]} – {words.instant(effect.end, session.zone())[:16]}"
    st.caption(
        _(
            "{period}, the activity's own time. What differs may have other causes as well: sales days, prices, stock."
        ).format(period=period)
    )
    _table(effect)
    side = st.segmented_control(
        _("Orders behind"), ["met", "unmet"], key="effect_side",
        format_func=lambda one: _("the activity met them") if one == "met" else _("it did not meet them"),
    )  # fmt: skip
    if side:
        found = history.orders_of(actor, store, vault, view, side, (chosen,), zone=session.zone())
        listed(found, None, key=f"effect_{side}_{chosen}")


def _table(effect: Effect) -> None:
    sides = {"met": effect.met, "unmet": effect.unmet, "during": effect.during, "before": effect.before}
    rows = [{"label": label, **{name: said(group) for name, group in sides.items()}} for label, said in _figures()]
    columns = [
        Column("label", _("Figure"), width="medium"), Column("met", _("Met by it")), Column("unmet", _("Not met by it")),
        Column("during", _("Its whole time")), Column("before", _("As long before")),
    ]  # fmt: skip
    table(rows, columns, key="effect_rows", height="content")


def _figures() -> list[tuple[str, Any]]:
    def number(value: float | None, form: str) -> str:
        return "–" if value is None else format(value, form)

    def yuan(group: Group) -> str:
        return words.money(group.paid_fen)

    money = [(_("Average order value"), yuan)] if session.actor().may("orders.money") else []
    return [
        (_("Orders"), lambda g: words.count(g.orders)), (_("Orders a day"), lambda g: number(g.per_day, ",.1f")),
        (_("Buyers"), lambda g: words.count(g.buyers)), *money, (_("Units an order"), lambda g: number(g.units, ".2f")),
        (_("Share of orders with a refund"), lambda g: number(g.refund_share, ".1%")),
        (_("Share of orders cancelled"), lambda g: number(g.cancelled_share, ".1%")),
    ]  # fmt: skip
