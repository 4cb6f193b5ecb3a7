"""Figures reach the shops once each, through faults, and a shop that refuses leaves the others going."""

import json
from datetime import timedelta

import pytest

from core import clock
from core.channels import deliver, pull, shops, stock_push
from core.channels.sandbox import Sandbox
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.stock.policy import StockPolicy
from core.store import documents, open_store, outbox, stock_levels, stock_published
from tests.stock.rooms import rows


@pytest.fixture
def house(tmp_path, request):
    """A store whose shops live in a sandbox with the faults of the parameter, its stock taken from it, pushing switched on."""
    with Sandbox(5, rate=0, days=1, faults=getattr(request, "param", ()), hang_seconds=1) as box:
        settings = Settings(
            store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
            key_file=tmp_path / "key",
            shops=tuple({**row, "first_days": "1.05"} for row in box.shops()["shops"]),
        )
        store, vault = open_store(settings), open_vault(settings)
        try:
            install_starters(store)
            publish(store, StockPolicy(pushing=True))
            told = box.surroundings.stock()["stock"]
            with store.write() as cursor:
                stock_levels.take(
                    cursor, [r["warehouse"] for r in told], [r["sku"] for r in told], [r["qty"] for r in told], None
                )
            yield box, store, vault, settings
        finally:
            store.close()


def publish(store, policy):
    draft = documents.save_draft(store, "stock", "stock", policy.body(), author="t")
    documents.publish(store, "stock", "stock", draft.version)


def deliver_all(store, vault, settings):
    """Deliver until nothing waits, as the job does over minutes."""
    for _round in range(40):
        if not deliver.deliver(store, vault, settings):
            waiting = rows(store, "SELECT max(next_at) FROM outbox WHERE state = 'waiting'")[0][0]
            if waiting is None:
                return
            with store.write() as cursor:
                cursor.execute("UPDATE outbox SET next_at = ? WHERE state = 'waiting'", [clock.now()])
    raise AssertionError("messages still wait")


def few(box, store, count=4):
    """Every shop lists a few SKUs only, under the platform's ids: what a push comes to is known."""
    products = [p for p in box.surroundings.products()["products"] if len(p["listings"]) == 6 and not p["components"]][
        :count
    ]
    channels = {row["shop"]: row["channel"] for row in box.shops()["shops"]}
    skus = [product["sku"] for product in products]
    with store.write() as cursor:
        cursor.execute("DELETE FROM stock_levels WHERE NOT list_contains(?, sku)", [skus])
        stock_published.save(
            cursor,
            [
                stock_published.Listing(channels[x["shop"]], x["shop"], p["sku"], x["goods_id"], x["sku_id"])
                for p in products
                for x in p["listings"]
            ],
        )
    return skus


@pytest.mark.parametrize("house", [(), ("timeout_after_success", "rate_limit", "server_errors")], indirect=True)
def test_what_the_platforms_got_is_what_was_sent_once_by_key(house):
    box, store, vault, settings = house
    skus = few(box, store)
    planned = stock_push.push(store, vault, settings, pulling=False)
    assert (planned.figures, planned.shops, planned.unlisted) == (len(skus) * 6, 6, 0)
    deliver_all(store, vault, settings)
    assert {row.state for row in outbox.listing(store)} == {"done"}
    sent = {(r.channel, r.shop, r.subject): (r.body["qty"], r.key) for r in outbox.listing(store)}
    told = [((p["channel"], p["shop"], p["sku"]), p["qty"], p["key"]) for p in box.truth()["stock_pushes"]]
    got = {place: qty for place, qty, _key in told}
    assert got == {place: qty for place, (qty, _key) in sent.items()}
    # where the protocol carries a key it is ours, whatever had to be said twice
    assert {(place, key) for place, _qty, key in told if key} == {
        (place, key) for place, (_qty, key) in sent.items() if place[0] in ("jd", "doudian")
    }
    shown = {(s["channel"], s["shop"], s["sku"]): s["qty"] for s in box.truth()["stock"]}
    assert all(shown[place] == qty for place, qty in got.items())
    read = [
        json.loads(row.answer) for row in outbox.listing(store) if row.channel in ("taobao", "jd", "doudian", "wechat")
    ]
    assert all(answer["read"] in (answer["shown"], None) for answer in read)
    assert sum(answer["read"] is not None for answer in read) >= len(read) / 2
    # nothing has changed, so nothing is pushed; one SKU changes, and only it is
    assert stock_push.push(store, vault, settings, pulling=False).figures == 0
    with store.write() as cursor:
        stock_levels.take(cursor, ["WH-NEW"], [skus[0]], [7], None)
    assert stock_push.push(store, vault, settings, pulling=False).figures == 6


def test_a_shop_that_refuses_leaves_the_others_going_and_shows_its_own_words(house):
    box, store, vault, settings = house
    skus = few(box, store, 2)
    with store.write() as cursor:
        cursor.execute("UPDATE listings SET spu = '1', platform_sku = '2' WHERE channel = 'pinduoduo'")
    stock_push.push(store, vault, settings, pulling=False)
    deliver_all(store, vault, settings)
    states = rows(store, "SELECT channel = 'pinduoduo', state, count(*) FROM outbox GROUP BY ALL ORDER BY 1")
    assert states == [(False, "done", len(skus) * 5), (True, "dead", len(skus))]
    refused = outbox.listing(store, states=["dead"])
    assert all("商品或SKU不存在" in row.error for row in refused)
    # the same figure is not tried again by itself; a person retries or lets it be
    assert stock_push.push(store, vault, settings, pulling=False).figures == 0
    with store.write() as cursor:
        assert outbox.ignore(cursor, [refused[0].outbox_id], "lead") == 1
        assert outbox.retry(cursor, [row.outbox_id for row in refused], "lead") == 1
    deliver_all(store, vault, settings)
    assert sorted(row.state for row in outbox.listing(store) if row.channel == "pinduoduo") == ["dead", "ignored"]


def test_a_difference_leaves_what_the_platform_sold_meanwhile(house):
    box, store, vault, settings = house
    sku = few(box, store, 1)[0]
    publish(store, StockPolicy(pushing=True, incremental=("jd", "doudian")))
    stock_push.push(store, vault, settings, pulling=False)
    deliver_all(store, vault, settings)
    before = {s["channel"]: s["qty"] for s in box.truth()["stock"] if s["sku"] == sku}
    for shop in box.world.shops.values():
        shop.listed[sku] -= 1  # somebody buys while the next figure is on its way
    with store.write() as cursor:
        stock_levels.take(cursor, ["WH-NEW"], [sku], [50], clock.now() + timedelta(seconds=1))
    stock_push.push(store, vault, settings, pulling=False)
    deliver_all(store, vault, settings)
    after = {s["channel"]: s["qty"] for s in box.truth()["stock"] if s["sku"] == sku}
    assert {channel: after[channel] - before[channel] for channel in after} == {
        "taobao": 50, "jd": 49, "doudian": 49, "pinduoduo": 50, "wechat": 50,
    }  # fmt: skip


def test_the_platform_ids_of_a_sku_are_learned_from_its_orders(house):
    box, store, vault, settings = house
    for shop in shops.all_shops(store, settings):
        if shop.channel in ("jd", "wechat"):
            assert pull.pull_shop(store, vault, settings, shop).error is None
    assert stock_push.listings.learn(store, vault) > 50
    told = {
        (x["shop"], product["sku"]): (x["goods_id"], x["sku_id"])
        for product in box.surroundings.products()["products"]
        for x in product["listings"]
    }
    found = rows(store, "SELECT shop, sku, spu, platform_sku FROM listings")
    assert {row[:2]: row[2:] for row in found} == {row[:2]: told[row[:2]] for row in found}
