"""What status words of exports and platforms mean for our status, and what they say about a refund.

Words: facts on platforms §1-5 (codes), data facts §4 (export texts), Olist's and shops' English words. A text that speaks
only of a refund keeps the order's own status ("keep").
"""

import re

from core.mapping.fold import fold

KEEP = "keep"
_HELD = {"held": "platform_hold"}

_CODES = """
UNPAID TRADE_NO_CREATE_PAY WAIT_BUYER_PAY PAY_PENDING WAIT_PRE_AUTH_CONFIRM NOT_PAY
PAID WAIT_SELLER_SEND_GOODS WAIT_SELLER_STOCK_OUT
SHIPPED WAIT_BUYER_CONFIRM_GOODS TRADE_BUYER_SIGNED WAIT_SELLER_DELIVERY WAIT_GOODS_RECEIVE_CONFIRM
COMPLETED TRADE_FINISHED FINISHED_L
CANCELLED TRADE_CLOSED TRADE_CLOSED_BY_TAOBAO TRADE_CANCELED PARENT_TRADE_CANCELED
keep SELLER_CONSIGNED_PART DELIVERY_RETURN
held PAID_FORBID_CONSIGN PAUSE POP_ORDER_PAUSE LOCKED
"""
_ENGLISH = """
UNPAID unpaid pending created pendingpayment awaitingpayment waitingforpayment notpaid new open waitpay topay
PAID paid approved processing invoiced unfulfilled awaitingshipment awaitingfulfillment toship readytoship waitship confirmed tobeshipped unshipped inprogress preparing
SHIPPED shipped dispatched intransit fulfilled outfordelivery sent shipping ontheway
COMPLETED delivered completed complete finished done received closedsuccessfully success
CANCELLED cancelled canceled void voided unavailable closed expired failed abandoned
keep refunded partiallyrefunded partiallyshipped partiallyfulfilled returned refunding
held onhold
"""
# Numeric codes mean something only with their platform.
_NUMBERS: dict[str, dict[str, str]] = {
    "doudian": {"1": "UNPAID", "105": "held", "2": "PAID", "101": KEEP, "3": "SHIPPED", "4": "CANCELLED", "5": "COMPLETED"},
    "pinduoduo": {"0": "UNPAID", "1": "PAID", "2": "SHIPPED", "3": "COMPLETED"},
    "wechat": {
        "10": "UNPAID", "12": "held", "13": "held", "20": "PAID", "21": KEEP, "30": "SHIPPED", "100": "COMPLETED",
        "190": "CANCELLED", "200": "CANCELLED", "250": "CANCELLED",
    },
    "xiaohongshu": {"4": "PAID", "6": "SHIPPED", "7": "COMPLETED", "9": "CANCELLED"},
}  # fmt: skip
# Searched in this order in the parts of a text that do not speak of a refund.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"取消|交易关闭|订单关闭|已关闭|关闭交易|^关闭$|作废|已失效|已过期|废弃|删除", "CANCELLED"),
    (r"待付|未付|待支付|未支付|等待(?:买家)?(?:付款|支付)|拍下|已下单|待确认/待支付|待买家付款", "UNPAID"),
    (r"部分发货|部分出库", KEEP),
    (r"待成团|拼团中|待分享|成团中|暂停|锁定|冻结|风控|审核中|待审核|挂起|拦截", "held"),
    (r"待收货|待签收|待确认收货|等待(?:买家)?确认|等待收货|运输中|派送中|配送中|在途|已揽", "SHIPPED"),
    (
        r"未发货|待发货|等待(?:卖家|商家)?发货|等待(?:卖家|商家)?出库|待出库|未出库|备货|待配货|待打单|待处理|待揽|配货中|拣货|打包",
        "PAID",
    ),
    (
        r"交易成功|已完成|交易完成|订单完成|^完成$|已收货|已签收|确认收货|已评价|待评价|完结|交易结束|^成功$|已妥投|已结算",
        "COMPLETED",
    ),
    (r"已发货|已出库|已发出|卖家发货|已寄出|全部发货|发货完成|^发货$|部分签收|买家待收", "SHIPPED"),
    (r"已付|已支付|付款成功|支付成功|买家付款|支付完成", "PAID"),
)
REFUND_PATTERN = r"((?:全额|部分|全部|发货前|发货后|收货后)?(?:退款|退货退款|售后|退货)(?:成功|完成|完结|中|申请中|处理中|关闭|失败|待处理)?)"
_REFUND = re.compile(r"退款|退货|售后|退换")
_PARTS = re.compile(r"[,，、/;；|()（）。\s]+")
# Texts that say there is no refund at all.
NO_REFUND = (
    "没有申请退款",
    "无退款申请",
    "无售后",
    "无售后或售后取消",
    "未申请退款",
    "无退款",
    "无",
    "-",
    "--",
    "NO_REFUND",
    "0",
    "未退款",
    "没有退款",
)


def _listed(block: str) -> dict[str, str]:
    return {word: line.split()[0] for line in block.strip().splitlines() for word in line.split()[1:]}


_CODE_WORDS = _listed(_CODES)
_ENGLISH_WORDS = _listed(_ENGLISH)


def meaning(word: str, channel: str = "") -> dict[str, str] | None:
    """What a status word means, as an entry of a mapping's `statuses`; None when nobody knows."""
    found = _status(word.strip(), channel)
    if found is None:
        return None
    return {"status": "PAID", **_HELD} if found == "held" else {"status": found}


def _status(word: str, channel: str) -> str | None:
    if not word:
        return None
    if found := _NUMBERS.get(channel, {}).get(word) or _CODE_WORDS.get(word.upper()):
        return found
    if word.isascii():
        return _ENGLISH_WORDS.get(re.sub(r"[^a-z]", "", word.lower()))
    text = fold(word)
    parts = [part for part in _PARTS.split(text) if part]
    own = [part for part in parts if not _REFUND.search(part)]
    if not own:
        return KEEP if parts else None
    for pattern, status in _PATTERNS:
        if any(re.search(pattern, part) for part in own):
            return status
    return None


def speaks_of_refund(word: str) -> bool:
    """Whether a status text says something about a refund."""
    return bool(re.search(REFUND_PATTERN, word))


def known_share(words: tuple[str, ...], channel: str) -> float:
    """The share of distinct words with a known meaning."""
    return sum(_status(word, channel) is not None for word in words) / len(words) if words else 0.0


def table(words: tuple[str, ...], channel: str) -> dict[str, dict[str, str]]:
    """The `statuses` of a mapping: the words seen in the file, and those the channel's exports are known to use."""
    usual = (
        "等待买家付款", "买家已付款，等待卖家发货", "卖家已发货，等待买家确认", "交易成功", "交易关闭", "部分退款", "退款成功", "退货退款",
        "待付款", "待支付", "已支付", "已付款", "待发货", "未发货", "等待出库", "部分发货", "已发货", "已发货，待收货", "待收货", "已收货",
        "已签收", "已完成", "已取消", "已关闭", "未发货，退款成功", "已发货，退款成功", "已收货，退款成功", "完成", "取消", "锁定", "暂停",
    )  # fmt: skip
    found = {word: told for word in (*words, *usual) if (told := meaning(word, channel))}
    found.update({number: _entry(status) for number, status in _NUMBERS.get(channel, {}).items()})
    if any(word in _CODE_WORDS for word in words) or channel in ("taobao", "jd"):
        found.update({word: _entry(status) for word, status in _CODE_WORDS.items()})
    return found


def _entry(status: str) -> dict[str, str]:
    return {"status": "PAID", **_HELD} if status == "held" else {"status": status}
