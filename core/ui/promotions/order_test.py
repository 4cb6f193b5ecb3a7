"""Test an order: a stored one or one typed by hand; line by line what it would cost, be given and be held for, and why not."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import clock
from core.decide.promotion.activity import WALL_CLOCK
from core.decide.promotion.order import Line, Order
from core.decide.promotion.sentence import LEVELS, hold, reason
from core.i18n import N_, _
from core.model.fields import CHANNELS
from core.model.region import REGIONS
from core.services import promotion_trial, promotions
from core.services.promotion_trial import Explained
from core.ui import session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.promotions.rows_editor import rows_editor
from core.ui.promotions.type_forms import money
from core.ui.promotions.words import name
from core.ui.table import Column, table

_WAYS = {"stored": N_("A stored order"), "typed": N_("Typed by hand")}


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    bodies = {one: body for one, body in promotion_trial.choices(actor, store).items() if promotions.readable(body)}
    if not bodies:
        empty(_("No activity yet."), _("Make one on the calendar, then test an order against it."), icon="redeem")
        return
    running = [r.id for r in promotions.rows(actor, store, zone=session.zone()) if r.phase in ("running", "coming")]
    chosen = st.multiselect(
        _("Activities"), list(bodies), default=[one for one in running if one in bodies], key="test_activities",
        format_func=lambda one: name(bodies[one]), placeholder=_("Choose activities"),
        help=_("Drafts too: an activity is tested by its newest version."),
    )  # fmt: skip
    way = st.segmented_control(
        _("Order"),
        list(_WAYS),
        default="stored",
        required=True,
        format_func=lambda code: _(_WAYS[code]),
        key="test_way",
    )
    tested = [{**bodies[one], "enabled": True} for one in chosen]
    told = _stored(tested) if way == "stored" else _typed(tested)
    if told is not None:
        _explain(told)


def _stored(bodies: Sequence[Mapping[str, Any]]) -> Explained | None:
    actor, store = session.actor(), session.store()
    number = st.text_input(_("Platform order no."), key="test_number", placeholder=_("Paste a number and press Enter"))
    if not number.strip():
        return None
    keys = attempt(lambda: promotion_trial.find(actor, store, number))
    if not keys:
        return None
    told = attempt(lambda: promotion_trial.explain_stored(actor, store, keys[0], bodies, zone=session.zone()))
    if told is not None and st.button(
        _("Open the order"), icon=":material/open_in_new:", key="test_open", type="tertiary"
    ):
        show_order(keys[0])
    return told


def _typed(bodies: Sequence[Mapping[str, Any]]) -> Explained | None:
    actor, store = session.actor(), session.store()
    left, right, third = st.columns(3)
    with left:
        platform = st.selectbox(_("Channel"), list(CHANNELS), format_func=lambda c: _(CHANNELS[c]), key="test_channel")
    with right:
        province = st.selectbox(_("Province"), list(REGIONS), key="test_province")
    with third:
        now = clock.now().astimezone(session.place()).replace(tzinfo=None)
        paid = st.datetime_input(_("Paid at"), now, key="test_paid", format="YYYY-MM-DD", step=60)
    known = promotions.known_skus(actor, store)
    lines = rows_editor("test_lines", [None], lambda key, _value: line_inputs(key, known), add=_("Add a line"))
    new = st.checkbox(_("The customer's first order"), True, key="test_new")
    order = Order(
        "test", platform or "other", paid.strftime(WALL_CLOCK) if paid else "",
        tuple(Line(str(n), sku, qty, price) for n, (sku, qty, price) in enumerate(lines, 1) if sku),
        "test", "test", province or "", 0 if new else 1,
    )  # fmt: skip
    if not order.lines:
        st.caption(_("Type a SKU, a quantity and a price."))
        return None
    return attempt(lambda: promotion_trial.explain_typed(actor, store, order, bodies))


def line_inputs(key: str, known: Mapping[str, str]) -> tuple[str, int, int]:
    """The inputs of one line: (SKU, quantity, list price in fen)."""
    sku = st.selectbox(
        _("SKU"), list(known), index=None, key=f"{key}_sku", accept_new_options=True, placeholder=_("Choose or type"),
        format_func=lambda code: f"{code} · {known[code]}" if known.get(code) else code,
    )  # fmt: skip
    qty = st.number_input(_("Quantity"), min_value=1, value=1, step=1, key=f"{key}_qty", width=110)
    price = money(_("List price (yuan)"), f"{key}_price", 10000)
    return (sku or "").strip(), int(qty or 1), price or 0


def _explain(told: Explained) -> None:
    found, may_see = told.found, session.actor().may("orders.money")
    if may_see:
        with st.container(horizontal=True):
            st.metric(_("List amount"), words.money(found["list_total"]), border=True)
            st.metric(_("Discount"), words.money(found["discount_total"]), border=True)
            st.metric(_("To pay"), words.money(found["payable"]), border=True)
        if not told.priced:
            st.caption(_("The platform gave no list price for some lines: what was paid stands for it."))
        audit = found.get("audit")
        if audit and audit["diff"] and told.priced:
            st.info(
                _("The platform charged {actual}, {diff} {more_or_less} than due.").format(
                    actual=words.money(audit["actual"]), diff=words.money(abs(audit["diff"])),
                    more_or_less=_("more") if audit["diff"] > 0 else _("less"),
                )
            )  # fmt: skip
    for held in found["holds"]:
        st.error(f"**{words.plain(told.names[held['promo']])}** · {hold(held)}", icon=":material/pause:")
    for gift in found["gifts"]:
        instead = _(" (in place of {sku})").format(sku=gift["substitute_for"]) if gift.get("substitute_for") else ""
        st.success(
            f"{words.plain(gift['sku'])} ×{gift['qty']}{words.plain(instead) if instead else ''} · "
            f"{words.plain(told.names[gift['promo']])}",
            icon=":material/redeem:",
        )
    _lines(told, may_see=may_see)
    _why(told)


def _lines(told: Explained, *, may_see: bool) -> None:
    lines = {line.id: line for line in told.order.lines}
    columns = [
        Column("sku", _("SKU")),
        Column("qty", _("Quantity"), "count"),
        *([Column("list", _("List amount"), "money")] if may_see else []),
        Column("why", _("Discounts"), width="large"),
        *([Column("net", _("To pay"), "money")] if may_see else []),
    ]
    rows = [
        {
            "sku": lines[row["id"]].sku, "qty": lines[row["id"]].qty, "list": row["list"], "net": row["net"],
            "why": " · ".join(
                f"{told.names[promo]} −{words.money(fen)}" if may_see else told.names[promo]
                for promo, fen in row["discounts"].items()
            ),
        }
        for row in told.found["lines"]
    ]  # fmt: skip
    table(rows, columns, key="test_result", height="content")


def _why(told: Explained) -> None:
    with st.container(border=True):
        st.markdown(f"**{_('Each activity')}**")
        may_see = session.actor().may("orders.money")
        for entry in told.found["applied"]:
            saved = f" −{words.money(entry['discount'])}" if may_see else ""
            st.markdown(
                f":material/check_circle: {words.plain(told.names[entry['promo']])} · {_(LEVELS[entry['level']])}{saved}"
            )
        for promo, code in told.found["skipped"]:
            st.markdown(f":material/do_not_disturb_on: {words.plain(told.names[promo])} · {words.plain(reason(code))}")
        if not told.found["applied"] and not told.found["skipped"]:
            st.caption(_("No activity had anything to say but limits."))
