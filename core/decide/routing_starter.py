"""What a demonstration needs to route at once: couriers, a rate card for each warehouse and courier, a plain policy."""

import json
import math
from collections.abc import Sequence
from typing import Any

from core.decide.policies import KIND
from core.decide.routing.rate_card import KIND as CARD
from core.decide.routing.rate_card import body_of
from core.model.region import canonical_province
from core.settings import ROOT
from core.store import Store, courier_codes, documents
from core.store.courier_codes import Courier
from core.store.warehouses import Warehouse

FILE = ROOT / "data" / "routing" / "starter.json"
AUTHOR = "starter"


def install(store: Store, warehouses: Sequence[Warehouse]) -> int:
    """Publish what the store does not know by name yet; returns how many documents."""
    given = json.loads(FILE.read_text(encoding="utf-8"))
    with store.write() as cursor:
        known = {each.courier for each in courier_codes.couriers(cursor)}
        fresh = [
            Courier(row["courier"], row["title"], True, place)
            for place, row in enumerate(given["couriers"])
            if row["courier"] not in known
        ]
        courier_codes.save(cursor, fresh)
        bodies = [
            body
            for warehouse in warehouses
            for row in given["couriers"]
            if "first_fee_fen" in row and (body := _card(given, warehouse, row)) is not None
        ]
        made = sum(_publish(store, CARD, body) for body in bodies)
        if not documents.listing(store, KIND):
            made += _publish(store, KIND, given["policy"])
    return made


def _publish(store: Store, kind: str, body: dict[str, Any]) -> bool:
    if documents.newest(store, kind, body["name"]) is not None:
        return False
    draft = documents.save_draft(store, kind, body["name"], body, author=AUTHOR)
    documents.publish(store, kind, body["name"], draft.version)
    return True


def _card(given: dict[str, Any], warehouse: Warehouse, row: dict[str, Any]) -> dict[str, Any] | None:
    province = canonical_province(warehouse.province)
    if province not in given["capitals"]:
        return None
    lanes = {}
    for other, place in given["capitals"].items():
        zone = sum(_km(given["capitals"][province], place) > limit for limit in given["zone_km"])
        bracket = {
            "first_g": 1000, "first_fee_fen": row["first_fee_fen"][zone], "step_g": 1000,
            "step_fee_fen": row["step_fee_fen"][zone],
        }  # fmt: skip
        lanes[other] = row["lead_days"][zone], [bracket]
    return body_of(warehouse.warehouse, row["courier"], row["volume_divisor"], lanes)


def _km(one: Sequence[float], other: Sequence[float]) -> float:
    """Kilometres as the crow flies, near enough for zones."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return 111.0 * math.hypot(east, one[1] - other[1])
