"""Makes bulk sample orders repeat their buyers: shared phones, addresses, IP addresses, young accounts. For benchmarks.

The spread follows a shop's: most keys once or twice within a month, a few dozens of times.
"""

from core.store.store import Store


def spread(store: Store) -> None:
    """Give the sample's orders keys that repeat. Deterministic; an order in eight has no phone, one in three an IP."""
    with store.write() as cursor:
        cursor.execute(_SPREAD)


def newest(store: Store, most: int) -> list[int]:
    """The keys of the orders paid last, oldest of them first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT order_key FROM orders WHERE paid_at IS NOT NULL ORDER BY paid_at DESC LIMIT ?", [most]
        ).fetchall()
    return [row[0] for row in reversed(rows)]


# n is the running number of the sample order. Squaring a share in [0, 1) gathers a part of the orders on few keys.
_SPREAD = """
UPDATE orders SET
  phone_key = CASE WHEN n % 8 = 0 THEN NULL ELSE 'p' || CAST(floor(pow(share, 2) * whole * 0.6) AS BIGINT) END,
  address_key = 'a' || CAST(floor(pow(other, 2) * whole * 0.5) AS BIGINT),
  ip = CASE WHEN n % 3 = 0 THEN '10.' || CAST(floor(pow(third, 2) * whole * 0.1) AS BIGINT) END,
  buyer_id = 'b' || CAST(floor(share * whole * 0.7) AS BIGINT),
  account_registered_at = CASE WHEN n % 5 = 0 THEN ordered_at - CAST(n % 90 AS INTEGER) * INTERVAL 12 HOUR END
FROM (SELECT order_key AS k, CAST(platform_no AS BIGINT) - 2600000000000000 AS n,
        (hash(platform_no) % 1000000) / 1e6 AS share, (hash(platform_no || 'a') % 1000000) / 1e6 AS other,
        (hash(platform_no || 'i') % 1000000) / 1e6 AS third, (SELECT count(*) FROM orders) AS whole
      FROM orders) s WHERE orders.order_key = s.k
"""
