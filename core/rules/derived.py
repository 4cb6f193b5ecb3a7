"""Rule fields that are worked out of an order's own fields. One entry each: the field, its SQL and the same in Python.

Both forms must agree on every input, NULLs included; they are proven together with the rest of the language.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.i18n import N_
from core.model.fields import Field, Kind, Level
from core.rules.keys import column_of

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Derived:
    """`sql` is over the order alias o, `value` takes the order row, `needs` are the stored fields behind both."""

    field: Field
    needs: tuple[str, ...]
    sql: str
    value: Callable[[Mapping[str, Any]], Any]


def _account_age(row: Mapping[str, Any]) -> int | None:
    ordered = row.get("ordered_at") or row.get("paid_at")
    registered = row.get("account_registered_at")
    if ordered is None or registered is None:
        return None
    return math.floor((ordered - registered) / timedelta(microseconds=1) / _HOUR_US)


def _discount_percent(row: Mapping[str, Any]) -> int | None:
    discount, goods = row.get("discount_fen"), row.get("goods_fen")
    return None if discount is None or not goods else math.floor(100.0 * discount / goods)


DERIVED: dict[str, Derived] = {
    entry.field.name: entry
    for entry in (
        Derived(
            Field("account_age_hours", Kind.INTEGER, Level.ORDER, N_("Age of the account (hours)"), mapped=False),
            ("account_registered_at", "ordered_at", "paid_at"),
            "CAST(floor((epoch_us(coalesce(o.ordered_at, o.paid_at)) - epoch_us(o.account_registered_at)) "
            f"/ {_HOUR_US}.0) AS BIGINT)",
            _account_age,
        ),
        Derived(
            Field("discount_percent", Kind.INTEGER, Level.ORDER, N_("Discount (% of goods)"), mapped=False),
            ("discount_fen", "goods_fen"),
            "CAST(floor(100.0::DOUBLE * o.discount_fen / nullif(o.goods_fen, 0)) AS BIGINT)",
            _discount_percent,
        ),
    )
}


def sql_of(field: Field) -> str:
    """The rule field as SQL over the row alias o."""
    derived = DERIVED.get(field.name) if field.level is Level.ORDER else None
    return f"({derived.sql})" if derived else f"o.{column_of(field)}"


def value_of(field: Field) -> Callable[[Mapping[str, Any]], Any]:
    """The rule field of a row."""
    derived = DERIVED.get(field.name) if field.level is Level.ORDER else None
    if derived:
        return derived.value
    name = column_of(field)
    return lambda row: row.get(name)
