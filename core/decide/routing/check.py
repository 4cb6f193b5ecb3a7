"""Reads one JSON object with its place, so that every wrong value is named: file, place, value."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.errors import BadRequest
from core.i18n import N_

MOST_FEN = 10**9
_ABSENT: Any = object()


class Check:
    """A JSON object at a place of a file. Raises BadRequest with both."""

    def __init__(self, document: Any, file: str, at: str = "") -> None:
        self.file, self.at = file, at
        if not isinstance(document, Mapping):
            raise BadRequest(
                N_("{file}: {place} is no JSON object."), N_("Mend the policy there."), file=file, place=at or "{}"
            )
        self.document: Mapping[str, Any] = document

    def place(self, key: str) -> str:
        """The dotted place of a key below this object."""
        return f"{self.at}.{key}" if self.at else key

    def wrong(self, key: str, value: Any) -> BadRequest:
        """The error of a value that cannot stand at a key."""
        return BadRequest(
            N_("{file}: {place} cannot be {value}."), N_("Mend the policy there."),
            file=self.file, place=self.place(key), value=repr(value),
        )  # fmt: skip

    def only(self, known: set[str]) -> None:
        """Refuse keys nobody knows."""
        unknown = sorted(set(map(str, self.document)) - known)
        if unknown:
            raise BadRequest(
                N_("{file} has an unknown key {key}."), N_("Remove it or mend its spelling."),
                file=self.file, key=self.place(unknown[0]),
            )  # fmt: skip

    def whole(self, key: str, *, least: int = 0, most: int = MOST_FEN, default: Any = _ABSENT) -> Any:
        """A whole number; with a default, null and absent give the default."""
        value = self.document.get(key)
        if value is None and default is not _ABSENT:
            return default
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, value)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self.document.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(key, value)
        return value

    def yes(self, key: str, default: bool) -> bool:
        value = self.document.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, value)
        return value

    def one_of(self, key: str, allowed: Sequence[str], default: str) -> str:
        value = self.document.get(key, default)
        if value not in allowed:
            raise self.wrong(key, value)
        return value

    def names(self, key: str) -> frozenset[str] | None:
        """A list of texts; None where it is absent or null."""
        value = self.document.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.wrong(key, value)
        return frozenset(value)

    def instant(self, key: str) -> datetime | None:
        """An aware date and time; None where absent or null."""
        value = self.document.get(key)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.wrong(key, value) from error
        if found.tzinfo is None:
            raise self.wrong(key, value)
        return found

    def rows(self, key: str) -> list["Check"]:
        """The objects of a list; empty where it is absent."""
        value = self.document.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, value)
        return [Check(row, self.file, f"{self.place(key)}[{n}]") for n, row in enumerate(value)]

    def below(self, key: str, default: Any = _ABSENT) -> "Check":
        """The object at a key."""
        value = self.document.get(key)
        return Check(default if value is None and default is not _ABSENT else value, self.file, self.place(key))
