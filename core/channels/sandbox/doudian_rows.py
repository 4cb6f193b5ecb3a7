"""Orders and after-sales as Doudian writes them: fen and epoch seconds as integers, ids as texts (facts: Doudian)."""

from typing import Any

from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.orders import Line, Order, Refund, Sent, Stage, State
from core.channels.sandbox.people import Home, masked_name, token
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.vocabulary import Seen, line_no, stage_word, word

_TEXTS = {1: "待支付", 105: "已支付", 2: "待发货", 101: "部分发货", 3: "已发货", 4: "已取消", 5: "已完成"}
_STAGE_TEXTS = {
    Stage.ASKED: "待商家处理",
    Stage.AWAIT_RETURN: "待买家退货",
    Stage.RETURNED: "待商家收货",
    Stage.REFUSED: "商家拒绝",
    Stage.WITHDRAWN: "售后关闭",
    Stage.SUCCESS: "退款成功",
}


# What every order of these shops has alike.
_FIXED: dict[str, Any] = {
    "order_level": 2,
    "biz": 2,
    "biz_desc": "小店自卖",
    "order_type": 0,
    "order_type_desc": "普通订单",
    "trade_type": 0,
    "pay_type": 2,
    "promotion_talent_amount": 0,
    "promotion_pay_amount": 0,
    "order_expire_time": 1800,
    "b_type": 2,
}


def shop_order(shop: Shop, order: Order, seen: Seen) -> dict[str, Any]:
    """One row of shop_order_list, or shop_order_detail."""
    status = int(word("doudian", order, seen))
    return {
        **_FIXED,
        "order_id": order.no,
        "order_status": status,
        "order_status_desc": _TEXTS[status],
        "main_status": _main_status(order, seen, status),
        "main_status_desc": _TEXTS[status],
        "channel_payment_no": f"dd{order.no}" if seen.paid_at else "",
        "order_amount": order.goods_fen + order.shipping_fen,
        "pay_amount": order.paid_fen,
        "post_amount": order.shipping_fen,
        "promotion_amount": order.discount_fen,
        "promotion_shop_amount": order.discount_fen - order.platform_discount_fen,
        "promotion_platform_amount": order.platform_discount_fen,
        "create_time": order.created,
        "pay_time": seen.paid_at,
        "update_time": seen.modified,
        "finish_time": seen.finished_at,
        "ship_time": seen.shipped_at,
        "exp_ship_time": seen.paid_at + 172_800 if seen.paid_at else 0,
        "buyer_words": order.buyer_note,
        "seller_words": order.seller_note,
        "seller_remark_stars": order.flag,
        "open_address_id": token(shop.name, "address", order.buyer.home.phone, order.buyer.home.street),
        "doudian_open_id": f"1@#{token(shop.name, order.buyer.number, length=20)}==",
        **_persons(shop, order),
        "logistics_info": _logistics(order, seen),
        "sku_order_list": [_sub_order(order, line, seen, status) for line in order.lines],
        "shop_id": int(shop.shop_id),
        "shop_name": shop.title,
    }


def _main_status(order: Order, seen: Seen, status: int) -> int:
    if seen.state is not State.REFUNDED:
        return status
    return 22 if order.shipped_at else 21


def _place(home: Home) -> dict[str, Any]:
    code = str(home.code)
    return {
        "province": {"name": home.province, "id": code[:2]},
        "city": {"name": home.city, "id": f"{code[:4]}00"},
        "town": {"name": home.district, "id": code},
        "street": {"name": "", "id": ""},
    }


def _persons(shop: Shop, order: Order) -> dict[str, Any]:
    home = order.buyer.home
    return {
        "encrypt_post_tel": f"${token(shop.name, home.phone)}$1$$",
        "encrypt_post_receiver": f"##{token(shop.name, order.buyer.name)}##",
        "post_addr": {**_place(home), "encrypt_detail": f"##{token(shop.name, home.street, length=40)}##"},
        "mask_post_receiver": masked_name(order.buyer.name),
        "mask_post_tel": f"1********{home.phone[-2:]}",
        "mask_post_addr": {**_place(home), "detail": "****"},
    }


def _logistics(order: Order, seen: Seen) -> list[dict[str, Any]]:
    if not seen.tracking_no or seen.courier is None:
        return []
    gone = tuple(line.number for line in order.lines if line.shipped)
    parcels = order.parcels if len(order.parcels) > 1 else (Sent(seen.courier, seen.tracking_no, gone),)
    return [
        {
            "tracking_no": parcel.tracking_no,
            "company": COURIERS[parcel.courier][4],
            "company_name": COURIERS[parcel.courier][1],
            "ship_time": seen.shipped_at or seen.modified,
            "delivery_id": parcel.tracking_no,
            "product_info": [
                {"product_id": line.listing.goods_id, "sku_order_id": line_no("doudian", order, line.number)}
                for line in order.lines
                if line.number in parcel.lines
            ],
        }
        for parcel in parcels
    ]


_FIXED_SUB: dict[str, Any] = {
    "order_level": 3,
    "order_type": 0,
    "out_sku_id": "0",
    "out_product_id": "0",
    "promotion_platform_amount": 0,
    "post_amount": 0,
    "inventory_type": "1",
    "warehouse_ids": [],
    "out_warehouse_ids": [],
}


def _sub_order(order: Order, line: Line, seen: Seen, status: int) -> dict[str, Any]:
    listing = line.listing
    if seen.state is State.PART:
        status = 3 if line.shipped else 2
    masters = [line_no("doudian", order, kept.number) for kept in order.lines if not kept.gift]
    return {
        **_FIXED_SUB,
        "order_id": line_no("doudian", order, line.number),
        "parent_order_id": order.no,
        "order_status": 4 if line.refunded and seen is order else status,
        "main_status": status,
        "product_id": listing.goods_id,
        "product_id_str": str(listing.goods_id),
        "product_name": listing.sku.title,
        "sku_id": listing.sku_id,
        "code": listing.sku.code,
        "spec": [{"name": name, "value": value} for name, value in listing.sku.attributes],
        "item_num": line.qty,
        "origin_amount": line.price_fen,
        "sum_amount": line.total_fen,
        "order_amount": line.total_fen,
        "pay_amount": line.paid_fen,
        "promotion_amount": line.discount_fen,
        "promotion_shop_amount": line.discount_fen,
        "given_product_type": "FREE" if line.gift else "MASTER",
        "master_sku_order_id_list": masters if line.gift else [],
        "pre_sale_type": 1 if order.presale else 0,
        "after_sale_info": _after_sale(order, line),
        "create_time": order.created,
        "pay_time": seen.paid_at,
        "update_time": seen.modified,
        "exp_ship_time": seen.paid_at + 172_800 if seen.paid_at else 0,
        "ship_time": seen.shipped_at if line.shipped else 0,
        "finish_time": seen.finished_at,
    }


def _after_sale(order: Order, line: Line) -> dict[str, int]:
    made = next((kept for kept in reversed(order.refunds) if kept.line == line.number), None)
    if made is None:
        return {"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0}
    return {
        "after_sale_status": int(stage_word("doudian", made)),
        "after_sale_type": _kind(made),
        "refund_status": _refund_status(made),
    }


def _kind(made: Refund) -> int:
    """0 return and refund, 1 refund only (shipped), 2 refund only (unshipped)."""
    return 0 if made.with_return else 1 if made.shipped else 2


def _refund_status(made: Refund) -> int:
    return {Stage.SUCCESS: 3, Stage.WITHDRAWN: 4, Stage.REFUSED: 4, Stage.RETURNED: 2}.get(made.stage, 1)


def _related(made: Refund) -> dict[str, Any]:
    """The line an after-sale is about."""
    order, line = made.order, made.order.lines[made.line - 1]
    return {
        "sku_order_id": line_no("doudian", order, made.line),
        "order_status": int(word("doudian", order, order)),
        "pay_amount": line.paid_fen,
        "post_amount": 0,
        "item_num": line.qty,
        "product_name": line.listing.sku.title,
        "product_id": line.listing.goods_id,
        "shop_sku_code": line.listing.sku.code,
    }


def after_sale(made: Refund) -> dict[str, Any]:
    """One row of afterSale/List."""
    order, line = made.order, made.order.lines[made.line - 1]
    related = line_no("doudian", order, made.line)
    return {
        "aftersale_info": {
            "aftersale_id": made.no,
            "aftersale_order_type": 1,
            "aftersale_type": _kind(made),
            "aftersale_status": int(stage_word("doudian", made)),
            "related_id": related,
            "apply_time": made.created,
            "update_time": made.modified,
            "status_deadline": made.modified + 86_400,
            "refund_amount": made.fen,
            "refund_post_amount": 0,
            "aftersale_num": line.qty,
            "refund_status": _refund_status(made),
            "got_pkg": 1 if made.shipped else 0,
            "return_logistics_code": "",
            "remark": "",
            "arbitrate_status": 0,
        },
        "order_info": {
            "shop_order_id": order.no,
            "related_order_info": [_related(made)],
        },
        "text_part": {
            "logistics_text": "",
            "aftersale_status_text": _STAGE_TEXTS[made.stage],
            "aftersale_type_text": ("退货退款", "已发货仅退款", "未发货仅退款")[_kind(made)],
            "reason_text": made.reason,
        },
        "seller_logs": [],
    }


def after_sale_process(made: Refund) -> dict[str, Any]:
    """The process_info of afterSale/Detail: the same facts under other names."""
    row = after_sale(made)
    info = row["aftersale_info"]
    kept = ("update_time", "apply_time", "refund_amount", "refund_status", "got_pkg")
    return {
        "after_sale_info": {
            "after_sale_id": made.no,
            "after_sale_status": info["aftersale_status"],
            "after_sale_type": info["aftersale_type"],
            "after_sale_apply_count": info["aftersale_num"],
            "reason": made.reason,
            **{name: info[name] for name in kept},
        },
        "order_info": {"shop_order_id": made.order.no, "sku_order_infos": row["order_info"]["related_order_info"]},
    }
