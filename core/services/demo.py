"""The demonstration: fill a store from a sandbox, and end it with one click. Its shops carry the mark `demo`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.channels import shops
from core.channels.demo import Sample
from core.decide import routing_starter
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import stock_settings
from core.stock import policy as stock_policy
from core.store import (
    Cursor,
    Store,
    demo,
    documents,
    facts,
    places,
    products,
    stock_levels,
    stock_published,
    tracking_accounts,
    warehouses,
)
from core.store import shops as kept
from core.store.shops import Shop
from core.store.tracking_accounts import Account

FACT, ON, OFF = "demo", "on", "off"


def state(actor: Actor, store: Store) -> dict[str, Any]:
    """{"on", "shops", "orders", "warehouses"}: whether demonstration data is in the store, and how much."""
    require(actor, store, "overview.view")
    with store.read() as cursor:
        found = demo.count(cursor)
    return {"on": facts.get(store, FACT) == ON or found["shops"] > 0, **found}


def is_on(store: Store) -> bool:
    """Whether pretend shops are among the shops. No secret: every page of every role is marked with it."""
    with store.read() as cursor:
        return facts.get(store, FACT) == ON or demo.count(cursor)["shops"] > 0


def is_ended(store: Store) -> bool:
    """Whether somebody has switched the demonstration off: then nothing may begin it again by itself."""
    return facts.get(store, FACT) == OFF


def begin(actor: Actor, store: Store, vault: Vault, sample: Sample) -> dict[str, int]:
    """Take over what a sandbox has: {"shops", "warehouses", "skus", "printers"}. Repeating it changes nothing more."""
    require(actor, store, "channels.edit", "demo")
    with store.write() as cursor:
        for row in sample.shops:
            made = _shop(store, vault, row)
            before = kept.find(store, made.channel, made.shop)
            kept.save(cursor, replace(made, created_at=before.created_at if before else None))
        # At each start anew: what a person has changed since stays.
        known = {each.warehouse for each in warehouses.of(cursor)}
        fresh = [made for row in sample.warehouses if (made := _warehouse(row)).warehouse not in known]
        places.save_warehouses(cursor, fresh)
        places.save_printers(
            cursor, [places.Printer(row["name"], row["host"], int(row["port"]), True) for row in sample.printers]
        )
        had = products.find(cursor, [str(row["sku"]) for row in sample.products])
        places.save_products(cursor, [_product(row) for row in sample.products if str(row["sku"]) not in had])
        for row in sample.couriers[:1]:
            _tracking(cursor, vault, row)
        skus = _stock(cursor, sample)
        _listings(cursor, sample)
        if documents.published(store, stock_policy.KIND, stock_policy.NAME) is None:
            stock_settings.publish(actor, store, stock_policy.StockPolicy(pushing=True, buffer="formula", least=0))
        routing_starter.install(store, [_warehouse(row) for row in sample.warehouses])
        facts.put(store, FACT, ON)
        audit.record(cursor, actor, "demo.begin", "", shops=len(sample.shops), skus=skus)
    return {
        "shops": len(sample.shops),
        "warehouses": len(sample.warehouses),
        "skus": len(sample.products) or skus,
        "printers": len(sample.printers),
    }


def end_demo(actor: Actor, store: Store) -> dict[str, int]:
    """Remove the demonstration's shops and everything that came from them; accounts, documents and settings stay.

    Returns what was removed: {"shops", "orders", "warehouses"}.
    """
    require(actor, store, "demo.end")
    with store.write() as cursor:
        found = demo.count(cursor)
        demo.remove(cursor)
        facts.put(store, FACT, OFF)
        audit.record(cursor, actor, "demo.end", "", removed=found)
    return found


def _shop(store: Store, vault: Vault, row: Mapping[str, Any]) -> Shop:
    channel, name = str(row["channel"]), str(row["shop"])
    fresh = Shop(channel, name, str(row.get("title") or name), shops.default_connector(store, channel), {}, demo=True)
    return shops.seal(vault, fresh, shops.values_of(row))


def _tracking(cursor: Cursor, vault: Vault, row: Mapping[str, Any]) -> None:
    """The pretend courier service, so that parcels of the demonstration tell where they are."""
    settings = {
        "customer": str(row["customer"]), "query_url": str(row["url"]), "subscribe_url": str(row.get("subscribe_url", "")),
    }  # fmt: skip
    secrets = vault.seal_text(json.dumps({"key": str(row["key"])}))
    tracking_accounts.save(cursor, Account(str(row["name"]), str(row["name"]), settings, secrets, demo=True))


def _warehouse(row: Mapping[str, Any]) -> places.Warehouse:
    name = str(row.get("warehouse") or row.get("name"))
    return places.Warehouse(
        name, str(row.get("name") or name), str(row.get("province", "")), str(row.get("city", "")), True, True
    )


def _product(row: Mapping[str, Any]) -> places.Product:
    title = " ".join(str(row[key]) for key in ("title", "spec") if row.get(key))
    parts = tuple((str(part["sku"]), int(part["qty"])) for part in row.get("components", ()))
    return places.Product(
        str(row["sku"]), title, str(row.get("barcode", "")), row.get("weight_g"), str(row.get("spu", "")), True,
        row.get("volume_cm3"), str(row.get("supplier", "")), parts,
    )  # fmt: skip


def _stock(cursor: Any, sample: Sample) -> int:
    as_of = datetime.fromisoformat(sample.stock_at) if sample.stock_at else None
    rows = sample.stock
    stock_levels.take(
        cursor,
        [str(row["warehouse"]) for row in rows],
        [str(row["sku"]) for row in rows],
        [int(row["qty"]) for row in rows],
        as_of,
    )
    return len({row["sku"] for row in rows})


def _listings(cursor: Any, sample: Sample) -> None:
    """Under which ids the pretend platforms list the SKUs."""
    channels = {str(row["shop"]): str(row["channel"]) for row in sample.shops}
    stock_published.save(
        cursor,
        [
            stock_published.Listing(
                channels[place["shop"]], place["shop"], str(row["sku"]), place["goods_id"], place["sku_id"], "demo"
            )
            for row in sample.products
            for place in row.get("listings", ())
            if place["shop"] in channels
        ],
        demo=True,
    )
