"""Orders and refund applications as JOS writes them: all texts, persons as ciphertext (facts: JD)."""

from typing import Any

from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.orders import Order, Refund
from core.channels.sandbox.people import masked_name, token
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import local, yuan
from core.channels.sandbox.vocabulary import Seen, stage_word, word

_NEVER = "0001-01-01 00:00:00"
_REMARKS = {
    "NOT_PAY": "等待付款",
    "WAIT_SELLER_STOCK_OUT": "等待出库",
    "PAUSE": "暂停",
    "LOCKED": "锁定",
    "WAIT_GOODS_RECEIVE_CONFIRM": "等待确认收货",
    "FINISHED_L": "完成",
    "TRADE_CANCELED": "取消",
}


def information(shop: Shop, order: Order, seen: Seen, fields: set[str]) -> dict[str, Any]:
    """One orderInfo with the wanted optional fields; orderId always comes."""
    full = _information(shop, order, seen)
    return {name: value for name, value in full.items() if name in fields or name == "orderId"}


def _information(shop: Shop, order: Order, seen: Seen) -> dict[str, Any]:
    state = word("jd", order, seen)
    paid = yuan(order.paid_fen if seen.paid_at else 0)
    return {
        "orderId": order.no,
        "venderId": shop.shop_id,
        "orderType": "22",
        "payType": "1" if order.cod else "4",
        "orderTotalPrice": yuan(order.goods_fen),
        "orderSellerPrice": yuan(order.goods_fen - order.discount_fen),
        "orderPayment": paid,
        "actualPay": paid,
        "shouldPay": yuan(order.paid_fen),
        "freightPrice": yuan(order.shipping_fen),
        "sellerDiscount": yuan(order.discount_fen),
        "orderState": state,
        "orderStateRemark": _REMARKS[state],
        "orderStartTime": local(order.created),
        "paymentConfirmTime": local(seen.paid_at) or _NEVER,
        "orderEndTime": local(seen.finished_at) or _NEVER,
        "modified": local(seen.modified),
        "waybill": waybills(order) if len(order.parcels) > 1 and seen.tracking_no else seen.tracking_no,
        "logisticsId": str(COURIERS[seen.courier][3] or "") if seen.courier is not None else "",
        "orderRemark": order.buyer_note,
        "venderRemark": order.seller_note,
        "pin": f"jd_{token(shop.name, order.buyer.number, 'pin', length=10)}",
        "open_id_buyer": token(shop.name, order.buyer.number, length=24),
        "xid_buyer": f"o*{token(shop.name, order.buyer.number, 'xid', length=20)}",
        "parentOrderId": "0",
        "directParentOrderId": "0",
        "returnOrder": "0",
        "storeOrder": "",
        "storeId": "0",
        "orderSource": "移动端订单",
        "consigneeInfo": _consignee(shop, order),
        "itemInfoList": [_item(line) for line in order.lines],
        "couponDetailList": _coupons(order),
    }


def _consignee(shop: Shop, order: Order) -> dict[str, str]:
    home = order.buyer.home
    return {
        "fullname": f"AQ{token(shop.name, order.buyer.name)}==",
        "mobile": f"AQ{token(shop.name, home.phone)}==",
        "telephone": "",
        "fullAddress": f"AQ{token(shop.name, home.street, home.code, length=40)}==",
        "province": home.short_province,
        "provinceId": str(home.code // 10_000),
        "city": home.city,
        "cityId": str(home.code // 100),
        "county": home.district,
        "countyId": str(home.code),
        "town": "",
        "townId": "0",
    }


def _item(line: Any) -> dict[str, str]:
    listing = line.listing
    values = " ".join(value for _, value in listing.sku.attributes)
    return {
        "skuId": str(listing.sku_id),
        "outerSkuId": listing.sku.code,
        "skuName": f"{listing.sku.title} {values}".strip(),
        "jdPrice": yuan(line.price_fen),
        "itemTotal": str(line.qty),
        "wareId": str(listing.goods_id),
        "productNo": listing.sku.spu,
        "newStoreId": "0",
    }


def _coupons(order: Order) -> list[dict[str, str]]:
    return [
        {
            "orderId": order.no,
            "skuId": str(line.listing.sku_id),
            "couponType": "100",
            "couponPrice": yuan(line.discount_fen),
        }
        for line in order.lines
        if line.discount_fen
    ]


def application(shop: Shop, made: Refund) -> dict[str, Any]:
    """One refund application; the sum is in fen, unlike the order's texts."""
    return {
        "id": int(made.no),
        "orderId": made.order.no,
        "buyerId": f"jd_{token(shop.name, made.order.buyer.number, 'pin', length=10)}",
        "buyerName": masked_name(made.order.buyer.name),
        "applyTime": local(made.created),
        "checkTime": local(made.answered_at),
        "applyRefundSum": made.fen,
        "status": int(stage_word("jd", made)),
        "systemId": 4,
        "reason": made.reason,
        "checkRemark": "",
    }


def waybills(order: Order) -> str:
    """All waybills of the order: a bar between carriers, a comma within one."""
    numbers: dict[int, list[str]] = {}
    for parcel in order.parcels:
        numbers.setdefault(parcel.courier, []).append(parcel.tracking_no)
    return "|".join(",".join(each) for each in numbers.values())
