"""Parcels from dispatch to arrival, told by a sandbox that speaks Kuaidi100 and Kdniao: asked, pushed, stuck, returned."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import requests

from core import clock, runtime
from core.channels import signatures
from core.channels.sandbox import Sandbox
from core.channels.sandbox.orders import State
from core.errors import BadRequest, BadSetup, NotAllowed, NotFound
from core.flow import on_the_road
from core.flow.on_the_road import Policy
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import parcels
from core.settings import Settings
from core.store import Store, parcel_tracks
from core.web import tracking_hooks
from tests.stock.rooms import rows

ADMIN, CS, WAREHOUSE = person("ada", "admin"), person("cara", "cs"), person("will", "warehouse")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(3, rate=0, days=6) as running:
        yield running


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def shipped(box: Sandbox, states: tuple[State, ...] = (State.SHIPPED,)) -> list:
    return [o for shop in box.world.shops.values() for o in shop.orders.values() if o.state in states and o.tracking_no]


def take_in(store: Store, orders: list, *, channel: str = "jd", status: str = "SHIPPED") -> None:
    with store.write() as cursor:
        for number, order in enumerate(orders):
            left = datetime.fromtimestamp(order.shipped_at, UTC)
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, shipped_at, held, "
                "held_reasons, phone_last4, pool_at, changed_at) VALUES (?, ?, 's', ?, ?, 'SF', ?, ?, false, '[]', '1234', ?, ?)",
                [number, channel, order.no, status, order.tracking_no, left, left, left],
            )


def account(box: Sandbox, store: Store, vault: Vault, kind: str = "kuaidi100", callback: str = "") -> None:
    row = next(each for each in box.shops()["couriers"] if each["name"] == kind)
    values = {**row, "query_url": row["url"], "salt": "pepper"}
    parcels.save_account(ADMIN, store, vault, kind, kind, values, callback=callback)


@pytest.mark.parametrize("kind", ["kuaidi100", "kdniao"])
def test_parcels_are_followed_and_the_couriers_story_is_kept_once(
    box: Sandbox, store: Store, vault: Vault, kind: str
) -> None:
    found = sorted(shipped(box), key=lambda order: order.shipped_at)
    orders = found[:: len(found) // 30][:30]
    take_in(store, orders)
    account(box, store, vault, kind)
    with clock.frozen(datetime.fromtimestamp(box.now(), UTC)):
        assert on_the_road.watch(store)["new"] == 30
        assert on_the_road.watch(store) == {"new": 0, "closed": 0, "still": 0}
        assert on_the_road.ask_due(store, vault) == {"asked": 30, "failed": 0}
        assert on_the_road.ask_due(store, vault) == {"asked": 0, "failed": 0}  # not before half an hour is over
        lines = rows(store, "SELECT count(*) FROM parcel_scans")
        told = dict(rows(store, "SELECT tracking_no, scans FROM parcel_tracks"))
        with store.write() as cursor:
            cursor.execute("UPDATE parcel_tracks SET next_at = made_at")
        on_the_road.ask_due(store, vault)
    assert rows(store, "SELECT count(*) FROM parcel_scans") == lines
    assert sum(told.values()) == lines[0][0] > 20
    assert {state for (state,) in rows(store, "SELECT DISTINCT state FROM parcel_tracks")} >= {
        "in_transit",
        "collected",
    }


def test_all_parcels_delivered_is_told_once_and_completes_where_no_platform_says_it(
    box: Sandbox, store: Store, vault: Vault
) -> None:
    orders = shipped(box, (State.DONE,))[:4]
    take_in(store, orders[:2], channel="jd")
    account(box, store, vault)
    with clock.frozen(datetime.fromtimestamp(box.now(), UTC)):
        on_the_road.watch(store)
        on_the_road.ask_due(store, vault)
        assert rows(store, "SELECT state, count(*) FROM parcel_tracks GROUP BY 1") == [("delivered", 2)]
        assert rows(store, "SELECT count(*) FROM order_events WHERE event = 'order_delivered'") == [(2,)]
        assert rows(store, "SELECT DISTINCT status FROM orders") == [("SHIPPED",)]  # JD says completed itself
        with store.write() as cursor:
            cursor.execute("DELETE FROM orders")
            cursor.execute("DELETE FROM parcel_tracks")
            cursor.execute("DELETE FROM order_events")
        take_in(store, orders, channel="offline")
        on_the_road.watch(store)
        on_the_road.ask_due(store, vault)
    assert rows(store, "SELECT DISTINCT status, finished_at IS NOT NULL FROM orders") == [("COMPLETED", True)]
    assert rows(store, "SELECT event, count(*) FROM order_events GROUP BY 1 ORDER BY 1") == [
        ("order_delivered", 4), ("status_changed", 4),
    ]  # fmt: skip


def test_what_stands_still_or_comes_back_is_a_typed_trouble_until_somebody_saw_to_it(
    box: Sandbox, store: Store, vault: Vault
) -> None:
    odd = [o for o in shipped(box) if o.number % 50 == 13 and box.now() - o.shipped_at > 70 * 3600][:1]
    odd += [o for o in shipped(box) if o.number % 50 == 7 and box.now() - o.shipped_at > 70 * 3600][:1]
    assert len(odd) == 2, "the sandbox has one of each"
    take_in(store, odd)
    with clock.frozen(datetime.fromtimestamp(box.now(), UTC)):
        assert on_the_road.watch(store) == {"new": 2, "closed": 0, "still": 0}  # nobody was asked yet
        account(box, store, vault)
        on_the_road.ask_due(store, vault)
        on_the_road.watch(store)
        found, total = parcels.listing(CS, store, "trouble")
        assert (total, [each.trouble for each in found]) == (2, ["returned", "stuck"])
        assert parcels.counts(CS, store)["trouble:stuck"] == 1
        assert parcels.settle(CS, store, [found[1].track_id], "called the courier") == 1
        assert parcels.listing(CS, store, "trouble")[1] == 1
        with pytest.raises(BadRequest):
            parcels.settle(CS, store, [found[0].track_id], "")
    assert rows(store, "SELECT reason FROM order_events WHERE event = 'parcel_exception' ORDER BY reason") == [
        ("returned",), ("stuck",),
    ]  # fmt: skip


def test_a_push_counts_only_with_its_signature_and_told_twice_does_nothing(
    box: Sandbox, store: Store, vault: Vault, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_settings", settings)
    monkeypatch.setattr(runtime, "_store", store)
    monkeypatch.setattr(runtime, "_vault", vault)
    (order,) = shipped(box)[:1]
    take_in(store, [order])
    account(box, store, vault, callback="https://shop.example/hooks/tracking/kuaidi100")
    data = [{"ftime": "2026-11-20 10:00:00", "context": "已签收", "statusCode": "3"}]
    result = {"nu": order.tracking_no, "com": "shunfeng", "state": "3", "status": "200", "ischeck": "1", "data": data}
    param = json.dumps({"status": "shutdown", "lastResult": result}, ensure_ascii=False)
    good = {"param": param, "sign": signatures.kuaidi100_push(param, "pepper")}
    with clock.frozen(datetime.fromtimestamp(box.now(), UTC)):
        on_the_road.watch(store)

        def push(form: dict[str, str], name: str = "kuaidi100") -> int:
            return tracking_hooks.receive(name, urlencode(form).encode()).status_code

        assert [push({**good, "sign": "X"}), push(good, "nobody"), push({**good, "param": ""})] == [401, 404, 401]
        assert rows(store, "SELECT state FROM parcel_tracks") == [("waiting",)]
        assert [push(good), push(good)] == [200, 200]
    assert rows(store, "SELECT state, scans FROM parcel_tracks") == [("delivered", 1)]
    assert rows(store, "SELECT count(*) FROM order_events WHERE event = 'order_delivered'") == [(1,)]
    with store.read() as cursor:
        assert len(parcel_tracks.by_waybill(cursor, [order.tracking_no])[order.tracking_no]) == 1


def test_the_sandbox_pushes_what_was_subscribed(box: Sandbox, store: Store, vault: Vault) -> None:
    (order,) = shipped(box)[:1]
    take_in(store, [order])
    account(box, store, vault, callback=f"{box.url}/sandbox/robot")
    with clock.frozen(datetime.fromtimestamp(box.now(), UTC)):
        on_the_road.watch(store)
        on_the_road.ask_due(store, vault)
    assert rows(store, "SELECT subscribed_at IS NOT NULL, account FROM parcel_tracks") == [(True, "kuaidi100")]
    ((address, form),) = box.surroundings.pushes.due(box.world, box.now())
    assert address == f"{box.url}/sandbox/robot"
    assert form["sign"] == signatures.kuaidi100_push(form["param"], "pepper")
    assert json.loads(form["param"])["lastResult"]["nu"] == order.tracking_no
    assert requests.post(f"{box.url}/sandbox/courier/push?all=1", timeout=5).json()["pushed"] >= 1


def test_an_account_is_tried_and_a_wrong_key_is_said(box: Sandbox, store: Store, vault: Vault) -> None:
    account(box, store, vault)
    (order,) = shipped(box)[:1]
    assert parcels.try_account(ADMIN, store, vault, "kuaidi100").ok
    said = parcels.try_account(ADMIN, store, vault, "kuaidi100", courier="SF", tracking_no=order.tracking_no)
    assert said.ok and "签收" in said.said
    parcels.save_account(
        ADMIN,
        store,
        vault,
        "kuaidi100",
        "kuaidi100",
        {"customer": "X", "query_url": f"{box.url}/sandbox/courier/poll/query.do"},
    )
    wrong = parcels.try_account(ADMIN, store, vault, "kuaidi100")
    assert (wrong.ok, "验证签名失败" in wrong.said) == (False, True)
    assert "sandboxkey" not in str(rows(store, "SELECT * FROM tracking_accounts"))
    with pytest.raises(BadRequest):
        parcels.save_account(ADMIN, store, vault, "a b", "kuaidi100", {})
    with pytest.raises(BadRequest):
        parcels.save_policy(ADMIN, store, Policy(0, 10))


def test_who_may_not_asks_and_sets_up_nothing(store: Store, vault: Vault) -> None:
    with pytest.raises(NotAllowed):
        parcels.save_account(CS, store, vault, "x", "kuaidi100", {})
    with pytest.raises(NotAllowed):
        parcels.ask_now(WAREHOUSE, store, vault, "x")
    with pytest.raises(NotFound):
        parcels.ask_now(CS, store, vault, "x")
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, shipped_at, changed_at) "
            "VALUES (1, 'jd', 's', 'N1', 'SHIPPED', 'SF', 'SF000001', ?, ?)", [clock.now(), clock.now()],
        )  # fmt: skip
    on_the_road.watch(store)
    with pytest.raises(BadSetup):  # a parcel, but no service to ask
        parcels.ask_now(CS, store, vault, parcel_tracks.of_order(store, 1)[0].track_id)


def test_a_parcel_without_movement_moves_again(store: Store) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    with clock.frozen(now), store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, shipped_at, changed_at) "
            "VALUES (1, 'jd', 's', 'N1', 'SHIPPED', 'SF', 'SF000001', ?, ?)",
            [now - timedelta(hours=30), now],
        )
    with clock.frozen(now):
        assert on_the_road.watch(store) == {"new": 1, "closed": 0, "still": 0}
        with store.write() as cursor:
            parcel_tracks.asked(
                cursor, [found.track_id for found in parcel_tracks.of_order(store, 1)], now, [now], [""]
            )
        assert on_the_road.watch(store) == {"new": 0, "closed": 0, "still": 1}
        assert rows(store, "SELECT trouble FROM parcel_tracks") == [("no_scan",)]
        on_the_road.keep_policy(store, Policy(no_scan_hours=40))
        on_the_road.watch(store)
    assert rows(store, "SELECT trouble FROM parcel_tracks") == [("",)]
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'COMPLETED'")
    with clock.frozen(now):
        assert on_the_road.watch(store)["closed"] == 1
    assert rows(store, "SELECT state FROM parcel_tracks") == [("delivered",)]
