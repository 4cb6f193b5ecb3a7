"""What is bought together: pairs of goods with support, confidence and lift."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.services import history
from core.ui import session, words
from core.ui.empty import empty
from core.ui.explore.behind import listed
from core.ui.history.part import nothing
from core.ui.table import Column, table


def show(view: dict[str, Any]) -> None:
    """Draw the tab."""
    actor, store, vault = session.actor(), session.store(), session.vault()
    least = st.number_input(_("In at least so many orders"), 2, 10_000, 5, key="baskets_least", width=220)
    found, total = history.baskets(actor, store, vault, view, zone=session.zone(), least=int(least))
    if not total:
        nothing()
        return
    if not found:
        empty(
            _("No two goods were bought together that often."),
            _("Lower the number, or widen the period."),
            icon="shopping_basket",
        )
        return
    st.caption(
        _("{n} orders looked at. Lift above 1: more often than by chance. Gifts are left out.").format(
            n=words.count(total)
        )
    )
    rows = [
        {"a": _named(p.first, p.first_title), "b": _named(p.second, p.second_title), "n": p.together, "s": p.support,
         "c": p.confidence, "l": f"{p.lift:.2f}"}
        for p in found
    ]  # fmt: skip
    columns = [
        Column("a", _("Of orders with"), width="large"), Column("b", _("took also"), width="large"), Column("n", _("Orders"), "count"),
        Column("c", _("Confidence"), "share", help=_("Of the orders with the first, so many have the second too.")),
        Column("s", _("Support"), "share", help=_("Of all orders, so many have both.")),
        Column("l", _("Lift"), help=_("How many times as often as by chance.")),
    ]  # fmt: skip
    picked = table(rows, columns, key="baskets_rows", select="single-row", height=420)
    if picked and picked[0] < len(found):
        pair = found[picked[0]]
        listed(
            history.orders_of(actor, store, vault, view, "pair", (pair.first, pair.second), zone=session.zone()), None,
            key=f"pair_{pair.first}_{pair.second}",
        )  # fmt: skip


def _named(sku: str, title: str) -> str:
    return f"{sku} · {title}" if title else sku
