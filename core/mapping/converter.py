"""What a converter is: one step of a field's chain, as SQL over a column, with its parameters for a form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.model.fields import Kind

Given = Mapping[str, Any]


class Build(Protocol):
    """What a converter may ask of the compiler while it writes its SQL. Values never stand in the text."""

    zone: str  # the business zone, for patterns that name none

    def bind(self, value: Any) -> str:
        """A placeholder for a value."""
        ...

    def column(self, sql: str) -> str:
        """Keep an expression over the step's value as a column of its own: named twice, it is computed once."""
        ...

    def each(self, value: str, *steps: Callable[[str], str]) -> str:
        """The value after the steps, each an expression over the one before: written once for all fields alike.

        Planning costs by the expression, so that what many fields share goes through one list.
        """
        ...

    def table(self, value: str, pairs: Mapping[str, str | None]) -> tuple[str, str]:
        """Look a column up in a table: (expression of the found word, condition that it was found)."""
        ...

    def status(self, value: str) -> tuple[str, str]:
        """Look a platform's status word up in the document's table: (our status or NULL for keep, that it was found)."""
        ...

    def piece(self, name: str) -> str:
        """The column behind a name in a template: a target of the same document, or a path."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. kind: text texts (one or many) table (text -> text) integer number any."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    default: Any = None


@dataclass(frozen=True, slots=True)
class Converter:
    """One converter. `gives` is the kind of its result; None is "whatever the target is".

    `sql(value, given, build)` writes the result for a value column. `failed(value, result, given, build)` says when the
    step failed; without it a step fails when a value went in and nothing came out. `reason` is what the reject says.
    `check(given)` raises Refused (core/mapping/said.py) for parameters that cannot work.
    """

    name: str
    label: str
    sql: Callable[[str, Given, Build], str]
    parameters: tuple[Parameter, ...] = ()
    gives: Kind | None = Kind.TEXT
    reason: str = ""
    failed: Callable[[str, str, Given, Build], str] | None = None
    never_fails: bool = False
    check: Callable[[Given], None] | None = None

    def fits(self, kind: Kind) -> bool:
        """Whether a chain for a field of this kind may end with this converter."""
        if self.gives is None or self.gives == kind:
            return True
        return self.gives is Kind.TEXT and kind is Kind.CHOICE

    def failure(self, value: str, result: str, given: Given, build: Build) -> str | None:
        """The condition under which the step failed; None when it cannot."""
        if self.never_fails:
            return None
        if self.failed is not None:
            return self.failed(value, result, given, build)
        return f"{value} IS NOT NULL AND {result} IS NULL"


def texts(value: Any) -> list[str]:
    """A parameter that may be one text or a list of them, as a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else [str(value)]
