"""Windowed counts as SQL: orders or units with the same key over (t - window, t], in strict order of arrival.

Ties come in the order of arrival in the pool, then by key. Only the few columns a count needs are sorted, and by a
64-bit hash of the key rather than by its text: among a million keys two share one with a chance of 3 in 100 million.
"""

from datetime import timedelta

from core.model.fields import Privacy
from core.rules.condition import Count
from core.rules.days import day_number
from core.rules.keys import column_of
from core.rules.piece import Sql

ARRIVAL = "coalesce(o.ordered_at, o.paid_at)"
_HOUR_US = 3_600_000_000


def counted(count: Count, where: Sql, zone: str, source: Sql, least: float) -> Sql:
    """`order_key, n` of every order of the source that has the key and an instant and counts at least `least`.

    The source is a FROM clause with the alias o, `where` says which of its orders count. Without a key or an instant the
    count is not evaluable: no row.
    """
    what = "count(CASE WHEN n THEN 1 END)" if count.what == "orders" else "sum(CASE WHEN n THEN units ELSE 0 END)"
    by = f"h, {day_number(zone)}" if count.hours is None else "h"
    number = f"{what} OVER (PARTITION BY {by} ORDER BY t, p, order_key ROWS UNBOUNDED PRECEDING)"
    if count.hours is not None:
        before = f"RANGE BETWEEN UNBOUNDED PRECEDING AND {count.hours * _HOUR_US} PRECEDING"
        number += f" - coalesce({what} OVER (PARTITION BY h ORDER BY t {before}), 0)"
    rows = _rows(count, where, source)
    text = f"SELECT order_key, CAST({number} AS BIGINT) AS n FROM ({rows.text})"
    if least > 0:
        text = f"SELECT order_key, n FROM ({text}) WHERE n >= ?"
        rows.values.append(least)
    return Sql(text, rows.values)


def _rows(count: Count, where: Sql, source: Sql) -> Sql:
    units = ", coalesce(o.unit_count, 0) AS units" if count.what == "units" else ""
    # An order cancelled before it was paid never counts, but it still gets its own row.
    counts = f"({where.text}) AND NOT (coalesce(o.status = 'CANCELLED', false) AND o.paid_at IS NULL)"
    return Sql(
        f"SELECT o.order_key, hash({', '.join((*scope(count), key_of(count)))}) AS h, epoch_us({ARRIVAL}) AS t, "
        f"epoch_us(o.pool_at) AS p, ({counts}) AS n{units} FROM {source.text} "
        f"WHERE {key_of(count)} IS NOT NULL AND {ARRIVAL} IS NOT NULL",
        [*where.values, *source.values],
    )


def key_of(count: Count) -> str:
    """The column by whose value orders are counted together."""
    return f"o.{column_of(count.same)}"


def evaluable(count: Count) -> str:
    """Whether an order has what the count needs, as SQL over o."""
    return f"({key_of(count)} IS NOT NULL AND {ARRIVAL} IS NOT NULL)"


def scope(count: Count) -> tuple[str, ...]:
    """Within what a key is the same: keyed person values and addresses of the network hold everywhere, a buyer's id
    within its channel, a merge key within its shop."""
    if count.same.privacy is Privacy.PERSON or count.same.name == "ip":
        return ()
    return ("o.channel", "o.shop") if count.same.name == "merge_key" else ("o.channel",)


def reach(count: Count) -> timedelta:
    """How far before an order the count looks back; a calendar day has up to 25 hours."""
    return timedelta(hours=25 if count.hours is None else count.hours)
