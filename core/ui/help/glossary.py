"""The words of the product, one meaning each."""

from core.i18n import N_

TERMS: tuple[tuple[str, str], ...] = (
    (N_("Order pool"), N_("All orders of all shops, in one shape.")),
    (N_("Platform order no."), N_("The number the platform gave; with channel and shop it names an order.")),
    (N_("Mapping"), N_("Which field of a platform becomes which field of the order. A document with versions.")),
    (
        N_("Refused payload"),
        N_("A payload that could not be taken in. It waits with its reason and can be tried again."),
    ),
    (N_("Status"), N_("Where an order is in its life, from unpaid to archived. Only the lifecycle changes it.")),
    (N_("Hold"), N_("A flag beside the status: the order goes no further until its reason is lifted.")),
    (N_("Release"), N_("To lift a hold so that the order goes on.")),
    (N_("Flow"), N_("The drawn way of an order through stations. A document with versions.")),
    (N_("Station"), N_("One step of the flow: it looks at many orders at once and sends each to an exit.")),
    (N_("Slip"), N_("The order to the warehouse to pick and pack; the promise to the buyer is met from here.")),
    (N_("Wave"), N_("Slips that are picked together in one walk.")),
    (N_("Reservation"), N_("Pieces promised to an order; nobody else can be sold them.")),
    (N_("Available to sell"), N_("On hand, less what is reserved and kept back: what the shops may still sell.")),
    (N_("Safety stock"), N_("Pieces kept back so that a wrong count does not sell what is not there.")),
    (N_("Oversell"), N_("More sold than there is.")),
    (N_("Refund gate"), N_("Stops an order that was refunded, before picking and again before dispatch.")),
    (N_("Rule set"), N_("Conditions and what follows from them, of one kind. A document with versions.")),
    (N_("Shadow"), N_("A draft that runs beside the live rules and only notes what it would have done.")),
    (N_("Back-test"), N_("A draft replayed on stored orders, before anything changes.")),
    (N_("Rate card"), N_("What a courier asks, by region and weight.")),
    (N_("Outbox"), N_("What is to be sent, kept until it has arrived; nothing is sent twice.")),
    (N_("Masked"), N_("Shown in part: enough to recognise, not enough to misuse. Opening it is noted.")),
    (N_("Audit trail"), N_("Who did or tried what. Each entry is chained to the one before, so a change shows.")),
    (N_("Back-fill"), N_("Fetching a past period of a shop again; what is known already stays as it is.")),
    (N_("Paid to slip"), N_("Minutes from payment to the slip: how fast the house is.")),
)
"""(the word, what it means), message ids."""
