"""The rule sets of a kind that are in force: read once a publication, the last good one kept when a new one is broken."""

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

    def refresh(self, published: list[tuple[str, int, dict[str, Any]]], catalogue: Catalogue) -> None:
        """Take over the published bodies (name, version, body). Nothing is read again that has not changed."""
        seen = (catalogue.version, *((name, version) for name, version, _body in published))
        if seen == self.seen:
            return
        before = {edition.name: edition for edition in self.editions}
        self.editions, self.problems, self.seen = [], {}, seen
        for name, version, body in published:
            try:
                self.editions.append(Edition(name, version, read_rule_set(body, catalogue)))
            except DanliuError as error:
                self.problems[name] = str(error)
                if name in before:
                    self.editions.append(before[name])

    def in_mode(self, *modes: str) -> list[Edition]:
        """The editions whose mode is one of these."""
        return [edition for edition in self.editions if edition.rules.mode in modes]
