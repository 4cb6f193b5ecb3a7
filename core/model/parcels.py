"""A parcel on the road: its states, what can be wrong with it, and what a courier's service tells of it.

Only this module decides what a state may become; the services of couriers translate their own codes into these states.
"""

from dataclasses import dataclass, field
from datetime import datetime

from core.i18n import N_

WAITING, COLLECTED, IN_TRANSIT, DELIVERING, PROBLEM, RETURNING, DELIVERED, RETURNED = (
    "waiting",
    "collected",
    "in_transit",
    "delivering",
    "problem",
    "returning",
    "delivered",
    "returned",
)
STATES: dict[str, str] = {
    WAITING: N_("Waits for collection"),
    COLLECTED: N_("Collected"),
    IN_TRANSIT: N_("In transit"),
    DELIVERING: N_("Out for delivery"),
    PROBLEM: N_("Problem on the road"),
    RETURNING: N_("Coming back"),
    DELIVERED: N_("Delivered"),
    RETURNED: N_("Returned to sender"),
}
ENDS = (DELIVERED, RETURNED)
"""After these nobody asks the courier any more."""

NO_SCAN, STUCK, TROUBLED, BACK = "no_scan", "stuck", "problem", "returned"
TROUBLES: dict[str, str] = {
    BACK: N_("Comes back or was refused"),
    TROUBLED: N_("The courier reports a problem"),
    NO_SCAN: N_("Not collected yet"),
    STUCK: N_("No movement"),
}
"""What can be wrong with a parcel; the worst first."""
OF_STATE = {PROBLEM: TROUBLED, RETURNING: BACK, RETURNED: BACK}
"""The trouble that a state is by itself."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One line of the courier's story."""

    at: datetime
    words: str
    state: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """What a courier's service knows of one waybill; `scans` oldest first. No scans yet is an honest answer."""

    tracking_no: str
    state: str
    scans: tuple[Scan, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Asked:
    """A waybill to ask for: the service's own code of the courier, the last four of the recipient's phone."""

    company: str
    tracking_no: str
    phone_tail: str = ""
    order_no: str = ""


def worst(scanned: str, hours_still: float, policy_no_scan: float, policy_stuck: float) -> str:
    """The trouble of a parcel in a state that has not moved for so many hours; "" when all is well."""
    if scanned in OF_STATE:
        return OF_STATE[scanned]
    if scanned in ENDS:
        return ""
    if scanned == WAITING:
        return NO_SCAN if hours_still >= policy_no_scan else ""
    return STUCK if hours_still >= policy_stuck else ""
