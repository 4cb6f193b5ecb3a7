"""Each platform's own words for where an order or a refund stands, and ours for the truth (facts: platform tables)."""

from core.channels.sandbox.orders import TO_SHIP, Before, Order, Refund, Stage, State

OURS = {
    State.UNPAID: "UNPAID",
    State.HELD: "PAID",
    State.PAID: "PAID",
    State.PART: "PAID",  # partly shipped keeps the status it has
    State.SHIPPED: "SHIPPED",
    State.DONE: "COMPLETED",
    State.CLOSED: "CANCELLED",
    State.REFUNDED: "CANCELLED",
}
_STATES = {
    "taobao": {
        State.UNPAID: "WAIT_BUYER_PAY",
        State.HELD: "PAID_FORBID_CONSIGN",
        State.PAID: "WAIT_SELLER_SEND_GOODS",
        State.PART: "SELLER_CONSIGNED_PART",
        State.SHIPPED: "WAIT_BUYER_CONFIRM_GOODS",
        State.DONE: "TRADE_FINISHED",
        State.CLOSED: "TRADE_CLOSED_BY_TAOBAO",
        State.REFUNDED: "TRADE_CLOSED",
    },
    "jd": {
        State.UNPAID: "NOT_PAY",
        State.HELD: "PAUSE",
        State.PAID: "WAIT_SELLER_STOCK_OUT",
        State.PART: "WAIT_SELLER_STOCK_OUT",
        State.SHIPPED: "WAIT_GOODS_RECEIVE_CONFIRM",
        State.DONE: "FINISHED_L",
        State.CLOSED: "TRADE_CANCELED",
        State.REFUNDED: "TRADE_CANCELED",
    },
    "doudian": {
        State.UNPAID: "1",
        State.HELD: "105",
        State.PAID: "2",
        State.PART: "101",
        State.SHIPPED: "3",
        State.DONE: "5",
        State.CLOSED: "4",
        State.REFUNDED: "4",
    },
    "wechat": {
        State.UNPAID: "10",
        State.HELD: "13",
        State.PAID: "20",
        State.PART: "21",
        State.SHIPPED: "30",
        State.DONE: "100",
        State.CLOSED: "250",
        State.REFUNDED: "200",
    },
}
_STAGES = {
    "taobao": {
        Stage.ASKED: "WAIT_SELLER_AGREE",
        Stage.AWAIT_RETURN: "WAIT_BUYER_RETURN_GOODS",
        Stage.RETURNED: "WAIT_SELLER_CONFIRM_GOODS",
        Stage.REFUSED: "SELLER_REFUSE_BUYER",
        Stage.WITHDRAWN: "CLOSED",
        Stage.SUCCESS: "SUCCESS",
    },
    "jd": {
        Stage.ASKED: "0",
        Stage.AWAIT_RETURN: "10",
        Stage.RETURNED: "1",
        Stage.REFUSED: "2",
        Stage.WITHDRAWN: "11",
        Stage.SUCCESS: "3",
    },
    "doudian": {
        Stage.ASKED: "6",
        Stage.AWAIT_RETURN: "7",
        Stage.RETURNED: "11",
        Stage.REFUSED: "27",
        Stage.WITHDRAWN: "28",
        Stage.SUCCESS: "12",
    },
    "pinduoduo": {
        Stage.ASKED: "2",
        Stage.AWAIT_RETURN: "7",
        Stage.RETURNED: "4",
        Stage.REFUSED: "6",
        Stage.WITHDRAWN: "11",
        Stage.SUCCESS: "10",
    },
    "wechat": {
        Stage.ASKED: "MERCHANT_PROCESSING",
        Stage.AWAIT_RETURN: "USER_WAIT_RETURN",
        Stage.RETURNED: "MERCHANT_WAIT_RECEIPT",
        Stage.REFUSED: "MERCHANT_REJECT_REFUND",
        Stage.WITHDRAWN: "USER_CANCELD",
        Stage.SUCCESS: "MERCHANT_REFUND_SUCCESS",
    },
}
JD_WORDS = {*_STATES["jd"].values(), "LOCKED"}
Seen = Order | Before


def word(channel: str, order: Order, seen: Seen) -> str:
    """The platform's word for a version of an order, as text; Pinduoduo's are four numbers joined by slashes."""
    if channel == "pinduoduo":
        return "/".join(map(str, pinduoduo_words(order, seen)))
    if channel == "jd" and seen.state in TO_SHIP and _locked(order):
        return "LOCKED"
    return _STATES[channel][seen.state]


def _locked(order: Order) -> bool:
    """JD locks an order while an application waits for an answer."""
    return any(refund.stage in (Stage.ASKED, Stage.AWAIT_RETURN, Stage.RETURNED) for refund in order.refunds)


def pinduoduo_words(order: Order, seen: Seen) -> tuple[int, int, int, int]:
    """(order_status, confirm_status, refund_status, risk_control_status)."""
    left = seen.state in (State.SHIPPED, State.DONE) or (seen.state is State.REFUNDED and seen.shipped_at > 0)
    status = 3 if seen.state is State.DONE else 2 if left else 1
    refund = 4 if seen.state is State.REFUNDED else 1
    if refund == 1 and seen is order and (waiting := order.open_refund):
        refund = 2 if waiting.stage in (Stage.ASKED, Stage.REFUSED) else 3
    return status, 1, refund, 1 if seen.state is State.HELD else 0


def stage_word(channel: str, refund: Refund) -> str:
    """The platform's word for a refund, as text."""
    return _STAGES[channel][refund.stage]


def line_no(channel: str, order: Order, number: int) -> str:
    """How the field catalogue names a line: the platform's sub-order, else seller code and place."""
    if channel == "taobao":
        return str(int(order.no) + number - 1)
    if channel == "doudian":
        return str(int(order.no) + number)
    return f"{order.lines[number - 1].listing.sku.code}-{number}"
