"""What rules of alerts can be about: a word for each event, in groups as a form shows them."""

from core.i18n import N_
from core.store.holds import REASONS

HELD = "held:"
"""Before a hold's reason: orders newly held for it."""
APPROVAL_DUE, PARKED, DEAD, DOUBT = "approval_due", "parked", "dead_letter", "stock_doubt"
OF_ORDERS: dict[str, str] = {
    "intercept_opened": N_("Parcel to be stopped"),
    "address_conflict": N_("The platform says another address than the one corrected"),
    "parcel_exception": N_("Trouble on the road"),
    "slip_voided": N_("Pick list slip voided"),
}
"""Events of an order's timeline."""
OTHERS: dict[str, str] = {
    APPROVAL_DUE: N_("An approval is about to lapse"),
    PARKED: N_("Orders parked: a station of the flow failed"),
    DEAD: N_("A message to a platform or service was refused"),
    DOUBT: N_("A stock level is doubted"),
}
EVENTS: dict[str, str] = {**{HELD + reason: label for reason, label in REASONS.items()}, **OF_ORDERS, **OTHERS}
"""Every word with its label (a message id)."""
SUGGESTED = (
    f"{HELD}refund_open", f"{HELD}risk_freeze", f"{HELD}dispatch_refused", "intercept_opened", "address_conflict", PARKED, DEAD,
    DOUBT, APPROVAL_DUE,
)  # fmt: skip
"""What the form begins with."""
