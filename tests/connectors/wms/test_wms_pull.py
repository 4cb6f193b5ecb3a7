"""The own warehouse from its database into the pool: connected by form, pulled, mapped, matched with orders."""

import pytest

from core.channels import pull, shops
from core.mapping.starter import install_starters
from core.people.actor import person
from core.people.vault import open_vault
from core.services import shops as services
from core.store import stock_levels

ADMIN = person("root", "admin")


@pytest.mark.mariadb
def test_stock_and_dispatches_of_a_real_database_reach_the_pool(mariadb, store, settings):
    mariadb.run(
        "CREATE TABLE pull_stock (warehouse VARCHAR(20), sku VARCHAR(40), qty INT, updated_at DATETIME)",
        "CREATE TABLE pull_parcels (order_no VARCHAR(40), express VARCHAR(20), mail_no VARCHAR(40), weight_g INT, "
        "out_time DATETIME)",
        "INSERT INTO pull_stock VALUES ('嘉兴仓', 'A-1', 12, '2026-11-20 11:30:00'), ('苏州仓', 'A-1', 0, '2026-11-20 11:31:00')",
        "INSERT INTO pull_parcels VALUES ('90071', '中通', '7310000001', 1250, '2026-11-20 11:45:00')",
    )
    vault = open_vault(settings)
    install_starters(store)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status) VALUES (1, 'jd', 'one', '90071', 'PAID')"
        )
    services.connect_shop(
        ADMIN,
        store,
        vault,
        settings,
        "wms",
        "jiaxing",
        {
            "host": "127.0.0.1",
            "port": str(mariadb.port),
            "user": "reader",
            "password": "only-reads",
            "database": "wms",
            "tls": "off",
            "stock_query": "pull_stock",
            "outbound_query": "pull_parcels",
        },
    )
    (shop,) = shops.all_shops(store, settings)
    done = pull.pull_shop(store, vault, settings, shop)
    assert done.error is None
    assert {(level.warehouse, level.sku, level.on_hand) for level in stock_levels.listing(store)} == {
        ("嘉兴仓", "A-1", 12),
        ("苏州仓", "A-1", 0),
    }
    with store.read() as cursor:
        assert cursor.execute("SELECT status, courier, tracking_no FROM orders").fetchall() == [
            ("SHIPPED", "ZTO", "7310000001")
        ]
    again = pull.pull_shop(store, vault, settings, shop)
    assert (again.error, again.counts.inserted, again.counts.updated) == (None, 0, 0)
