"""Each fault does what it says, and only that; under all of them a careful client converges while life goes on."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from core.channels.sandbox import FAULTS, Sandbox
from core.channels.sandbox.faults import Faults
from core.channels.sandbox.gate import page
from core.errors import BadRequest

ROWS = list(range(230))
START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def test_an_unknown_fault_is_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="gremlins"):
        Sandbox(1, 0, 0, ["gremlins"])


@pytest.mark.parametrize("descending", [True, False])
def test_without_faults_the_pages_are_the_list_cut_in_pieces(descending: bool) -> None:
    pages = [page(Faults([], 1), ROWS, n, 100, descending=descending, listing=()) for n in range(4)]
    seen = [row for part in pages for row, _ in part.rows]
    assert seen == (ROWS[::-1] if descending else ROWS)
    assert [part.more for part in pages] == [True, True, False, False]
    assert {part.total for part in pages} == {230}


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_pages_hide_nothing_from_a_client_that_reads_the_right_way(seed: int) -> None:
    faults = Faults(["shuffled_pages"], seed)
    first = page(faults, ROWS, 0, 20, descending=True, listing=("down",))
    backwards = [page(faults, ROWS, n, 20, descending=True, listing=("down",)) for n in range(11, -1, -1)]
    assert {row for part in backwards for row, _ in part.rows} == set(ROWS)
    assert first.total == 230
    seen: set[int] = set()
    number, total = 0, 1
    while number * 20 < total:
        part = page(faults, ROWS, number, 20, descending=False, listing=("up",))
        seen |= {row for row, _ in part.rows}
        number, total = number + 1, part.total
    assert seen == set(ROWS)


def test_shuffled_pages_cost_a_client_that_reads_the_wrong_way() -> None:
    lost = 0
    for seed in range(20):
        faults = Faults(["shuffled_pages"], seed)
        forwards = [page(faults, ROWS, n, 20, descending=True, listing=("down",)) for n in range(12)]
        lost += len(set(ROWS) - {row for part in forwards for row, _ in part.rows})
    assert lost > 20


def test_duplicates_repeat_rows_and_lose_none() -> None:
    faults, repeated = Faults(["duplicates"], 1), 0
    for _ in range(30):
        part = page(faults, ROWS, 1, 100, descending=False, listing=())
        rows = [row for row, _ in part.rows]
        assert set(ROWS[100:200]) <= set(rows)
        repeated += len(rows) - 100
    assert repeated > 10


def test_late_updates_show_an_older_version_after_the_newer_one(bench: Any) -> None:
    running = bench(seed=1, faults=["late_updates"])
    client = running.client("jd-1")
    now = int(running.clock().timestamp())
    stale = 0
    for _ in range(10):
        found = client.call("jingdong.pop.order.enSearch", **_jd(now))
        seen: dict[str, str] = {}
        for row in found["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]["orderInfoList"]:
            if row["orderId"] in seen:
                assert row["modified"] < seen[row["orderId"]]
                stale += 1
            seen.setdefault(row["orderId"], row["modified"])
    assert stale > 3


def _jd(now: int) -> dict[str, Any]:
    zone = timezone(timedelta(hours=8))
    first, last = (datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S") for at in (now - 86400, now))
    asked = {"order_state": "FINISHED_L,WAIT_GOODS_RECEIVE_CONFIRM,WAIT_SELLER_STOCK_OUT", "sortType": 0}
    return {**asked, "optional_fields": "modified", "page": 1, "page_size": 100, "start_date": first, "end_date": last}


def answers(running: Any, shop: str, path: str, times: int) -> list[requests.Response]:
    row = running.rows[shop]
    params = {"access_token": row["access_token"]}
    return [requests.post(f"{row['gateway']}{path}", params=params, json={}, timeout=5) for _ in range(times)]


def test_server_errors_are_html_and_bad_json_is_cut_off_and_the_rest_is_sound(bench: Any) -> None:
    running = bench(seed=1, faults=["server_errors", "bad_json"])
    found = answers(running, "wechat-1", "/channels/ec/order/deliverycompanylist/new/get", 200)
    broken = [answer for answer in found if answer.status_code == 502]
    assert broken
    assert all(answer.text.startswith("<html>") for answer in broken)
    cut = [answer for answer in found if answer.status_code == 200 and not _is_json(answer.content)]
    assert cut
    assert len(broken) + len(cut) < 40


def _is_json(body: bytes) -> bool:
    try:
        return bool(json.loads(body))
    except ValueError:
        return False


def test_a_rate_limit_speaks_the_platforms_own_words(bench: Any) -> None:
    running = bench(seed=1, faults=["rate_limit"])
    found = answers(running, "wechat-1", "/channels/ec/order/deliverycompanylist/new/get", 200)
    assert {answer.json()["errcode"] for answer in found} == {0, 45011}


def test_a_token_dies_after_some_calls_and_an_old_refresh_token_still_works(bench: Any) -> None:
    running = bench(seed=1, faults=["token_expiry"])
    client = running.client("pinduoduo-1")
    first = client.row["access_token"]
    for _ in range(200):
        client.call("pdd.order.status.get", order_sns="1")
    assert client.row["access_token"] != first
    stranger = running.client("pinduoduo-1")
    assert "order_status_get_response" in stranger.call("pdd.order.status.get", order_sns="1")


def test_a_token_renewed_after_the_faults_were_switched_off_lives(bench: Any) -> None:
    running = bench(seed=1, faults=["token_expiry"])
    client = running.client("pinduoduo-1")
    for _ in range(20):
        client.call("pdd.order.status.get", order_sns="1")
    running.box.tokens.grants["pinduoduo-1"].calls_left = 0  # the next call finds it dead
    running.box.faults.names = frozenset()
    for _ in range(3):
        assert "order_status_get_response" in client.call("pdd.order.status.get", order_sns="1")


def test_a_dispatch_whose_answer_never_comes_has_happened_and_happens_once(bench: Any) -> None:
    running = bench(seed=1, faults=["timeout_after_success"])
    client = running.client("wechat-1")
    lost = 0
    ready = [order for order in running.box.world.shops["wechat-1"].orders.values() if order.state == "paid"]
    for order in ready:
        parcel = {"delivery_id": "SF", "waybill_id": f"SF{order.no[-10:]}", "deliver_type": 1}
        body = {"order_id": order.no, "delivery_list": [parcel]}
        url = f"{client.row['gateway']}/channels/ec/order/delivery/send"
        answer = requests.post(url, params={"access_token": client.row["access_token"]}, json=body, timeout=5)
        if answer.status_code == 504:
            lost += 1
            assert client.call("/channels/ec/order/delivery/send", **body)["errcode"] == 101100
    dispatches = running.box.truth()["dispatches"]
    assert lost > 0
    assert sorted(row["platform_no"] for row in dispatches) == sorted(order.no for order in ready)


def test_a_skewed_clock_moves_modified_times_by_one_to_two_minutes_and_nothing_else() -> None:
    right, wrong = (Sandbox(3, 0, 1, faults, clock=lambda: START) for faults in ([], ["clock_skew"]))
    for name, shop in wrong.world.shops.items():
        assert 60 <= abs(shop.skew) <= 120
        for number, order in shop.orders.items():
            same = right.world.shops[name].orders[number]
            assert (order.state, order.created, order.paid_at) == (same.state, same.created, same.paid_at)
            assert abs(order.modified - same.modified - shop.skew) <= 2


@pytest.mark.parametrize("shop", ["taobao-1", "jd-1", "doudian-1", "pinduoduo-1", "wechat-1"])
def test_with_every_fault_a_client_with_three_minutes_of_overlap_follows_a_running_life(bench: Any, shop: str) -> None:
    running = bench(seed=4, rate=6, days=0, faults=FAULTS)
    client = running.client(shop)
    from_then = int(running.clock().timestamp()) - 1800
    known: dict[str, dict[str, Any]] = {}
    cursor = from_then
    for _ in range(8):
        running.clock.on(minutes=7)
        now = int(running.clock().timestamp())
        _merge(known, running.pull_with(client, cursor - 180, now))
        cursor = now
    requests.post(f"{running.box.url}/sandbox/pause", timeout=5)
    running.clock.on(minutes=5)
    _merge(known, running.pull_with(client, cursor - 180, int(running.clock().timestamp())))
    found = {number: {k: v for k, v in row.items() if k != "modified"} for number, row in known.items()}
    assert len(found) > 30
    assert found == running.truth(shop)


def _merge(known: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> None:
    for number, row in found.items():
        if number not in known or row["modified"] > known[number]["modified"]:
            known[number] = row
