"""What a ticket is about, and the teams that work on it. A team is a role (core.people.permissions)."""

from core.i18n import N_

PROGRESS = "order_progress"
KINDS: dict[str, str] = {
    PROGRESS: N_("Where is my order"),
    "change_address": N_("Change of address"),
    "wrong_item": N_("Wrong item"),
    "missing_item": N_("Item missing"),
    "damaged": N_("Damaged"),
    "refund": N_("Refund or return"),
    "stuck_parcel": N_("Parcel is stuck"),
    "invoice": N_("Invoice"),
    "other": N_("Something else"),
}
TEAMS: dict[str, str] = {"cs": N_("Customer service"), "warehouse": N_("Warehouse"), "lead": N_("Operations lead")}
OPEN, CLOSED = "open", "closed"
