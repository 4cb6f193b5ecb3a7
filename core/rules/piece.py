"""A piece of SQL with its bound values: what conditions compile to."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Sql:
    """A piece of SQL with its bound values, in order."""

    text: str
    values: list[Any] = field(default_factory=list)


def joined(how: str, members: list[Sql]) -> Sql:
    """All or any of the pieces; an empty `all` is true, an empty `any` false."""
    if not members:
        return Sql("true" if how == "all" else "false")
    text = (" AND " if how == "all" else " OR ").join(f"({member.text})" for member in members)
    return Sql(text, [value for member in members for value in member.values])
