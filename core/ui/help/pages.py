"""What each page is for: two sentences and an example, by the page's name. A house test holds every page to it."""

from dataclasses import dataclass

from core.i18n import N_


@dataclass(frozen=True, slots=True)
class PageHelp:
    """`text`: two sentences; `example`: what somebody does there. Both are message ids."""

    text: str
    example: str


PAGES: dict[str, PageHelp] = {
    "overview": PageHelp(
        N_("Shows how the day stands: orders, what waits, what is late, and whether each shop is pulled. Every number leads to its orders."),
        N_("“Late” says 12: click it, and the order pool shows these twelve."),
    ),
    "board": PageHelp(
        N_("Shows all orders in the six stages of their life, held and late ones first. A card is moved where the lifecycle allows it."),
        N_("Drag an order from “Picking” back to “Stock locked”: its slip is voided and the pieces stay promised."),
    ),
    "review": PageHelp(
        N_("Collects the orders that wait for a person, with the reason and the evidence. Decide one by one or many at once; a decision can be taken back for a minute."),
        N_("Risk froze an order of 3,000 yuan: read why, call the buyer, release it."),
    ),
    "lookup": PageHelp(
        N_("Answers a customer at once: type any number, phone or name and read where the order is. The reply can be copied, and what cannot be answered becomes a ticket."),
        N_("A caller says the last four digits 4821: type them and read out the answer."),
    ),
    "orders": PageHelp(
        N_("Holds every order of every shop in one list. Search by any number, filter, keep a view, export."),
        N_("Filter “Paid” and warehouse “Shanghai”, save it as “to pack today”."),
    ),
    "after_sales": PageHelp(
        N_("Follows returns, refunds, exchanges and parcels to be stopped until they are settled. What comes back is received and booked here."),
        N_("A buyer returns a shirt: open the case, receive the parcel, and the piece is on stock again."),
    ),
    "parcels": PageHelp(
        N_("Follows each parcel on the road and shows those in trouble first. A late or silent parcel can be asked about at the courier."),
        N_("Three parcels did not move for two days: ask the courier and note the answer."),
    ),
    "picking": PageHelp(
        N_("Puts released orders into waves and prints their pick lists. The list leads through the shelves on the shortest way."),
        N_("Make a wave of 40 single-piece orders, print it, pick it with one walk."),
    ),
    "packing": PageHelp(
        N_("Checks by scanner that each parcel holds what was ordered, weighs it and prints its label. A wrong or refunded piece stops the parcel."),
        N_("Scan the slip, scan three pieces, put it on the scale: the label comes out."),
    ),
    "dispatch": PageHelp(
        N_("Hands packed parcels over to the couriers and confirms them to the platforms. What a platform refuses is shown with its reason."),
        N_("Scan the parcels of the evening van: all 120 are confirmed as shipped."),
    ),
    "flow": PageHelp(
        N_("Is the drawing of the way an order takes, with the numbers of this moment on it. A new version is tried on past orders before it is published."),
        N_("Add an approval for orders over 5,000 yuan, try it on last week, publish."),
    ),
    "routing": PageHelp(
        N_("Says which warehouse and courier send an order, by cost, time and your own rules. A change shows beforehand what it would cost and save."),
        N_("Raise the weight of speed: the trial says 0.4 yuan more an order and half a day less."),
    ),
    "risk": PageHelp(
        N_("Sets what makes an order suspicious and when it is held. Each threshold shows how many good orders it would stop."),
        N_("Move the freeze from 80 to 75 points: the curve says seven more held a day."),
    ),
    "promotions": PageHelp(
        N_("Keeps activities, gifts and their stock, and checks what the platforms paid against them. Test an order before an activity begins."),
        N_("“3 for 2” from Friday: put three shirts into the test and see the gift."),
    ),
    "rules": PageHelp(
        N_("Holds all rules by kind, with versions, examples and conflicts. Every draft is replayed on your own orders before it goes live."),
        N_("Draft “island orders by post”, replay a month: 214 orders would change."),
    ),
    "stock": PageHelp(
        N_("Shows what is on the shelves, what is promised and what may still be sold, by warehouse and shop. Differences to the warehouse's own figures wait here for a decision."),
        N_("A SKU shows 3 on hand and 5 promised: see which orders wait and count the shelf."),
    ),
    "products": PageHelp(
        N_("Links the codes of the shops with your own products and bundles. An unknown code waits here and stops only its own orders."),
        N_("Link “TS-RED-L-2” of the shop with two pieces of “TS-RED-L”."),
    ),
    "suppliers": PageHelp(
        N_("Shows how punctually each supplier delivers and what should be ordered. Purchase lines are imported from a file."),
        N_("Import this month's purchase lines and see who was late most."),
    ),
    "live": PageHelp(
        N_("Shows the figures of this minute, large enough for a wall. Each person arranges the own board."),
        N_("Put “to ship” and “late” on the screen above the packing tables."),
    ),
    "outcomes": PageHelp(
        N_("Compares two periods by the figures that count: speed, errors, holds, cost. Goals are set beside them."),
        N_("Compare this week with last: paid to slip fell from 41 to 18 minutes."),
    ),
    "history": PageHelp(
        N_("Shows how orders, amounts and delays went over the months. Every point leads to its orders."),
        N_("See that returns rise every January, and of which products."),
    ),
    "explore": PageHelp(
        N_("Crosses any fields of the orders in a table or chart without code. A question can be kept and sent every week."),
        N_("Put provinces in rows, couriers in columns, days to arrive in the cells."),
    ),
    "freight": PageHelp(
        N_("Compares the couriers' bills with what each parcel should have cost. A difference is claimed or accepted."),
        N_("A bill says 2.4 kg where the scale said 1.1: mark it for the claim."),
    ),
    "sql_console": PageHelp(
        N_("Answers one SELECT over views in which persons are masked. It only reads, and is stopped when it takes too long."),
        N_("Count last week's orders by shop and hour in one question, keep it, run it again tomorrow."),
    ),
    "channels": PageHelp(
        N_("Connects shops, says how each is pulled, and shows what could not be taken in. Files are imported here too."),
        N_("Connect a Taobao shop, wait for the first pull, and look at what was refused."),
    ),
    "mapping": PageHelp(
        N_("Says which field of a platform becomes which field of the order, without code. A change is shown on real payloads before it is published."),
        N_("Draw “receiver_mobile” to “Phone” and look at ten orders in the preview."),
    ),
    "data_model": PageHelp(
        N_("Lists the fields an order has and lets you add own ones. Tags are made here too."),
        N_("Add the field “Engraving” as text, map it, filter by it."),
    ),
    "people": PageHelp(
        N_("Says who may come in, what each role may do and see, and who is logged in. A change counts at the next click."),
        N_("Make the role “Outsourced desk” for two shops without phones, and give it to five people."),
    ),
    "outbox": PageHelp(
        N_("Shows everything that is sent to platforms, couriers and people, and what was refused. A refused message is sent again, mended or left."),
        N_("A platform refused a waybill: mend the courier's code and send it again."),
    ),
    "printers": PageHelp(
        N_("Sets up printers and templates and shows what was printed. What broke off under way waits for a person, so that nothing is printed twice."),
        N_("Add the label printer of table 2 by its address and print the test page."),
    ),
    "alerts": PageHelp(
        N_("Says who is told of what, how, and how fast it must be seen. What nobody has seen goes on to the next person."),
        N_("Tell the warehouse group when more than ten orders are late."),
    ),
    "robots": PageHelp(
        N_("Sets up the group robots and mailboxes that messages go to. Each can be tried before it is used."),
        N_("Paste the webhook of the group, press “Try”, read the message."),
    ),
    "jobs": PageHelp(
        N_("Shows what runs by itself, how it went last and when it runs next. Each job can be run now or paused."),
        N_("Pause “Push stock” during the count, resume it afterwards."),
    ),
    "audit": PageHelp(
        N_("Shows who did or tried what, and when; nothing here can be changed. The check proves that no entry was altered."),
        N_("Search the order number: see who opened the buyer's phone on Friday."),
    ),
    "secrets": PageHelp(
        N_("Lists which secrets the product keeps and how old they are; none is ever shown. Each can be replaced."),
        N_("The secret of a shop is 400 days old: paste the new one, and the next pull uses it."),
    ),
    "privacy": PageHelp(
        N_("Says how long each kind of data is kept and erases a person's data on request. What is erased is listed before and cannot be brought back."),
        N_("A buyer asks to be forgotten: search the phone, read what will go, type the confirmation."),
    ),
    "backups": PageHelp(
        N_("Makes, proves and restores back-ups of the whole store. One is made every night and proven by restoring it."),
        N_("Make a back-up before a large change; go back to it if it went wrong."),
    ),
    "reports": PageHelp(
        N_("Makes the report of a month: figures, comparison, what stood out. It can be printed and sent."),
        N_("Make October's report and send it to the management."),
    ),
    "guide": PageHelp(
        N_("Leads from an empty store to the first orders that flow: connect, map, check, publish, watch. Each tick is taken from the store, not from a click."),
        N_("“Check” is not ticked because 14 payloads were refused: open them and mend the mapping."),
    ),
    "help": PageHelp(
        N_("Explains every page and word of the product, and prints the process sheet for training. The question mark above each page opens the page's own part."),
        N_("Print the process sheet and walk a new colleague through the stations."),
    ),
}  # fmt: skip
"""By the page's name, its address."""


def unknown(pages: list[str]) -> list[str]:
    """The pages without help."""
    return [name for name in pages if name not in PAGES]
