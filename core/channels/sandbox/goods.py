"""The pretend seller's catalogue: some 170 SKUs with variants, sets and gifts, and where each shop lists them."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
_BIG_SIZES = {"10kg": 5.2, "20kg": 9.4, "5kg": 2.9, "6kg": 3.0, "6L*4包": 3.8, "2.7kg*4包": 3.8, "170g*6罐": 5.6}
_BIG_SIZES |= {"170g*24罐": 21.0, "30支": 2.7, "500g": 4.4, "104颗": 1.9, "20片": 1.8, "50片": 4.0, "6支装": 1.9}
_TWO_OF = ("*2支", "*2瓶")


@dataclass(frozen=True, slots=True)
class Sku:
    """One thing that can be bought. `components` of a set are (sku code, pieces); a plain SKU has none."""

    code: str
    number: int
    spu: str
    spu_number: int
    title: str
    category: str
    supplier: str
    price_fen: int
    weight_g: int
    barcode: str
    attributes: tuple[tuple[str, str], ...] = ()
    components: tuple[tuple[str, int], ...] = ()
    gift: bool = False

    @property
    def spec(self) -> str:
        return ";".join(f"{name}:{value}" for name, value in self.attributes)


def _barcode(number: int) -> str:
    """EAN-13 with the Chinese prefix and a right check digit."""
    body = f"6970{number:08d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{body}{check}"


def _size(value: str) -> float:
    return _BIG_SIZES.get(value, 1.9 if value.endswith(_TWO_OF) else 1.0)


@cache
def catalogue() -> dict[str, Sku]:
    """Every SKU by its code, always the same."""
    found: dict[str, Sku] = {}
    for spu_number, family in enumerate(WORDS["families"]):
        code, title, category, supplier, price, weight, (first, firsts), (second, seconds) = family
        for i, one in enumerate(firsts, 1):
            for j, other in enumerate(seconds, 1):
                size = _size(other) * _size(one)
                fen = round(price * size / 10) * 10
                attributes = ((first, one), (second, other))
                place = (f"{code}-{i}-{j}", len(found), code, spu_number, title, category, supplier)
                found[place[0]] = Sku(*place, fen, int(weight * size), _barcode(len(found)), attributes)
    for code, title, category, supplier, weight in WORDS["gifts"]:
        place = (code, len(found), code, len(found), title, category, supplier)
        found[code] = Sku(*place, 0, weight, _barcode(len(found)), gift=True)
    for code, title, *parts in WORDS["bundles"]:
        fen = round(sum(found[part].price_fen * pieces for part, pieces in parts) * 0.09) * 10
        weight = sum(found[part].weight_g * pieces for part, pieces in parts)
        lead = found[parts[0][0]]
        place = (code, len(found), code, len(found), title, lead.category, lead.supplier)
        components = tuple((part, pieces) for part, pieces in parts)
        found[code] = Sku(*place, fen, weight, _barcode(len(found)), components=components)
    return found


@dataclass(frozen=True, slots=True)
class Listing:
    """A SKU in a shop, under the platform's own numbers."""

    sku: Sku
    goods_id: int
    sku_id: int
    price_fen: int


# (first goods number, first SKU number) as long as each platform's own
_NUMBERS = {
    "taobao": (678_901_230_000, 5_012_345_670_000),
    "jd": (10_001_230_000, 100_012_040_000),
    "doudian": (3_472_996_055_551_380_000, 1_704_823_948_570_000),
    "pinduoduo": (520_011_220_000, 880_011_220_000),
    "wechat": (10_000_077_000_000, 2_000_000_700_000),
}


def listings(channel: str, shop: str, seed: int) -> dict[str, Listing]:
    """What the shop sells: about three of four SKUs, so that most are sold by several platforms."""
    goods, skus = _NUMBERS[channel]
    step = int(hashlib.sha256(f"{seed}:{shop}".encode()).hexdigest()[:3], 16) * 1000
    factor = 0.92 if channel == "pinduoduo" else 1.0
    found = {}
    for sku in catalogue().values():
        chance = hashlib.sha256(f"{seed}:{shop}:{sku.spu}".encode()).digest()[0]
        if chance < 190 or sku.gift or (channel == "taobao" and sku.number % 4 == 0):
            fen = round(sku.price_fen * factor / 10) * 10
            found[sku.code] = Listing(sku, goods + step + sku.spu_number, skus + step + sku.number, fen)
    return found
