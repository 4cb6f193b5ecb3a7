"""Provinces and cities of China: every spelling files and platforms use, and the one name the product keeps.

Canonical forms: a province is its short name without suffix ("Zhejiang", two or three characters), a city its full name
with suffix; the four municipalities have one city, the municipality itself. The names come from
`data/reference/regions.json` (modood/Administrative-divisions-of-China, WTFPL). Matching is by whole spelling, never by
a part: a district called like a city of another province stays a district.
"""

import json
import unicodedata
from functools import cache

from core.settings import ROOT

_DOCUMENT = json.loads((ROOT / "data" / "reference" / "regions.json").read_text(encoding="utf-8"))["provinces"]

PROVINCE_NAMES: dict[str, str] = {
    spelling: row["name"] for row in _DOCUMENT for spelling in (row["name"], row["full"], *row["spellings"])
}
"""Every spelling of a province -> its canonical short name."""

CITY_NAMES: dict[str, str] = {
    spelling: city for row in _DOCUMENT for city, short in row["cities"].items() for spelling in (city, *short)
}
"""Every spelling of a city -> its canonical full name. Names that two places share as a short form are left out."""

REGIONS: dict[str, str] = {row["name"]: row["area"] for row in _DOCUMENT}
"""Canonical province -> its large area (East, North, Central, South, South-west, North-west, North-east, HK-MO-TW)."""

CITY_PROVINCE: dict[str, str] = {city: row["name"] for row in _DOCUMENT for city in row["cities"]}
"""Canonical city -> canonical province."""

MUNICIPALITIES: dict[str, str] = {
    row["name"]: row["full"] for row in _DOCUMENT if row["full"] in row["cities"] and len(row["cities"]) == 1
}
"""Canonical province -> its one city, for the four municipalities."""


def _clean(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def canonical_province(text: str | None) -> str | None:
    """The canonical short name of a province in any known spelling; None for anything else."""
    return PROVINCE_NAMES.get(_clean(text)) if text else None


def canonical_city(text: str | None, province: str | None = None) -> str | None:
    """The canonical full name of a city; None for what is no known city.

    With a municipality as `province`, whatever second level a platform writes ("municipal district", "county") is the
    municipality. With another province, a city of a third province is refused.
    """
    if not text:
        return None
    within = canonical_province(province)
    if within in MUNICIPALITIES:
        return MUNICIPALITIES[within]
    city = CITY_NAMES.get(_clean(text))
    if city is None or (within and CITY_PROVINCE[city] != within):
        return None
    return city


@cache
def cities_of(province: str) -> tuple[str, ...]:
    """The canonical cities of a canonical province, in the order of their codes; empty for an unknown one."""
    return next((tuple(row["cities"]) for row in _DOCUMENT if row["name"] == province), ())
