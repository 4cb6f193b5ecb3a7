"""What a person looks at when mapping: a shop's payloads, waiting rejects first; and whose orders a mapping made."""

from collections.abc import Sequence

from core.store.raw import Unseal, read_batch
from core.store.store import Store


def samples(store: Store, unseal: Unseal, channel: str, shop: str, entity: str, limit: int) -> list[str]:
    """Up to `limit` texts, at most a third of them rejects."""
    with store.read() as cursor:
        waiting = cursor.execute(
            "SELECT DISTINCT batch_id, place FROM rejects WHERE channel = ? AND shop = ? AND entity = ? "
            "AND state = 'waiting' ORDER BY batch_id DESC, place DESC LIMIT ?",
            [channel, shop, entity, limit // 3],
        ).fetchall()
        newest = cursor.execute(
            "SELECT batch_id, place FROM raw_payloads WHERE channel = ? AND shop = ? AND entity = ? "
            "ORDER BY batch_id DESC, place DESC LIMIT ?",
            [channel, shop, entity, limit],
        ).fetchall()
        places = list(dict.fromkeys((*waiting, *newest)))[:limit]
        opened = {batch_id: read_batch(cursor, unseal, batch_id) for batch_id in dict.fromkeys(b for b, _p in places)}
    return [opened[batch_id][place] for batch_id, place in places if place < len(opened[batch_id])]


def made_by(store: Store, mappings: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """The shops, as (channel, shop), that have orders made by each of these mappings."""
    found: dict[str, list[tuple[str, str]]] = {}
    if mappings:
        with store.read() as cursor:
            rows = cursor.execute(
                "SELECT DISTINCT mapping, channel, shop FROM orders WHERE list_contains(?, mapping) ORDER BY ALL",
                [list(mappings)],
            ).fetchall()
        for mapping, channel, shop in rows:
            found.setdefault(mapping, []).append((channel, shop))
    return found
