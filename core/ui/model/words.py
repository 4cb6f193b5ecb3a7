"""The words of the data model: types and levels."""

from core.i18n import _, language
from core.model.fields import KIND_LABELS, LEVEL_LABELS, Field, Kind, Level


def kind(value: Kind) -> str:
    """A type in words."""
    return _(KIND_LABELS[value])


def level(value: Level) -> str:
    """A level in words."""
    return _(LEVEL_LABELS[value])


def title(field: Field) -> str:
    """A field's label in the reader's language."""
    return field.title(language(), _)


def titled(field: Field) -> str:
    """Label and name: what a person chooses by."""
    return f"{title(field)} ({field.name})"
