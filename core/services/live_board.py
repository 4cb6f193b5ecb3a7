"""The live board for a person: the shared snapshot, and which cards are shown in which order and size.

An arrangement is `{"cards": [{"card": name, "size": "s"|"m"|"l"}]}`. A person's own one counts before the role's, and that
before the starter board.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.insight.live_board import RISK_HOURS, USUAL_RISK_HOURS, Board, snapshot
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.permissions import ROLES
from core.store import Store, boards, facts

SIZES: dict[str, str] = {"s": N_("Small"), "m": N_("Medium"), "l": N_("Large")}
MOST_RISK_HOURS = 72


@dataclass(frozen=True, slots=True)
class Kind:
    """A card that may stand on a board. `size` as it begins; `starter`: whether it stands on the starter board."""

    name: str
    label: str
    size: str
    starter: bool = True


KINDS: tuple[Kind, ...] = (
    Kind("late", N_("Past the promise to ship"), "s"),
    Kind("at_risk", N_("Promise ends soon"), "s"),
    Kind("open", N_("Open orders"), "s"),
    Kind("held", N_("Held orders"), "s"),
    Kind("response_p50", N_("Response time, median"), "s"),
    Kind("response_p90", N_("Response time, P90"), "s"),
    Kind("no_slip", N_("Paid today, no slip yet"), "s"),
    Kind("arrived", N_("Paid today"), "s"),
    Kind("automation", N_("Automation rate, 7 days"), "s"),
    Kind("false_positive", N_("False-positive rate, 7 days"), "s"),
    Kind("short", N_("SKUs out of stock"), "s"),
    Kind("refused", N_("Refused messages"), "s"),
    Kind("arrivals", N_("Orders by hour against a normal day"), "m"),
    Kind("pace", N_("Response time by hour of payment"), "m"),
    Kind("stations", N_("Pending by station"), "m"),
    Kind("countdown", N_("Time left to the promise"), "m"),
    Kind("reasons", N_("Exceptions by reason"), "m"),
    Kind("statuses", N_("Open orders by status"), "m"),
    Kind("shorts", N_("Out of stock: who waits"), "m"),
    Kind("outbox", N_("What leaves the house"), "m"),
    Kind("within", N_("Slip within 30 minutes, today"), "s", starter=False),
    Kind("rejects", N_("Rejects"), "s", starter=False),
    Kind("acceptance", N_("Automatic warehouse kept, 7 days"), "s", starter=False),
    Kind("oversold", N_("Oversold pieces, 7 days"), "s", starter=False),
    Kind("errors", N_("Dispatch errors, 7 days"), "s", starter=False),
    Kind("inquiries", N_("Questions about progress, 7 days"), "s", starter=False),
)
BY_NAME = {kind.name: kind for kind in KINDS}
Cards = tuple[tuple[str, str], ...]
"""(card, size) in the order of the board."""
STARTER: Cards = tuple((kind.name, kind.size) for kind in KINDS if kind.starter)


def present(actor: Actor, store: Store, zone: str) -> Board:
    """The newest snapshot, shared by all who look."""
    require(actor, store, "live.view")
    return snapshot(store, zone)


def arrangement(actor: Actor, store: Store) -> tuple[Cards, str]:
    """The cards of the actor's board, and whose arrangement it is: account, role or ""."""
    require(actor, store, "live.view")
    for scope, owner in ((boards.ACCOUNT, actor.account), (boards.ROLE, actor.role)):
        kept = boards.get(store, scope, owner)
        if kept is not None:
            return _known(kept), scope
    return STARTER, ""


def arrangement_of_role(actor: Actor, store: Store, role: str) -> Cards:
    """The cards that a role sees whose persons have no board of their own."""
    require(actor, store, "live.boards", role)
    kept = boards.get(store, boards.ROLE, role)
    return STARTER if kept is None else _known(kept)


def arrange(actor: Actor, store: Store, cards: Sequence[Mapping[str, str]]) -> None:
    """Keep the actor's own board. BadRequest for an unknown card or size, one shown twice, or none at all."""
    require(actor, store, "live.view")
    body = _checked(cards)
    with store.write() as cursor:
        boards.put(cursor, boards.ACCOUNT, actor.account, body, actor.account)
        audit.record(cursor, actor, "live.arrange", actor.account, cards=len(body["cards"]))


def arrange_role(actor: Actor, store: Store, role: str, cards: Sequence[Mapping[str, str]]) -> None:
    """Keep the board of a role."""
    require(actor, store, "live.boards", role)
    if role not in ROLES:
        raise BadRequest(N_("There is no choice {name}."), N_("Choose one of the list."), name=role)
    body = _checked(cards)
    with store.write() as cursor:
        boards.put(cursor, boards.ROLE, role, body, actor.account)
        audit.record(cursor, actor, "live.arrange_role", role, cards=len(body["cards"]))


def forget(actor: Actor, store: Store) -> None:
    """Give up the actor's own board: the role's one, or the starter board, counts again."""
    require(actor, store, "live.view")
    with store.write() as cursor:
        boards.drop(cursor, boards.ACCOUNT, actor.account)
        audit.record(cursor, actor, "live.forget", actor.account)


def forget_role(actor: Actor, store: Store, role: str) -> None:
    """The role sees the starter board again."""
    require(actor, store, "live.boards", role)
    with store.write() as cursor:
        boards.drop(cursor, boards.ROLE, role)
        audit.record(cursor, actor, "live.forget_role", role)


def risk_hours(actor: Actor, store: Store) -> int:
    """How many hours before its promise an open order is at risk."""
    require(actor, store, "live.view")
    return int(facts.get(store, RISK_HOURS, str(USUAL_RISK_HOURS)))


def set_risk_hours(actor: Actor, store: Store, hours: int) -> None:
    """Set it for everybody. BadRequest outside of 1 to 72."""
    require(actor, store, "live.boards", "risk_hours")
    if not 1 <= hours <= MOST_RISK_HOURS:
        raise BadRequest(N_("An order is at risk 1 to {most} hours before its promise ends."), N_("Choose a number between."), most=MOST_RISK_HOURS)  # fmt: skip
    with store.write() as cursor:
        facts.put(store, RISK_HOURS, str(hours))
        audit.record(cursor, actor, "live.risk_hours", "", hours=hours)


def _checked(cards: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    kept = [{"card": str(each.get("card", "")), "size": str(each.get("size", ""))} for each in cards]
    names = [each["card"] for each in kept]
    if not kept:
        raise BadRequest(N_("A board needs at least one card."), N_("Choose one of the list."))
    for each in kept:
        if each["card"] not in BY_NAME or each["size"] not in SIZES or names.count(each["card"]) > 1:
            raise BadRequest(
                N_("The card {card} is unknown, has no size, or stands twice."), N_("Choose each card once."),
                card=each["card"],
            )  # fmt: skip
    return {"cards": kept}


def _known(body: Mapping[str, Any]) -> Cards:
    """What a later version no longer knows is left out."""
    return tuple((each["card"], each["size"]) for each in body.get("cards", ()) if each["card"] in BY_NAME)
