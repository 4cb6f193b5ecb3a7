"""A push: the signature first, then durable, then answered; drained later without loss or repetition."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from core import clock
from core.channels import inbox as pushes
from core.channels.sandbox import Sandbox
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.store import inbox, open_store
from core.store import shops as kept


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(4, rate=0, days=1) as running:
        yield running


@pytest.fixture
def house(tmp_path, sandbox):
    settings = Settings(
        store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
        key_file=tmp_path / "key",
        shops=tuple(sandbox.shops()["shops"]),
    )
    store = open_store(settings)
    install_starters(store)
    yield store, open_vault(settings), settings
    store.close()


def push(house, sandbox, nos, *, secret="", message_id="m1", shop="jd-1", channel="jd"):
    store, vault, settings = house
    row = next(row for row in sandbox.shops()["shops"] if row["shop"] == "jd-1")
    body = json.dumps({"entity": "orders", "external_nos": nos, "message_id": message_id}).encode()
    sign = hmac.new((secret or row["app_secret"]).encode(), body, hashlib.sha256).hexdigest()
    return pushes.receive_push(store, vault, channel, shop, {"X-Danliu-Sign": sign}, body, settings)


def numbers(sandbox, count):
    return [o["platform_no"] for o in sandbox.truth()["orders"] if o["shop"] == "jd-1"][:count]


def pool(store):
    with store.read() as cursor:
        return {row[0] for row in cursor.execute("SELECT platform_no FROM orders").fetchall()}


def test_a_good_push_is_durable_before_it_is_answered_and_its_order_comes_in(house, sandbox):
    store, vault, settings = house
    wanted = numbers(sandbox, 3)
    assert push(house, sandbox, wanted).status == 200
    (waiting,) = inbox.due(store)
    assert wanted[0] not in waiting.body and pushes.arrived.is_set()
    assert pushes.drain(store, vault, settings) == {"done": 1, "failed": 0}
    assert pool(store) == set(wanted)
    assert inbox.due(store) == []


def test_a_repeated_push_counts_once(house, sandbox):
    store, vault, settings = house
    assert [push(house, sandbox, numbers(sandbox, 1)).status for _time in range(3)] == [200, 200, 200]
    assert len(inbox.due(store)) == 1
    pushes.drain(store, vault, settings)
    assert push(house, sandbox, numbers(sandbox, 1)).status == 200
    assert inbox.due(store) == []


@pytest.mark.parametrize(
    ("change", "status"),
    [({"secret": "another"}, 401), ({"shop": "nobody"}, 404), ({"channel": "unheard_of"}, 404)],
)
def test_a_push_that_is_not_the_shops_own_leaves_nothing(house, sandbox, change, status):
    assert push(house, sandbox, ["1"], **change).status == status
    assert inbox.due(house[0]) == [] and pool(house[0]) == set()


def test_an_unreadable_push_is_refused(house, sandbox):
    store, vault, settings = house
    row = next(row for row in sandbox.shops()["shops"] if row["shop"] == "jd-1")
    sign = hmac.new(row["app_secret"].encode(), b"<xml/>", hashlib.sha256).hexdigest()
    reply = pushes.receive_push(store, vault, "jd", "jd-1", {"x-danliu-sign": sign}, b"<xml/>", settings)
    assert reply.status == 400 and inbox.due(store) == []


def test_a_push_that_cannot_be_fetched_waits_dies_and_can_be_put_back(house, sandbox, monkeypatch):
    monkeypatch.setattr(pushes, "DEAD_AFTER", 2)
    store, vault, _settings = house
    assert push(house, sandbox, numbers(sandbox, 1)).status == 200
    silent = Settings(shops=tuple(
        {**row, "gateway": "http://127.0.0.1:9/jd/routerjson"} for row in sandbox.shops()["shops"]
    ))  # fmt: skip
    began, after = clock.now(), timedelta(0)
    for _attempt in range(pushes.DEAD_AFTER):
        after += timedelta(hours=1)
        with clock.frozen(began + after):
            assert pushes.drain(store, vault, silent) == {"done": 0, "failed": 1}
    (dead,) = inbox.listing(store, inbox.DEAD)
    assert dead.attempts == pushes.DEAD_AFTER and "127.0.0.1:9" in dead.error
    assert pushes.drain(store, vault, silent) == {"done": 0, "failed": 0}
    with store.write() as cursor:
        inbox.settle(cursor, [dead.inbox_id], inbox.WAITING)
    assert pushes.drain(store, vault, house[2]) == {"done": 1, "failed": 0}
    assert len(pool(store)) == 1


def test_where_single_orders_cannot_be_fetched_a_push_brings_the_next_pull_forward(tmp_path):
    row = {"shop": "mini", "channel": "mini_program", "address": "http://127.0.0.1:9/orders", "app_secret": "secret"}
    settings = Settings(store_url=f"duckdb:{tmp_path / 's.duckdb'}", key_file=tmp_path / "key", shops=(row,))
    store, vault = open_store(settings), open_vault(settings)
    with store.write() as cursor:
        kept.save_progress(cursor, kept.Progress("mini_program", "mini", next_at=clock.now() + timedelta(hours=1)))
    body = b'{"external_nos": ["M1"]}'
    sign = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert (
        pushes.receive_push(store, vault, "mini_program", "mini", {"x-danliu-sign": sign}, body, settings).status == 200
    )
    assert pushes.drain(store, vault, settings) == {"done": 1, "failed": 0}
    assert (kept.progress_of(store, "mini_program", "mini").next_at or clock.now()) <= clock.now()
    store.close()
