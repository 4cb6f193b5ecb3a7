"""Makes a day of orders to route in the shape of real ones: 8 warehouses, 31 provinces, two couriers, tight stock.

The distributions are those of a published kind of test bed: SKUs by Zipf's law, 55/25/13/7 % of orders with one to four
lines, each SKU in two to five warehouses, and the supply of a SKU near its demand but badly placed. Deterministic.
"""

import csv
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from core.decide.routing.freight import Bracket, Lane
from core.decide.routing.instance import Instance, Line, Order

_SITES = [
    (120.75, 30.75), (120.6, 31.3), (113.3, 23.1), (116.4, 39.9), (114.3, 30.6), (104.1, 30.7), (108.9, 34.3),
    (123.4, 41.8),
]  # fmt: skip
_PROVINCES = [
    (116.4, 39.9, 3), (117.2, 39.1, 2), (114.5, 38, 5), (112.5, 37.9, 3), (111.7, 40.8, 2), (123.4, 41.8, 4),
    (125.3, 43.9, 2), (126.6, 45.8, 2.5), (121.5, 31.2, 5), (118.8, 32.1, 9), (120.2, 30.3, 8), (117.3, 31.9, 4.5),
    (119.3, 26.1, 4), (115.9, 28.7, 3), (117, 36.7, 7), (113.7, 34.8, 6), (114.3, 30.6, 4), (113, 28.2, 4.5),
    (113.3, 23.1, 12), (108.3, 22.8, 3), (110.3, 20, 0.8), (106.5, 29.6, 2.5), (104.1, 30.7, 6), (106.7, 26.6, 2),
    (102.7, 25, 2.5), (91.1, 29.7, 0.2), (108.9, 34.3, 3), (103.8, 36.1, 1.3), (101.8, 36.6, 0.4), (106.3, 38.5, 0.5),
    (87.6, 43.8, 1.3),
]  # fmt: skip
_START = datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=8)))
_COURIERS: dict[str, tuple[list[int], list[int], list[float]]] = {
    "SF": ([600, 700, 850, 1000, 1300, 1900], [100, 150, 260, 400, 600, 1200], [1, 1, 1.5, 2, 2.5, 4]),
    "ZTO": ([240, 280, 340, 420, 560, 1100], [50, 80, 140, 220, 350, 900], [1.5, 2, 2.5, 3, 4, 6]),
}
"""By zone: fee of the first kg, fee of each further half kg (doubled), days."""

TIGHT = 1.03
"""Supply over demand of the tight day."""


def routing_task(orders: int = 30_000, *, skus: int = 3000, supply: float = TIGHT, seed: int = 7) -> Instance:
    """The task. `supply` is stock over demand of each SKU."""
    draw = np.random.default_rng(seed)
    places, sites = np.array(_PROVINCES), np.array(_SITES)
    demand = places[:, 2] / places[:, 2].sum()
    apart = np.sqrt(((sites[:, None, :] - places[None, :, :2]) ** 2 * np.array([0.75, 1])).sum(-1)) * 111
    regions = draw.choice(len(places), orders, p=demand)
    sizes = draw.choice([1, 2, 3, 4], orders, p=[0.55, 0.25, 0.13, 0.07])
    popular = 1 / np.arange(1, skus + 1) ** 0.85
    owner, chosen = _skus(draw, sizes, popular / popular.sum())
    qty = np.where(draw.random(owner.size) < 0.85, 1, draw.integers(2, 4, owner.size))
    grams = np.round((draw.gamma(2, 0.35, skus) + 0.1) * 1000).astype(int)
    sold = np.bincount(chosen, weights=qty, minlength=skus)
    near = np.bincount(np.argmin(apart, 0), weights=demand, minlength=len(sites))
    stock = _stock(draw, sold, near, supply)
    made = [
        Order(f"R{n:06d}", _START + timedelta(seconds=n * 86_400 // orders), f"P{region:02d}")
        for n, region in enumerate(regions.tolist())
    ]
    for order, sku, count in zip(owner.tolist(), chosen.tolist(), qty.tolist(), strict=True):
        lines = made[order].lines
        lines.append(Line(str(len(lines) + 1), f"S{sku:04d}", count, int(grams[sku])))
    return Instance(made, stock, _lanes(apart))


def _skus(draw: np.random.Generator, sizes: Any, popular: Any) -> tuple[Any, Any]:
    """The order and the SKU of each line; a SKU stands in an order once."""
    owner = np.repeat(np.arange(sizes.size), sizes)
    chosen = draw.choice(popular.size, owner.size, p=popular)
    while True:
        _first, where = np.unique(owner * popular.size + chosen, return_index=True)
        twice = np.setdiff1d(np.arange(owner.size), where)
        if not twice.size:
            return owner, chosen
        chosen[twice] = draw.choice(popular.size, twice.size, p=popular)


def _stock(draw: np.random.Generator, sold: Any, near: Any, supply: float) -> dict[tuple[str, str], int]:
    stock: dict[tuple[str, str], int] = {}
    weight = (near + 0.05) / (near + 0.05).sum()
    for sku, units in enumerate(sold.tolist()):
        holders = draw.choice(near.size, int(draw.integers(2, 6)), replace=False, p=weight)
        wish = near[holders] + 0.03
        shares = draw.dirichlet(3 * wish / wish.mean())
        for holder, share in zip(holders.tolist(), shares.tolist(), strict=True):
            stock[f"W{holder + 1}", f"S{sku:04d}"] = round(share * max(units * supply, 1) + 0.3)
    return stock


def _lanes(apart: Any) -> list[Lane]:
    zone = np.digitize(apart, [250, 700, 1200, 1800, 2600]).tolist()
    return [
        Lane(f"W{w + 1}", f"P{p:02d}", courier, Fraction(days[z]), (Bracket(0, 1000, first[z], 500, step[z] // 2),))
        for w, zones in enumerate(zone)
        for p, z in enumerate(zones)
        for courier, (first, step, days) in _COURIERS.items()
    ]


def write_task(task: Instance, folder: Path) -> None:
    """The task as the files of contracts §4."""
    _write(folder / "orders.csv", ("order_id", "paid_at", "region"),
           [(order.order_id, order.paid_at.isoformat(), order.region) for order in task.orders])  # fmt: skip
    _write(folder / "lines.csv", ("order_id", "line_no", "sku", "qty", "weight_g"),
           [(order.order_id, line.line_no, line.sku, line.qty, line.weight_g)
            for order in task.orders for line in order.lines])  # fmt: skip
    _write(folder / "stock.csv", ("warehouse", "sku", "qty"), [(*key, qty) for key, qty in task.stock.items()])
    header = (
        "warehouse",
        "region",
        "courier",
        "first_g",
        "first_fee_fen",
        "step_g",
        "step_fee_fen",
        "lead_days",
        "upto_g",
    )
    _write(folder / "lanes.csv", header,
           [(lane.warehouse, lane.region, lane.courier, b.first_g, b.first_fee_fen, b.step_g, b.step_fee_fen,
             float(lane.lead_days), b.upto_g) for lane in task.lanes for b in lane.brackets])  # fmt: skip


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
