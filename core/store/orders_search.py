"""One box that finds an order by anything: any id, phone, waybill, last four, name.

A text is looked up kind after kind, cheapest and likeliest first, and the first kind that finds something wins. A
platform order no. needs no scan of texts: with the shops known, its `order_key` is computed (measured on 1,000,000
orders: 4 ms for the key against 40 ms for the text).
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.store.orders_query import Predicate
from core.store.store import Cursor, Store

_FEW = 8  # so many keys are compared one by one: DuckDB then reads only the rows that match
_MANY = 1000  # so many found keys are cheaper to look up again than the texts that led to them
_ELSEWHERE = re.compile(r"order_key IN \(SELECT( order_key FROM (?:order_lines|refunds) WHERE \w+ = \?)\)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search found: the kind that matched (`platform_no`, `phone`, …, or "" for nothing) and the orders.

    `total`: how many orders that is, where the search has already seen them all.
    """

    kind: str
    predicate: Predicate
    total: int | None = None


NOTHING = Finding("", Predicate("false"), 0)


def order_key(channel: str, shop: str, platform_no: str) -> int:
    """The 63-bit key of an order, as the store computes it in SQL."""
    digest = hashlib.md5("\x1f".join((channel, shop, platform_no)).encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little") >> 1


def phone_digits(text: str) -> str:
    """A Chinese mobile number as 11 digits, in any usual spelling; "" for anything else."""
    digits = re.sub(r"[\s\-()+]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(00)?86(?=1\d{10}$)", "", digits)
    return digits if re.fullmatch(r"1\d{10}", digits) else ""


def find(store: Store, text: str, keyed: Callable[[str], str]) -> Finding:
    """The orders that a text means. `keyed` hashes person data as the intake did."""
    wanted = unicodedata.normalize("NFKC", text).strip()
    if not wanted:
        return NOTHING
    with store.read() as cursor:
        for kind, predicate in _guesses(cursor, wanted, keyed):
            found = _keys(cursor, predicate)
            if found:
                return Finding(kind, predicate) if len(found) > _MANY else Finding(kind, by_keys(found), len(found))
    return NOTHING


def by_keys(keys: list[int]) -> Predicate:
    """The orders with these keys."""
    if len(keys) <= _FEW:
        return Predicate("(" + " OR ".join(["order_key = ?"] * len(keys)) + ")" if keys else "false", tuple(keys))
    return Predicate(f"order_key IN ({', '.join('?' * len(keys))})", tuple(keys))


def _guesses(cursor: Cursor, text: str, keyed: Callable[[str], str]) -> Iterator[tuple[str, Predicate]]:
    phone = phone_digits(text)
    if phone:
        # The four digits are found in a tenth of the time; the long key is then read only where they fit.
        yield "phone", Predicate("phone_last4 = ? AND phone_key = ?", (phone[-4:], keyed(phone)))
    if re.fullmatch(r"\d{4}", text):
        yield "last_four", Predicate("(phone_last4 = ? OR suffix(platform_no, ?))", (text, text))
    if re.search(r"[一-鿿]", text):
        yield from _names(text, keyed)
        return
    shops = cursor.execute("SELECT DISTINCT channel, shop FROM shops").fetchall()
    yield "platform_no", by_keys([order_key(channel, shop, text) for channel, shop in shops])
    yield "tracking_no", Predicate("tracking_no = ?", (text,))
    yield "refund_no", Predicate("order_key IN (SELECT order_key FROM refunds WHERE refund_no = ?)", (text,))
    yield "buyer_id", Predicate("buyer_id = ?", (text,))
    yield "merge_key", Predicate("merge_key = ?", (text,))
    yield "sku", Predicate("order_key IN (SELECT order_key FROM order_lines WHERE sku = ?)", (text,))
    yield "line_no", Predicate("order_key IN (SELECT order_key FROM order_lines WHERE line_no = ?)", (text,))
    yield "platform_no", Predicate("platform_no = ?", (text,))  # of a shop that is no longer in the list
    if len(text) >= 6:
        yield "part", Predicate("starts_with(platform_no, ?)", (text,))
    yield "buyer_name", Predicate("buyer_name = ?", (text,))
    yield from _names(text, keyed)


def _names(text: str, keyed: Callable[[str], str]) -> Iterator[tuple[str, Predicate]]:
    if "*" not in text:
        hashed = keyed(text)
        yield "recipient", Predicate("(recipient_key = ? OR buyer_name_key = ?)", (hashed, hashed))
    shown = text[0] + "**" if "*" not in text else text
    yield "masked_name", Predicate("(recipient = ? OR buyer_name = ?)", (shown, shown))


def _keys(cursor: Cursor, predicate: Predicate) -> list[int]:
    """The keys of the orders, at most one more than are worth listing."""
    elsewhere = _ELSEWHERE.fullmatch(predicate.sql)  # then the orders themselves need not be read
    asked = f"SELECT DISTINCT{elsewhere[1]}" if elsewhere else f"SELECT order_key FROM orders WHERE {predicate.sql}"
    rows = cursor.execute(f"{asked} LIMIT {_MANY + 1}", list(predicate.values)).fetchall()
    return [row[0] for row in rows]
