"""The tab Pushes to shops: how each shop fares, refused figures with the platform's own words, retry or ignore."""

import json

import streamlit as st

from core.i18n import _
from core.mapping.said import unpacked
from core.services import stock, stock_settings
from core.store import outbox
from core.store.outbox import Row
from core.ui import names, session, words
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun
from core.ui.table import Column, table

_MOST = 300


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    policy, last = stock_settings.present(actor, store), stock.last_round(actor, store)
    with st.container(horizontal=True, vertical_alignment="center"):
        if policy.pushing:
            st.badge(
                _("Pushing every {n} min").format(n=policy.interval_minutes), color="green", icon=":material/sync:"
            )
        else:
            st.badge(_("Pushing is off"), color="gray", icon=":material/sync_disabled:")
        if last:
            told = _("Last round {when}: {skus} SKUs reckoned, {figures} figures changed, {shops} shops.")
            st.caption(
                told.format(when=words.ago(last["planned_at"]), skus=words.count(last["skus"]),
                            figures=words.count(last["figures"]), shops=last["shops"])
            )  # fmt: skip
        if policy.pushing and actor.may("stock.edit") and st.button(
            _("Push now"), icon=":material/publish:", key="stock_push_now"
        ) and attempt(lambda: stock.push_now(actor, store)):  # fmt: skip
            say_after_rerun(_("The next round begins within seconds."))
            st.rerun()
    if last and last["unlisted"]:
        st.info(
            _("{n} listings wait for the platform's id: it is learned from the first order with the SKU.").format(
                n=words.count(last["unlisted"])
            ),
            icon=":material/pending:",
        )
    counts = stock.push_counts(actor, store)
    if not counts:
        empty(
            _("Nothing has been pushed yet."),
            _("Switch pushing on in the settings; only figures that changed are sent."),
            icon="publish",
        )
        return
    _shops(counts)
    _refused(stock.pushes(actor, store, outbox.DEAD))
    _recent(stock.pushes(actor, store)[:_MOST])


def _shops(counts: dict[tuple[str, str], dict[str, int]]) -> None:
    columns = [
        Column("shop", _("Shop"), width="medium"),
        Column("dead", _("Refused"), "count"),
        Column("waiting", _("Waiting"), "count"),
        Column("done", _("Sent"), "count"),
        Column("superseded", _("Overtaken"), "count", help=_("A newer figure took its place before it was sent.")),
    ]
    rows = [
        {"shop": names.shop(channel, shop), **{state: many.get(state, 0) for state in outbox.STATES}}
        for (channel, shop), many in sorted(counts.items())
    ]
    table(rows, columns[:4] if session.on_phone() else columns, key="stock_push_shops")


def _refused(rows: list[Row]) -> None:
    if not rows:
        return
    st.subheader(_("Refused by the platform"))
    columns = [
        Column("sku", _("SKU")),
        Column("error", _("What the platform said"), width="large"),
        Column("qty", _("Pieces"), "count"),
        Column("shop", _("Shop")),
        Column("hint", _("What to do"), width="medium"),
        Column("at", _("When"), "instant"),
    ]
    picked = table(
        [
            {"shop": names.shop(row.channel, row.shop), "sku": row.subject, "qty": row.body.get("shown"),
             "error": unpacked(row.error or ""), "hint": unpacked(row.hint or ""), "at": row.changed_at}
            for row in rows
        ],
        columns[:2] if session.on_phone() else columns,
        key="stock_push_dead",
        select="multi-row",
    )  # fmt: skip
    actor, store = session.actor(), session.store()
    if not actor.may("stock.edit"):
        return
    ids = [rows[place].outbox_id for place in picked if place < len(rows)]
    with st.container(horizontal=True):
        again = st.button(_("Send again"), icon=":material/refresh:", key="stock_retry", disabled=not ids)
        let_be = st.button(_("Ignore"), icon=":material/block:", key="stock_ignore", disabled=not ids)
    if again and attempt(lambda: stock.retry(actor, store, ids)):
        say_after_rerun(_("They are sent again."))
        st.rerun()
    if let_be and attempt(lambda: stock.ignore(actor, store, ids)):
        say_after_rerun(_("They are left as they are."))
        st.rerun()


def _recent(rows: list[Row]) -> None:
    with st.expander(_("Newest figures")):
        columns = [
            Column("sku", _("SKU")),
            Column("qty", _("Pieces"), "count"),
            Column(
                "read", _("Read back"), "count", help=_("What the platform showed right after, where it can be asked.")
            ),
            Column("state", _("State"), words=lambda state: _(outbox.STATES[state])),
            Column("shop", _("Shop")),
            Column("at", _("When"), "instant"),
        ]
        table(
            [
                {"shop": names.shop(row.channel, row.shop), "sku": row.subject, "qty": row.body.get("shown"),
                 "state": row.state, "at": row.changed_at, "read": _read_back(row)}
                for row in rows
            ],
            columns[:4] if session.on_phone() else columns,
            key="stock_push_rows",
        )  # fmt: skip


def _read_back(row: Row) -> int | None:
    return json.loads(row.answer).get("read") if row.answer else None
