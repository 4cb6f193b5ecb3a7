"""What the shops show of each SKU as far as we told them, and under which ids they list it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Listing:
    """A SKU in a shop. `spu` and `platform_sku` are the platform's ids of the product and the SKU; "" = not known."""

    channel: str
    shop: str
    sku: str
    spu: str = ""
    platform_sku: str = ""
    source: str = "person"  # order, person, demo


@dataclass(frozen=True, slots=True)
class Published:
    """The figure a shop shows of a SKU. `refused`: the figure of a newer message that was refused."""

    qty: int | None
    pushed_at: datetime | None
    refused: int | None = None
    coming: int | None = None


def keep(cursor: Cursor, rows: Sequence[tuple[str, str, str, int, datetime]]) -> None:
    """The shops show these figures (channel, shop, sku, qty, snapshot_at); an older snapshot never replaces a newer."""
    if not rows:
        return
    now = clock.now()
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        "MERGE INTO stock_published AS p USING (SELECT * FROM (SELECT unnest(?::VARCHAR[]) AS channel, "
        "unnest(?::VARCHAR[]) AS shop, unnest(?::VARCHAR[]) AS sku, unnest(?::BIGINT[]) AS qty, "
        "unnest(?::TIMESTAMPTZ[]) AS snapshot_at) QUALIFY row_number() OVER (PARTITION BY channel, shop, sku "
        "ORDER BY snapshot_at DESC) = 1) AS n ON p.channel = n.channel AND p.shop = n.shop AND p.sku = n.sku "
        "WHEN MATCHED AND p.snapshot_at <= n.snapshot_at THEN UPDATE SET qty = n.qty, snapshot_at = n.snapshot_at, "
        "pushed_at = ? WHEN NOT MATCHED THEN INSERT (channel, shop, sku, qty, snapshot_at, pushed_at) "
        "VALUES (n.channel, n.shop, n.sku, n.qty, n.snapshot_at, ?)",
        [*columns, now, now],
    )


def known(cursor: Cursor) -> dict[tuple[str, str, str], Published]:
    """(channel, shop, sku) -> what it shows, what is on its way and what was refused last."""
    rows = cursor.execute(
        "WITH m AS (SELECT channel, shop, subject AS sku, "
        "arg_max(CAST(json_extract_string(body, '$.shown') AS BIGINT), created_at) FILTER (state = 'dead') AS refused, "
        "arg_max(CAST(json_extract_string(body, '$.shown') AS BIGINT), created_at) FILTER (state IN ('waiting', 'claimed')) AS coming "
        "FROM outbox WHERE kind = 'stock_push' AND state IN ('dead', 'waiting', 'claimed') GROUP BY ALL) "
        "SELECT coalesce(p.channel, m.channel), coalesce(p.shop, m.shop), coalesce(p.sku, m.sku), p.qty, p.pushed_at, "
        "m.refused, m.coming FROM stock_published p FULL JOIN m ON m.channel = p.channel AND m.shop = p.shop AND m.sku = p.sku"
    ).fetchall()
    return {(row[0], row[1], row[2]): Published(*row[3:]) for row in rows}


def listings(cursor: Cursor) -> list[Listing]:
    """Every SKU a shop is known to sell: entered, told by the demonstration, or seen on an order with a product id."""
    rows = cursor.execute(
        "SELECT coalesce(k.channel, l.channel), coalesce(k.shop, l.shop), coalesce(k.sku, l.sku), "
        "coalesce(nullif(k.spu, ''), l.spu, ''), coalesce(k.platform_sku, ''), coalesce(k.source, 'order') FROM listings k "
        "FULL JOIN (SELECT channel, shop, sku, max(spu) AS spu FROM order_lines WHERE sku IS NOT NULL AND sku <> '' "
        "AND granted_by IS NULL GROUP BY ALL) l ON l.channel = k.channel AND l.shop = k.shop AND l.sku = k.sku ORDER BY 1, 2, 3"
    ).fetchall()
    return [Listing(*row) for row in rows]


def save(cursor: Cursor, rows: Iterable[Listing], *, demo: bool = False) -> int:
    """Put these listings in place of what is known of them; returns how many."""
    found = list(rows)
    if not found:
        return 0
    columns = [
        [row.channel for row in found], [row.shop for row in found], [row.sku for row in found],
        [row.spu for row in found], [row.platform_sku for row in found], [row.source for row in found],
    ]  # fmt: skip
    unnested = ", ".join(
        f"unnest(?::VARCHAR[]) AS {name}" for name in ("channel", "shop", "sku", "spu", "platform_sku", "source")
    )
    cursor.execute(
        f"MERGE INTO listings AS k USING (SELECT {unnested}) AS n ON k.channel = n.channel AND k.shop = n.shop AND k.sku = n.sku "
        "WHEN MATCHED THEN UPDATE SET spu = n.spu, platform_sku = n.platform_sku, source = n.source, changed_at = ? "
        "WHEN NOT MATCHED THEN INSERT (channel, shop, sku, spu, platform_sku, source, demo, changed_at) "
        "VALUES (n.channel, n.shop, n.sku, n.spu, n.platform_sku, n.source, ?, ?)",
        [*columns, clock.now(), demo, clock.now()],
    )
    return len(found)


def sold_since(cursor: Cursor) -> dict[tuple[str, str, str], int]:
    """(channel, shop, sku) -> pieces ordered there since the figure it shows was reckoned, as the platform counts them."""
    rows = cursor.execute(
        "SELECT p.channel, p.shop, p.sku, sum(coalesce(l.qty, 1))::BIGINT FROM stock_published p "
        "JOIN orders o ON o.channel = p.channel AND o.shop = p.shop AND coalesce(o.ordered_at, o.paid_at) > p.snapshot_at "
        "AND o.status <> 'CANCELLED' JOIN order_lines l ON l.order_key = o.order_key AND l.sku = p.sku GROUP BY ALL"
    ).fetchall()
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def last_push(store: Store) -> datetime | None:
    """When a push was planned last."""
    with store.read() as cursor:
        row = cursor.execute("SELECT max(planned_at) FROM stock_push_runs").fetchone()
    return row[0] if row else None


def note_run(cursor: Cursor, planned_at: datetime, skus: int, figures: int, shops: int, unlisted: int) -> None:
    """Keep what a plan came to; runs and settled figures older than a week go."""
    cursor.execute("INSERT INTO stock_push_runs VALUES (?, ?, ?, ?, ?)", [planned_at, skus, figures, shops, unlisted])
    cursor.execute("DELETE FROM stock_push_runs WHERE planned_at < ?::TIMESTAMPTZ - INTERVAL 7 DAY", [planned_at])
    cursor.execute(
        "DELETE FROM outbox WHERE kind = 'stock_push' AND state IN ('done', 'superseded', 'ignored') "
        "AND changed_at < ?::TIMESTAMPTZ - INTERVAL 7 DAY",
        [planned_at],
    )


def unlearned(cursor: Cursor, limit: int) -> list[tuple[str, str, str, str, int]]:
    """(channel, shop, sku, batch_id, place) of SKUs sold that no listing tells of, with the payload of a newest order."""
    return cursor.execute(
        "SELECT l.channel, l.shop, l.sku, max(r.batch_id), arg_max(r.place, r.batch_id) FROM ("
        "SELECT channel, shop, sku, max(order_key) AS order_key FROM order_lines WHERE sku IS NOT NULL AND sku <> '' "
        "AND granted_by IS NULL GROUP BY ALL) l ANTI JOIN listings k ON k.channel = l.channel AND k.shop = l.shop AND k.sku = l.sku "
        "JOIN raw_payloads r ON r.order_key = l.order_key AND r.entity = 'orders' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?",
        [limit],
    ).fetchall()


def last_run(store: Store) -> dict[str, Any] | None:
    """The newest round: planned_at, skus, figures, shops, unlisted."""
    with store.read() as cursor:
        row = cursor.execute("SELECT * FROM stock_push_runs ORDER BY planned_at DESC LIMIT 1").fetchone()
    return dict(zip(("planned_at", "skus", "figures", "shops", "unlisted"), row, strict=True)) if row else None


def forget_run(cursor: Cursor) -> None:
    """Forget when the last rounds were: the next one is due."""
    cursor.execute("DELETE FROM stock_push_runs")


def titles(cursor: Cursor) -> dict[str, str]:
    """SKU -> its name in the product list."""
    return dict(cursor.execute("SELECT sku, any_value(title) FROM products GROUP BY sku").fetchall())
