"""A small store to route in: two or three warehouses, flat rate cards, orders made to measure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from core.decide.routing.rate_card import body_of
from core.model.region import REGIONS
from core.store import Store, courier_codes, documents, products, stock_levels, warehouses
from core.store.courier_codes import Courier
from core.store.products import Product
from core.store.warehouses import Warehouse

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
JX, SZ = "WH-JX", "WH-SZ"
SEED_RULE = {
    "id": "east", "name": "华东", "regions": ["华东"],
    "then": {"tiers": [[JX], [SZ]], "mode": "strict", "on_short": "hold", "lead_days": {JX: 1.5, SZ: 2}},
}  # fmt: skip
SEED: dict[str, Any] = {
    "kind": "routing", "name": "seed", "mode": "live", "rules": [SEED_RULE],
    "couriers": [{"courier": "SF", "price_cap_fen": 800}, {"courier": "ZTO"}],
}  # fmt: skip
SEED_SENTENCE = "华东地区优先发嘉兴仓（时效1.5天），若库存不足则转苏州仓（时效2天），顺丰价格高于8元时降级为中通"


def publish(store: Store, kind: str, body: dict[str, Any]) -> int:
    draft = documents.save_draft(store, kind, body["name"], body, author="test")
    return documents.publish(store, kind, body["name"], draft.version).version


def furnish(
    store: Store, stock: dict[tuple[str, str], int], *, sf_fen: int = 600, policy: dict[str, Any] | None = SEED
) -> None:
    """Warehouses, couriers, cards (SF `sf_fen` + 1 yuan a further kg, ZTO 3.00 flat), stock, a policy."""
    with store.write() as cursor:
        warehouses.save_warehouses(
            cursor, [Warehouse(JX, "嘉兴仓", "浙江", "嘉兴市"), Warehouse(SZ, "苏州仓", "江苏", "苏州市")]
        )
        courier_codes.save(cursor, [Courier("SF", "顺丰", True, 0), Courier("ZTO", "中通", True, 1)])
        products.save(cursor, [Product(sku, sku, "", 1000) for sku in sorted({sku for _w, sku in stock})])
        places = list(stock)
        stock_levels.take(cursor, [w for w, _s in places], [s for _w, s in places], list(stock.values()), NOON)
    for warehouse in (JX, SZ):
        sf = [{"first_g": 1000, "first_fee_fen": sf_fen, "step_g": 1000, "step_fee_fen": 100}]
        zto = [{"first_fee_fen": 300}]
        for courier, brackets in (("SF", sf), ("ZTO", zto)):
            lanes = {province: (3.0, brackets) for province in REGIONS if province != "西藏"}
            publish(store, "rate_card", body_of(warehouse, courier, 0, lanes))
    if policy is not None:
        publish(store, "routing", policy)


def order(
    store: Store, key: int, lines: Sequence[tuple[str, int]], *, province: str = "浙江", gift: str = "",
    paid_at: datetime | None = None, status: str = "PAID",
) -> int:  # fmt: skip
    """One paid order; the SKU `gift` comes as a line of its own."""
    at = paid_at or NOON + timedelta(minutes=key)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status, ordered_at, paid_at, pool_at, changed_at, "
            "province, held, held_reasons, tags) VALUES (?, 'taobao', 's', ?, ?, ?, ?, ?, ?, ?, false, '[]', '[]')",
            [key, f"T{key}", status, at, at, at, at, province],
        )
        for n, (sku, qty) in enumerate([*lines, *([(gift, 1)] if gift else [])], 1):
            cursor.execute(
                "INSERT INTO order_lines (order_key, channel, shop, platform_no, line_no, sku, qty, is_gift) "
                "VALUES (?, 'taobao', 's', ?, ?, ?, ?, ?)",
                [key, f"T{key}", str(n), sku, qty, n > len(lines)],
            )
    return key


def ask(store: Store, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with store.read() as cursor:
        return cursor.execute(query, list(values)).fetchall()
