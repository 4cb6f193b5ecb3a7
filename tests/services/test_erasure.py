"""Forgetting a person: what goes, what stays to be counted, what waits, and that it cannot come back."""

from datetime import timedelta

import pyarrow as pa
import pytest

from core import clock
from core.errors import BadRequest, NotAllowed, NotFound
from core.people.actor import SYSTEM, person
from core.people.vault import Vault, open_vault
from core.services import erasure
from core.settings import Settings
from core.store import Store, raw
from core.store.erasure import COLUMNS
from tests.factories import fill

ADMIN = person("ann", "admin")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def house(store: Store, vault: Vault) -> Store:
    """Twenty orders; 0 and 1 of one phone (1 still under way), each with a payload in one batch."""
    fill(store, vault, 20)
    bodies = pa.chunked_array([pa.array([f'{{"name": "person {place}"}}' for place in range(20)])])
    kept = raw.sealed(vault.seal, bodies)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'COMPLETED', phone_key = 'k' || order_key, phone_last4 = '0000'")
        keys = [row[0] for row in cursor.execute("SELECT order_key FROM orders ORDER BY platform_no").fetchall()]
        cursor.execute(
            "UPDATE orders SET phone_key = ? WHERE order_key IN (?, ?)", [vault.keyed("13800001111"), *keys[:2]]
        )
        cursor.execute("UPDATE orders SET phone_last4 = '1111' WHERE order_key IN (?, ?)", keys[:2])
        cursor.execute("UPDATE orders SET status = 'PAID' WHERE order_key = ?", [keys[1]])
        cursor.execute("DELETE FROM raw_payloads")
        cursor.execute(
            "INSERT INTO raw_batches (batch_id, sealed, received_at) VALUES ('b', ?, ?)", [kept.text, clock.now()]
        )
        for place, key in enumerate(keys):
            cursor.execute(
                "INSERT INTO raw_payloads (order_key, entity, batch_id, place, received_at) VALUES (?, 'orders', 'b', ?, ?)",
                [key, place, clock.now()],
            )
    return store


def held(store: Store, place: int) -> tuple:
    with store.read() as cursor:
        row = cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM orders ORDER BY platform_no LIMIT 1 OFFSET ?", [place]
        ).fetchone()
    assert row is not None
    return row


def test_the_preview_names_all_orders_of_the_phone_and_changes_nothing(house: Store, vault: Vault) -> None:
    before = house.version
    found = erasure.find(ADMIN, house, vault, "138 0000 1111")
    assert (found.by, found.extent.orders, found.extent.under_way, found.extent.payloads) == ("phone", 2, 1, 2)
    assert house.version == before


def test_the_person_goes_and_the_counting_keys_stay(house: Store, vault: Vault) -> None:
    assert erasure.erase(ADMIN, house, vault, "13800001111", "2") == (1, 1)
    assert set(held(house, 0)) == {None}
    assert held(house, 2) != held(house, 0)
    texts = raw.bodies(house, vault.open, "b")
    assert texts[0] == "{}" and "person 1" in texts[1] and "person 2" in texts[2]
    with house.read() as cursor:
        row = cursor.execute("SELECT phone_key, province, paid_fen FROM orders ORDER BY platform_no LIMIT 1").fetchone()
        assert row is not None and row[0] == vault.keyed("13800001111") and row[2] is not None
        trail = str(cursor.execute("SELECT subject, detail FROM audit WHERE action = 'privacy.erase'").fetchall())
    assert "13800001111" not in trail and '"later": 1' in trail


def test_an_order_under_way_keeps_its_address_until_it_has_left(house: Store, vault: Vault) -> None:
    erasure.erase(ADMIN, house, vault, "13800001111", "2")
    assert held(house, 1)[2] is not None
    with house.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED' WHERE status = 'PAID'")
    assert erasure.nightly(SYSTEM, house, vault) == {"persons": 1}
    assert set(held(house, 1)) == {None} and raw.bodies(house, vault.open, "b")[1] == "{}"


def test_what_a_later_payload_brings_back_goes_again(house: Store, vault: Vault) -> None:
    erasure.erase(ADMIN, house, vault, "13800001111", "2")
    with house.write() as cursor:
        cursor.execute("UPDATE orders SET recipient = '张**' WHERE recipient IS NULL")
    assert erasure.nightly(SYSTEM, house, vault)["persons"] == 1
    assert set(held(house, 0)) == {None}
    assert erasure.nightly(SYSTEM, house, vault) == {}


@pytest.mark.parametrize("typed", ["", "1", "yes", "20"])
def test_without_the_right_confirmation_nothing_is_erased(house: Store, vault: Vault, typed: str) -> None:
    with pytest.raises(BadRequest):
        erasure.erase(ADMIN, house, vault, "13800001111", typed)
    assert held(house, 0)[2] is not None and raw.bodies(house, vault.open, "b")[0] != "{}"


def test_a_text_that_can_mean_many_is_refused_and_one_that_means_nobody_is_told(house: Store, vault: Vault) -> None:
    with pytest.raises(BadRequest):
        erasure.find(ADMIN, house, vault, "1111")
    with pytest.raises(NotFound):
        erasure.find(ADMIN, house, vault, "13911112222")
    with pytest.raises(NotAllowed):
        erasure.find(person("leo", "lead"), house, vault, "13800001111")


def test_data_is_kept_as_long_as_set_and_no_longer(house: Store, vault: Vault) -> None:
    long_ago = clock.now() - timedelta(days=100)
    with house.write() as cursor:
        cursor.execute("DELETE FROM order_events")
        for moment in (long_ago, clock.now()):
            cursor.execute("INSERT INTO order_events (order_key, event, happened_at) VALUES (1, 'x', ?)", [moment])
        cursor.execute("UPDATE raw_payloads SET received_at = ?", [long_ago])
        cursor.execute("UPDATE raw_batches SET received_at = ?", [long_ago])
    assert erasure.nightly(SYSTEM, house, vault) == {}
    erasure.set_retention(ADMIN, house, {"events": 3, "payloads": 2})
    assert erasure.nightly(SYSTEM, house, vault) == {"events": 1, "payloads": 20}
    assert raw.bodies(house, vault.open, "b") == []
    with pytest.raises(BadRequest):
        erasure.set_retention(ADMIN, house, {"events": -1})
    with pytest.raises(BadRequest):
        erasure.set_retention(ADMIN, house, {"audit": 1})


def test_persons_of_old_orders_are_forgotten_by_age(house: Store, vault: Vault) -> None:
    with house.write() as cursor:
        cursor.execute("UPDATE orders SET finished_at = ?", [clock.now() - timedelta(days=400)])
    erasure.set_retention(ADMIN, house, {"persons": 12})
    assert erasure.nightly(SYSTEM, house, vault)["persons"] == 19  # one is under way
    assert set(held(house, 5)) == {None} and held(house, 1)[2] is not None
