"""Doudian's connector against a server that replays the samples."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.channels import signatures
from core.channels.base import Connector, Dispatch, StockLevel, Window
from core.errors import BadRequest, BadSetup, NeedsPerson, TryAgain

NOON = datetime(2026, 11, 22, 2, 31, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))


@pytest.fixture
def doudian(connect: Callable[..., Connector]) -> Connector:
    return connect("doudian")


def _ok(data: Any) -> dict[str, Any]:
    return {"code": 10000, "msg": "success", "data": data}


def test_the_request_equals_the_sample_to_the_letter(platform: Any, doudian: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("doudian/order_list_response.json")
    with clock.frozen(NOON):
        (page,) = doudian.pull("orders", WINDOW)
    want = sample("doudian/order_list_request.json")
    asked = platform.asked[0]
    assert asked.path == "/doudian/order/searchList"
    assert asked.body == want["body_raw"]
    assert asked.query == want["query"]
    wrote = sample("doudian/order_list_response.json")["data"]["shop_order_list"]
    assert [json.loads(body) for body in page.bodies] == wrote


def test_refunds_come_from_their_own_list(platform: Any, doudian: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("doudian/refund_list_response.json")
    (page,) = doudian.pull("refunds", WINDOW)
    assert json.loads(page.bodies[0])["aftersale_info"]["aftersale_id"] == "7123456789012345678"
    assert platform.asked[0].body == sample("doudian/refund_list_request.json")["body_raw"]


def test_pages_start_at_zero_and_a_full_window_is_halved(platform: Any, doudian: Connector) -> None:
    start = int(WINDOW.since.timestamp())

    def answer(asked: Any) -> dict[str, Any]:
        since, until = asked.params["update_time_start"], asked.params["update_time_end"]
        stamps = [start + n // 7 for n in range(12600)]  # seven orders a second for half an hour
        rows = [{"order_id": str(n), "update_time": t} for n, t in enumerate(stamps) if since <= t < until]
        page, size = asked.params["page"], asked.params["size"]
        return _ok({"total": len(rows), "page": page, "shop_order_list": rows[page * size : (page + 1) * size]})

    platform.answer = answer
    bodies = [b for page in doudian.pull("orders", WINDOW) for b in page.bodies]
    assert len({json.loads(b)["order_id"] for b in bodies}) == 12600
    assert max((asked.params["page"] + 1) * 100 for asked in platform.asked) <= 10_000


@pytest.mark.parametrize(
    ("name", "kind"),
    [("error_token_expired", NeedsPerson), ("error_invalid_sign", BadSetup), ("error_rate_limit", TryAgain)],
)
def test_a_refusal_says_the_platforms_words(
    platform: Any, doudian: Connector, sample: Any, name: str, kind: type[Exception]
) -> None:
    reply = sample(f"doudian/{name}_response.json")
    platform.answer = lambda _asked: reply
    with pytest.raises(kind) as caught:
        list(doudian.pull("orders", WINDOW))
    assert (reply["sub_msg"] or reply["msg"]) in str(caught.value)


def test_a_wrong_clock_is_put_right_by_the_answers_date(platform: Any, doudian: Connector, sample: Any) -> None:
    platform.sent_headers["Date"] = "Sun, 22 Nov 2026 03:31:00 GMT"
    refused = {"code": 40003, "msg": "非法的参数", "sub_code": "isv.timestamp-invalid", "sub_msg": "时间戳过期"}
    theirs = int((NOON + timedelta(hours=1)).timestamp())

    def answer(asked: Any) -> dict[str, Any]:
        right = abs(int(asked.query["timestamp"]) - theirs) < 60
        return sample("doudian/order_list_response.json") if right else refused

    platform.answer = answer
    with clock.frozen(NOON):
        assert len(list(doudian.pull("orders", WINDOW))) == 1
    assert len(platform.asked) == 2


def test_a_clock_that_cannot_be_put_right_is_bad_setup(platform: Any, doudian: Connector) -> None:
    platform.answer = lambda _asked: {"code": 40003, "sub_code": "isv.timestamp-invalid", "sub_msg": "时间戳过期"}
    with pytest.raises(BadSetup, match="时间戳过期"):
        list(doudian.pull("orders", WINDOW))


def test_a_dispatch_never_rejects_a_refund(platform: Any, doudian: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("doudian/ship_response.json")
    doudian.confirm_dispatch(Dispatch("6921377343921159820", "shunfeng", "SF1234567890123"))
    assert platform.asked[0].body == sample("doudian/ship_request.json")["body_raw"]


def test_stock_goes_out_in_one_call_with_its_key(platform: Any, doudian: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("doudian/stock_update_response.json")
    doudian.set_stock(
        [
            StockLevel(
                "A", 120, spu="3472996055551382222", platform_sku="1704823948573921", key="stk-20261122103100-0002"
            ),
            StockLevel("B", 300, spu="3472996055551389999", platform_sku="1704823948570002"),
        ]
    )
    assert platform.asked[0].body == sample("doudian/stock_update_batch_request.json")["body_raw"]


def test_a_key_the_platform_knows_already_means_done(platform: Any, doudian: Connector) -> None:
    platform.answer = lambda _asked: {"code": 40003, "sub_code": "isv.idempotent-id-existed", "sub_msg": "重复"}
    doudian.set_stock([StockLevel("A", 5, relative=True, key="k")])
    assert platform.asked[0].params == {
        "code": "A",
        "stock_num": 5,
        "incremental": True,
        "idempotent_id": "k",
    }


def test_the_token_is_renewed_and_the_call_repeated(platform: Any, connect: Any, sample: Any) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        if asked.path.endswith("token/refresh"):
            assert asked.params == {"grant_type": "refresh_token", "refresh_token": "old"}
            return sample("doudian/token_refresh_response.json")
        if asked.query["access_token"] == "demoDdToken":
            return sample("doudian/order_list_response.json")
        return sample("doudian/error_token_expired_response.json")

    platform.answer = answer
    assert len(list(connect("doudian", refresh_token="old").pull("orders", WINDOW))) == 1


def test_a_shops_own_app_makes_a_new_token_when_the_refresh_token_died(
    platform: Any, connect: Any, sample: Any
) -> None:
    dead = {"code": 50001, "sub_code": "dop.token-generate-failed:10001", "sub_msg": "refresh_token已过期"}

    def answer(asked: Any) -> dict[str, Any]:
        if asked.path.endswith("token/refresh"):
            return dead | {"code": 50002}
        assert asked.params == {"code": "", "grant_type": "authorization_self", "shop_id": "4463798"}
        return sample("doudian/token_refresh_response.json")

    platform.answer = answer
    shop = connect("doudian", refresh_token="old", shop_id="4463798")
    state = shop.refresh()
    assert state is not None
    assert state.access_token == "demoDdToken"
    assert shop.token_state().reauthorise_by is None


@pytest.mark.parametrize(
    ("name", "entity", "number"),
    [
        ("push_order_paid", "orders", "6921377343921159820"),
        ("push_refund_created", "refunds", "7123456789012345678"),
    ],
)
def test_a_push_is_checked_and_names_what_changed(
    doudian: Connector, sample: Any, name: str, entity: str, number: str
) -> None:
    push = sample(f"doudian/{name}.json")
    body = push["body_raw"].encode()
    assert doudian.verify_push(push["headers"], body)
    assert not doudian.verify_push(push["headers"], body + b" ")
    (message,) = doudian.read_push(body)
    assert (message.entity, message.external_nos) == (entity, (number,))
    assert message.message_id
    assert json.loads(doudian.push_answer().body) == push["reply"]


def test_a_relay_may_push_by_our_own_header(doudian: Connector) -> None:
    body = b'{"entity": "orders", "external_nos": ["1", 2]}'
    sign = signatures.danliu_push("00000000-1111-2222-3333-444444444444", body)
    assert doudian.verify_push({"X-Danliu-Sign": sign}, body)
    assert not doudian.verify_push({}, body)
    assert doudian.read_push(body)[0].external_nos == ("1", "2")


def test_a_push_that_concerns_no_order_is_passed_over(doudian: Connector) -> None:
    assert doudian.read_push(b'[{"tag": "400", "msg_id": "1", "data": "{}"}]') == []
    with pytest.raises(BadRequest):
        doudian.read_push(b"<xml/>")


def test_companies_are_the_platforms_own(platform: Any, doudian: Connector) -> None:
    platform.answer = lambda _asked: _ok([{"id": 12, "name": "顺丰速运", "code": "shunfeng"}])
    assert [(c.code, c.name) for c in doudian.companies()] == [("shunfeng", "顺丰速运")]
