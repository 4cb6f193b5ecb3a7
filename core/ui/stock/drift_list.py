"""The tab Drift and doubts: levels that cannot be true, corrections by warehouse, orders that lost their place."""

import streamlit as st

from core.i18n import N_, _
from core.services import stock
from core.store.level_quarantine import REASONS, Doubt
from core.ui import names, session, words
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun
from core.ui.table import Column, table

_DAYS = 30
_OUTCOMES = {"held": N_("held until pieces come"), "rerouted": N_("routed anew")}


def warn() -> None:
    """Above every tab: levels wait for a person."""
    waiting = len(stock.doubts(session.actor(), session.store()))
    if waiting:
        st.warning(
            _("{n} levels from the warehouse cannot be true and are not counted: see Drift and doubts.").format(
                n=waiting
            ),
            icon=":material/report:",
        )


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    doubts = stock.doubts(actor, store)
    st.subheader(_("Levels in doubt"))
    if not doubts:
        empty(
            _("No level is in doubt."), _("One below zero or many times the last one would wait here."), icon="verified"
        )
    for doubt in doubts[:50]:
        _doubt(doubt)
    st.subheader(_("Corrections of the last {n} days").format(n=_DAYS))
    drift = stock.drift(actor, store, _DAYS)
    if not drift:
        empty(_("No warehouse has told a level yet."), icon="warehouse")
    else:
        st.caption(_("What the warehouse says, less what the ledger expected: breakage, theft, miscounts."))
        columns = [
            Column("warehouse", _("Warehouse"), width="medium"),
            Column("corrected", _("Pieces missing"), "count"),
            Column("share", _("Share"), "share", help=_("Of what lies there and has left.")),
            Column("shipped", _("Shipped"), "count"),
            Column("on_hand", _("On hand"), "count"),
        ]
        rows = [
            {"warehouse": row.warehouse, "corrected": row.corrected, "share": row.share, "shipped": row.shipped,
             "on_hand": row.on_hand}
            for row in drift
        ]  # fmt: skip
        table(rows, columns[:3] if session.on_phone() else columns, key="stock_drift")
    _victims()


def _doubt(doubt: Doubt) -> None:
    actor, store = session.actor(), session.store()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"doubt_{doubt.quarantine_id}"):
        with st.container(gap=None):
            st.markdown(f"**{words.plain(doubt.sku)}** · {words.plain(doubt.warehouse)} · {_(REASONS[doubt.reason])}")
            before = words.count(doubt.before)
            st.caption(
                _("said {on_hand}, until now {before} · {when}").format(
                    on_hand=words.count(doubt.on_hand), before=before, when=words.ago(doubt.seen_at)
                )
            )
        if not actor.may("stock.edit"):
            return
        said = max(0, doubt.on_hand)
        if st.button(
            _("It is true: count {n}").format(n=words.count(said)), key=f"doubt_yes_{doubt.quarantine_id}"
        ) and attempt(lambda: stock.accept(actor, store, doubt.quarantine_id)):
            say_after_rerun(_("The level counts now."))
            st.rerun()
        if st.button(_("Ignore"), key=f"doubt_no_{doubt.quarantine_id}") and attempt(
            lambda: stock.leave(actor, store, doubt.quarantine_id)
        ):
            say_after_rerun(_("What was known before goes on counting."))
            st.rerun()


def _victims() -> None:
    st.subheader(_("Orders that lost their place"))
    found = stock.victims(session.actor(), session.store())
    if not found:
        empty(
            _("No order has lost its pieces."),
            _("After a correction the latest paid and cheapest orders that are not picked yet would stand here."),
            icon="sentiment_satisfied",
        )
        return
    columns = [
        Column("no", _("Order"), width="medium"),
        Column("thing", _("What was missing")),
        Column("outcome", _("What became of it"), words=lambda outcome: _(_OUTCOMES[outcome])),
        Column("qty", _("Pieces"), "count"),
        Column("channel", _("Channel"), words=names.channel),
        Column("at", _("When"), "instant"),
    ]
    rows = [
        {"channel": channel, "no": no, "thing": thing, "qty": qty, "outcome": outcome, "at": at}
        for channel, no, thing, qty, outcome, at in found
    ]
    table(rows, columns[:3] if session.on_phone() else columns, key="stock_victims")
