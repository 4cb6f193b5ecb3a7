"""Asks the shops whether refunds are under way just now, for refunds that are younger than the last pull."""

import logging
from collections.abc import Sequence

from core.channels import shops
from core.errors import BadRequest, DanliuError
from core.flow.station import Context
from core.store import tokens

log = logging.getLogger(__name__)
AT_ONCE = 50


def ask_refunds(context: Context, keys: Sequence[int]) -> dict[int, str]:
    """order_key -> the platform's word for a refund it knows of; no entry where there is none.

    A shop that cannot be asked (files, a REST shop) is passed over. TryAgain of a shop that does not answer goes on: its
    orders are parked and tried again, they do not come past unasked.
    """
    found: dict[int, str] = {}
    with context.store.read() as cursor:
        by_shop = tokens.numbers(cursor, keys)
    for (channel, shop), numbers in by_shop.items():
        try:
            connector = shops.connector_of(
                context.store, context.vault, shops.find(context.store, context.app, channel, shop)
            )
        except DanliuError as error:
            log.info("%s/%s cannot be asked about refunds: %s", channel, shop, error)
            continue
        try:
            listed = list(numbers)
            for start in range(0, len(listed), AT_ONCE):
                said = connector.open_refunds(listed[start : start + AT_ONCE])
                found.update({numbers[no]: word for no, word in said.items() if no in numbers})
        except BadRequest:
            continue
        finally:
            connector.http.close()
    return found
