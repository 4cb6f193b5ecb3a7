"""Phases and types of activities in words and colours, and money between yuan in a form and fen in a document."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.decide.promotion.sentence import TYPES, say
from core.i18n import N_, _
from core.services import promotions
from core.services.promotions import ActivityRow

PHASES: dict[str, tuple[str, str]] = {
    promotions.RUNNING: (N_("Running"), "green"),
    promotions.COMING: (N_("Coming"), "blue"),
    promotions.SHADOW: (N_("Watching"), "orange"),
    promotions.DRAFT: (N_("Draft"), "orange"),
    promotions.ENDED: (N_("Over"), "grey"),
    promotions.OFF: (N_("Off"), "grey"),
}


def phase(row: ActivityRow) -> str:
    """Where an activity stands."""
    return _(PHASES[row.phase][0])


def type_name(body: Mapping[str, Any]) -> str:
    """The type of an activity."""
    return _(TYPES[body["type"]]) if body.get("type") in TYPES else str(body.get("type"))


def name(body: Mapping[str, Any]) -> str:
    """What people call an activity."""
    return str(body.get("name") or body.get("id"))


def sentence(row: ActivityRow) -> str:
    """What an activity does, or why it cannot be read."""
    return say(row.body) if promotions.readable(row.body) else row.problem or _("It cannot be read.")


def fen(yuan: float | None) -> int | None:
    """Yuan of a number input as fen."""
    return None if yuan is None else int((Decimal(str(yuan)) * 100).to_integral_value())


def yuan(amount: int | None) -> float | None:
    """Fen as yuan for a number input."""
    return None if amount is None else amount / 100
