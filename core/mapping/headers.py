"""One header -> the fields it may mean, with a confidence. Looks at the words only; values have their say later."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from core.mapping.vocabulary import FAMILIES, WORDS, Family, base
from core.mapping.vocabulary_english import ENGLISH
from core.mapping.vocabulary_money import MONEY_FAMILIES, MONEY_WORDS, PAYABLE, UNCLEAR

MONEY = frozenset(MONEY_WORDS)
_FAMILIES: tuple[Family, ...] = (*FAMILIES, *MONEY_FAMILIES, PAYABLE, *ENGLISH)
_LATIN = re.compile(r"[a-z0-9]+")
_WEAK = {  # exact names that are common words: other columns of the same meaning win
    "num": 0.75, "code": 0.72, "count": 0.7, "state": 0.72, "remark": 0.72, "pin": 0.75, "username": 0.72, "status": 0.9,
    "description": 0.72, "invoiceno": 0.82, "invoicenumber": 0.82, "orderprice": 0.72, "sellerdiscount": 0.72, "payment": 0.86,
    "productprice": 0.72, "deliverydate": 0.6, "price": 0.88, "refundid": 0.9, "reason": 0.7, "单号": 0.7, "状态": 0.85,
    "买家": 0.7, "商品": 0.82, "价格": 0.85, "成交价": 0.86, "电话": 0.88, "商品编码": 0.8, "物流编号": 0.8, "货款": 0.8, "discount": 0.8,
    "商家备注等级": 0.75, "商品金额": 0.82, "定时发货时间": 0.75, "tradeno": 0.75, "申请时间": 0.7, "备注": 0.0, "shipping": 0.75,
    "reasontext": 0.7, "checktime": 0.6, "userid": 0.85, "原始单号": 0.955, "原始订单号": 0.955, "订单id": 0.93, "付款日期": 0.9,
}  # fmt: skip
_NOT_NEAR = frozenset(("country", "paytype", "ordertype", "orderlevel"))


@dataclass(frozen=True, slots=True)
class Guess:
    """A field a header may mean. `rank` orders equal names of one field (0 is the best)."""

    target: str
    confidence: float
    rank: int = 0
    how: str = "name"  # name, family, near, values


@cache
def _exact() -> dict[str, tuple[tuple[str, int], ...]]:
    """Base -> (target, rank) of every exact name."""
    found: dict[str, list[tuple[str, int]]] = {}
    for target, words in (*WORDS.items(), *MONEY_WORDS.items()):
        for rank, word in enumerate(words.split()):
            found.setdefault(word, []).append((target, rank))
    return {word: tuple(targets) for word, targets in found.items()}


@cache
def guesses(header: str) -> tuple[Guess, ...]:
    """The fields a header may mean, best first; empty for an unknown one."""
    text = base(header)
    if not text:
        return ()
    found: dict[str, Guess] = {}
    for target, rank in _exact().get(text, ()):
        found[target] = Guess(target, _WEAK.get(text, 0.97) - rank * 0.0005, rank)
    for one in _FAMILIES:
        if one.target not in found and one.pattern.fullmatch(text) and not (one.guard and one.guard.search(text)):
            found[one.target] = Guess(one.target, one.confidence, 90, "family")
    if not found and (near := _near(text)):
        found[near.target] = near
    return tuple(sorted(found.values(), key=lambda guess: -guess.confidence))


def _near(text: str) -> Guess | None:
    """The exact name that is nearly this one. Never an amount, never for a short word."""
    if len(text) < 4 or text in _NOT_NEAR or unclear(text):
        return None
    latin = bool(_LATIN.fullmatch(text))
    needed = 0.88 if latin else 0.86
    matcher = SequenceMatcher(None, "", text)
    best, target = 0.0, ""
    for word, targets in _exact().items():
        if targets[0][0] in MONEY or abs(len(word) - len(text)) > 2 or bool(_LATIN.fullmatch(word)) != latin:
            continue
        matcher.set_seq1(word)
        if matcher.real_quick_ratio() < needed or matcher.quick_ratio() < needed:
            continue
        ratio = matcher.ratio()
        if ratio > best:
            best, target = ratio, targets[0][0]
    if best < needed or any(one.target == target and one.guard and one.guard.search(text) for one in _FAMILIES):
        return None
    return Guess(target, 0.62, 99, "near")


def unclear(header: str) -> str:
    """Why an amount of this name stays unmapped; empty when there is no such reason."""
    text = base(header)
    return next((reason for pattern, reason in UNCLEAR if re.fullmatch(pattern, text)), "")


def is_payable(header: str) -> bool:
    """Whether the header speaks of what is to be paid, not of what was paid."""
    text = base(header)
    return bool(PAYABLE.pattern.fullmatch(text) and not (PAYABLE.guard and PAYABLE.guard.search(text)))


def known_header(cell: str) -> bool:
    """Whether a cell is a header the vocabulary knows."""
    text = cell.strip()
    return 0 < len(text) <= 40 and any(guess.how != "near" and guess.confidence >= 0.7 for guess in guesses(text))


def is_order_number(header: str) -> bool:
    """Whether a header names the number of an order."""
    return any(guess.target == "platform_no" and guess.how == "name" for guess in guesses(header))
