"""Takes in stock levels and outbound records: mapped as a set, merged as a set, in one transaction."""

import hashlib
from collections.abc import Sequence

from core.errors import BadSetup
from core.i18n import N_
from core.mapping.levels import MAPPED, Problem, map_levels
from core.model.level_fields import OUTBOUND, STOCK
from core.store import Store, documents, outbound, rejects, stock_levels
from core.store.runs import Counts
from core.store.shops import Shop

ENTITIES = frozenset({STOCK, OUTBOUND})
MOST_REJECTS = 200  # shown of one pull: a wrong mapping refuses every row, and a few tell why


def take_levels(store: Store, shop: Shop, entity: str, bodies: Sequence[str], mapping: str | None, zone: str) -> Counts:
    """Map and merge the bodies; what cannot be mapped takes the place of the shop's former rejects of the entity.

    Raises BadSetup without a published mapping for another entity than asked.
    """
    document = documents.published(store, "mapping", mapping or f"{shop.channel}.{entity}")
    if document is None or document.body.get("entity") != entity:
        raise BadSetup(
            N_("{shop} has no published mapping for {entity}."),
            N_("Publish one on the Mapping page."),
            shop=shop.shop,
            entity=entity,
        )
    with store.write() as cursor:
        problems = map_levels(cursor, document.body, bodies, zone)
        if entity == STOCK:
            inserted, updated, unchanged = stock_levels.merge(cursor, MAPPED)
        else:
            inserted, updated, unchanged = outbound.merge(cursor, MAPPED, shop.channel, shop.shop)
            outbound.match_orders(cursor)
        rejects.replace_levels(
            cursor, shop.channel, shop.shop, entity, document.name, document.version, _rows(shop, entity, problems)
        )
    return Counts(len(bodies), inserted, updated, unchanged, len({problem.place for problem in problems}))


def _rows(shop: Shop, entity: str, problems: list[Problem]) -> list[rejects.LevelReject]:
    return [
        rejects.LevelReject(
            hashlib.sha256(f"{shop.channel}/{shop.shop}/{entity}/{p.place}/{p.field}".encode()).hexdigest()[:32],
            p.place + 1,
            p.field,
            p.value,
            p.reason,
        )
        for p in problems[:MOST_REJECTS]
    ]
