"""The unit of an amount column, proved or not at all; and whether an amount belongs to the order or to its line."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import _
from core.mapping.profile import Profile
from core.mapping.suggest_columns import Column
from core.mapping.vocabulary import unit_of

FEN_CHANNELS = frozenset(("doudian", "wechat", "xiaohongshu", "kuaishou"))  # their interfaces count in fen
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SMALL_YUAN = 1000.0  # whole amounts below it are yuan in a Chinese export; as fen they would be under ten yuan
_SURE_YUAN = 100.0


@dataclass(frozen=True, slots=True)
class Unit:
    """`converter` is yuan, fen or "" for a column that must stay unmapped; `sure` says whether something proved it."""

    converter: str
    reason: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Hints:
    """What the whole table says: times as epoch counts (interfaces in fen have them), some amounts with decimals."""

    channel: str
    epoch: bool
    cents: bool
    export: bool = False  # a seller centre's export, known by a name only such a file has: all of them are in yuan


# Amount columns as only the platforms' own exports call them (Taobao, JD, Doudian, Pinduoduo, WeChat).
EXPORT_NAMES = frozenset(
    (
        "京东价", "买家应付货款", "买家应付邮费", "买家实际支付金额", "买家实际支付积分", "订单应付金额", "达人优惠", "商家改价", "用户实付金额",
        "商家实收金额", "多多支付立减金额", "订单实际支付金额", "订单实际收款金额", "商品实际价格总共", "余额支付",
    )
)  # fmt: skip


def unit(column: Column, hints: Hints) -> Unit:
    """The unit of an amount column."""
    stated = unit_of(column.header)
    seen = column.profile
    if stated == "fen":
        if seen.cents:
            return Unit("", _("The header says fen but amounts have decimals."))
        return Unit("fen", _("The header says fen."))
    if stated == "yuan":
        return Unit("yuan", _("The header says yuan."))
    if seen.cents > 0:
        return Unit("yuan", _("Amounts have decimals: yuan."))
    chinese = bool(_CHINESE.search(column.header))
    if not seen.known:
        if chinese:
            return Unit("yuan", _("Exports with Chinese headers are in yuan; no value was seen."), sure=False)
        if hints.channel in FEN_CHANNELS or (hints.epoch and not hints.cents):
            return Unit("fen", _("This channel's interface counts in fen; no value was seen."), sure=False)
        return Unit("yuan", _("No value was seen; check the unit."), sure=False)
    return _whole(seen, chinese, hints)


def _whole(seen: Profile, chinese: bool, hints: Hints) -> Unit:
    """The unit of a column of whole numbers."""
    if hints.export and chinese:
        return Unit("yuan", _("The export of this platform is in yuan."))
    if hints.cents:
        return Unit("yuan", _("Other amounts of the file have decimals: yuan."))
    if not chinese and (hints.epoch or hints.channel in FEN_CHANNELS):
        return Unit("fen", _("Whole amounts as in this kind of interface: fen."), sure=hints.epoch)
    if seen.median < (_SMALL_YUAN if chinese else _SURE_YUAN):
        return Unit("yuan", _("Whole amounts too small for fen: yuan."), sure=False)
    return Unit("", _("Whole amounts without a unit: it may be yuan or fen. Choose it yourself."))


@dataclass(frozen=True, slots=True)
class Spread:
    """How a column behaves inside orders of several rows: `several` orders were seen, in `varied` of them it differs."""

    several: int
    varied: int


def spread(rows: pa.Table, key: str, column: str) -> Spread:
    """How often a column differs between the rows of one order. Empty cells do not count as a difference."""
    if rows.num_rows == 0 or key == column:
        return Spread(0, 0)
    both = pc.and_(pc.is_valid(rows.column(key)), pc.is_valid(rows.column(column)))
    pairs = rows.select([key, column]).filter(both)
    told = pairs.group_by(key).aggregate([(column, "count"), (column, "count_distinct")])
    several = told.filter(pc.greater(told.column(f"{column}_count"), 1))
    varied = pc.sum(pc.greater(several.column(f"{column}_count_distinct"), 1)).as_py() or 0
    return Spread(several.num_rows, int(varied))
