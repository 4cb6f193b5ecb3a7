"""Orders and after-sales as the WeChat store writes them: fen and epoch seconds, ids as texts (facts: WeChat)."""

from typing import Any

from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.orders import OPEN_STAGES, Line, Order, Refund, Sent, Stage
from core.channels.sandbox.people import masked_name, token
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.vocabulary import stage_word, word


def order_document(shop: Shop, order: Order) -> dict[str, Any]:
    """The `order` of order/get."""
    pending = [made for made in order.refunds if made.stage in OPEN_STAGES]
    return {
        "order_id": order.no,
        "status": int(word("wechat", order, order)),
        "openid": openid(shop, order),
        "unionid": "",
        "create_time": order.created,
        "update_time": order.modified,
        "order_detail": {
            "product_infos": [_product(order, line) for line in order.lines],
            "price_info": _prices(order),
            "pay_info": _payment(order),
            "delivery_info": _delivery(shop, order),
            "ext_info": {
                "customer_notes": order.buyer_note,
                "merchant_notes": order.seller_note,
                "confirm_receipt_time": order.finished_at,
            },
        },
        "aftersale_detail": {
            "on_aftersale_order_cnt": len(pending),
            "aftersale_order_list": [{"aftersale_order_id": made.no, "status": 0} for made in order.refunds],
        },
    }


def openid(shop: Shop, order: Order) -> str:
    return f"o{token(shop.name, order.buyer.number, length=27)}"


def _product(order: Order, line: Line) -> dict[str, Any]:
    listing = line.listing
    asked = [made for made in order.refunds if made.line == line.number]
    return {
        "product_id": str(listing.goods_id),
        "sku_id": str(listing.sku_id),
        "sku_cnt": line.qty,
        "sale_price": line.price_fen,
        "real_price": line.paid_fen,
        "estimate_price": line.paid_fen,
        "title": listing.sku.title,
        "thumb_img": "",
        "sku_code": listing.sku.code,
        "out_product_id": listing.sku.spu,
        "out_sku_id": listing.sku.code,
        "sku_attrs": [{"attr_key": name, "attr_value": value} for name, value in listing.sku.attributes],
        "on_aftersale_sku_cnt": line.qty if any(made.stage in OPEN_STAGES for made in asked) else 0,
        "finish_aftersale_sku_cnt": line.qty if any(made.stage is Stage.SUCCESS for made in asked) else 0,
        "delivery_deadline": order.paid_at + 172_800 if order.paid_at else 0,
        "is_free_gift": 1 if line.gift else 0,
        "out_warehouse_id": "",
    }


def _prices(order: Order) -> dict[str, Any]:
    return {
        "product_price": order.goods_fen,
        "order_price": order.paid_fen,
        "freight": order.shipping_fen,
        "discounted_price": order.discount_fen,
        "is_discounted": order.discount_fen > 0,
        "original_order_price": order.goods_fen + order.shipping_fen,
    }


def _payment(order: Order) -> dict[str, Any]:
    if not order.paid_at:
        return {"prepay_id": "", "prepay_time": 0, "transaction_id": "", "pay_time": 0}
    return {
        "prepay_id": order.no[-11:],
        "prepay_time": order.created,
        "transaction_id": f"42000{order.no}",
        "pay_time": order.paid_at,
    }


def _delivery(shop: Shop, order: Order) -> dict[str, Any]:
    home = order.buyer.home
    gone = tuple(line.number for line in order.lines if line.shipped)
    told: tuple[Sent, ...] = ()
    if gone and order.courier is not None:
        told = order.parcels if len(order.parcels) > 1 else (Sent(order.courier, order.tracking_no, gone),)
    parcels = [
        {
            "waybill_id": parcel.tracking_no,
            "delivery_id": COURIERS[parcel.courier][6],
            "delivery_name": COURIERS[parcel.courier][1],
            "delivery_time": order.shipped_at,
            "deliver_type": 1,
            "product_infos": [
                {
                    "product_id": str(line.listing.goods_id),
                    "sku_id": str(line.listing.sku_id),
                    "product_cnt": line.qty,
                }
                for line in order.lines
                if line.number in parcel.lines
            ],
        }
        for parcel in told
    ]
    return {
        "address_info": {
            "user_name": masked_name(order.buyer.name),
            "postal_code": str(home.code),
            "province_name": home.province,
            "city_name": home.city,
            "county_name": home.district,
            "detail_info": "****",
            "tel_number": f"*******{home.phone[-4:]}",
            "hash_code": token(shop.name, "address", home.phone, home.street),
        },
        "delivery_product_info": parcels,
        "ship_done_time": order.shipped_at,
        "deliver_method": 0,
    }


def after_sale(shop: Shop, made: Refund) -> dict[str, Any]:
    """The `after_sale_order` of getaftersaleorder."""
    line = made.order.lines[made.line - 1]
    return {
        "after_sale_order_id": made.no,
        "status": stage_word("wechat", made),
        "openid": openid(shop, made.order),
        "order_id": made.order.no,
        "type": "RETURN" if made.with_return else "REFUND",
        "product_info": {
            "product_id": str(line.listing.goods_id),
            "sku_id": str(line.listing.sku_id),
            "count": line.qty,
        },
        "refund_info": {"amount": made.fen},
        "details": {"desc": made.reason, "receive_product": made.shipped, "cancel_time": 0},
        "reason": "OTHERS",
        "reason_text": made.reason,
        "create_time": made.created,
        "update_time": made.modified,
        "deadline": made.created + 172_800,
    }
