"""Whether a column's values agree with what its header promises; and what values alone may tell."""

import re

from core.i18n import _
from core.mapping.headers import MONEY, Guess
from core.mapping.profile import Profile
from core.mapping.statuswords import known_share, speaks_of_refund
from core.mapping.suggest_columns import Column
from core.mapping.vocabulary import bare_event, base

_TIMES = frozenset(
    (
        "ordered_at", "paid_at", "ship_by", "deliver_on", "shipped_at", "finished_at", "platform_updated_at",
        "account_registered_at", "refund_requested_at", "refund_updated_at",
    )
)  # fmt: skip
_COUNTS = re.compile(r"^\d+(?:\.0+)?(?:\s*[;；]\s*\d+)*[;；]?$")  # one quantity, or those of items joined in one row
_YES_NO = frozenset(("true", "1", "yes", "y", "t", "是", "有", "真", "false", "0", "no", "n", "f", "否", "无", "假"))


class _Accepted:
    """Callable: (confidence, why not). Confidence 0 with a reason means the values contradict the header."""

    def __call__(self, guess: Guess, column: Column, channel: str) -> tuple[float, str]:
        seen = column.profile
        if not seen.known:
            return guess.confidence, ""
        if guess.target in MONEY:
            return self._money(guess, seen)
        if guess.target in _TIMES:
            if seen.time >= 0.8:
                return guess.confidence, ""
            return 0.0, _("The values are no times of a known form.")
        if base(column.header) == "state" and guess.target in ("province", "status"):
            fits = (known_share(seen.words, channel) > 0) == (guess.target == "status")
            return (guess.confidence, "") if fits else (0.0, "")
        if guess.target == "qty" and all(_COUNTS.match(word) for word in seen.words):
            return guess.confidence, ""
        if guess.target in ("qty", "weight_g"):
            return (guess.confidence, "") if seen.integer >= 0.9 else (0.0, _("The values are no whole numbers."))
        if guess.target == "phone":
            fits = seen.phone + seen.masked >= 0.5
            return (guess.confidence, "") if fits else (0.0, _("The values are no phone numbers."))
        if guess.target in ("is_presale", "is_gift"):
            fits = all(word.lower() in _YES_NO for word in seen.words)
            return (guess.confidence, "") if fits else (0.0, _("The values are neither yes nor no."))
        if guess.target == "address" and seen.province >= 0.9:
            return 0.0, ""  # a report that keeps only the province of the address
        if guess.target in ("platform_no", "line_no"):
            return self._number(guess, seen)
        if guess.target == "status" and guess.confidence < 0.95 and known_share(seen.words, channel) == 0:
            return 0.56, _("None of its words is a known status.")
        if guess.target in ("recipient", "address", "title") and seen.money >= 0.95:
            return 0.0, _("The values are numbers.")
        return guess.confidence, ""

    def _money(self, guess: Guess, seen: Profile) -> tuple[float, str]:
        if seen.money < 0.5:
            return 0.0, _("The values are no amounts.")
        if seen.money < 1.0 and len(seen.odd) > 4:
            return 0.0, _("Too many values are no amounts.")
        if seen.negative > 0.3 and guess.target != "discount_fen":
            return 0.0, _("Many amounts are negative.")
        return guess.confidence, ""

    def _number(self, guess: Guess, seen: Profile) -> tuple[float, str]:
        if seen.patterns and seen.time >= 0.8 and "%Y%m%d" not in seen.patterns[0]:
            return 0.0, _("The values are times.")
        if seen.cents > 0.5 and seen.money > 0.9:
            return 0.0, _("The values are amounts.")
        return guess.confidence, ""

    def by_values(self, column: Column) -> list[Guess]:
        """What an unknown header may be by its values: never an amount, never an order's number."""
        seen = column.profile
        if seen.count < 3:
            return []
        if seen.time >= 0.9 and (event := bare_event(column.header)):
            return [Guess(event, 0.78, how="values")]
        if seen.province >= 0.9:
            return [Guess("province", 0.75, how="values")]
        if seen.city >= 0.9 and seen.distinct > 1:
            return [Guess("city", 0.65, how="values")]
        if seen.phone >= 0.95 and seen.integer < 1.0:
            return [Guess("phone", 0.6, how="values")]
        return []

    def status_share(self, column: Column, channel: str) -> float:
        """The share of a column's words that are known statuses; 1 where there are no values to doubt."""
        return known_share(column.profile.words, channel) if column.profile.known else 1.0

    def tells_refund(self, column: Column) -> bool:
        """Whether some words of a status column speak of a refund."""
        return any(speaks_of_refund(word) for word in column.profile.words)


accepted = _Accepted()
