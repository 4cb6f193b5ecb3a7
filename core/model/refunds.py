"""What a platform's word for a refund means to us. `refunds.refund_status` keeps the platform's own word.

Words: Taobao `refund.status`, JD refund application `status`, Doudian `aftersale_status`, Pinduoduo
`after_sales_status`, WeChat store `aftersale.status`, each by the platform's interface documentation. A refused request
stays open: the buyer can still insist. An unknown word is open too.
"""

from core.i18n import N_

REQUESTED, AGREED, RETURNING, REFUSED, REFUNDED, CLOSED = (
    "requested",
    "agreed",
    "returning",
    "refused",
    "refunded",
    "closed",
)
STATES: dict[str, str] = {
    REQUESTED: N_("Refund requested"),
    AGREED: N_("Refund agreed"),
    RETURNING: N_("Return on its way"),
    REFUSED: N_("Refund refused"),
    REFUNDED: N_("Refunded"),
    CLOSED: N_("Refund closed"),
}
SETTLED = (REFUNDED, CLOSED)
"""The states after which nobody waits for anything."""

GENERAL = {
    "REQUESTED": REQUESTED,
    "applied": REQUESTED,
    "SUCCESS": REFUNDED,
    "REFUNDED": REFUNDED,
    "refunded": REFUNDED,
    "success": REFUNDED,
    "CLOSED": CLOSED,
    "closed": CLOSED,
    "CANCELLED": CLOSED,
    "cancelled": CLOSED,
    "rejected": REFUSED,
    "REFUSED": REFUSED,
}
WORDS: dict[str, dict[str, str]] = {
    "taobao": {
        "WAIT_SELLER_AGREE": REQUESTED,
        "WAIT_BUYER_RETURN_GOODS": AGREED,
        "WAIT_SELLER_CONFIRM_GOODS": RETURNING,
        "SELLER_REFUSE_BUYER": REFUSED,
        "CLOSED": CLOSED,
        "SUCCESS": REFUNDED,
    },
    "jd": {
        "0": REQUESTED,
        "1": AGREED,
        "2": CLOSED,  # refused by the reviewer: the application is over, the order is delivered
        "3": REFUNDED,
        "4": CLOSED,
        "5": AGREED,
        "6": REFUNDED,
        "7": AGREED,
        "8": REFUSED,
        "9": REFUNDED,
        "10": AGREED,
        "11": CLOSED,
    },
    "doudian": {
        "6": REQUESTED,
        "7": AGREED,
        "8": RETURNING,
        "11": RETURNING,
        "12": REFUNDED,
        "13": RETURNING,
        "14": REFUNDED,
        "27": REFUSED,
        "28": CLOSED,
        "29": REFUSED,
    },
    "pinduoduo": {
        "0": CLOSED,
        "2": REQUESTED,
        "3": REQUESTED,
        "4": AGREED,
        "5": AGREED,
        "6": REFUSED,
        "7": AGREED,
        "8": REQUESTED,
        "9": CLOSED,
        "10": REFUNDED,
        "11": CLOSED,
        "12": CLOSED,
        "13": CLOSED,
        "31": AGREED,
    },
    "wechat": {
        "MERCHANT_PROCESSING": REQUESTED,
        "USER_WAIT_RETURN": AGREED,
        "MERCHANT_WAIT_RECEIPT": RETURNING,
        "MERCHANT_OVERDUE_REFUND": AGREED,
        "PLATFORM_REFUNDING": AGREED,
        "USER_WAIT_CONFIRM": REQUESTED,
        "USER_WAIT_CONFIRM_UPDATE": REQUESTED,
        "USER_WAIT_HANDLE_MERCHANT_AFTER_SALE": REQUESTED,
        "MERCHANT_REFUND_SUCCESS": REFUNDED,
        "MERCHANT_RETURN_SUCCESS": REFUNDED,
        "USER_CANCELD": CLOSED,
        "MERCHANT_REJECT_REFUND": CLOSED,
        "MERCHANT_REJECT_RETURN": CLOSED,
        "RETURN_CLOSED": CLOSED,
    },
}


def state_of(channel: str, word: str | None) -> str | None:
    """Our state for a platform's word; None for a word that is not known."""
    return WORDS.get(channel, GENERAL).get(word or "")


def words_of(*states: str) -> dict[str, tuple[str, ...]]:
    """The words of these states by channel; "" stands for every channel that has no words of its own."""
    return {
        channel: tuple(word for word, state in words.items() if state in states)
        for channel, words in {**WORDS, "": GENERAL}.items()
    }
