"""The converter chain for a column and its target, by what the values look like."""

import re
from typing import Any

from core.mapping.statuswords import NO_REFUND, REFUND_PATTERN
from core.mapping.suggest_columns import Column
from core.mapping.vocabulary import unit_of
from core.model.fields import Catalogue, Kind
from core.model.region import PROVINCE_NAMES, REGIONS

USUAL_TIMES = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"]
_NUMBER_DATE = r"^(\d{4}\D.*|\d{6})(?:-\d{15})?$"  # a time as written, or the day an order number begins with
_REFUND_TYPES = {
    "仅退款": "REFUND_ONLY", "未发货仅退款": "REFUND_ONLY", "已发货仅退款": "REFUND_ONLY", "退款": "REFUND_ONLY", "REFUND": "REFUND_ONLY",
    "退货退款": "RETURN_REFUND", "退款退货": "RETURN_REFUND", "退货": "RETURN_REFUND", "RETURN": "RETURN_REFUND",
    "REFUND_AND_RETURN": "RETURN_REFUND", "换货": "EXCHANGE", "补寄": "RESEND", "补发": "RESEND", "维修": "REPAIR", "REPAIR": "REPAIR",
}  # fmt: skip
_IDS = frozenset(
    ("platform_no", "line_no", "sku", "barcode", "spu", "tracking_no", "buyer_id", "refund_no", "merge_key")
)


def convert(
    target: str,
    column: Column,
    catalogue: Catalogue,
    channel: str,
    money: str = "",
    *,
    dated: bool = False,
    from_status: bool = False,
    epoch: str = "",
) -> list[dict[str, Any]] | Any:
    """The chain; None when the values cannot become what the target holds. `money` is yuan or fen."""
    field = catalogue.find(target)
    kind = field.kind if field else Kind.TEXT
    seen = column.profile
    whole = [{"do": "join", "by": "，"}] if "[*]" in column.source else []
    if whole:
        return whole if kind is Kind.TEXT else None
    if target == "refund_type":
        return [{"do": "lookup", "table": dict(_REFUND_TYPES), "otherwise": "OTHER"}]
    if kind is Kind.MONEY:
        nothing = [{"do": "null_if", "values": list(seen.odd)}] if seen.odd else []
        return [*nothing, {"do": money or "yuan"}]
    if kind is Kind.DATETIME:
        return _time(column, dated, epoch)
    if kind is Kind.DATE:
        return [{"do": "date", "pattern": list(seen.patterns)}] if seen.patterns else [{"do": "date"}]
    if kind is Kind.INTEGER:
        return _whole(target, column)
    if kind is Kind.NUMBER:
        return [{"do": "number"}]
    if kind is Kind.BOOLEAN:
        return [{"do": "boolean"}]
    return _text(target, column, channel, from_status)


_BEGINNING = "^\\s*(" + "|".join(sorted(REGIONS, key=len, reverse=True)) + ")"


def places(words: tuple[str, ...]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The chains of province, city and district for addresses that begin with them; fewer where less is sure."""
    if not words:
        return []
    parts = [word.split(" ") for word in words]
    spaced = sum(len(cut) >= 3 and cut[0] in PROVINCE_NAMES for cut in parts)
    if spaced >= 0.8 * len(words):
        names = ("province", "city", "district")
        return [
            (name, [{"do": "split", "by": " ", "index": place}, {"do": name if name != "district" else "trim"}])
            for place, name in enumerate(names)
        ]
    if sum(bool(re.match(_BEGINNING, word)) for word in words) >= 0.8 * len(words):
        return [("province", [{"do": "regex", "pattern": _BEGINNING, "group": 1}, {"do": "province"}])]
    return []


def _time(column: Column, dated: bool, epoch: str) -> list[dict[str, Any]]:
    seen = column.profile
    if seen.epoch or (epoch and not seen.known):
        return [{"do": seen.epoch or epoch}]
    if not seen.known and "时间戳" in column.header:
        return [{"do": "epoch_s"}]
    patterns = list(seen.patterns) or list(USUAL_TIMES)
    if dated:
        return [
            {"do": "regex", "pattern": _NUMBER_DATE, "group": 1, "missing": "keep"},
            {"do": "datetime", "pattern": [*patterns, "%y%m%d"]},
        ]
    return [{"do": "datetime", "pattern": patterns if len(patterns) > 1 else patterns[0]}]


def _whole(target: str, column: Column) -> list[dict[str, Any]]:
    if target == "weight_g" and unit_of(column.header) == "kg":
        return [{"do": "times", "factor": 1000}, {"do": "integer"}]
    return [{"do": "integer"}]


def _text(target: str, column: Column, channel: str, from_status: bool) -> list[dict[str, Any]]:
    seen = column.profile
    if from_status:
        return [{"do": "regex", "pattern": REFUND_PATTERN, "group": 1}]
    if target in ("refund_status", "line_refund_status"):
        return [{"do": "null_if", "values": list(NO_REFUND)}]
    if target == "phone":
        return [{"do": "phone"}]
    if target in ("province", "city"):
        chinese = not seen.known or seen.masked or not all(word.isascii() for word in seen.words)
        return [{"do": target}] if chinese else [{"do": "trim"}]
    if target == "district" and seen.masked:
        return [
            {"do": "trim"},
            {"do": "null_if", "values": [word for word in seen.words if set(word) == {"*"}] or ["****"]},
        ]
    if target == "tracking_no" and (channel == "taobao" or any(word.lower().startswith("no:") for word in seen.words)):
        return [{"do": "regex", "pattern": r"^(?:[Nn][Oo][:：])?\s*(.+)$", "group": 1}]
    return [{"do": "clean"}] if target in _IDS else [{"do": "trim"}]
