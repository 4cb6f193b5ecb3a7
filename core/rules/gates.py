"""For which orders a count, or the lines, must be read at all to decide the rules: everything else is settled without.

In a group of which all must be met, a member that is false settles the group, whatever stands beside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from core.rules.condition import Condition, Count, Group, Lines, Not, walk
from core.rules.piece import Sql, joined

LINES = "lines_asked"


def gates(
    conditions: Sequence[Condition], names: Mapping[Count, str], plain: Callable[[Condition], Sql]
) -> dict[str, Sql]:
    """Name of each count, and `LINES` -> which orders (SQL over o) need it. `plain` compiles a condition without either."""
    asked: dict[str, list[Sql]] = {name: [] for name in names.values()} | {LINES: []}
    for condition in conditions:
        for feature, beside in _featured(condition, ()):
            name = LINES if isinstance(feature, Lines) else names[feature.window]
            asked[name].append(joined("all", [plain(member) for member in beside]))
    return {
        name: Sql("true") if any(piece.text == "true" for piece in pieces) else joined("any", pieces)
        for name, pieces in asked.items()
    }


def least(count: Count) -> float:
    """The smallest number that can meet the comparison; minus infinity where a small one does."""
    if count.op == "between":
        return count.value[0]
    return count.value if count.op in ("gt", "ge", "eq") else float("-inf")


def _featured(
    condition: Condition, beside: tuple[Condition, ...]
) -> Iterator[tuple[Count | Lines, tuple[Condition, ...]]]:
    """Every count and line feature, with the plain conditions that must be met for it to matter."""
    if isinstance(condition, Count | Lines):
        yield condition, beside
    elif isinstance(condition, Not):
        yield from _featured(condition.member, beside)
    elif isinstance(condition, Group):
        plain = tuple(member for member in condition.members if not _has_feature(member))
        more = (*beside, *plain) if condition.how == "all" else beside
        for member in condition.members:
            if member not in plain:
                yield from _featured(member, more)


def _has_feature(condition: Condition) -> bool:
    return any(isinstance(part, Count | Lines) for part in walk(condition))
