"""All five connectors against the pretend platforms, with every fault, compared with the whole truth."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.channels.base import Connector, Dispatch, Http, StockLevel, Window
from core.channels.http import Throttle
from core.channels.registry import connectors
from core.channels.sandbox import FAULTS, Sandbox
from core.errors import NeedsPerson

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAYS = 1
QUIET = timedelta(
    minutes=6
)  # what changed since then may not be in the lists yet: late updates, clocks off by two minutes
_NUMBERS = {
    "taobao": lambda o: (o["tid_str"], o["status"], o["modified"]),
    "jd": lambda o: (o["orderId"], o["orderState"], o["modified"]),
    "doudian": lambda o: (o["order_id"], str(o["order_status"]), o["update_time"]),
    "pinduoduo": lambda o: (
        o["order_sn"],
        f"{o['order_status']}/{o['confirm_status']}/{o['refund_status']}/{o['risk_control_status']}",
        o["updated_at"],
    ),
    "wechat": lambda o: (o["order_id"], str(o["status"]), o["update_time"]),
}
_REFUNDS = {
    "taobao": lambda r: (r["refund_id"], r["status"], r["modified"]),
    "jd": lambda r: (str(r["id"]), str(r["status"]), r["checkTime"]),
    "doudian": lambda r: (
        r["aftersale_info"]["aftersale_id"],
        str(r["aftersale_info"]["aftersale_status"]),
        r["aftersale_info"]["update_time"],
    ),
    "pinduoduo": lambda r: (str(r["id"]), str(r["after_sales_status"]), r["updated_time"]),
    "wechat": lambda r: (r["after_sale_order_id"], r["status"], r["update_time"]),
}


class Hands:
    """The sandbox's clock: it goes on as real time does, and can be moved on."""

    def __init__(self) -> None:
        self._start, self.ahead = time.monotonic(), timedelta(0)

    def now(self) -> datetime:
        return NOW + self.ahead + timedelta(seconds=time.monotonic() - self._start)


def _connect(row: dict[str, str], **values: str) -> Connector:
    http = Http(Throttle(1e6, sleep=lambda _s: None), sleep=lambda _s: None, timeout=(2.0, 1.0), attempts=6)
    return connectors()[row["channel"]](row["shop"], {**row, **values}, http)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def shops(request: pytest.FixtureRequest, hands: Hands) -> Iterator[tuple[Sandbox, list[Connector]]]:
    """A sandbox with the seed and faults of the test, and a connector for each of its shops."""
    seed, faults = request.param
    with clock.frozen(NOW):
        box = Sandbox(seed, 1.0, DAYS, faults, clock=hands.now, hang_seconds=3.0).start()
        made = [_connect(row) for row in box.shops()["shops"]]
        yield box, made
        for shop in made:
            shop.http.close()
        box.stop()


def _newest(bodies: list[str], read: Any) -> dict[str, str]:
    """The word of the newest version of each: what the pool will keep."""
    found: dict[str, tuple[Any, str]] = {}
    for body in bodies:
        number, word, changed = read(json.loads(body))
        if number not in found or changed >= found[number][0]:
            found[number] = (changed, word)
    return {number: word for number, (_changed, word) in found.items()}


def _steady(before: dict[str, Any], after: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The orders that did not change between the two truths, by (shop, number)."""
    old = {(o["shop"], o["platform_no"]): o for o in before["orders"]}
    new = {(o["shop"], o["platform_no"]): o for o in after["orders"]}
    return {key: order for key, order in new.items() if old.get(key) == order}


@pytest.mark.parametrize("shops", [(1, ()), (2, FAULTS)], indirect=True, ids=["calm", "storm"])
def test_what_is_pulled_is_the_whole_truth(shops: tuple[Sandbox, list[Connector]], hands: Hands) -> None:
    box, made = shops
    before = box.truth()
    hands.ahead = QUIET
    window = Window(NOW - timedelta(days=DAYS, hours=2), NOW + QUIET)
    pools: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for shop in made:
        with clock.frozen(hands.now()):
            orders = [b for page in shop.pull("orders", window) for b in page.bodies]
            refunds = [b for page in shop.pull("refunds", window) for b in page.bodies]
        pools[shop.shop] = (_newest(orders, _NUMBERS[shop.channel]), _newest(refunds, _REFUNDS[shop.channel]))
    steady = _steady(before, box.truth())
    for shop in made:
        mine = [order for (name, _no), order in steady.items() if name == shop.shop]
        pool, after = pools[shop.shop]
        assert len(mine) > 20
        assert {o["platform_no"]: pool.get(o["platform_no"]) for o in mine} == {
            o["platform_no"]: o["platform_status"] for o in mine
        }
        wanted = {r["refund_no"]: r["refund_status"] for o in mine for r in o["refunds"]}
        assert {number: after.get(number) for number in wanted} == wanted


def _to_ship(box: Sandbox, shop: str) -> list[dict[str, Any]]:
    words = {"WAIT_SELLER_SEND_GOODS", "WAIT_SELLER_STOCK_OUT", "2", "1/1/1/0", "20"}
    orders = [o for o in box.truth()["orders"] if o["shop"] == shop and o["platform_status"] in words]
    return [o for o in orders if not o["refunds"]][:6]


@pytest.mark.parametrize(
    "shops", [(4, ()), (5, ("timeout_after_success", "server_errors", "rate_limit", "bad_json"))], indirect=True
)
def test_each_parcel_is_confirmed_exactly_once(shops: tuple[Sandbox, list[Connector]]) -> None:
    box, made = shops
    for shop in made:
        companies = {company.code for company in shop.companies()}
        assert shop.couriers["SF"] in companies
        chosen = _to_ship(box, shop.shop)
        assert chosen
        for order in chosen:
            dispatch = Dispatch(order["platform_no"], shop.couriers["SF"], f"SF{order['platform_no'][-10:]}")
            shop.confirm_dispatch(dispatch)
            shop.confirm_dispatch(dispatch)  # the outbox may come twice
        sent = [d["platform_no"] for d in box.truth()["dispatches"] if d["shop"] == shop.shop]
        assert sorted(sent) == sorted(order["platform_no"] for order in chosen)


@pytest.mark.parametrize("shops", [(6, ()), (7, ("timeout_after_success", "server_errors"))], indirect=True)
def test_stock_figures_arrive(shops: tuple[Sandbox, list[Connector]]) -> None:
    box, made = shops
    products = box.surroundings.products()["products"]
    for shop in made:
        listed_here = [(p["sku"], x) for p in products for x in p["listings"] if x["shop"] == shop.shop][:3]
        levels = [
            StockLevel(sku, 40 + n, spu=x["goods_id"], platform_sku=x["sku_id"], key=f"{shop.shop}-{n}")
            for n, (sku, x) in enumerate(listed_here)
        ]
        shop.set_stock(levels)
        listed = {s["sku"]: s["qty"] for s in box.truth()["stock"] if s["shop"] == shop.shop}
        assert [listed[level.sku] for level in levels] == [40, 41, 42]


@pytest.mark.parametrize("shops", [(8, ())], indirect=True)
def test_the_connection_test_says_what_the_platform_said(shops: tuple[Sandbox, list[Connector]]) -> None:
    box, made = shops
    for shop, row in zip(made, box.shops()["shops"], strict=True):
        assert shop.test().ok
        wrong = _connect(row, app_secret="wrong-secret", **({"access_token": ""} if shop.channel == "wechat" else {}))
        check = wrong.test()
        assert not check.ok
        assert check.said
        assert "wrong-secret" not in check.said
        wrong.http.close()


@pytest.mark.parametrize("shops", [(9, ())], indirect=True)
def test_a_dead_token_is_renewed_or_a_person_is_asked(shops: tuple[Sandbox, list[Connector]]) -> None:
    box, made = shops
    window = Window(NOW - timedelta(hours=1), NOW)
    for shop, row in zip(made, box.shops()["shops"], strict=True):
        stale = _connect(row, access_token="not-a-token")
        if shop.channel == "taobao":  # a seller's own app
            with pytest.raises(NeedsPerson):
                list(stale.pull("orders", window))
            assert not stale.token_state().refreshable
        else:
            list(stale.pull("orders", window))
            assert stale.value("access_token") != "not-a-token"
        stale.http.close()
        if shop.channel != "wechat":
            lonely = _connect({**row, "shop_id": ""}, access_token="not-a-token", refresh_token="")
            assert not lonely.token_state().refreshable
            assert not lonely.test().ok
            lonely.http.close()


@pytest.mark.parametrize("shops", [(10, ())], indirect=True)
def test_single_orders_and_open_refunds_can_be_asked_for(shops: tuple[Sandbox, list[Connector]]) -> None:
    box, made = shops
    truth = box.truth()
    for shop in made:
        orders = [o for o in truth["orders"] if o["shop"] == shop.shop]
        numbers = [o["platform_no"] for o in orders[:3]]
        bodies = shop.fetch("orders", numbers).bodies
        assert [_NUMBERS[shop.channel](json.loads(b))[0] for b in bodies] == numbers
        refunded = next(r for o in orders for r in o["refunds"])
        if shop.channel != "pinduoduo":
            (body,) = shop.fetch("refunds", [refunded["refund_no"]]).bodies
            assert _REFUNDS[shop.channel](json.loads(body))[0] == refunded["refund_no"]
        assert set(shop.open_refunds(numbers)) <= set(numbers)
