"""An order's state as one says it to a colleague, what to do next, and what to write to the buyer."""

from core.i18n import N_, _
from core.services.lookup import Answer
from core.ui import session, words

_SAID: dict[str, tuple[str, str, str]] = {  # state: what it is, next step, reply to copy
    "unpaid": (
        N_("Not paid yet."),
        N_("Nothing to do; the platform closes it by itself."),
        N_("Your order is not paid yet. Once it is paid we ship it as promised on the page."),
    ),
    "waiting": (
        N_("Paid, about to be prepared."),
        N_("Nothing to do; it goes on by itself."),
        N_("We have your order and are preparing it. It leaves our warehouse {promise}."),
    ),
    "checking": (
        N_("Held: somebody is looking at it."),
        N_("Open a ticket for the operations lead if the buyer is in a hurry."),
        N_("We are checking your order once more and will let you know as soon as it goes on."),
    ),
    "stock_short": (
        N_("Held: an item is out of stock."),
        N_("Ask the buyer: wait, exchange or refund."),
        N_("An item of your order has just run out. Would you like to wait, take another one, or have a refund?"),
    ),
    "preparing": (
        N_("Stock is reserved, the warehouse is picking it."),
        N_("Too late for other items; an address can still be changed by a ticket."),
        N_("Your order is being picked in our warehouse and leaves {promise}."),
    ),
    "packed": (
        N_("Packed, waiting for the courier."),
        N_("Nothing can be changed any more; ask the courier after dispatch."),
        N_("Your parcel is packed and waits for the courier; the waybill number follows shortly."),
    ),
    "on_the_way": (
        N_("Shipped with {courier}."),
        N_("If it has not moved for two days, open a ticket: parcel is stuck."),
        N_("Your parcel left with {courier}, waybill {tracking}. It usually arrives within two to four days."),
    ),
    "delivered": (
        N_("Delivered."),
        N_("For a complaint open a ticket with its kind."),
        N_("Your order was delivered. If anything is not right, tell us and we put it right."),
    ),
    "cancelled": (
        N_("Cancelled."),
        N_("Nothing to do."),
        N_("Your order was cancelled; anything paid goes back the way it came."),
    ),
    "refund_asked": (
        N_("The buyer has asked for a refund; it is not decided."),
        N_("It does not ship until somebody decides."),
        N_("We have your request for a refund and answer it within a day."),
    ),
    "refunded": (
        N_("Refunded; nothing ships."),
        N_("Nothing to do."),
        N_("Your refund is done; the money goes back the way it came, usually within three working days."),
    ),
}


def said(answer: Answer) -> str:
    """What it is."""
    return _(_SAID[answer.state][0]).format(**_values(answer))


def next_step(answer: Answer) -> str:
    """What a colleague does now."""
    if answer.late:
        return _("Late: the promise was {when}. Open a ticket for the warehouse now.").format(
            when=words.instant(answer.ship_by, session.zone())
        )
    return _(_SAID[answer.state][1])


def reply(answer: Answer) -> str:
    """What the buyer may be told, to copy. It holds no word of risk, rules or other orders."""
    text = _(_SAID[answer.state][2]).format(**_values(answer))
    if answer.late:
        text = _("We are sorry that it takes longer than promised.") + " " + text
    return _("Hello! {text}").format(text=text)


def _values(answer: Answer) -> dict[str, str]:
    promise = _("as soon as possible")
    if answer.ship_by and not answer.late:
        promise = _("by {when}").format(when=words.instant(answer.ship_by, session.zone())[:16])
    order = answer.order
    return {
        "promise": promise,
        "courier": answer.courier or _("the courier"),
        "tracking": order.get("tracking_no") or words.NONE,
    }
