"""The part of an order that says why: which rules decided it, on what evidence, and which could not be evaluated."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.rules.derived import DERIVED
from core.services import order_decisions
from core.services.order_decisions import Decided, Told
from core.ui import session, words
from core.ui.rules.words import ACTIONS, KINDS, MODES, action, set_title, within
from core.ui.theme import badge_colour


def show(order_key: int) -> None:
    """Draw the decisions of an order, newest first."""
    found = order_decisions.of_order(session.actor(), session.store(), order_key, session.zone())
    if not found:
        st.caption(_("No rule has decided this order yet: rules look at orders once they are paid."))
    for one in found:
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                title = f"{_(KINDS.get(one.kind) or one.kind)} · {set_title(one.rule_set)} v{one.version}"
                st.markdown(f"**{words.plain(title)}**", width="content")
                text, colour = _outcome(one)
                st.badge(text, color=badge_colour(colour))  # type: ignore[arg-type]
                if one.mode == "shadow":
                    st.badge(_(MODES["shadow"][0]), color="orange", help=_(MODES["shadow"][2]))
                st.caption(words.instant(one.decided_at, session.zone()), width="content")
            if one.sentence:
                st.markdown(f":material/alt_route: {words.plain(one.sentence)}")
            for rule in one.hits:
                _hit(rule)
            if not one.hits and not one.sentence:
                st.caption(_("None of its rules was met."))
            if one.unknown:
                _unknown(one.unknown)


def _outcome(one: Decided) -> tuple[str, str]:
    name, _colon, tags = one.outcome.partition(":")
    if one.sentence:
        return (_("Routed"), "green") if name == "route" else (_("Not shipped"), "orange")
    then: dict[str, Any] = {"action": name, "tag": tags} if tags else {"action": name}
    return action(then), ACTIONS.get(name, ("", "grey"))[1]


def _hit(rule: Told) -> None:
    st.markdown(f":material/flag: **{words.plain(rule.name)}**  \n{words.plain(rule.sentence)}")
    seen = words.listed(f"{seen_name(name)}: {_value(name, value)}" for name, value in rule.seen.items())
    if seen:
        st.caption(_("Seen: {what}").format(what=words.plain(seen)))


def _unknown(rules: tuple[Told, ...]) -> None:
    said = "  \n".join(
        words.plain(_("{rule}: no {field}").format(rule=rule.name, field=_lacking(rule.lacks))) for rule in rules
    )
    st.caption(f":material/help: {_('Not evaluable, because the order does not carry it')}:  \n{said}")


def _lacking(name: str) -> str:
    """What the order does not carry: the field itself, or the key of a count."""
    parts = name.split("/")
    return _label(parts[1] if len(parts) > 1 else name)


def seen_name(name: str) -> str:
    """What a rule looked at, in words: a field, or a count such as `orders/phone/day`."""
    what, _slash, rest = name.partition("/")
    if not rest:
        return _label(name)
    same, _slash, window = rest.partition("/")
    hours = window.removesuffix("h")
    span = f"{int(hours) // 24}d" if hours.isdigit() and int(hours) % 24 == 0 and int(hours) > 24 else window
    kind = _("Orders") if what == "orders" else _("Units")
    return f"{_label(same)} · {within(span)} · {kind}"


def _label(name: str) -> str:
    return _(DERIVED[name].field.label) if name in DERIVED else words.field_label(name)


def _value(name: str, value: Any) -> str:
    if value is None:
        return words.NONE
    if name.endswith("_fen") and isinstance(value, int):
        return words.money(value)
    if name == "status":
        return words.status(str(value))
    if name == "channel":
        return words.channel(str(value))
    return str(value)
