"""Message kind `dispatch`: a shop's platform is told that a parcel left.

Body: order_key, courier, tracking_no; `code` where a person has typed the platform's own code of the courier. A parcel of
an order in several has also `place` (from 1), `split`, `lines` (of line_no, qty, sku, spu) and, the first, `others` (of
courier, tracking_no); each platform hears of them as it can (`several_parcels` of its connector).
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core import clock
from core.channels.base import AFTERWARDS, BY_LINES, ONLY_FIRST, TOGETHER, Dispatch, DispatchLine, Word
from core.errors import NeedsPerson
from core.i18n import N_
from core.model.fields import CHANNELS
from core.store import Cursor, dispatch_refusals, moves
from core.store.outbox import Row

if TYPE_CHECKING:
    from core.channels.deliver import Sending

KIND = "dispatch"
AT_ONCE = 8
UNKNOWN_COURIER = "courier_unknown"
_OURS = re.compile(r"-R\d+$")  # core.store.reissues; a number that only looks so is looked up
NOBODY = "nobody to tell"
"""The answer for orders of shops that are fed by files, and for those that we made ourselves to send something again."""


NOT_TOLD = "the platform takes no further waybill"
"""The answer for a further parcel of an order on a platform that hears of the first alone, or of gifts that it does not know."""
WITH_THE_FIRST = "told with the first waybill"
SILENT = (NOBODY, NOT_TOLD, WITH_THE_FIRST)


def send(sending: "Sending", row: Row) -> str:
    """Confirm to the platform, by its own code of the courier: typed in, set by the operator, or the connector's."""
    tracking_no = str(row.body["tracking_no"])
    if not sending.has_platform(row.channel, row.shop) or (
        _OURS.search(row.subject) and sending.is_ours(row.body.get("order_key"))
    ):
        return NOBODY
    connector = sending.connector(row.channel, row.shop)
    how, place = connector.several_parcels, int(row.body.get("place") or 1)
    lines = tuple(_line(line) for line in row.body.get("lines") or ())
    by_lines = how == BY_LINES and bool(row.body.get("split"))
    if place > 1 and (how == ONLY_FIRST or (by_lines and not lines)):
        return NOT_TOLD
    if place > 1 and how == TOGETHER:
        return WITH_THE_FIRST
    code = str(row.body.get("code") or "") or code_of(sending, row)
    further = tuple(
        (code_of(sending, row, str(other["courier"])), str(other["tracking_no"]))
        for other in (row.body.get("others") or () if how == TOGETHER else ())
    )
    connector.confirm_dispatch(
        Dispatch(
            row.subject, code, tracking_no, lines if by_lines else (), by_lines, key=row.key, further=further,
            extra=place > 1 and how == AFTERWARDS,
        )
    )  # fmt: skip
    return tracking_no


def code_of(sending: "Sending", row: Row, name: str = "") -> str:
    """The platform's code of the named courier, or of the message's. NeedsPerson when there is none."""
    courier = sending.courier_of(name or str(row.body["courier"] or ""))
    if not courier:
        raise CourierUnknown(
            N_("The order {number} has no courier."), N_("Give the courier, then send it again."), number=row.subject
        )
    known = sending.connector(row.channel, row.shop).couriers
    code = sending.courier_code(courier, row.channel) or known.get(courier, "")
    if not code and (not known or courier in known.values()):
        code = courier
    if not code:
        raise CourierUnknown(
            N_("The platform has no such courier company: no code of {courier} for {channel} is set."),
            N_("Set it on the page Routing under Couriers, then send it again."),
            courier=courier,
            channel=Word(CHANNELS.get(row.channel, row.channel)),
        )
    return code


class CourierUnknown(NeedsPerson):
    """The courier cannot be told to the platform."""

    code = UNKNOWN_COURIER


def _line(line: dict[str, Any]) -> DispatchLine:
    return DispatchLine(
        str(line["line_no"]), int(line.get("qty") or 1), str(line.get("sku") or ""), str(line.get("spu") or ""),
        str(line.get("platform_sku") or ""),
    )  # fmt: skip


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """The platforms know: each order's events say so, and what a refusal had held goes free."""
    keys = [
        int(row.body["order_key"])
        for row in rows
        if row.answer not in SILENT
        and int(row.body.get("place") or 1) == 1  # an order is confirmed once, however many parcels
    ]
    moves.tell(cursor, keys, "dispatch_confirmed", actor="system", now=clock.now())
    again = [int(row.body["order_key"]) for row in rows if row.attempts > 1 or row.settled_by]
    if again:
        dispatch_refusals.lift(cursor, again, "system")


def refused(cursor: Cursor, rows: Sequence[tuple[Row, str, str]]) -> None:
    """The orders come back to a person, held with the platform's words."""
    dispatch_refusals.hold(
        cursor,
        [
            (int(row.body["order_key"]), words, code == UNKNOWN_COURIER)
            for row, words, code in rows
            if row.body.get("order_key")
        ],
    )
