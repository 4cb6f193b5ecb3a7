"""The words of rules: kinds, modes, actions, comparisons, windows. Nothing technical reaches the form."""

from collections.abc import Mapping
from typing import Any

from core.i18n import N_, _, language, speaking
from core.model.fields import Field
from core.model.money import yuan
from core.rules.ruleset import title_of
from core.services import rule_forms
from core.ui import session
from core.ui import words as general
from core.ui.routing.titles import firms

KINDS = {
    "risk": N_("Risk"),
    "routing": N_("Routing"),
    "courier": N_("Courier choice"),
    "promotion": N_("Promotions"),
    "limit": N_("Purchase limits"),
}
# name -> (word, colour of the palette, what it means)
MODES = {
    "off": (N_("Off"), "grey", N_("It is not asked at all.")),
    "shadow": (N_("Watching"), "orange", N_("It notes what it would have done and changes nothing.")),
    "live": (N_("In force"), "green", N_("It decides every new order.")),
}
ACTIONS = {
    "allow": (N_("Let through"), "green"),
    "freeze": (N_("Freeze"), "red"),
    "review": (N_("To a person for review"), "orange"),
    "tag": (N_("Put a tag on"), "blue"),
}
HITS = {
    "all": N_("All rules are asked; the strictest answer counts"),
    "first": N_("The first rule that is met decides"),
}
GROUPS = {
    "all": N_("all of these are met"),
    "any": N_("at least one of these is met"),
    "none": N_("none of these is met"),
    "not_all": N_("not all of these are met"),
}
ROWS = {
    "field": N_("A field of the order"),
    "count": N_("Orders with the same phone, address, …"),
    "lines": N_("A line of the order"),
    "total": N_("A total over the lines"),
    "any": N_("A group of conditions"),
}
WITHIN = {
    "day": N_("one day"), "1h": N_("1 hour"), "24h": N_("24 hours"), "3d": N_("3 days"), "7d": N_("7 days"),
    "30d": N_("30 days"), "90d": N_("90 days"), "400d": N_("400 days"),
}  # fmt: skip
STATES = {"draft": (N_("draft"), "orange"), "published": (N_("published"), "green"), "superseded": (N_("former"), "grey"),
          "new": (N_("not saved yet"), "orange"), "broken": (N_("cannot be read"), "red")}  # fmt: skip
SETS = {
    "starter": N_("Three basic rules"),
    "recommended": N_("Recommended combination"),
    "blacklist": N_("Blacklist service"),
}
"""What the sets that ship with the product are called; a person's own set is called as it was named."""
PURPOSES = {"block": N_("Blacklist"), "trust": N_("Whitelist"), "other": N_("Other list")}
LIST_KINDS = {
    "phone": N_("Phone"), "buyer_id": N_("Buyer"), "recipient": N_("Recipient"), "address": N_("Address"),
    "ip": N_("IP address"), "sku": N_("SKU"),
}  # fmt: skip


def set_title(name: str) -> str:
    """A rule set's name to show."""
    return _(SETS[name]) if name in SETS else name


def rule_title(rule: Mapping[str, Any]) -> str:
    """A rule's name in the reader's language."""
    return title_of(rule.get("name"), str(rule["id"]))


def within(code: str) -> str:
    """A window in words: one day, 24 hours, 7 days."""
    if code in WITHIN:
        return _(WITHIN[code])
    return (_("{n} hours") if code.endswith("h") else _("{n} days")).format(n=code[:-1])


def operator(name: str, field: Field | None = None) -> str:  # noqa: ARG001 - the field may come to matter
    """A comparison in words."""
    return _("is in the list") if name == "in_list" else general.operator(name)


def title(field: Field) -> str:
    """A field's label in the reader's language."""
    return field.title(language(), _)


def action(then: dict[str, Any]) -> str:
    """What a rule does, in words."""
    if "courier" in then:
        return by_courier(then)
    name = str(then.get("action", ""))
    if name not in ACTIONS:
        return general.listed(f"{key}: {value}" for key, value in then.items()) or general.NONE
    tag = f" “{then['tag']}”" if name == "tag" and then.get("tag") else ""
    return _(ACTIONS[name][0]) + tag


def by_courier(then: Mapping[str, Any]) -> str:
    """The courier a rule asks for, with its cap."""
    courier = str(then.get("courier") or "")
    title, cap = firms().get(courier, courier), then.get("price_cap_fen")
    if cap is None:
        return _("by {courier}").format(courier=title)
    return _("by {courier} up to {cap} yuan").format(courier=title, cap=yuan(cap))


def hits(kind: str) -> dict[str, str]:
    """What several met rules of a kind mean: code -> words."""
    return HITS if kind == "risk" else HITS | {"all": N_("All that are met speak, in this order")}


def sentence(when: Any) -> str:
    """A condition as a sentence in the reader's language; raises BadRequest for one that is not whole yet."""
    return rule_forms.sentence(session.actor(), session.store(), when, session.zone())


def other_sentence(when: Any) -> str:
    """The same in the other language."""
    with speaking("en" if language() == "zh" else "zh"):
        return sentence(when)
