"""The words of the data model: types and levels."""

from core.i18n import N_, _, language
from core.model.fields import Field, Kind, Level

KINDS: dict[Kind, str] = {
    Kind.TEXT: N_("Text"),
    Kind.INTEGER: N_("Whole number"),
    Kind.MONEY: N_("Amount (fen)"),
    Kind.NUMBER: N_("Decimal number"),
    Kind.BOOLEAN: N_("Yes or no"),
    Kind.DATETIME: N_("Date and time"),
    Kind.DATE: N_("Date"),
    Kind.CHOICE: N_("Choice"),
}
LEVELS: dict[Level, str] = {Level.ORDER: N_("Order"), Level.LINE: N_("Order line"), Level.REFUND: N_("Refund")}


def kind(value: Kind) -> str:
    """A type in words."""
    return _(KINDS[value])


def level(value: Level) -> str:
    """A level in words."""
    return _(LEVELS[value])


def title(field: Field) -> str:
    """A field's label in the reader's language."""
    return field.title(language(), _)


def titled(field: Field) -> str:
    """Label and name: what a person chooses by."""
    return f"{title(field)} ({field.name})"
