"""Held orders that wait for a word: release as normal, or reject as fraud; the word is learned."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.services import labels
from core.services.labels import Measured
from core.ui import address, session
from core.ui import words as general
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table

_ON_A_PAGE = 50


def figures() -> None:
    """How many wait, and how often the rules were wrong lately, with the alert and its level."""
    actor = session.actor()
    found = labels.measure(actor, session.store())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(_figures(found))
        if actor.may("rules.edit"):
            with st.popover(_("Alert level"), icon=":material/notifications:", width="content"):
                _level(found)
    if found.alert:
        st.error(
            _("In the last {days} days {share} of the normal orders were held: above the level of {level}. Widen a threshold, or put known buyers on a whitelist.").format(
                days=found.days, share=_share(found.false_positive), level=_share(found.alert_at)
            ),
            icon=":material/warning:",
        )  # fmt: skip


def _figures(found: Measured) -> str:
    interval = f" ({_share(found.low)} … {_share(found.high)})" if found.low is not None else ""
    parts = (
        (_("Waiting for a word"), general.count(found.waiting), ""),
        (_("Held in {n} days").format(n=found.days), general.count(found.held), ""),
        (_("Normal orders held (false positives)"), _share(found.false_positive), ""),
        (_("Let through, fraud afterwards"), general.count(found.missed), ""),
        (_("Released of the reviewed"), _share(found.false_discovery), interval),
    )
    cells = "".join(
        f'<div><span class="dl-quiet">{general.html(title)}</span><br><b>{value}</b>'
        f'<span class="dl-quiet">{general.html(rest)}</span></div>'
        for title, value, rest in parts
    )
    return f'<div class="dl-figures">{cells}</div>'


def _share(share: float | None) -> str:
    return general.NONE if share is None else f"{share:.1%}"


def _level(found: Measured) -> None:
    share = st.number_input(
        _("Warn above (%)"), min_value=0.1, max_value=100.0, value=found.alert_at * 100, step=0.5, format="%.1f",
        key="alert_level",
    )  # fmt: skip
    st.caption(_("Share of normal orders that risk rules held in the last {n} days.").format(n=found.days))
    if st.button(_("Save"), type="primary", key="alert_save") and attempt(
        lambda: labels.set_alert(session.actor(), session.store(), share / 100)
    ):
        say_after_rerun(_("Saved."))
        st.rerun()
    st.divider()
    present = "\n".join(labels.fraud_words(session.store()))
    typed = st.text_area(_("Words of a refund that mean fraud"), value=present, key="fraud_words", height=150)
    st.caption(
        _("One on each line. A refund whose reason holds one is learned as fraud, a held order that was completed without a refund as normal; a person's word stands.")
    )  # fmt: skip
    if st.button(_("Save the words"), key="fraud_words_save") and attempt(
        lambda: labels.set_fraud_words(session.actor(), session.store(), typed.splitlines()), done=_("Saved.")
    ):
        st.rerun()


def show() -> None:
    """Draw the part."""
    actor = session.actor()
    page = st.session_state.get("waiting_page", 1)
    rows, total = labels.waiting(actor, session.store(), limit=_ON_A_PAGE, offset=(page - 1) * _ON_A_PAGE)
    if not total:
        empty(
            _("No order waits for a word."),
            _("Orders that risk rules hold appear here, the oldest first."),
            icon="task_alt",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_("{n} held orders wait, the oldest payment first").format(n=general.count(total)))
        _pool_link()
    generation = st.session_state.get("waiting_generation", 0)
    if session.on_phone():
        _cards(rows)
    else:
        picked = table(rows, _columns(rows), key=f"waiting_{page}_{generation}", height="content", select="multi-row")
        _bar([rows[n] for n in picked if n < len(rows)])
    if total > _ON_A_PAGE:
        st.pagination(-(-total // _ON_A_PAGE), key="waiting_page")


def _pool_link() -> None:
    link = session.link_to("orders")
    if link is not None:
        view = {"more": [{"field": "held_reasons", "op": "contains", "value": "risk_"}]}
        st.page_link(
            link, label=_("Open in the order pool"), icon=":material/list_alt:", query_params=address.params_of(view)
        )


def _columns(rows: list[dict[str, Any]]) -> list[Column]:
    return [
        Column("platform_no", _("Platform order no.")),
        Column("channel", _("Channel"), words=general.channel),
        Column("shop", _("Shop")),
        Column("paid_at", _("Paid at"), "instant"),
        *([Column("paid_fen", _("Amount paid"), "money")] if rows and "paid_fen" in rows[0] else []),
        Column("unit_count", _("Units"), "count"),
        Column("held_reasons", _("Hold reasons"), words=general.hold_reasons),
        Column("recipient", _("Recipient")),
        Column("phone", _("Phone")),
        Column("province", _("Province")),
    ]


def _bar(chosen: list[dict[str, Any]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(chosen) == 1 and st.button(_("Why is it held?"), icon=":material/help:", key="waiting_why"):
            show_order(chosen[0]["order_key"], "why")
        _buttons(chosen, "waiting")
        if not chosen:
            st.caption(_("Choose orders in the table."), width="content")


def _buttons(chosen: list[dict[str, Any]], key: str) -> None:
    if not session.actor().may("orders.release"):
        return
    n = f" ({len(chosen)})" if len(chosen) > 1 else ""
    if st.button(_("Release") + n, icon=":material/check:", key=f"{key}_release", type="primary", disabled=not chosen):
        dialog(_("Release"), _confirm, chosen, release=True)
    if st.button(_("Reject") + n, icon=":material/block:", key=f"{key}_reject", disabled=not chosen):
        dialog(_("Reject"), _confirm, chosen, release=False)


def _cards(rows: list[dict[str, Any]]) -> None:
    for row in rows[:20]:
        with st.container(border=True, gap="small"):
            money = general.money(row.get("paid_fen")) if "paid_fen" in row else ""
            st.html(
                f'<div class="dl-between"><b>{general.html(row["platform_no"])}</b><b>{money}</b></div>'
                f'<div class="dl-quiet">{general.html(general.channel(row["channel"]))} · {general.html(row["shop"])} · '
                f"{general.ago_with_hover(row['paid_at'], session.zone())}</div>"
                f"<div>{general.html(general.hold_reasons(row['held_reasons']))}</div>"
            )
            with st.container(horizontal=True, gap="small"):
                _buttons([row], f"card_{row['order_key']}")
                if st.button(_("Why is it held?"), key=f"card_{row['order_key']}_why"):
                    show_order(row["order_key"], "why")


def _confirm(chosen: list[dict[str, Any]], *, release: bool) -> None:
    numbers = ", ".join(row["platform_no"] for row in chosen[:5]) + (" …" if len(chosen) > 5 else "")
    effect = (
        _("{n} orders go on their way, and are learned as normal: {numbers}")
        if release
        else _("{n} orders stay held, leave this list, and are learned as fraud: {numbers}")
    )
    st.write(effect.format(n=len(chosen), numbers=general.plain(numbers)))
    why = st.text_input(_("Reason"), key="label_why", placeholder=_("What did you see?"))
    if st.button(_("Release") if release else _("Reject"), type="primary", key="label_do"):
        act = labels.release if release else labels.reject
        keys = [row["order_key"] for row in chosen]
        done = attempt(lambda: act(session.actor(), session.store(), keys, (why or "").strip()))
        if done is not None:
            st.session_state["waiting_generation"] = st.session_state.get("waiting_generation", 0) + 1
            text = _("{n} orders released.") if release else _("{n} orders rejected.")
            say_after_rerun(text.format(n=done))
            st.rerun()
