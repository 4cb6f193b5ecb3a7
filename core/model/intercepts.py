"""What becomes of a parcel that a refund wants stopped, and what a courier says when called about it."""

from core.i18n import N_

OPEN, CALLED, CAUGHT, MISSED, OFF = "open", "called", "caught", "missed", "off"
STATES: dict[str, str] = {
    OPEN: N_("To be stopped"),
    CALLED: N_("Courier called"),
    CAUGHT: N_("Caught"),
    MISSED: N_("Not caught"),
    OFF: N_("Called off"),
}
WORKED_ON = (OPEN, CALLED)
ANSWERS: dict[str, str] = {
    "promised": N_("They stop it"),
    "refused": N_("It cannot be stopped any more"),
    "unreached": N_("Nobody was reached"),
}
