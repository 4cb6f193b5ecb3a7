"""A policy's own examples: given an order, stock and fees, which warehouse and courier are expected.

{"given": {"province", "weight_g", "qty", "stock": {WAREHOUSE: pieces}, "freight_fen": {COURIER: fen}}, "expect":
{"warehouse", "courier", "code"}}: keys that are absent from `expect` are not looked at; "warehouse": null is "not shipped".
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from core.decide.routing.explain import Explainer
from core.decide.routing.freight import Bracket, Lane
from core.decide.routing.instance import Instance, Line, Order
from core.decide.routing.policy import Policy
from core.decide.routing.problem import Problem
from core.errors import BadRequest
from core.i18n import N_, _
from core.model.region import canonical_province

_GIVEN = {"province", "weight_g", "qty", "stock", "freight_fen"}
_EXPECT = {"warehouse", "courier", "code"}


def outcome(policy: Policy, given: Mapping[str, Any], lanes: Iterable[Lane] = ()) -> dict[str, Any]:
    """{"warehouse", "courier", "code"} of the given order. Without `freight_fen` the published lanes count."""
    if not isinstance(given, Mapping) or set(given) - _GIVEN:
        raise BadRequest(N_("An example gives {keys}."), N_("Mend the example."), keys=", ".join(sorted(_GIVEN)))
    province = canonical_province(str(given.get("province", "")))
    stock = given.get("stock") or {}
    if province is None or not isinstance(stock, Mapping):
        raise BadRequest(N_("An example needs a province and stock."), N_("Mend the example."))
    fees = given.get("freight_fen") or {}
    made = [
        Lane(warehouse, province, courier, Fraction(1), (Bracket(0, 0, int(fee), 0, 0),))
        for warehouse in stock
        for courier, fee in fees.items()
    ]
    line = Line("1", "example", int(given.get("qty", 1)), int(given.get("weight_g", 500)))
    order = Order("example", datetime(2026, 1, 1, tzinfo=UTC), province, [line], {})
    known = made or [lane for lane in lanes if lane.region == province]
    held = {(warehouse, "example"): int(pieces) for warehouse, pieces in stock.items()}
    problem = Problem(Instance([order], held, known), policy)
    found = Explainer(problem, problem.opening()).explain(0)
    if found.chosen is None:
        return {"warehouse": None, "courier": None, "code": None}
    quote = found.chosen.quotes[0]
    return {"warehouse": found.chosen.warehouses[0], "courier": quote.courier, "code": quote.code}


def failed(policy: Policy, document: Mapping[str, Any], lanes: Iterable[Lane] = ()) -> list[str]:
    """The examples of the document that do not come out as expected, in words."""
    known, found = list(lanes), []
    for number, example in enumerate(document.get("examples") or [], 1):
        expect = example.get("expect", {}) if isinstance(example, Mapping) else {}
        if not isinstance(expect, Mapping) or set(expect) - _EXPECT or not expect:
            raise BadRequest(N_("An example expects {keys}."), N_("Mend the example."), keys=", ".join(sorted(_EXPECT)))
        came = outcome(policy, example.get("given", {}), known)
        for key, wanted in expect.items():
            if came[key] != wanted:
                found.append(
                    _("Example {number}: {key} is {came}, expected {wanted}").format(
                        number=number, key=key, came=came[key] or "–", wanted=wanted or "–"
                    )
                )
    return found
