"""Secrets go in and never come out: listed by name and age, replaced, noted without the value."""

import json
from datetime import timedelta

import pytest

from core import clock
from core.channels import shops as channel_shops
from core.errors import BadRequest, NotAllowed, NotFound
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import secrets
from core.settings import Settings
from core.store import Store, robots, shops
from core.store.robots import Robot
from core.store.shops import Shop

ADMIN, LEAD = person("ann", "admin"), person("leo", "lead")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def house(store: Store, vault: Vault) -> Store:
    with store.write() as cursor:
        sealed = vault.seal_text(json.dumps({"app_secret": "old-shop-secret", "token": ""}))
        shops.save(cursor, Shop("jd", "main", "京东", "jd", {"app_key": "k"}, sealed))
        robots.save(cursor, Robot("群", "wecom", {}, vault.seal_text(json.dumps({"webhook": "old-hook"}))))
        cursor.execute("UPDATE shops SET changed_at = ?", [clock.now() - timedelta(days=400)])
    return store


def test_secrets_are_listed_by_name_and_age_and_never_by_value(house: Store, vault: Vault) -> None:
    found = secrets.listing(ADMIN, house, vault)
    assert [(kept.place, kept.owner, kept.setting) for kept in found] == [
        ("shop", "jd/main", "app_secret"),
        ("robot", "群", "webhook"),
    ]
    assert found[0].since is not None and (clock.now() - found[0].since).days == 400
    assert "old-" not in repr(found)


def test_a_replaced_secret_counts_at_the_next_call_and_its_value_is_nowhere_plain(house: Store, vault: Vault) -> None:
    secrets.replace(ADMIN, house, vault, "shop", "jd/main", "app_secret", " new-shop-secret ")
    shop = shops.find(house, "jd", "main")
    assert shop is not None and channel_shops.opened(vault, shop)["app_secret"] == "new-shop-secret"
    newest = secrets.listing(ADMIN, house, vault)[-1]
    assert (newest.owner, newest.by) == ("jd/main", "ann")
    with house.read() as cursor:
        kept = str(
            [cursor.execute(f"SELECT * FROM {table}").fetchall() for table in ("shops", "audit", "secret_dates")]
        )
    assert "shop-secret" not in kept and "secrets.replace" in kept


@pytest.mark.parametrize("value", ["", "   ", "x" * 10_001])
def test_an_empty_or_endless_value_is_refused(house: Store, vault: Vault, value: str) -> None:
    with pytest.raises(BadRequest):
        secrets.replace(ADMIN, house, vault, "robot", "群", "webhook", value)


def test_a_secret_that_is_not_kept_cannot_be_planted(house: Store, vault: Vault) -> None:
    for place, owner, setting in (("shop", "jd/main", "other"), ("shop", "jd/none", "app_secret"), ("x", "", "")):
        with pytest.raises(NotFound):
            secrets.replace(ADMIN, house, vault, place, owner, setting, "value")
    with pytest.raises(NotAllowed):
        secrets.listing(LEAD, house, vault)
