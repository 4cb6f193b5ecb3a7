"""Why an order is held, in sentences: the rule and what it saw, the refund against the packing, the pieces that lack."""

from datetime import datetime

import streamlit as st

from core import clock
from core.decide.routing.result import REASONS as ROUTING
from core.i18n import _
from core.people.permissions import ROLES
from core.services import order_decisions, review_evidence
from core.services.order_decisions import Told
from core.services.review import Item
from core.store.holds import REASONS
from core.ui import session, words
from core.ui.components.order_decisions import seen_name

_BY_RULES = {"risk_freeze", "risk_review", "over_limit", "gift_short", "no_route", "review"}


def show(item: Item) -> None:
    """Draw the reasons with what stands behind each."""
    lines = [_told(item, reason) for reason in item.reasons]
    if item.refund is not None:
        lines.append(_refund(item))
    if "no_stock" in item.reasons:
        lines += _missing(item)
    if item.asked is not None:
        role, due = _(ROLES.get(item.asked.role, item.asked.role)), words.ago(item.asked.due_at)
        lines.append(f":material/how_to_reg: {_('{role} was asked; answer {due}').format(role=role, due=due)}")
    if _BY_RULES & set(item.reasons):
        lines += _rules(item)
    notes = [(_("Buyer's note"), item.row["buyer_note"]), (_("Seller's note"), item.row["seller_note"])]
    lines += [f":material/chat: {title}: {words.plain(text)}" for title, text in notes if text]
    st.markdown("  \n".join(lines))


def promise(item: Item) -> tuple[str, str]:
    """(words, colour) of the order's shipping promise."""
    if item.due_at is None:
        return _("no promise known"), "grey"
    left = (item.due_at - clock.now()).total_seconds()
    colour = "red" if left < 0 else "orange" if left < 4 * 3600 else "grey"
    text = _("should have left {when}") if left < 0 else _("must leave {when}")
    return text.format(when=words.ago(item.due_at)), colour


def _told(item: Item, reason: str) -> str:
    title = f":red[:material/pause_circle:] **{_(REASONS[reason]) if reason in REASONS else words.plain(reason)}**"
    found = next((one for one in item.told if one.reason == reason), None)
    if found is None:
        return title
    why = "" if found.why in (*ROUTING, "NO_POLICY") else found.why  # the routing says it in a sentence
    parts = [title, *([words.plain(words.why(why))] if why else []), words.ago(found.at)]
    if found.actor not in ("", "system"):
        parts.append(words.plain(words.event_actor(found.actor)))
    return " · ".join(parts)


def _refund(item: Item) -> str:
    refund = item.refund
    assert refund is not None
    parts = [_("Refund paid") if refund.paid_back else _("Refund requested")]
    if refund.requested_at is not None:
        parts.append(words.instant(refund.requested_at, session.zone()))
    if refund.refund_fen and session.actor().may("orders.money"):
        parts.append(words.plain(words.money(refund.refund_fen)))
    parts.append(_("the whole order") if refund.whole else _("{n} lines").format(n=len(refund.lines)))
    parts.append(_packing(refund.requested_at, item.row["slip_at"]))
    return ":material/currency_exchange: " + " · ".join(parts)


def _packing(asked: datetime | None, packed: datetime | None) -> str:
    if packed is None:
        return _("no slip yet")
    when = words.instant(packed, session.zone())
    if asked is not None and asked < packed:
        return _("asked before the slip of {when}").format(when=when)
    return _("asked after the slip of {when}: the parcel is to be stopped").format(when=when)


def _missing(item: Item) -> list[str]:
    found = review_evidence.missing(session.actor(), session.store(), item.order_key)
    text = _("{sku}: needs {need}, {free} free")
    said = words.listed(text.format(sku=words.plain(m.sku), need=m.need, free=m.free) for m in found[:4])
    return [f":material/inventory_2: {said}"] if said else []


def _rules(item: Item) -> list[str]:
    lines: list[str] = []
    kinds: set[str] = set()
    for one in order_decisions.of_order(session.actor(), session.store(), item.order_key, session.zone()):
        if one.mode == "shadow" or one.kind in kinds:
            continue
        kinds.add(one.kind)
        lines += [_rule(rule) for rule in one.hits[:3]]
        if one.sentence and "no_route" in item.reasons:
            lines.append(f":material/alt_route: {words.plain(one.sentence)}")
    return lines


def _rule(rule: Told) -> str:
    text = f":material/flag: **{words.plain(rule.name)}**: {words.plain(rule.sentence)}"
    seen = words.listed(f"{seen_name(name)} {_seen(name, value)}" for name, value in rule.seen.items())
    return f"{text} :gray[({words.plain(seen)})]" if seen else text


def _seen(name: str, value: object) -> str:
    if value is None:
        return words.NONE
    if name.endswith("_fen") and isinstance(value, int):
        return words.money(value)
    found = {"status": words.status, "channel": words.channel}.get(name)
    return found(str(value)) if found else str(value)
