"""A promotion as a document: validated, with every place named that is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.errors import BadRequest
from core.i18n import N_

ITEM, SHOP, PLATFORM = 0, 1, 2
LEVELS = {"item": ITEM, "shop": SHOP, "platform": PLATFORM}
LEVEL_NAMES = ("item", "shop", "platform")
OWN_LEVEL = {
    "special_price": ITEM, "nth_discount": ITEM, "nth_free": ITEM, "bundle": ITEM, "full_reduce": SHOP,
    "full_discount": SHOP,
}  # fmt: skip
MONEY_TYPES = frozenset(OWN_LEVEL)
TYPES = MONEY_TYPES | {"gift", "limit"}

_COMMON = frozenset({
    "id", "type", "name", "title", "enabled", "start_at", "end_at", "platforms", "regions", "exclude_regions",
    "new_customer_only", "scope", "level", "priority", "group_id", "group_mode", "exclusive",
})  # fmt: skip
_OWN = {
    "special_price": frozenset({"price", "max_qty_per_order"}),
    "nth_discount": frozenset({"n", "rate", "group", "max_times"}),
    "nth_free": frozenset({"n", "group", "max_times"}),
    "bundle": frozenset({"set", "price", "max_times"}),
    "full_reduce": frozenset({"tiers", "every", "basis", "max_discount"}),
    "full_discount": frozenset({"tiers", "basis", "max_discount"}),
    "gift": frozenset(
        {
            "basis",
            "amount_of",
            "buy",
            "give",
            "repeat",
            "max_times_per_order",
            "tiers",
            "per_customer_limit",
            "on_short",
            "substitutes",
            "ignore_exclusive",
        }
    ),
    "limit": frozenset({"per", "max_qty", "forbid"}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines: not excluded, and of the SKUs (if named), and of the categories (if named)."""

    skus: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    exclude_skus: frozenset[str] = frozenset()
    # Answers so far: a shop sells few pairs of SKU and category, and asks for each of them once an order.
    known: dict[tuple[str, str | None], bool] = field(default_factory=dict, compare=False, repr=False)

    def covers(self, sku: str, category: str | None) -> bool:
        """Whether a line of that SKU and category is in scope."""
        answer = self.known.get((sku, category))
        if answer is None:
            answer = (
                sku not in self.exclude_skus
                and (self.skus is None or sku in self.skus)
                and (self.categories is None or category in self.categories)
            )
            self.known[sku, category] = answer
        return answer


@dataclass(frozen=True, slots=True)
class Promotion:
    """One promotion, ready to evaluate. Parameters of its type stay in `rule` (rates as exact fractions)."""

    id: str
    type: str
    enabled: bool = True
    start_at: str | None = None
    end_at: str | None = None
    platforms: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    exclude_regions: frozenset[str] = frozenset()
    new_customer_only: bool = False
    scope: Scope | None = None
    level: int = ITEM
    priority: int = 0
    group_id: str | None = None
    group_mode: str | None = None
    exclusive: str | None = None
    rule: Mapping[str, Any] = field(default_factory=dict)


def parse(document: Mapping[str, Any], place: str = "") -> Promotion:
    """The promotion of a document. BadRequest names the key that is unknown, missing or of a wrong form."""
    kind = document.get("type")
    if kind not in TYPES:
        raise _wrong(place, "type", kind)
    unknown = set(document) - _COMMON - _OWN[kind]
    if unknown:
        raise BadRequest(N_("{place} has an unknown key {key}."), N_("Remove it or mend its spelling."),
                         place=place or str(document.get("id", "")), key=sorted(unknown)[0])  # fmt: skip
    if not document.get("id"):
        raise _wrong(place, "id", document.get("id"))
    check = _Checker(document, place or str(document["id"]))
    check.common()
    rule = getattr(check, kind)()
    level = document.get("level")
    return Promotion(
        id=str(document["id"]),
        type=kind,
        enabled=document.get("enabled", True),
        start_at=document.get("start_at"),
        end_at=document.get("end_at"),
        platforms=_names(document.get("platforms")),
        regions=_names(document.get("regions")),
        exclude_regions=_names(document.get("exclude_regions")) or frozenset(),
        new_customer_only=bool(document.get("new_customer_only", False)),
        scope=_scope(document.get("scope")),
        level=LEVELS[level] if level else OWN_LEVEL.get(kind, PLATFORM),
        priority=document.get("priority") or 0,
        group_id=document.get("group_id"),
        group_mode=document.get("group_mode"),
        exclusive=document.get("exclusive"),
        rule=rule,
    )


def _scope(document: Mapping[str, Any] | None) -> Scope | None:
    if not document:
        return None
    return Scope(
        _names(document.get("skus")),
        _names(document.get("categories")),
        _names(document.get("exclude_skus")) or frozenset(),
    )


def _names(values: Any) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


def _wrong(place: str, key: str, value: Any) -> BadRequest:
    return BadRequest(
        N_("{place}: {key} cannot be {value}."),
        N_("Mend it in the promotion's form."),
        place=place,
        key=key,
        value=repr(value),
    )


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _fen(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class _Checker:
    """Checks the parameters of one document and gives them back in computing form."""

    def __init__(self, document: Mapping[str, Any], place: str) -> None:
        self.document, self.place = document, place

    def need(self, key: str, good: Callable[[Any], bool], source: Mapping[str, Any] | None = None) -> Any:
        value = (self.document if source is None else source).get(key)
        if not good(value):
            raise _wrong(self.place, key, value)
        return value

    def may(
        self, key: str, good: Callable[[Any], bool], default: Any = None, source: Mapping[str, Any] | None = None
    ) -> Any:
        value = (self.document if source is None else source).get(key)
        if value is None:
            return default
        return self.need(key, good, source)

    def rate(self, source: Mapping[str, Any]) -> Fraction:
        """A decimal text, the share that remains payable, 0 to 1."""
        text = source.get("rate")
        try:
            rate = Fraction(str(text))
        except (ValueError, ZeroDivisionError) as error:
            raise _wrong(self.place, "rate", text) from error
        if not 0 <= rate <= 1:
            raise _wrong(self.place, "rate", text)
        return rate

    def common(self) -> None:
        for key, allowed in (
            ("level", LEVELS),
            ("group_mode", ("priority", "best", "per_line")),
            ("exclusive", ("lines", "order")),
        ):
            self.may(key, lambda value, allowed=allowed: value in allowed)
        start, end = self.document.get("start_at"), self.document.get("end_at")
        if start and end and not start < end:
            raise _wrong(self.place, "end_at", end)
        scope = self.document.get("scope")
        if scope is not None and (
            not isinstance(scope, Mapping) or set(scope) - {"skus", "categories", "exclude_skus"}
        ):
            raise _wrong(self.place, "scope", scope)

    def special_price(self) -> dict[str, Any]:
        return {"price": self.need("price", _fen), "limit": self.may("max_qty_per_order", _fen)}

    def nth_discount(self) -> dict[str, Any]:
        return {**self._nth(), "rate": self.rate(self.document)}

    def nth_free(self) -> dict[str, Any]:
        return {**self._nth(), "rate": Fraction(0)}

    def _nth(self) -> dict[str, Any]:
        group = self.may("group", lambda value: value in ("sku", "scope"), "sku")
        return {"n": self.need("n", _count), "by_sku": group == "sku", "times": self.may("max_times", _fen)}

    def bundle(self) -> dict[str, Any]:
        pieces = self.need(
            "set", lambda value: isinstance(value, Mapping) and bool(value) and all(map(_count, value.values()))
        )
        return {"set": dict(pieces), "price": self.need("price", _fen), "times": self.may("max_times", _fen)}

    def _threshold(self) -> dict[str, Any]:
        return {
            "by_qty": self.may("basis", lambda value: value in ("amount", "qty"), "amount") == "qty",
            "max_discount": self.may("max_discount", _fen),
        }

    def _tiers(self) -> list[Mapping[str, Any]]:
        return self.need(
            "tiers",
            lambda value: isinstance(value, list) and bool(value) and all(isinstance(t, Mapping) for t in value),
        )

    def full_reduce(self) -> dict[str, Any]:
        rule = self._threshold()
        every = self.may("every", lambda value: isinstance(value, Mapping))
        if (every is None) == (self.document.get("tiers") is None):
            raise _wrong(self.place, "tiers", self.document.get("tiers"))
        if every is not None:
            most = self.may("max_times", _fen, None, every)
            rule["every"] = (self.need("threshold", _count, every), self.need("reduce", _fen, every), most)
            return rule
        steps = [(self.need("threshold", _fen, tier), self.need("reduce", _fen, tier)) for tier in self._tiers()]
        return {**rule, "tiers": sorted(steps, key=lambda step: step[0], reverse=True)}

    def full_discount(self) -> dict[str, Any]:
        steps = [(self.need("threshold", _fen, tier), self.rate(tier)) for tier in self._tiers()]
        return {**self._threshold(), "tiers": sorted(steps, key=lambda step: step[0], reverse=True)}

    def gift(self) -> dict[str, Any]:
        def gifts(value: Any) -> bool:
            return isinstance(value, Mapping) and bool(value) and all(map(_count, value.values()))

        rule: dict[str, Any] = {
            "by_qty": self.may("basis", lambda value: value in ("amount", "qty"), "qty") == "qty",
            "list_amount": self.may("amount_of", lambda value: value in ("paid", "list"), "paid") == "list",
            "repeat": self.document.get("repeat", True),
            "times": self.may("max_times_per_order", _fen),
            "per_customer": self.may("per_customer_limit", _fen),
            "on_short": self.may(
                "on_short", lambda value: value in ("partial", "all_or_none", "substitute", "hold"), "partial"
            ),
            "substitutes": tuple(self.document.get("substitutes") or ()),
            "ignore_exclusive": bool(self.document.get("ignore_exclusive", False)),
        }
        if self.document.get("tiers") is not None:
            steps = [
                (self.need("threshold", _fen, tier), dict(self.need("gifts", gifts, tier))) for tier in self._tiers()
            ]
            return {**rule, "tiers": sorted(steps, key=lambda step: step[0], reverse=True)}
        return {**rule, "buy": self.need("buy", _count), "give": dict(self.need("give", gifts))}

    def limit(self) -> dict[str, Any]:
        forbid = bool(self.document.get("forbid", False))
        per = self.may("per", lambda value: value in ("phone", "buyer", "region"), "region" if forbid else None)
        if per is None:
            raise _wrong(self.place, "per", None)
        return {"per": per, "forbid": forbid, "max": None if forbid else self.need("max_qty", _fen)}
