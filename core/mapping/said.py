"""A reason as a message and its values: put into words when it is read, in the language of whoever reads it."""

import json
from dataclasses import dataclass
from typing import Any

from core.errors import DanliuError
from core.i18n import _, language
from core.model.fields import KIND_LABELS, Field, Kind

_VALUES = "\x1f"  # in a stored reason, between the message and its values
_AFTERWORD = " · "  # before what a person added to a stored reason


class Said:
    """A gettext message (marked with N_) with the values of its names; values may be such messages themselves."""

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: Any) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        return _(self.text).format(**self.values) if self.values else _(self.text)

    def packed(self) -> str:
        """As one text that can be stored: the message, and behind a sign its values as JSON."""
        told = {
            name: value if isinstance(value, int | float | str) else str(value) for name, value in self.values.items()
        }
        return f"{self.text}{_VALUES}{json.dumps(told, ensure_ascii=False)}" if told else self.text

    def __repr__(self) -> str:
        return f"Said({self.text!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class ByName:
    """A field as people choose it: its label in the reader's language, and its name."""

    field: Field

    def __str__(self) -> str:
        return f"{self.field.title(language(), _)} ({self.field.name})"


class Refused(ValueError):
    """Something in a mapping document cannot work; `said` tells why."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text)
        self.said = Said(text, **values)

    def __str__(self) -> str:
        return str(self.said)


def unpacked(stored: str) -> str:
    """A stored reason (`Said.packed`, or a plain message) in the reader's language; what a person added stays as it is."""
    text, sign, rest = stored.partition(_VALUES)
    if not sign:
        text, mark, added = stored.partition(_AFTERWORD)
        return f"{_(text)}{mark}{added}" if _(stored) == stored else _(stored)
    values, end = json.JSONDecoder().raw_decode(rest)
    return f"{Said(text, **values)}{rest[end:]}"


def kept(error: DanliuError, most: int = 0) -> tuple[str, str]:
    """Message and hint of an error as texts that can be stored; `unpacked` reads each. `most`: so many signs of each
    text among the values are kept, all for 0."""
    message, hint = error.source
    values = {
        name: str(value)[:most] if most and isinstance(value, str) else value for name, value in error.values.items()
    }
    return Said(message, **values).packed(), Said(hint, **values).packed() if hint else ""


def kept_whole(error: DanliuError, most: int = 0) -> str:
    """Message and hint as one text that can be stored; `unpacked_whole` reads it."""
    return "\n".join(part for part in kept(error, most) if part)


def unpacked_whole(stored: str) -> str:
    """What `kept_whole` stored, or a plain text, in the reader's language."""
    return " ".join(unpacked(part) for part in stored.split("\n"))


def kind_word(kind: Kind) -> Said:
    """A type in words."""
    return Said(KIND_LABELS[kind])
