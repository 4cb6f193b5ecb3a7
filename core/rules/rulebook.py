"""The rule sets of a kind that are in force: read once a publication, the last good one kept when a new one is broken."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import DanliuError
from core.model.fields import Catalogue
from core.rules.ruleset import RuleSet, read_rule_set


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version of a rule set."""

    name: str
    version: int
    rules: RuleSet


@dataclass(slots=True)
class Rulebook:
    """What is in force. `problems` names the sets that could not be read; their last good edition stays in force."""

    editions: list[Edition] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    seen: tuple[Any, ...] = ()
    read_at: int = -1  # the store's version

    def refresh(
        self,
        published: Sequence[tuple[str, int, Mapping[str, Any]]],
        catalogue: Catalogue,
        former: Callable[[str, int], Iterable[tuple[int, Mapping[str, Any]]]] = lambda _name, _version: (),
    ) -> None:
        """Take over the published bodies (name, version, body). Nothing is read again that has not changed.

        `former`: the versions of a name that were in force before one, newest first, for a process that has just begun.
        """
        seen = (catalogue.fields, *((name, version) for name, version, _body in published))
        if seen == self.seen:
            return
        before = {edition.name: edition for edition in self.editions}
        self.editions, self.problems, self.seen = [], {}, seen
        for name, version, body in published:
            try:
                self.editions.append(Edition(name, version, read_rule_set(body, catalogue)))
            except DanliuError as error:
                self.problems[name] = str(error)
                good = before.get(name) or _last_good(name, former(name, version), catalogue)
                if good is not None:
                    self.editions.append(good)

    def in_mode(self, *modes: str) -> list[Edition]:
        """The editions whose mode is one of these."""
        return [edition for edition in self.editions if edition.rules.mode in modes]


def _last_good(name: str, former: Iterable[tuple[int, Mapping[str, Any]]], catalogue: Catalogue) -> Edition | None:
    for version, body in former:
        try:
            return Edition(name, version, read_rule_set(body, catalogue))
        except DanliuError:
            continue
    return None
