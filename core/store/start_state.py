"""How far a new house has come, in counts of what is its own: nothing of the demonstration's pretend shops."""

from dataclasses import dataclass

from core.store import products
from core.store.rejects import WAITING
from core.store.store import Store


@dataclass(frozen=True, slots=True)
class StartState:
    """Counts. `walking`: own orders in a flow or through it; `slips` and `shipped`: own orders that came so far."""

    shops: int
    demo_shops: int
    orders: int
    mappings: int
    rejects: int
    unknown_skus: int
    flows: int
    walking: int
    slips: int
    shipped: int


_OWN = "(channel, shop) NOT IN (SELECT (channel, shop) FROM shops WHERE demo)"


def of(store: Store) -> StartState:
    """The counts of this moment."""
    with store.read() as cursor:

        def count(sql: str, *values: object) -> int:
            row = cursor.execute(f"SELECT count(*) FROM {sql}", list(values)).fetchone()
            return int(row[0]) if row else 0

        return StartState(
            shops=count("shops WHERE NOT coalesce(demo, false) AND state <> 'removed'"),
            demo_shops=count("shops WHERE demo AND state <> 'removed'"),
            orders=count(f"orders WHERE {_OWN}"),
            mappings=count("documents WHERE kind = 'mapping' AND state = 'published'"),
            rejects=count(f"rejects WHERE state = ? AND {_OWN}", WAITING),
            unknown_skus=products.count_unknown(cursor),
            flows=count("documents WHERE kind = 'flow' AND state = 'published'"),
            walking=count(
                f"orders WHERE {_OWN} AND order_key IN "
                "(SELECT order_key FROM flow_tokens UNION ALL SELECT order_key FROM flow_ends)"
            ),
            slips=count(f"orders WHERE {_OWN} AND slip_at IS NOT NULL"),
            shipped=count(f"orders WHERE {_OWN} AND shipped_at IS NOT NULL AND slip_at IS NOT NULL"),
        )
