"""Orders and refunds as Pinduoduo writes them: yuan texts, local times, persons as ciphertext (facts: Pinduoduo)."""

from typing import Any

from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.orders import OPEN_STAGES, Line, Order, Refund, State
from core.channels.sandbox.people import token
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import local, yuan
from core.channels.sandbox.vocabulary import Seen, pinduoduo_words, stage_word

# What every order of these shops has alike.
_FIXED: dict[str, Any] = {
    "group_status": 1,
    "trade_type": 0,
    "order_change_amount": "0.00",
    "pay_type": "WEIXIN",
    "is_lucky_flag": 1,
    "invoice_status": 0,
    "step_order_info": None,
}


def order_info(shop: Shop, order: Order, seen: Seen) -> dict[str, Any]:
    """One row of order_sn_list, or order_info."""
    status, confirm, refund, risk = pinduoduo_words(order, seen)
    last = order.refunds[-1] if order.refunds else None
    return {
        **_FIXED,
        "order_sn": order.no,
        "order_status": status,
        "refund_status": refund,
        "after_sales_status": int(stage_word("pinduoduo", last)) if last and seen is order else 0,
        "confirm_status": confirm,
        "risk_control_status": risk,
        "pay_amount": yuan(order.paid_fen),
        "goods_amount": yuan(order.goods_fen),
        "discount_amount": yuan(order.discount_fen),
        "platform_discount": yuan(order.platform_discount_fen),
        "seller_discount": yuan(order.discount_fen - order.platform_discount_fen),
        "postage": yuan(order.shipping_fen),
        "pay_no": f"pay{order.no[-12:]}",
        "created_time": local(order.created),
        "pay_time": local(seen.paid_at),
        "confirm_time": local(seen.paid_at),
        "updated_at": local(seen.modified),
        "shipping_time": local(seen.shipped_at),
        "last_ship_time": local(seen.paid_at + 172_800) if seen.paid_at else "",
        "receive_time": local(seen.finished_at) if seen.state is State.DONE else "",
        **_persons(shop, order, visible=status == 1 and not risk),
        "buyer_memo": order.buyer_note,
        "remark": order.seller_note,
        "remark_tag": order.flag,
        "is_pre_sale": 1 if order.presale else 0,
        "logistics_id": COURIERS[seen.courier][5] if seen.courier is not None else 0,
        "tracking_number": seen.tracking_no,
        "item_list": [_item(line) for line in order.lines if not line.gift],
        "gift_list": [_item(line) for line in order.lines if line.gift],
        "order_tag_list": [{"name": "no_trace_delivery", "value": 0}, {"name": "ship_hold", "value": risk}],
    }


def _persons(shop: Shop, order: Order, *, visible: bool) -> dict[str, Any]:
    """Ciphertexts only while the order waits for shipping and is not under review; masks always."""
    home = order.buyer.home
    return {
        "country": "中国",
        "country_id": 0,
        "province": home.province,
        "province_id": home.code // 10_000,
        "city": home.city,
        "city_id": home.code // 100,
        "town": home.district,
        "town_id": home.code,
        "receiver_name": f"~{token(shop.name, order.buyer.name)}~3~" if visible else "",
        "receiver_phone": f"${token(shop.name, home.phone)}$3$" if visible else "",
        "receiver_address": f"~{token(shop.name, home.street, length=40)}~3~" if visible else "",
        "receiver_name_mask": f"{order.buyer.name[0]}*",
        "receiver_phone_mask": f"1*********{home.phone[-1]}",
        "receiver_address_mask": "****",
    }


def _item(line: Line) -> dict[str, Any]:
    listing = line.listing
    return {
        "goods_id": listing.goods_id,
        "goods_name": listing.sku.title,
        "goods_count": line.qty,
        "goods_price": yuan(line.price_fen),
        "goods_spec": ",".join(value for _, value in listing.sku.attributes),
        "sku_id": listing.sku_id,
        "outer_id": listing.sku.code,
        "outer_goods_id": listing.sku.spu,
        "goods_img": "",
    }


def refund_row(made: Refund) -> dict[str, Any]:
    """One row of refund_list; the goods are the order's first line."""
    order, line = made.order, made.order.lines[0]
    return {
        "id": int(made.no),
        "order_sn": order.no,
        "after_sales_status": int(stage_word("pinduoduo", made)),
        "after_sales_type": 3 if made.with_return else 2,
        "after_sale_reason": made.reason,
        "order_amount": yuan(order.paid_fen),
        "refund_amount": yuan(made.fen),
        "discount_amount": yuan(order.discount_fen),
        "goods_id": line.listing.goods_id,
        "goods_name": line.listing.sku.title,
        "goods_number": str(line.qty),
        "goods_price": yuan(line.price_fen),
        "sku_id": str(line.listing.sku_id),
        "outer_id": line.listing.sku.code,
        "outer_goods_id": line.listing.sku.spu,
        "created_time": local(made.created),
        "updated_time": local(made.modified),
        "confirm_time": local(order.paid_at),
        "tracking_number": "",
        "shipping_name": "",
        "speed_refund_flag": 0,
        "user_shipping_status": "1" if made.shipped else "0",
        "dispute_refund_status": 0,
    }


def pending(order: Order) -> bool:
    return any(made.stage in OPEN_STAGES for made in order.refunds)
