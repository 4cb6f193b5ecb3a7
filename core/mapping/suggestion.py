"""What a suggestion says: fields with their confidence and reason, what stays unmapped and why, what is missing."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Suggested:
    """One field. `also` are further sources tried when the first is empty; `total`: the sum over the order's rows."""

    target: str
    source: str
    convert: list[dict[str, Any]]
    confidence: float
    reason: str
    level: str = "order"
    also: tuple[str, ...] = ()
    total: bool = False

    def as_json(self) -> dict[str, Any]:
        """As `suggest --json` shows it."""
        shown: dict[str, Any] = {
            "target": self.target,
            "source": self.source,
            "convert": self.convert,
            "confidence": self.confidence,
            "level": self.level,
            "reason": self.reason,
        }
        if self.also:
            shown["also"] = list(self.also)
        return shown | ({"sum": True} if self.total else {})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is proposed, what stays unmapped and why, what is missing."""

    fields: list[Suggested]
    unmapped: list[str]
    missing: list[str]
    granularity: str
    encoding: str = ""
    sheet: str = ""
    header_row: int = 1
    entity: str = "orders"
    lines: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    channel: str = ""
    nested: bool = False

    def find(self, target: str) -> Suggested | None:
        """The suggestion for a field."""
        return next((one for one in self.fields if one.target == target), None)

    def as_json(self) -> dict[str, Any]:
        """The document of `suggest --json` (contracts §1), with the reasons beside it."""
        return {
            "encoding": self.encoding,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "granularity": self.granularity,
            "entity": self.entity,
            **({"lines": self.lines} if self.lines is not None else {}),
            "fields": [one.as_json() for one in self.fields],
            "unmapped": self.unmapped,
            "missing": self.missing,
            "reasons": self.reasons,
            "notes": list(self.notes),
        }
