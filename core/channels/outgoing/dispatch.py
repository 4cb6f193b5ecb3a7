"""Message kind `dispatch`: a shop's platform is told that an order left. Body: order_key, courier, tracking_no."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import clock
from core.channels.base import Dispatch
from core.errors import NeedsPerson
from core.i18n import N_
from core.store import Cursor, moves
from core.store.outbox import Row

if TYPE_CHECKING:
    from core.channels.deliver import Sending

KIND = "dispatch"


def send(sending: "Sending", row: Row) -> str:
    """Confirm to the platform; its own code of the courier is looked up in the connector."""
    connector = sending.connector(row.channel, row.shop)
    courier, tracking_no = str(row.body["courier"]), str(row.body["tracking_no"])
    code = connector.couriers.get(courier, courier)
    if not code:
        raise NeedsPerson(
            N_("The order {number} has no courier."), N_("Set it on the order, then retry."), number=row.subject
        )
    connector.confirm_dispatch(Dispatch(row.subject, code, tracking_no, key=row.key))
    return tracking_no


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """The platforms know: each order's events say so."""
    moves.tell(
        cursor, [int(row.body["order_key"]) for row in rows], "dispatch_confirmed", actor="system", now=clock.now()
    )
