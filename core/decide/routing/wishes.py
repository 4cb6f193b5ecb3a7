"""Courier rules: which courier an order asks for before the policy's own list, by the conditions it meets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.decide.routing.policy import Courier
from core.model.fields import Catalogue
from core.rules.closure import Known, Test, compile_closure
from core.rules.ruleset import Rule, read_rule_set

KIND = "courier"


@dataclass(frozen=True, slots=True)
class CourierSet:
    """A published set of courier rules. `first`: only the first rule that is met speaks; else all that are met, in order.

    `otherwise` is asked for where no rule is met.
    """

    name: str
    version: int
    mode: str
    first: bool
    rules: tuple[tuple[Rule, Courier], ...]
    otherwise: Courier | None = None


def read_courier_set(body: Mapping[str, Any], catalogue: Catalogue, version: int = 0) -> CourierSet:
    """The set of a rule set document of kind `courier`. BadRequest names the place that is wrong."""
    found = read_rule_set(body, catalogue)
    rules = tuple((rule, _courier(rule.then, f"{found.name}/{rule.id}")) for rule in found.rules)
    rest = _courier(found.otherwise, f"{found.name}/otherwise") if found.otherwise else None
    return CourierSet(found.name, version, found.mode, found.hit == "first", rules, rest)


def _courier(then: Mapping[str, Any], rule: str) -> Courier:
    return Courier(str(then["courier"]), then.get("price_cap_fen"), rule=rule)


class Wisher:
    """Asks sets for the couriers of an order. `keyed` gives the keyed hash of a person's value, as the store holds it."""

    def __init__(self, sets: Sequence[CourierSet], keyed: Callable[[str], str]) -> None:
        self._sets: list[tuple[CourierSet, list[tuple[Rule, Courier, Test]]]] = [
            (each, [(rule, courier, compile_closure(rule.when, keyed)) for rule, courier in each.rules])
            for each in sets
        ]

    def of(self, paid_at: datetime, known: Callable[[], Known]) -> tuple[Courier, ...]:
        """The couriers to ask first, in order; each courier once, as the first rule names it."""
        if not self._sets:
            return ()
        facts, found = known(), dict[str, Courier]()
        for each, tests in self._sets:
            met = [courier for rule, courier, test in tests if rule.valid_at(paid_at) and test(facts)]
            chosen = met[:1] if each.first else met
            for courier in chosen or ([each.otherwise] if each.otherwise else []):
                found.setdefault(courier.courier, courier)
        return tuple(found.values())
