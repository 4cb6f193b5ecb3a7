"""A condition as a sentence in the language of the reader: what a rule says before anybody saves it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import N_, _, language
from core.model.fields import CHANNELS, Field, Kind
from core.model.lifecycle import BY_NAME
from core.model.money import yuan
from core.rules.condition import Condition, Count, Group, Leaf, Lines, Not

_LEAF = {
    "eq": N_("{field} is {value}"),
    "ne": N_("{field} is not {value}"),
    "gt": N_("{field} is over {value}"),
    "ge": N_("{field} is at least {value}"),
    "lt": N_("{field} is under {value}"),
    "le": N_("{field} is at most {value}"),
    "between": N_("{field} is from {low} to {high}"),
    "in": N_("{field} is one of {value}"),
    "not_in": N_("{field} is none of {value}"),
    "contains": N_("{field} contains {value}"),
    "starts_with": N_("{field} starts with {value}"),
    "in_list": N_("{field} is in the list {value}"),
}
_ORDERS = {
    "eq": N_("exactly {value} orders with the same {field} within {within}"),
    "ne": N_("any number but {value} of orders with the same {field} within {within}"),
    "gt": N_("more than {value} orders with the same {field} within {within}"),
    "ge": N_("at least {value} orders with the same {field} within {within}"),
    "lt": N_("fewer than {value} orders with the same {field} within {within}"),
    "le": N_("at most {value} orders with the same {field} within {within}"),
    "between": N_("{low} to {high} orders with the same {field} within {within}"),
}
_UNITS = {
    "eq": N_("exactly {value} units bought with the same {field} within {within}"),
    "ne": N_("any number but {value} of units bought with the same {field} within {within}"),
    "gt": N_("more than {value} units bought with the same {field} within {within}"),
    "ge": N_("at least {value} units bought with the same {field} within {within}"),
    "lt": N_("fewer than {value} units bought with the same {field} within {within}"),
    "le": N_("at most {value} units bought with the same {field} within {within}"),
    "between": N_("{low} to {high} units bought with the same {field} within {within}"),
}
_ANY_LINE, _ALL_LINES = N_("any line has {where}"), N_("every line has {where}")
_WITHIN_DAY, _WITHIN_HOURS, _WITHIN_DAYS = N_("one day"), N_("{n} hours"), N_("{n} days")


def say(condition: Condition, zone: str = "Asia/Shanghai") -> str:
    """The sentence of a condition. `zone` is the business zone in which instants are shown."""
    return _Speaker(zone).say(condition, outermost=True)


class _Speaker:
    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def say(self, condition: Condition, *, outermost: bool = False) -> str:
        if isinstance(condition, Group):
            return self.group(condition, outermost)
        if isinstance(condition, Not):
            return _("not ({what})").format(what=self.say(condition.member, outermost=True))
        if isinstance(condition, Leaf):
            return self.leaf(condition)
        if isinstance(condition, Lines):
            return self.lines(condition)
        return self.count(condition)

    def group(self, group: Group, outermost: bool) -> str:
        if not group.members:
            return _("every order") if group.how == "all" else _("no order")
        if len(group.members) == 1:
            return self.say(group.members[0], outermost=outermost)
        joint = _(" and ") if group.how == "all" else _(" or ")
        text = joint.join(self.say(member) for member in group.members)
        return text if outermost else f"({text})"

    def leaf(self, leaf: Leaf) -> str:
        field = leaf.field.title(language(), _)
        if leaf.op == "is_null":
            return (_("{field} is empty") if leaf.value else _("{field} is not empty")).format(field=field)
        return self.compared(_LEAF[leaf.op], field, leaf.op, leaf.value, leaf.field)

    def compared(self, text: str, name: str, op: str, value: Any, field: Field | None) -> str:
        if op == "between":
            low, high = (self.value(each, field) for each in value)
            return _(text).format(field=name, low=low, high=high)
        if isinstance(value, tuple):
            return _(text).format(field=name, value=_(", ").join(self.value(each, field) for each in value))
        return _(text).format(field=name, value=self.value(value, field))

    def value(self, value: Any, field: Field | None) -> str:
        if field is not None and field.kind is Kind.MONEY:
            return _("{yuan} yuan").format(yuan=yuan(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        if isinstance(value, date):
            return value.isoformat()
        if field is not None and field.name == "status" and value in BY_NAME:
            return _(BY_NAME[value].label)
        if field is not None and field.name == "channel" and value in CHANNELS:
            return _(CHANNELS[value])
        return _("“{text}”").format(text=value) if isinstance(value, str) else str(value)

    def lines(self, lines: Lines) -> str:
        where = self.say(lines.where, outermost=True) if lines.where is not None else ""
        if lines.how in ("any", "all"):
            return _(_ANY_LINE if lines.how == "any" else _ALL_LINES).format(where=where)
        if lines.of is None:
            name = _("number of lines")
        else:
            name = _("total of {field}").format(field=self.inline(lines.of))
        if where:
            name = _("{what} over the lines where {where}").format(what=name, where=where)
        return self.compared(_LEAF[lines.op], name, lines.op, lines.value, lines.of)

    def count(self, count: Count) -> str:
        if count.hours is None:
            within = _(_WITHIN_DAY)
        elif count.hours % 24 == 0:
            within = _(_WITHIN_DAYS).format(n=count.hours // 24)
        else:
            within = _(_WITHIN_HOURS).format(n=count.hours)
        text = _((_ORDERS if count.what == "orders" else _UNITS)[count.op])
        if (count.what, count.op, count.value) == ("orders", "eq", 1):  # this very order
            text = _("no other order with the same {field} within {within}")
        low, high = count.value if isinstance(count.value, tuple) else (count.value, count.value)
        said = text.format(value=low, low=low, high=high, field=self.inline(count.same), within=within)
        if count.where is None:
            return said
        where = self.say(count.where, outermost=True)
        return _("{what} (counting only orders where {where})").format(what=said, where=where)

    @staticmethod
    def inline(field: Field) -> str:
        """A field's label within a sentence: "phone" rather than "Phone", but "IP address" as it is."""
        title = field.title(language(), _)
        return title[:1].lower() + title[1:] if title[1:2].islower() else title
