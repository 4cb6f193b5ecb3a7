"""What really happened: for a test to compare with what the product knows."""

from typing import Any

import orjson

from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.orders import Order, State
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import iso
from core.channels.sandbox.vocabulary import OURS, line_no, stage_word, word
from core.channels.sandbox.world import World


class Diary:
    """What the product did to the outside: dispatches, stock pushes, prints, messages; in order of arrival."""

    def __init__(self) -> None:
        self.dispatches: list[dict[str, Any]] = []
        self.stock_pushes: list[dict[str, Any]] = []
        self.prints: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []

    def dispatch(
        self, shop: Shop, order: Order, courier: int | None, tracking_no: str, key: str | None, at: int
    ) -> None:
        """A dispatch that the platform has carried out. The courier is our short code."""
        self.dispatches.append(
            {
                "channel": shop.channel,
                "shop": shop.name,
                "platform_no": order.no,
                "courier": COURIERS[courier][0] if courier is not None else None,
                "tracking_no": tracking_no,
                "key": key,
                "received_at": iso(at),
            }
        )

    def stock_push(self, shop: Shop, code: str, qty: int, key: str | None, at: int) -> None:
        """A quantity that the platform has taken over; `qty` is the result, also of an increment."""
        self.stock_pushes.append(
            {"channel": shop.channel, "shop": shop.name, "sku": code, "qty": qty, "key": key, "received_at": iso(at)}
        )


def truth(world: World, diary: Diary) -> dict[str, Any]:
    """The whole truth in the shape of the contract, to be written by orjson: orders are ready-made fragments."""
    orders: list[orjson.Fragment] = []
    for shop in world.shops.values():
        hidden = () if shop.sells_unpaid else (State.UNPAID, State.CLOSED)
        orders.extend(_told(shop, order) for order in shop.orders.values() if order.state not in hidden)
    return {
        "orders": orders,
        "dispatches": diary.dispatches,
        "prints": diary.prints,
        "stock_pushes": diary.stock_pushes,
        "stock": [
            {"channel": shop.channel, "shop": shop.name, "sku": code, "qty": qty}
            for shop in world.shops.values()
            for code, qty in shop.listed.items()
        ],
        "oversold": world.stock.oversold(),
    }


def _told(shop: Shop, order: Order) -> orjson.Fragment:
    if not order.told:
        order.told = orjson.dumps(_order(shop, order))
    return orjson.Fragment(order.told)


def _order(shop: Shop, order: Order) -> dict[str, Any]:
    channel = shop.channel
    return {
        "channel": channel,
        "shop": shop.name,
        "platform_no": order.no,
        "status": OURS[order.state],
        "platform_status": word(channel, order, order),
        "paid_fen": 0 if channel == "jd" and not order.paid_at else order.paid_fen,
        "paid_at": iso(order.paid_at),
        "lines": [
            {"line_no": line_no(channel, order, line.number), "sku": line.listing.sku.code, "qty": line.qty}
            for line in order.lines
        ],
        "refunds": [
            {
                "refund_no": refund.no,
                "line_no": line_no(channel, order, refund.line) if channel in ("taobao", "doudian") else None,
                "refund_status": stage_word(channel, refund),
                "refund_requested_at": iso(refund.created),
                "refund_fen": refund.fen,
            }
            for refund in order.refunds
        ],
    }
