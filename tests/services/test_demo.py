"""The demonstration: begun twice it is the same; ended, nothing of it is left and nothing else is touched."""

import pytest

from core.channels.demo import Sample
from core.errors import NotAllowed
from core.people.actor import SYSTEM, person
from core.people.vault import open_vault
from core.services import demo
from core.store import places, stock_levels
from core.store import shops as kept

SAMPLE = Sample(
    shops=[
        {"shop": "taobao-1", "channel": "taobao", "gateway": "http://127.0.0.1:1/taobao/router/rest", "app_key": "k",
         "app_secret": "very-secret", "access_token": "t", "refresh_token": "", "title": "淘宝一店"},
    ],
    warehouses=[{"warehouse": "jx", "name": "嘉兴仓", "province": "浙江", "city": "嘉兴"}],
    printers=[{"name": "sandbox", "host": "127.0.0.1", "port": 9101}],
    products=[{"sku": "A", "title": "杯子", "spec": "白", "barcode": "690", "weight_g": 300, "spu": "P"}],
    stock=[{"warehouse": "jx", "sku": "A", "qty": 5}],
    stock_at="2026-11-20T12:00:00+08:00",
)  # fmt: skip


@pytest.fixture
def vault(settings):
    return open_vault(settings)


def test_begun_twice_it_is_the_same(store, vault):
    first = demo.begin(SYSTEM, store, vault, SAMPLE)
    assert first == demo.begin(SYSTEM, store, vault, SAMPLE) == {"shops": 1, "warehouses": 1, "skus": 1, "printers": 1}
    (shop,) = kept.listing(store)
    assert (shop.title, shop.connector, shop.demo) == ("淘宝一店", "taobao", True)
    assert "very-secret" not in str(shop) and "app_secret" not in shop.settings
    assert [level.on_hand for level in stock_levels.listing(store)] == [5]
    assert demo.state(SYSTEM, store) == {"on": True, "shops": 1, "orders": 0, "warehouses": 1}


def test_ended_nothing_of_it_is_left_and_own_shops_stay(store, vault):
    demo.begin(SYSTEM, store, vault, SAMPLE)
    with store.write() as cursor:
        kept.ensure(cursor, "offline", "own")
        for channel, shop, key in (("taobao", "taobao-1", 1), ("offline", "own", 2)):
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no) VALUES (?, ?, ?, 'n')", [key, channel, shop]
            )
            cursor.execute("INSERT INTO order_persons VALUES (?, 'sealed')", [key])
            cursor.execute("INSERT INTO refunds (order_key, channel, shop) VALUES (?, ?, ?)", [key, channel, shop])
    assert demo.end_demo(SYSTEM, store) == {"shops": 1, "orders": 1, "warehouses": 1}
    with store.read() as cursor:
        for table in ("orders", "order_persons", "refunds"):
            assert cursor.execute(f"SELECT order_key FROM {table}").fetchall() == [(2,)]
        assert cursor.execute("SELECT action FROM audit WHERE action = 'demo.end'").fetchall() == [("demo.end",)]
    assert [shop.shop for shop in kept.listing(store)] == ["own"]
    assert places.warehouses(store) == [] and stock_levels.listing(store) == []
    assert demo.is_ended(store) and not demo.state(SYSTEM, store)["on"]


def test_only_an_administrator_may_end_it(store, vault):
    demo.begin(SYSTEM, store, vault, SAMPLE)
    with pytest.raises(NotAllowed):
        demo.end_demo(person("li", "lead"), store)
    assert demo.state(SYSTEM, store)["shops"] == 1
