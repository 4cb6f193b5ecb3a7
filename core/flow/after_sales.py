"""After sales beside the flow: cases follow the platforms' refunds, and what is sent again walks the flow as an order.

A reissued order enters at the flow's reserve station: risk, limits and promotions are about purchases, and a named person has
decided this one. From there it is picked, packed and dispatched like any other; no platform is told, none knows it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core import clock
from core.flow.document import book
from core.model.after_sales import DONE, RESENDING
from core.store import Cursor, Store, after_sales, reissues, tokens
from core.store.after_sales import Step

BATCH = 5_000
_SLACK = timedelta(minutes=5)


def follow(store: Store, since: datetime | None) -> tuple[dict[str, int], datetime]:
    """Open and move cases by the refunds changed since an instant, settle those whose new parcel has left:
    ({"opened", "moved", "settled"}, where to look on from). Writes only where something is to be written."""
    now, told = clock.now(), {"opened": 0, "moved": 0, "settled": 0}
    while True:
        with store.read() as cursor:
            waits = bool(after_sales.news(cursor, since, now, 1))
        if not waits:
            break
        with store.write() as cursor:
            rows = after_sales.news(cursor, since, now, BATCH)
            opened, moved = after_sales.take(cursor, rows, now)
        told["opened"] += opened
        told["moved"] += moved
        if len(rows) < BATCH:
            break
    told["settled"] = _settle(store, now)
    return told, now - _SLACK


def _settle(store: Store, now: datetime) -> int:
    with store.read() as cursor:
        ids = after_sales.sent_again(cursor)
    if not ids:
        return 0
    with store.write() as cursor:
        for case_id in after_sales.sent_again(cursor):  # a handful a day
            case = after_sales.find(cursor, case_id)
            assert case is not None
            after_sales.change(cursor, case_id, {"state": DONE, "closed_at": now}, now)
            after_sales.say(cursor, case, Step(now, "system", "sent", RESENDING, DONE, ""))
    return len(ids)


def send_again(
    cursor: Cursor, store: Store, origin: int, case_id: str, lines: Sequence[tuple[str, str, str, int]], actor: str
) -> tuple[int, str]:
    """Make the order that sends lines (line_no, sku, title, pieces) again and put it into the flow: (its key, its number).

    Without a live flow that reserves stock it waits as a paid order for the flow's trigger.
    """
    now = clock.now()
    key, number = reissues.make(cursor, origin, case_id, lines, actor, now)
    for edition in book(store).live(store):
        found = edition.graph.of_kind("reserve")
        if found:
            tokens.enter(cursor, [key], edition.name, edition.version, found[0].id, now)
            break
    return key, number
