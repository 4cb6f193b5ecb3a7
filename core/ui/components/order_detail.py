"""One order in a dialog over the list: status and holds, money, lines, refunds, person, timeline, raw payload."""

import json
from typing import Any

import streamlit as st

from core.i18n import _, language
from core.model.fields import Field, Kind
from core.model.lifecycle import BY_NAME
from core.services import order_detail, orders
from core.services.order_detail import Detail
from core.ui import address, names, session, words
from core.ui.components import order_decisions
from core.ui.forms import attempt, show_error
from core.ui.table import Column, table
from core.ui.theme import badge_colour

_MONEY = ("paid_fen", "goods_fen", "discount_fen", "shipping_fen")
_IN_HEADER = {"channel", "shop", "platform_no", "status", "held", "held_reasons", "tags", "line_count", "unit_count"}
_PERSON = set(order_detail.PERSON)


def show_order(key: int, part: str = "lines") -> None:
    """Open the dialog of one order at a part of it; closing it takes the order out of the address."""

    def body() -> None:
        from core.errors import DanliuError

        try:
            _draw(order_detail.detail(session.actor(), session.store(), key), part)
        except DanliuError as error:
            show_error(error)

    st.dialog(_("Order"), width="large", on_dismiss=address.close_order)(body)()


def _draw(found: Detail, part: str = "lines") -> None:
    order = found.order
    _header(order)
    _amounts(order)
    parts = {
        "lines": _("Lines"),
        "facts": _("Facts"),
        "person": _("Recipient"),
        "timeline": _("Timeline"),
        "why": _("Decisions"),
    }
    if found.refunds:
        parts["refunds"] = _("Refunds")
    if session.actor().may("orders.raw"):
        parts["raw"] = _("Raw payload")
    chosen = st.segmented_control(
        _("Part of the order"),
        list(parts),
        default=part,
        format_func=lambda name: parts[name],
        key=f"part_{order['order_key']}",
        label_visibility="collapsed",
    )
    draw = {
        "lines": lambda: _lines(found),
        "facts": lambda: _facts(order),
        "person": lambda: _person(order),
        "timeline": lambda: _timeline(found),
        "why": lambda: order_decisions.show(order["order_key"]),
        "refunds": lambda: _refunds(found),
        "raw": lambda: _raw(order["order_key"]),
    }
    draw[chosen or "lines"]()


def _header(order: dict[str, Any]) -> None:
    st.markdown(f"##### {names.channel(order['channel'])} · {words.plain(names.shop(order['channel'], order['shop']))}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.code(order["platform_no"], language=None, width="content")
        status = BY_NAME.get(order["status"])
        st.badge(words.status(order["status"]), color=badge_colour(status.colour if status else "grey"))  # type: ignore[arg-type]
        if order.get("held"):
            st.badge(words.hold_reasons(order.get("held_reasons")) or _("Held"), icon=":material/pause:", color="red")
        titles = {tag.name: tag for tag in orders.tags(session.actor(), session.store())}
        for name in json.loads(order.get("tags") or "[]"):
            tag = titles.get(name)
            colour = badge_colour(tag.colour if tag else "grey")
            st.badge(tag.title(language()) if tag else name, color=colour)  # type: ignore[arg-type]


def _amounts(order: dict[str, Any]) -> None:
    fields = orders.visible_fields(session.actor(), session.store())
    shown = [name for name in _MONEY if name in fields]
    if not shown:
        return
    cells = "".join(
        f'<div><span class="dl-quiet">{words.html(fields[name].title(language(), _))}</span><br>'
        f"<b>{words.money(order.get(name))}</b></div>"
        for name in shown
    )
    st.html(f'<div class="dl-figures">{cells}</div>')


def _lines(found: Detail) -> None:
    money = any("line_paid_fen" in line for line in found.lines)
    columns = [
        Column("sku", _("SKU")),
        Column("title", _("Item title"), width="large"),
        Column("spec", _("Specification")),
        Column("qty", _("Quantity"), "count"),
        *([Column("unit_price_fen", _("Unit price"), "money")] if money else []),
        *([Column("line_paid_fen", _("Amount paid on the line"), "money")] if money else []),
        Column("is_gift", _("Gift"), "yes"),
        Column(
            "line_refund_status",
            _("Line refund status"),
            words=lambda w: words.refund_state(found.order["channel"], w) if w else "",
        ),
        Column("line_no", _("Line no.")),
    ]
    if not found.lines:
        st.caption(_("The platform gave no lines."))
        return
    if session.on_phone():
        st.html("".join(_line_in_short(line) for line in found.lines))
        return
    table(found.lines, columns, key=f"lines_{found.order['order_key']}", height="content")


def _line_in_short(line: dict[str, Any]) -> str:
    """One line of the order for a narrow screen: title, then SKU, number and amount."""
    paid = f"<b>{words.money(line.get('line_paid_fen'))}</b>" if "line_paid_fen" in line else ""
    about = " · ".join(words.html(line.get(name)) for name in ("sku", "spec") if line.get(name))
    gift = f" · {_('Gift')}" if line.get("is_gift") else ""
    return (
        f'<div class="dl-line"><div>{words.html(line.get("title") or line.get("sku"))}</div>'
        f'<div class="dl-between"><span class="dl-quiet">{about}{gift}</span>'
        f"<span>×{words.count(line.get('qty'))} {paid}</span></div></div>"
    )


def _facts(order: dict[str, Any]) -> None:
    """Every filled field that the header and the amounts do not show, in two columns."""
    fields = orders.visible_fields(session.actor(), session.store())
    shown = [
        f
        for name, f in fields.items()
        if name not in _IN_HEADER | _PERSON and name not in _MONEY and order.get(name) not in (None, "")
    ]
    left, right = st.columns(2)
    half = (len(shown) + 1) // 2
    for column, part in ((left, shown[:half]), (right, shown[half:])):
        with column:
            st.html(_pairs(part, order))


def _pairs(fields: list[Field], order: dict[str, Any]) -> str:
    rows = []
    for field in fields:
        text = words.html(words.value(field, order[field.name], session.zone()))
        if field.kind is Kind.DATETIME:
            text = words.ago_with_hover(order[field.name], session.zone()) + f' <span class="dl-quiet">{text}</span>'
        rows.append(f'<tr><td class="dl-quiet">{words.html(field.title(language(), _))}</td><td>{text}</td></tr>')
    return f'<table class="dl-pairs">{"".join(rows)}</table>'


def _person(order: dict[str, Any]) -> None:
    """Masked as stored; the originals by right, one order at a time, each opening audited by the service."""
    fields = orders.visible_fields(session.actor(), session.store())
    masked = [fields[name] for name in ("recipient", "phone", "address", "buyer_name") if name in fields]
    st.html(_pairs([f for f in masked if order.get(f.name)], order))
    if not session.actor().may("person.open"):
        st.caption(_("Your role sees masked person data."))
        return
    st.caption(_("Opening shows the original data of this order; the opening is noted in the audit trail."))
    if st.button(_("Open phone and address"), icon=":material/visibility:", key=f"person_{order['order_key']}"):
        opened = attempt(
            lambda: order_detail.open_person(session.actor(), session.store(), session.vault(), order["order_key"])
        )
        if opened is True or opened == {}:
            st.info(_("The platform gave masked or encrypted person data only."), icon=":material/info:")
        elif opened:
            for name, text in opened.items():
                st.caption(fields[name].title(language(), _))
                st.code(text, language=None)


def _timeline(found: Detail) -> None:
    if not found.events:
        st.caption(_("Nothing has happened yet."))
    rows = []
    for event in found.events:
        said = words.event_name(event.event)
        moment = words.ago_with_hover(event.happened_at, session.zone())
        why = words.html(words.event_detail(event.reason, event.detail, session.zone()))
        who = words.html(words.event_actor(event.actor))
        rows.append(
            f'<tr><td class="dl-quiet">{moment}</td><td><b>{words.html(said)}</b> {why}</td>'
            f'<td class="dl-quiet">{who}</td></tr>'
        )
    st.html(f'<table class="dl-pairs">{"".join(rows)}</table>')


def _refunds(found: Detail) -> None:
    money = any("refund_fen" in refund for refund in found.refunds)
    columns = [
        Column("refund_no", _("Refund no.")),
        Column("refund_type", _("Refund type"), words=words.refund_type),
        Column("refund_status", _("Refund status"), words=lambda w: words.refund_state(found.order["channel"], w)),
        *([Column("refund_fen", _("Refund amount"), "money")] if money else []),
        Column("refund_requested_at", _("Refund requested at"), "instant"),
        Column("reason", _("Reason")),
    ]
    table(found.refunds, columns, key=f"refunds_{found.order['order_key']}", height="content")


def _raw(key: int) -> None:
    payloads = order_detail.raw(session.actor(), session.store(), session.vault(), key)
    if not payloads:
        st.caption(_("No payload is kept for this order."))
        return
    names = [f"{p.entity} · {words.instant(p.received_at, session.zone())}" for p in payloads]
    place = st.selectbox(_("Payload"), range(len(names)), format_func=lambda n: names[n], key=f"raw_{key}")
    st.json(payloads[place or 0].body)
