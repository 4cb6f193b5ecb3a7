"""Taobao's connector against a server that replays the samples."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.channels.base import Connector, Dispatch, DispatchLine, StockLevel, Window
from core.errors import BadRequest, BadSetup, NeedsPerson, TryAgain

WINDOW = Window(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))


@pytest.fixture
def taobao(connect: Callable[..., Connector]) -> Connector:
    return connect("taobao")


def _list(rows: list[dict[str, Any]], more: bool = False) -> dict[str, Any]:
    return {"trades_sold_increment_get_response": {"has_next": more, "trades": {"trade": rows}}}


def test_a_window_is_counted_then_read_from_the_last_page_to_the_first(platform: Any, taobao: Connector) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        if asked.form["use_has_next"] == "false":
            return {"trades_sold_increment_get_response": {"total_results": 250}}
        page = int(asked.form["page_no"])
        size = {1: 100, 2: 100, 3: 50}[page]
        return _list([{"tid": page * 1000 + n} for n in range(size)], page < 3)

    platform.answer = answer
    bodies = [b for page in taobao.pull("orders", WINDOW) for b in page.bodies]
    assert [asked.form["page_no"] for asked in platform.asked] == ["1", "3", "2", "1", "1"]
    assert len({json.loads(b)["tid"] for b in bodies}) == 250
    assert platform.asked[1].form["start_modified"] == "2026-11-22 10:00:00"
    assert platform.asked[1].form["end_modified"] == "2026-11-22 10:30:00"


def test_a_list_that_grew_while_it_was_read_is_read_again(platform: Any, taobao: Connector) -> None:
    counts = iter([150, 151, 151])
    rows = list(range(151))

    def answer(asked: Any) -> dict[str, Any]:
        if asked.form["use_has_next"] == "false":
            return {"trades_sold_increment_get_response": {"total_results": next(counts)}}
        page = int(asked.form["page_no"])
        # The first reading misses one row: it slipped from page 1 to page 2 in between.
        first_round = len(platform.asked) <= 3
        shown = {2: rows[101:], 1: rows[:100]} if first_round else {2: rows[100:], 1: rows[:100]}
        return _list([{"tid": n} for n in shown[page]])

    platform.answer = answer
    bodies = [b for page in taobao.pull("orders", WINDOW) for b in page.bodies]
    assert {json.loads(b)["tid"] for b in bodies} == set(rows)


def test_an_empty_window_without_a_list_gives_nothing(platform: Any, taobao: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/order_list_empty_response.json")
    assert list(taobao.pull("orders", WINDOW)) == []


def test_the_body_is_the_trade_as_the_platform_wrote_it(platform: Any, taobao: Connector, sample: Any) -> None:
    replies = iter([sample("taobao/order_list_count_response.json"), sample("taobao/order_list_response.json")])
    platform.answer = lambda _asked: next(replies)
    (page,) = taobao.pull("orders", WINDOW)
    wrote = sample("taobao/order_list_response.json")["trades_sold_increment_get_response"]["trades"]["trade"]
    assert [json.loads(body) for body in page.bodies] == wrote
    assert '"tid":2381045600123456789' in page.bodies[0]


def test_a_long_window_is_split_into_days(platform: Any, taobao: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/order_list_empty_response.json")
    list(taobao.pull("refunds", Window(WINDOW.since, WINDOW.since + timedelta(days=2, hours=1))))
    starts = [asked.form["start_modified"] for asked in platform.asked]
    assert starts == ["2026-11-22 10:00:00", "2026-11-23 10:00:00", "2026-11-24 10:00:00"]


def test_every_call_is_signed(platform: Any, taobao: Connector, sample: Any, signed: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/ship_response.json")
    taobao.confirm_dispatch(Dispatch("2381045600123456789", "SF", "SF1234567890123"))
    form = platform.asked[0].form
    assert signed("taobao", platform.asked[0])
    want = sample("taobao/ship_request.json")["form"]
    assert {k: form[k] for k in ("tid", "out_sid", "company_code", "is_split")} == {
        k: want[k] for k in ("tid", "out_sid", "company_code", "is_split")
    }


def test_the_hmac_methods_are_signed_too(connect: Any, platform: Any, sample: Any, signed: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/order_list_empty_response.json")
    for method in ("hmac", "hmac-sha256"):
        list(connect("taobao", sign_method=method).pull("orders", WINDOW))
    assert [asked.form["sign_method"] for asked in platform.asked] == ["hmac", "hmac-sha256"]
    assert all(signed("taobao", asked) for asked in platform.asked)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("error_invalid_session", NeedsPerson),
        ("error_invalid_sign", BadSetup),
        ("error_rate_limit", TryAgain),
    ],
)
def test_a_refusal_says_the_platforms_words(
    platform: Any, taobao: Connector, sample: Any, name: str, kind: type[Exception]
) -> None:
    reply = sample(f"taobao/{name}_response.json")
    platform.answer = lambda _asked: reply
    with pytest.raises(kind) as caught:
        list(taobao.pull("orders", WINDOW))
    assert reply["error_response"]["sub_msg"] in str(caught.value)
    assert "tok-tb" not in str(caught.value)


def test_the_ban_is_waited_for_as_long_as_taobao_says(platform: Any, taobao: Connector, sample: Any) -> None:
    reply = sample("taobao/error_rate_limit_response.json")
    reply["error_response"]["sub_msg"] = "This ban will last for 7 more seconds"
    platform.answer = lambda _asked: reply
    with pytest.raises(TryAgain) as caught:
        list(taobao.pull("orders", WINDOW))
    assert caught.value.after_seconds == 7.0


def test_a_lost_answer_to_a_dispatch_is_not_sent_twice(platform: Any, taobao: Connector, sample: Any) -> None:
    detail = sample("taobao/order_detail_response.json")
    detail["trade_fullinfo_get_response"]["trade"]["orders"]["order"][0]["invoice_no"] = "SF1234567890123"
    platform.answer = lambda asked: None if asked.method == "taobao.logistics.offline.send" else detail
    taobao.confirm_dispatch(Dispatch("2381045600123456789", "SF", "SF1234567890123"))
    assert platform.methods() == ["taobao.logistics.offline.send", "taobao.trade.fullinfo.get"]


def test_a_dispatch_that_never_arrived_is_to_be_tried_again(platform: Any, taobao: Connector, sample: Any) -> None:
    detail = sample("taobao/order_detail_response.json")
    platform.answer = lambda asked: None if asked.method == "taobao.logistics.offline.send" else detail
    with pytest.raises(TryAgain):
        taobao.confirm_dispatch(Dispatch("2381045600123456789", "SF", "SF1234567890123"))


def test_a_part_is_confirmed_with_its_sub_orders(platform: Any, taobao: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/ship_response.json")
    taobao.confirm_dispatch(Dispatch("1", "SF", "SF1", (DispatchLine("11", 1), DispatchLine("12", 1)), split=True))
    assert platform.asked[0].form["is_split"] == "1"
    assert platform.asked[0].form["sub_tid"] == "11,12"


def test_stock_goes_out_by_product_twenty_skus_a_call(platform: Any, taobao: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/stock_update_response.json")
    levels = [StockLevel(f"S{n}", n, spu="678901234567", platform_sku=str(n)) for n in range(1, 22)]
    taobao.set_stock(levels)
    assert [asked.form["skuid_quantities"].count(";") for asked in platform.asked] == [19, 0]
    assert platform.asked[1].form["skuid_quantities"] == "21:21"
    assert platform.asked[0].form["type"] == "1"
    with pytest.raises(BadRequest, match="S1"):
        taobao.set_stock([StockLevel("S1", 1)])


def test_a_service_market_app_renews_its_token_and_goes_on(platform: Any, connect: Any, sample: Any) -> None:
    token = {"access_token": "new-token", "refresh_token": "new-refresh", "expires_in": 86400, "re_expires_in": 172800}

    def answer(asked: Any) -> dict[str, Any]:
        if asked.method == "taobao.top.auth.token.refresh":
            assert "session" not in asked.form
            return {"top_auth_token_refresh_response": {"token_result": json.dumps(token)}}
        if asked.form["session"] == "new-token":
            return sample("taobao/order_list_empty_response.json")
        return sample("taobao/error_invalid_session_response.json")

    platform.answer = answer
    kept = []
    shop = connect("taobao", refresh_token="old-refresh")
    shop._keep_token = kept.append
    assert list(shop.pull("orders", WINDOW)) == []
    assert [(state.access_token, state.refresh_token) for state in kept] == [("new-token", "new-refresh")]
    assert shop.token_state().reauthorise_by == kept[0].reauthorise_by


def test_a_sellers_own_app_cannot_renew_and_says_until_when_it_lives(connect: Any) -> None:
    shop = connect("taobao", expires_at="2027-01-31T12:00:00+08:00")
    assert shop.refresh() is None
    state = shop.token_state()
    assert not state.refreshable
    assert state.reauthorise_by == datetime(2027, 1, 31, 4, tzinfo=UTC)


def test_single_orders_are_fetched_whole(platform: Any, taobao: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("taobao/order_detail_response.json")
    page = taobao.fetch("orders", ["2381045600123456789"])
    assert json.loads(page.bodies[0])["tid_str"] == "2381045600123456789"


def test_an_open_refund_is_seen_before_shipping(platform: Any, taobao: Connector, sample: Any) -> None:
    detail = sample("taobao/order_detail_response.json")
    detail["trade_fullinfo_get_response"]["trade"]["orders"]["order"][1]["refund_status"] = "WAIT_SELLER_AGREE"
    platform.answer = lambda _asked: detail
    assert taobao.open_refunds(["2381045600123456789"]) == {"2381045600123456789": "WAIT_SELLER_AGREE"}
