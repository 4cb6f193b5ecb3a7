"""Two platforms sell the last ten pieces for a simulated day: what is oversold with a push every five minutes, and without."""

from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic

import pytest

from core import clock
from core.channels import deliver, pull, shops, stock_push
from core.channels.sandbox import Sandbox
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.stock.policy import StockPolicy
from core.stock.settle import settle
from core.store import documents, open_store, outbox, stock_levels, stock_published

PIECES, BUYERS, INTERVAL = 10, 30, 300
PLATFORMS = ("doudian", "taobao")


class Day:
    """A clock that can be set forward and goes on by itself, for the product and the sandbox alike."""

    def __init__(self) -> None:
        self.start, self.ahead = monotonic(), 0.0
        self.begin = datetime(2026, 11, 20, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.begin + timedelta(seconds=self.ahead + monotonic() - self.start)

    def until(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds - (self.now() - self.begin).total_seconds())


def open_day(box: Sandbox, seed: int) -> tuple[str, list[int]]:
    """One SKU with ten pieces, shown by both shops; thirty buyers over the day. Returns the SKU and when they come."""
    world, random = box.world, Random(seed)
    both = [shop for shop in world.shops.values() if shop.name in ("doudian-1", "taobao-1")]
    code = next(
        code for code in both[0].listings
        if code in both[1].listings and not both[0].listings[code].sku.components and not both[0].listings[code].sku.gift
    )  # fmt: skip
    for shelf in world.stock.on_hand.values():
        shelf[code] = 0
    world.stock.on_hand[world.stock.warehouses[0]][code] = world.stock._total[code] = PIECES
    world.stock.target[code] = -1000  # no delivery in the night
    times = sorted(random.randrange(600, 86_000) for _ in range(BUYERS))
    for at in times:
        shop = random.choice(both)
        world.plan(world.now + at, "burst", (shop.name, shop.crowd.stranger(random), code))
    for shop in world.shops.values():
        shop.listed[code] = PIECES if shop in both else 0
    return code, times


def oversold(box: Sandbox, code: str) -> int:
    return next((row["qty"] for row in box.truth()["oversold"] if row["sku"] == code), 0)


@pytest.mark.parametrize(("pushing", "seed"), [(False, 8), (True, 8)])
def test_the_last_ten_pieces_of_two_platforms(tmp_path, monkeypatch, pushing: bool, seed: int) -> None:
    day = Day()
    monkeypatch.setattr(clock, "now", day.now)
    with Sandbox(3, rate=0.0001, days=0, clock=day.now) as box:
        code, times = open_day(box, seed)
        settings = Settings(
            store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
            key_file=tmp_path / "key",
            shops=tuple(
                {**r, "first_days": "1"} for r in box.shops()["shops"] if r["shop"] in ("doudian-1", "taobao-1")
            ),
        )
        store, vault = open_store(settings), open_vault(settings)
        try:
            install_starters(store)
            draft = documents.save_draft(
                store, "stock", "stock", StockPolicy(pushing=True, unpaid=PLATFORMS).body(), author="t"
            )
            documents.publish(store, "stock", "stock", draft.version)
            ids = {
                x["shop"]: x for p in box.surroundings.products()["products"] if p["sku"] == code for x in p["listings"]
            }
            with store.write() as cursor:
                stock_levels.take(cursor, ["WH"], [code], [PIECES], day.now())
                stock_published.save(
                    cursor,
                    [
                        stock_published.Listing(name[:-2], name, code, ids[name]["goods_id"], ids[name]["sku_id"])
                        for name in ("doudian-1", "taobao-1")
                    ],
                )
            # a round in which nobody bought since the last one changes nothing: those are passed over
            rounds = sorted({(at // INTERVAL + 1) * INTERVAL for at in times}) if pushing else [86_400]
            for at in rounds:
                day.until(at)
                done = pull.pull_many(store, vault, settings, shops.all_shops(store, settings))
                assert not [each.error for each in done if each.error]
                settle(store)
                if pushing:
                    stock_push.push(store, vault, settings, pulling=False)
                    while outbox.is_due(store):
                        deliver.deliver(store, vault, settings)
            day.until(86_400)
            assert not [row for row in outbox.listing(store) if row.state != outbox.DONE]
            found = oversold(box, code)
            if pushing:
                assert found <= 1  # two buyers of the last piece within one interval are what remains
            else:
                assert found >= 3
        finally:
            store.close()
