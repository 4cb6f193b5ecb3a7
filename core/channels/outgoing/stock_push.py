"""Message kind `stock_push`: one figure of one SKU to one shop. Body: sku, qty, shown, relative, spu, platform_sku, snapshot_at."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.channels.base import StockLevel
from core.errors import DanliuError
from core.store import Cursor, stock_published
from core.store.outbox import Row

if TYPE_CHECKING:
    from core.channels.deliver import Sending

logger = logging.getLogger(__name__)

KIND = "stock_push"
AT_ONCE = 8


def send(sending: "Sending", row: Row) -> str:
    """Put the figure on the platform and read it back where that is possible: {"shown", "read"}."""
    body = row.body
    level = StockLevel(
        body["sku"],
        int(body["qty"]),
        spu=body.get("spu", ""),
        platform_sku=body.get("platform_sku", ""),
        relative=bool(body.get("relative")),
        key=row.key,
    )
    connector = sending.connector(row.channel, row.shop)
    connector.set_stock([level])
    try:
        read = connector.read_stock(level)
    except DanliuError as error:  # the figure is there; that it could not be read back is no reason to send it again
        logger.info("%s/%s: the stock of %s could not be read back: %s", row.channel, row.shop, level.sku, error)
        read = None
    return json.dumps({"shown": body["shown"], "read": read})


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """The shops show these figures now."""
    stock_published.keep(
        cursor,
        [
            (
                row.channel,
                row.shop,
                row.body["sku"],
                int(row.body["shown"]),
                datetime.fromisoformat(row.body["snapshot_at"]),
            )
            for row in rows
        ],
    )
