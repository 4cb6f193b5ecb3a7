"""After sales: the kinds of cases, their states, and which move may follow which. Only this module decides a state.

A platform's refund opens and moves a case; what people do here (agree, receive, send again) is ours and is never undone by a
platform that tells an older state. The money itself is the platform's: a case knows when it has gone back.
"""

from dataclasses import dataclass

from core.errors import BadRequest
from core.i18n import N_
from core.model import refunds

REFUND_ONLY, RETURN_REFUND, EXCHANGE, RESEND = "REFUND_ONLY", "RETURN_REFUND", "EXCHANGE", "RESEND"
KINDS: dict[str, str] = {
    REFUND_ONLY: N_("Refund only"),
    RETURN_REFUND: N_("Return and refund"),
    EXCHANGE: N_("Exchange"),
    RESEND: N_("Resend"),
}
WITH_RETURN = (RETURN_REFUND, EXCHANGE)
WITH_PARCEL = (EXCHANGE, RESEND)

REQUESTED, REFUSED, AGREED, RETURNING, RECEIVED, RESENDING, DONE, CLOSED = (
    "requested", "refused", "agreed", "returning", "received", "resending", "done", "closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """One state. `rank` is the progress a platform's older word never undoes; `ours`: it waits for somebody of ours."""

    name: str
    label: str
    colour: str
    rank: int
    ours: bool = False


STATES: dict[str, State] = {
    state.name: state
    for state in (
        State(REQUESTED, N_("Asked for"), "orange", 10, ours=True),
        State(REFUSED, N_("Refused by us"), "grey", 15),
        State(AGREED, N_("Agreed"), "blue", 20),
        State(RETURNING, N_("Goods come back"), "cyan", 30),
        State(RECEIVED, N_("Goods received"), "purple", 40, ours=True),
        State(RESENDING, N_("New parcel under way"), "blue", 50),
        State(DONE, N_("Settled"), "green", 90),
        State(CLOSED, N_("Closed without effect"), "grey", 90),
    )
}
ENDS = (DONE, CLOSED)
_NEXT: dict[str, dict[str, tuple[str, ...]]] = {
    REFUND_ONLY: {
        REQUESTED: (AGREED, REFUSED, DONE, CLOSED),
        REFUSED: (AGREED, CLOSED),
        AGREED: (DONE, CLOSED),
    },
    RETURN_REFUND: {
        REQUESTED: (AGREED, REFUSED, RETURNING, RECEIVED, CLOSED),
        REFUSED: (AGREED, CLOSED),
        AGREED: (RETURNING, RECEIVED, DONE, CLOSED),
        RETURNING: (RECEIVED, DONE, CLOSED),
        RECEIVED: (DONE,),
    },
    EXCHANGE: {
        REQUESTED: (AGREED, REFUSED, RETURNING, RECEIVED, CLOSED),
        REFUSED: (AGREED, CLOSED),
        AGREED: (RETURNING, RECEIVED, RESENDING, CLOSED),
        RETURNING: (RECEIVED, RESENDING, CLOSED),
        RECEIVED: (RESENDING, DONE),
        RESENDING: (RECEIVED, DONE),
    },
    RESEND: {
        REQUESTED: (RESENDING, REFUSED, CLOSED),
        REFUSED: (RESENDING, CLOSED),
        RESENDING: (DONE,),
    },
}
OF_REFUND = {
    refunds.REQUESTED: REQUESTED, refunds.AGREED: AGREED, refunds.RETURNING: RETURNING, refunds.REFUSED: REFUSED,
    refunds.CLOSED: CLOSED,
}  # fmt: skip
"""A refund's state as a case's; `refunded` is told apart: see `after_refund`."""


def next_states(kind: str, present: str) -> tuple[str, ...]:
    """What may follow."""
    return _NEXT[kind].get(present, ())


def move(kind: str, present: str, wanted: str) -> str:
    """The state after a move; BadRequest names both when it is not allowed."""
    if wanted not in next_states(kind, present):
        raise BadRequest(
            N_("A case cannot go from “{present}” to “{wanted}”."), N_("Look at the case again."),
            present=STATES[present].label, wanted=STATES[wanted].label,
        )  # fmt: skip
    return wanted


def after_refund(kind: str, present: str, said: str, *, left: bool) -> str:
    """The case's state once the platform's refund is `said` (core.model.refunds). `left`: the goods had left the house.

    Money that has gone back settles a case without goods; one with goods stays open until they are here. What is settled
    stays so; a refusal gives way to whatever the buyer does next.
    """
    if present in ENDS:
        return present
    wanted = OF_REFUND.get(said, REQUESTED)
    if said == refunds.REFUNDED:
        if kind == REFUND_ONLY or not left or present == RECEIVED:
            return DONE
        wanted = RETURNING
    if wanted == CLOSED:
        return present if present in (RECEIVED, RESENDING) else CLOSED
    if present == REFUSED or STATES[wanted].rank > STATES[present].rank:
        return wanted
    return present


def kind_of(refund_type: str | None) -> str:
    """The kind of case for a refund's type; anything unknown is about money only."""
    return refund_type if refund_type in KINDS else REFUND_ONLY
