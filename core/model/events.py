"""The words of an order's timeline: every event name of `order_events`, past tense, with its sentence."""

from core.i18n import N_

EVENTS: dict[str, str] = {
    "order_received": N_("Came into the pool"),
    "order_changed": N_("Changed by the platform"),
    "status_changed": N_("Status changed"),
    "held": N_("Held"),
    "released": N_("Released"),
    "refund_received": N_("Refund requested"),
    "refund_changed": N_("Refund changed"),
    "order_tagged": N_("Tag put on"),
    "order_untagged": N_("Tag taken off"),
    "order_shipped": N_("Shipped"),
    "order_remapped": N_("Mapped again"),
}
