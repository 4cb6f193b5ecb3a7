"""Orders, refunds and stock as TOP writes them (facts: Taobao, samples taobao/*_response.json)."""

from typing import Any

from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.orders import Line, Order, Refund, Stage, State
from core.channels.sandbox.people import masked_name, token
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import local, yuan
from core.channels.sandbox.vocabulary import Seen, line_no, stage_word, word

OAID_NEEDS = {"receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone"}
_TOGETHER = {"tid": "tid_str", "oid": "oid_str"}


def trade(shop: Shop, order: Order, seen: Seen, fields: set[str]) -> dict[str, Any]:
    """One trade with the wanted fields; `orders` brings the lines, `oaid` needs the five receiver fields."""
    full = _trade(shop, order, seen)
    wanted = {field.split(".")[0] for field in fields}
    found = {name: value for name, value in full.items() if name in wanted}
    if "tid" in wanted:
        found["tid_str"] = full["tid_str"]
    if wanted >= OAID_NEEDS:
        found["oaid"] = oaid(shop, order)
    if "orders" in wanted:
        found["orders"] = {"order": [_line(order, line, seen) for line in order.lines]}
    return found


def oaid(shop: Shop, order: Order) -> str:
    """The same for one receiver within one shop and one natural week."""
    home = order.buyer.home
    return f"1{token(shop.name, home.phone, home.street, (order.created + 8 * 3600 + 3 * 86400) // 604800)}=="


def _trade(shop: Shop, order: Order, seen: Seen) -> dict[str, Any]:
    home = order.buyer.home
    return {
        "tid": int(order.no),
        "tid_str": order.no,
        "status": word("taobao", order, seen),
        "type": "step" if order.presale else "fixed",
        "payment": yuan(order.paid_fen),
        "total_fee": yuan(order.goods_fen),
        "post_fee": yuan(order.shipping_fen),
        "discount_fee": yuan(order.discount_fen),
        "adjust_fee": "0.00",
        "received_payment": yuan(order.paid_fen) if seen.state is State.DONE else "0.00",
        "num": sum(line.qty for line in order.lines),
        "created": local(order.created),
        "modified": local(seen.modified),
        "buyer_nick": "t**",
        "buyer_open_uid": f"AAH{token(shop.name, order.buyer.number, length=20)}",
        "seller_nick": shop.title,
        "has_buyer_message": bool(order.buyer_note),
        "seller_flag": order.flag,
        "shipping_type": "express",
        "receiver_name": masked_name(order.buyer.name),
        "receiver_mobile": f"*******{home.phone[-4:]}",
        "receiver_phone": "",
        "receiver_state": home.province,
        "receiver_city": home.city,
        "receiver_district": home.district,
        "receiver_town": "",
        "receiver_address": "****",
        "receiver_zip": f"{home.code}",
        "has_gift": any(line.gift for line in order.lines),
        **({"pay_time": local(seen.paid_at)} if seen.paid_at else {}),
        **({"consign_time": local(seen.shipped_at)} if seen.shipped_at else {}),
        **({"end_time": local(seen.finished_at)} if seen.finished_at else {}),
        **({"buyer_message": order.buyer_note} if order.buyer_note else {}),
        **({"seller_memo": order.seller_note} if order.seller_note else {}),
        **_step(order, seen),
        **({"promotion_details": _promotions(order)} if order.discount_fen else {}),
    }


def _step(order: Order, seen: Seen) -> dict[str, str]:
    if not order.presale:
        return {}
    return {"step_trade_status": "FRONT_PAID_FINAL_PAID" if seen.paid_at else "FRONT_PAID_FINAL_NOPAID"}


def _promotions(order: Order) -> dict[str, Any]:
    fee = yuan(order.discount_fen)
    promotion = {"id": int(order.no), "promotion_name": "店铺满减", "discount_fee": fee, "promotion_desc": "店铺满减"}
    promotion["promotion_id"] = f"shopbonus-{order.no[-9:]}"
    return {"promotion_detail": [promotion]}


def _line(order: Order, line: Line, seen: Seen) -> dict[str, Any]:
    listing = line.listing
    oid = line_no("taobao", order, line.number)
    refund = next((kept for kept in reversed(order.refunds) if kept.line == line.number), None)
    row = {
        "oid": int(oid),
        "oid_str": oid,
        "num_iid": listing.goods_id,
        "sku_id": str(listing.sku_id),
        "outer_iid": listing.sku.spu,
        "outer_sku_id": listing.sku.code,
        "title": listing.sku.title,
        "sku_properties_name": listing.sku.spec,
        "num": line.qty,
        "price": yuan(line.price_fen),
        "total_fee": yuan(line.total_fen),
        "payment": yuan(line.total_fen),
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "divide_order_fee": yuan(line.paid_fen),
        "part_mjz_discount": yuan(line.discount_fen),
        "status": _line_status(order, line, seen),
        "refund_status": stage_word("taobao", refund) if refund else "NO_REFUND",
        "cid": 50_000_671,
        "seller_type": "B",
        "store_code": "",
        "is_free_gift": line.gift,
    }
    if refund:
        row["refund_id"] = refund.no
    if line.shipped and order.courier is not None:
        mine = next((parcel for parcel in order.parcels if line.number in parcel.lines), order)
        row["logistics_company"], row["invoice_no"] = COURIERS[mine.courier or 0][1], mine.tracking_no
    return row


def _line_status(order: Order, line: Line, seen: Seen) -> str:
    if line.refunded and seen is order:
        return "TRADE_CLOSED"
    if seen.state is State.PART:
        return "WAIT_BUYER_CONFIRM_GOODS" if line.shipped else "WAIT_SELLER_SEND_GOODS"
    return word("taobao", order, seen)


def refund(shop: Shop, made: Refund, fields: set[str]) -> dict[str, Any]:
    """One refund with the wanted fields."""
    order, line = made.order, made.order.lines[made.line - 1]
    full = {
        "refund_id": made.no,
        "tid": int(order.no),
        "oid": int(line_no("taobao", order, made.line)),
        "status": stage_word("taobao", made),
        "refund_fee": yuan(made.fen),
        "total_fee": yuan(line.total_fen),
        "payment": yuan(line.paid_fen),
        "created": local(made.created),
        "modified": local(made.modified),
        "good_status": _goods_status(made),
        "has_good_return": made.with_return,
        "reason": made.reason,
        "desc": made.reason,
        "title": line.listing.sku.title,
        "num": line.qty,
        "outer_id": line.listing.sku.code,
        "order_status": _line_status(order, line, order),
        "refund_phase": "aftersale" if order.state is State.DONE else "onsale",
        "refund_version": made.modified * 1000,
        "dispute_type": "REFUND_AND_RETURN" if made.with_return else "REFUND",
        "buyer_open_uid": f"AAH{token(shop.name, order.buyer.number, length=20)}",
        "sid": "",
        "company_name": "",
    }
    return {name: value for name, value in full.items() if name in fields}


def _goods_status(made: Refund) -> str:
    if not made.shipped:
        return "BUYER_NOT_RECEIVED"
    returned = made.stage in (Stage.RETURNED, Stage.SUCCESS) and made.with_return
    return "BUYER_RETURNED_GOODS" if returned else "BUYER_RECEIVED"
