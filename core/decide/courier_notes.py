"""What courier rules said of a routed batch, as decisions: live ones with the courier that was taken, shadow ones alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from core.decide.routing.policy import Courier
from core.decide.routing.problem import facts_of
from core.decide.routing.wishes import KIND, CourierSet, Wisher
from core.decide.task import Task, key_of
from core.store.decisions import Decision
from core.store.parcels import Parcel

Parcels = Mapping[int, Sequence[Parcel]]


def notes(sets: Sequence[CourierSet], built: Task, parcels: Parcels, keyed: Callable[[str], str]) -> list[Decision]:
    """One decision an order and set that had something to say. Nothing is computed where there are no sets."""
    found: list[Decision] = []
    for each in sets:
        wisher = Wisher([each], keyed)
        for order in built.instance.orders:
            key = key_of(order.order_id)
            wishes = wisher.of(order.paid_at, lambda order=order: facts_of(order))
            if wishes and key in parcels:
                found.append(_note(key, each, wishes, {parcel.courier for parcel in parcels[key]}))
    return found


def _note(key: int, each: CourierSet, wishes: Sequence[Courier], taken: Iterable[str]) -> Decision:
    asked = [wish.courier for wish in wishes]
    rules = tuple(wish.rule.partition("/")[2] for wish in wishes if not wish.rule.endswith("/otherwise"))
    outcome = f"courier:{asked[0]}"
    return Decision(
        key, KIND, each.name, each.version, each.mode, outcome, rules, {"asked": asked, "taken": sorted(taken)}
    )
