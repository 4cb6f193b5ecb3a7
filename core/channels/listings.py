"""Learns under which ids a shop lists a SKU from the orders that hold it: the platform's product and SKU numbers."""

import json
from collections.abc import Iterator
from typing import Any

from core.people.vault import Vault
from core.store import Store, stock_published
from core.store.raw import read_batch
from core.store.stock_published import Listing

_CODES = ("outer_sku_id", "outerSkuId", "sku_code", "out_sku_id", "outer_id", "code", "outer_iid")
_SKUS = ("sku_id", "skuId")
_PRODUCTS = ("num_iid", "wareId", "product_id_str", "product_id", "goods_id")
MOST = 200  # of one round: the rest is learned in the next ones


def learn(store: Store, vault: Vault) -> int:
    """Look for the ids of SKUs that were sold and have none yet; returns how many were found."""
    with store.read() as cursor:
        wanted = stock_published.unlearned(cursor, MOST)
        opened = {batch: read_batch(cursor, vault.open, batch) for batch in {row[3] for row in wanted}}
    found = []
    for channel, shop, sku, batch, place in wanted:
        texts = opened[batch]
        spu, platform_sku = ids_in(json.loads(texts[place]), sku) if place < len(texts) else ("", "")
        found.append(Listing(channel, shop, sku, spu, platform_sku, "order"))
    if found:
        with store.write() as cursor:
            stock_published.save(cursor, found)
    return sum(1 for row in found if row.platform_sku)


def ids_in(body: Any, sku: str) -> tuple[str, str]:
    """(product id, SKU id) beside the seller's code `sku` anywhere in an order's body; "" for what is not there."""
    for item in _objects(body):
        if any(str(item.get(name) or "").strip() == sku for name in _CODES):
            return _first(item, _PRODUCTS), _first(item, _SKUS)
    return "", ""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(item[name]) for name in names if item.get(name) not in (None, "", 0, "0")), "")
