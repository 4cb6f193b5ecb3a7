"""What the packing desk answers to a scan: one kind each, with its tone (colour and sound), the words, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.i18n import N_, _

GOOD, DONE, ASK, BAD, STOP = "good", "done", "ask", "bad", "stop"
"""Right; a step is finished; a person must do something first; wrong; nothing may go on with this order."""

ANSWERS: dict[str, tuple[str, str, str]] = {
    "opened": (GOOD, N_("{number}: {pieces} pieces"), N_("Scan every piece.")),
    "resumed": (GOOD, N_("{number}: {missing} pieces are missing"), N_("Go on where you left off.")),
    "counted": (GOOD, N_("{done} of {qty} · {title}"), N_("{missing} pieces are missing.")),
    "all_in": (DONE, N_("Everything is in"), N_("Do not seal it yet: weigh the open parcel.")),
    "to_waybill": (DONE, N_("Everything is in"), N_("Seal it and scan the waybill.")),
    "weighed": (DONE, N_("{weight} g is right"), N_("Seal it and scan the waybill.")),
    "weight_unchecked": (DONE, N_("{weight} g noted"), N_("The goods' weights are not known, so nothing was compared. Scan the waybill.")),
    "weight_accepted": (DONE, N_("{weight} g accepted"), N_("Seal it and scan the waybill.")),
    "packed": (DONE, N_("{number} is packed"), N_("Put it on the courier's pile, then scan the next slip.")),
    "parcel_packed": (DONE, N_("Parcel {parcel} of {number} is packed"), N_("Scan the slip again for the next parcel.")),
    "put_aside": (ASK, N_("{number} is put aside"), N_("Its scans are kept. Scan its slip to go on.")),
    "started_over": (ASK, N_("{number} begins anew"), N_("Take everything out and scan every piece again.")),
    "unknown_code": (BAD, N_("Unknown bar code {code}"), N_("Scan it again. If it stays unknown, type the SKU and tell the lead.")),
    "no_order": (BAD, N_("No slip or order {code}"), N_("Scan the bar code at the top of the slip.")),
    "several_orders": (BAD, N_("More than one order has the number {code}"), N_("Scan the slip instead.")),
    "wrong_item": (BAD, N_("WRONG ITEM: {title}"), N_("It is not in this order. Put it back.")),
    "too_many": (BAD, N_("ONE TOO MANY: {title}"), N_("The order has {qty}. Put the rest back.")),
    "other_slip": (BAD, N_("{number} is still open"), N_("Finish it or put it aside before the next order.")),
    "items_first": (BAD, N_("{missing} pieces are missing"), N_("Scan them before weighing and before the waybill.")),
    "weigh_first": (BAD, N_("Weigh it before the waybill"), N_("Put the open parcel on the scale.")),
    "weight_off": (STOP, N_("WEIGHT OFF: {weight} g instead of {expected} g"), N_("Look into the parcel. Weigh it again, start over, or accept the weight with a reason.")),
    "no_weight": (BAD, N_("{code} is no weight"), N_("Type grams (1230) or kilograms (1.23).")),
    "too_heavy": (BAD, N_("{code}: a parcel has at most 200 kg"), N_("Look at the scale's unit. Goods that are heavier leave in several parcels: put it aside and have the order split.")),
    "no_waybill": (BAD, N_("{code} is no waybill number"), N_("Scan the waybill's bar code.")),
    "waybill_used": (STOP, N_("The waybill {code} is on {number} already"), N_("Take a new waybill. Never stick one on two parcels.")),
    "waybill_wrong": (STOP, N_("WRONG WAYBILL: {expected} belongs here"), N_("Look for the waybill of this order, or print it again.")),
    "no_courier": (ASK, N_("The order has no courier"), N_("Choose the courier, then scan the waybill.")),
    "changed": (STOP, N_("{number} has changed"), N_("Something was refunded or added meanwhile. Compare the parcel with the list, then weigh it again.")),
    "frozen": (STOP, N_("FROZEN: {number}"), N_("Do not pack it. Put it on the shelf for held orders: {reasons}.")),
    "refunded": (STOP, N_("REFUND: {number}"), N_("Do not pack it. Put the goods back and tell customer service.")),
    "cancelled": (STOP, N_("CANCELLED: {number}"), N_("Do not pack it. Put the goods back.")),
    "already_packed": (STOP, N_("{number} is packed already"), N_("By {who}, waybill {waybill}. Look for the parcel; do not pack it twice.")),
    "already_shipped": (STOP, N_("{number} has left already"), N_("Waybill {waybill}. Do not pack it twice.")),
    "not_ready": (STOP, N_("{number} is not ready: {status}"), N_("It has no slip yet. Ask who makes the waves.")),
    "other_packer": (STOP, N_("{who} is packing {number}"), N_("Leave it to them, or take it over if they have stopped.")),
    "taken_over": (BAD, N_("{who} has taken {number} over"), N_("Scan your next slip.")),
    "nothing_open": (ASK, N_("No order is open"), N_("Scan a slip first.")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `values` fill its words; `subject` is the order's number where there is one."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tone(self) -> str:
        return ANSWERS[self.kind][0]

    @property
    def title(self) -> str:
        """The words in the language of this call."""
        return _(ANSWERS[self.kind][1]).format(**self.values)

    @property
    def hint(self) -> str:
        """What to do next."""
        return _(ANSWERS[self.kind][2]).format(**self.values)


def answer(kind: str, **values: Any) -> Answer:
    """An answer of this kind."""
    if kind not in ANSWERS:
        raise ValueError(f"the desk has no answer {kind}")
    return Answer(kind, values)
