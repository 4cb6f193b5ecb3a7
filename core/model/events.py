"""The words of an order's timeline: the event names of `order_events`, past tense, and what they say beside it."""

from core.i18n import N_

EVENTS: dict[str, str] = {
    "order_received": N_("Came into the pool"),
    "order_changed": N_("Changed by the platform"),
    "order_remapped": N_("Mapped again"),
    "order_shipped": N_("Shipped"),
    "held": N_("Held"),
    "released": N_("Released"),
    "refund_received": N_("Refund requested"),
    "refund_changed": N_("Refund changed"),
    "gift_granted": N_("Gift added"),
    "gift_withdrawn": N_("Gift withdrawn"),
    "stock_reserved": N_("Stock reserved"),
    "stock_released": N_("Reservation given back"),
    "stock_short": N_("Short of stock"),
    "status_changed": N_("Status changed"),
    "slip_made": N_("Pick list slip made"),
    "slip_printed": N_("Pick list slip printed"),
    "label_printed": N_("Label printed"),
    "wave_changed": N_("Put into another wave"),
    "slip_picked": N_("Picked"),
    "packing_started": N_("Packing begun"),
    "order_packed": N_("Packed and weighed"),
    "dispatch_confirmed": N_("Dispatch confirmed to the platform"),
    "waybill_changed": N_("Waybill corrected"),
    "order_delivered": N_("Delivered"),
    "parcel_exception": N_("Trouble on the road"),
    "slip_voided": N_("Pick list slip voided"),
    "orders_merged": N_("Merged into one parcel"),
    "orders_parted": N_("Taken out of the merged parcel"),
    "field_set": N_("Field set by the flow"),
    "rejected": N_("Rejected"),
    "address_changed": N_("Address corrected"),
    "address_conflict": N_("The platform says another address than the one corrected"),
    "refund_overridden": N_("Let go in spite of a refund"),
    "order_routed": N_("Routed to a warehouse"),
    "order_tagged": N_("Tag put on"),
    "order_untagged": N_("Tag taken off"),
}
ORIGINS: dict[str, str] = {
    "pull": N_("by pull"),
    "push": N_("by push"),
    "file": N_("from a file"),
    "backfill": N_("by back-fill"),
    "retry": N_("by retry"),
    "remap": N_("by mapping again"),
}
WHYS: dict[str, str] = {
    "refunded": N_("the money has gone back"),
    "refund requested": N_("the buyer asks for a refund"),
    "no refund stands any more": N_("no refund stands any more"),
    "the platform says so": N_("the platform, asked just now, tells of a refund"),
    "time over": N_("the time to approve is over"),
    "undo": N_("taken back by a person"),
    "apply to open orders": N_("rules applied to open orders"),
    "earlier in the window": N_("an earlier order of the same burst"),
    "dispatch": N_("dispatched by the flow"),
    "archive": N_("archived by the flow"),
    "flow": N_("by the flow"),
    "board": N_("moved on the board"),
    "delivered": N_("delivered by the courier"),
    "as the platform says": N_("as the platform says"),
    "the platform changed the address after a person had corrected it": N_(
        "the platform changed the address after a person had corrected it"
    ),
}
"""What the system itself writes as the reason of a hold or a move. A person's own words are in no table and stay as typed."""
ACTORS: dict[str, str] = {"platform": N_("Platform"), "system": N_("System"), "wms": N_("WMS"), "courier": N_("Courier")}
