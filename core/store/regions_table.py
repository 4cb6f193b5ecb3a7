"""The operator's large areas: which province belongs to which. Where nothing is kept, as delivered with the product."""

from collections.abc import Mapping

from core import clock
from core.model.region import REGIONS
from core.store.store import Cursor


def areas(cursor: Cursor) -> dict[str, str]:
    """Canonical province -> large area."""
    kept = dict(cursor.execute("SELECT province, area FROM region_areas").fetchall())
    return {province: kept.get(province, area) for province, area in REGIONS.items()}


def save(cursor: Cursor, changed: Mapping[str, str]) -> None:
    """Keep the area of provinces; one that is as delivered is not kept."""
    cursor.execute("DELETE FROM region_areas WHERE list_contains(?, province)", [list(changed)])
    own = {province: area for province, area in changed.items() if REGIONS.get(province) != area}
    if own:
        cursor.execute(
            "INSERT INTO region_areas SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?",
            [list(own), list(own.values()), clock.now()],
        )
