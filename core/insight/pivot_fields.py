"""What the explorer may group by and measure: dimensions out of the field catalogue, measures with one formula each.

A question has a grain: the order, its lines, or its refunds. No field of a person is a dimension: what is stored of it is
masked, and its groups would be persons. Free texts and numbers of single orders are none either.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import N_
from core.insight import local_time
from core.insight.console_views import PERSON_KEY
from core.model.fields import Catalogue, Field, Kind, Level, Privacy

ORDER, LINE, REFUND = "order", "line", "refund"
TIMES = ("paid_at", "ordered_at", "shipped_at")
"""The instants a question can go by."""
_OPEN = {
    ORDER: ("channel", "shop", "status", "province", "city", "district", "warehouse", "courier", "flag", "currency", "is_presale"),
    LINE: ("sku", "spu", "title", "spec", "is_gift"),
    REFUND: ("reason", "refund_type", "refund_status"),
}  # fmt: skip
_ALIAS = {ORDER: "o", LINE: "l", REFUND: "r"}
_GROUPS = (Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN, Kind.INTEGER, Kind.DATE)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to group. `sql` over the aliases o, l, r; `ordered`: its groups have an order of their own (time)."""

    name: str
    label: str
    grain: str
    sql: str
    ordered: bool = False
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure a group. `kind`: count, money (fen), share, minutes. `sql` by grain; `money`: for those who may see it."""

    name: str
    label: str
    kind: str
    sql: Mapping[str, str]
    money: bool = False
    refunded: bool = False  # needs to know whether the order has a refund


def _share(condition: str, among: str = "true") -> str:
    return f"count(*) FILTER ({condition}) / nullif(count(*) FILTER ({among}), 0)"


_PERSON = PERSON_KEY.format("o.")
_BUYERS = (
    f"count(DISTINCT hash({_PERSON})) FILTER ({_PERSON} IS NOT NULL)"  # the hash halves the work; 64 bits never meet
)
MEASURES: tuple[Measure, ...] = (
    Measure("orders", N_("Orders"), "count", {ORDER: "count(*)", LINE: "count(DISTINCT o.order_key)", REFUND: "count(DISTINCT o.order_key)"}),
    Measure("units", N_("Units"), "count", {ORDER: "sum(o.unit_count)::BIGINT", LINE: "sum(l.qty)::BIGINT"}),
    Measure("paid", N_("Amount paid"), "money", {ORDER: "sum(o.paid_fen)::BIGINT", LINE: "sum(l.line_paid_fen)::BIGINT"}, money=True),
    Measure("average", N_("Average order value"), "money", {ORDER: "round(avg(o.paid_fen))::BIGINT"}, money=True),
    Measure("discount", N_("Discount"), "money", {ORDER: "sum(o.discount_fen)::BIGINT"}, money=True),
    Measure("buyers", N_("Buyers"), "count", {ORDER: _BUYERS, LINE: _BUYERS, REFUND: _BUYERS}),
    Measure("refund_share", N_("Share of orders with a refund"), "share", {ORDER: _share("rf.order_key IS NOT NULL")}, refunded=True),
    Measure("held_share", N_("Share of orders held now"), "share", {ORDER: _share("o.held")}),
    Measure("cancelled_share", N_("Share of orders cancelled"), "share", {ORDER: _share("o.status = 'CANCELLED'")}),
    Measure("scheduled_share", N_("Share with a delivery date or presale"), "share",
            {ORDER: _share("o.deliver_on IS NOT NULL OR o.is_presale")}),
    Measure("late_share", N_("Share shipped after the promised time"), "share",
            {ORDER: _share("o.shipped_at > o.ship_by", "o.shipped_at IS NOT NULL AND o.ship_by IS NOT NULL")}),
    Measure("to_slip", N_("Minutes from payment to slip, median"), "minutes",
            {ORDER: "quantile_cont((epoch_us(o.slip_at) - epoch_us(o.paid_at)) / 60e6, 0.5) FILTER (o.slip_at >= o.paid_at)"}),
    Measure("refunds", N_("Refunds"), "count", {REFUND: "count(*)"}),
    Measure("refund_fen", N_("Refund amount"), "money", {REFUND: "sum(r.refund_fen)::BIGINT"}, money=True),
)  # fmt: skip
BY_NAME = {measure.name: measure for measure in MEASURES}


def dimensions(known: Catalogue, time: str, zone: str) -> dict[str, Dimension]:
    """All dimensions of a question that goes by the instant `time`, by name."""
    found = {each.name: each for each in _of_time(f"o.{time}", zone)}
    found["held"] = Dimension("held", N_("Held"), ORDER, "coalesce(o.held, false)")
    for level, grain in ((Level.ORDER, ORDER), (Level.LINE, LINE), (Level.REFUND, REFUND)):
        for field in known.at(level):
            if _may_group(field, grain) and field.name not in found:
                found[field.name] = _of_field(field, grain)
    return found


def _may_group(field: Field, grain: str) -> bool:
    if field.privacy is Privacy.PERSON or field.kind not in _GROUPS:
        return False
    return field.own or field.name in _OPEN[grain]


def _of_field(field: Field, grain: str) -> Dimension:
    sql = f'{_ALIAS[grain]}."{field.name}"'
    if field.kind is Kind.BOOLEAN:
        sql = f"coalesce({sql}, false)"
    elif field.kind in (Kind.TEXT, Kind.CHOICE):
        sql = f"nullif({sql}, '')"
    return Dimension(field.name, field.label, grain, sql, field.kind is Kind.DATE, tuple(sorted(field.labels.items())))


def _of_time(column: str, zone: str) -> tuple[Dimension, ...]:
    local, days, day = local_time.micros(column, zone), local_time.days(column, zone), local_time.day(column, zone)
    return (
        Dimension("hour", N_("Hour of the day"), ORDER, f"(({local} // {local_time.HOUR_US}) % 24)::INTEGER", True),
        Dimension("weekday", N_("Weekday"), ORDER, f"(({days} + 3) % 7 + 1)::INTEGER", True),
        Dimension("day", N_("Day"), ORDER, day, True),
        Dimension("week", N_("Week, from Monday"), ORDER, f"({day} - (({days} + 3) % 7)::INTEGER)", True),
        Dimension("month", N_("Month"), ORDER, f"date_trunc('month', {day})::DATE", True),
    )
