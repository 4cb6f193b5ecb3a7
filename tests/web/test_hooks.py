"""POST /hooks/{channel}/{shop} as the platforms call it: signed their way, durable before the 2xx, else nothing kept."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from core import runtime
from core.channels import inbox as pushes
from core.channels import signatures
from core.channels.registry import connectors
from core.settings import Settings
from core.store import Store, inbox
from tests.web.conftest import browser

SECRET = "the-apps-secret"
CHANNELS = ("taobao", "jd", "doudian", "pinduoduo", "wechat", "mini_program")
RELAYED = json.dumps({"entity": "orders", "external_nos": ["4711"], "message_id": "m1"}).encode()
EVENTS = json.dumps([{"tag": "100", "msg_id": "9", "data": {"p_id": "4711"}}]).encode()
PAID = json.dumps({"Event": "channels_ec_order_pay", "order_info": {"order_id": "4711"}, "CreateTime": 1}).encode()
STAMP = {"timestamp": "1795314660", "nonce": "nonce123"}


@pytest.fixture
def shops(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A shop `s` of every channel that takes pushes."""
    given = {
        "shop": "s",
        "app_key": "key",
        "app_secret": SECRET,
        "push_token": "token",
        "address": "http://127.0.0.1:9",
    }
    tables = []
    for channel in CHANNELS:
        connector = connectors()[channel if channel in connectors() else "rest"]
        needed = {one.name: one.default or "x" for one in connector.settings if one.required}
        tables.append({**needed, **given, "channel": channel})
    known = replace(settings, shops=tuple(tables))
    monkeypatch.setattr(runtime, "_settings", known)
    yield runtime.store()
    runtime.close()


@pytest.fixture
def platform(shops: Store) -> TestClient:
    return browser("203.0.113.9")


def relay_sign(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-danliu-sign": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_relayed_push_of_any_channel_is_durable_when_it_is_answered(
    channel: str, platform: TestClient, shops: Store
) -> None:
    answer = platform.post(f"/hooks/{channel}/s", content=RELAYED, headers=relay_sign(RELAYED))
    assert answer.status_code == 200
    (kept,) = inbox.due(shops)
    assert (kept.channel, kept.shop, kept.topic) == (channel, "s", "orders")
    assert runtime.vault().open(kept.body) == RELAYED
    assert platform.post(f"/hooks/{channel}/s", content=RELAYED, headers=relay_sign(RELAYED)).status_code == 200
    assert len(inbox.due(shops)) == 1


def test_doudian_signs_its_own_way(platform: TestClient, shops: Store) -> None:
    sign = signatures.doudian_push("key", EVENTS, SECRET)
    address = "/hooks/doudian/s"
    assert platform.post(address, content=EVENTS, headers={"event-sign": sign, "app-id": "key"}).status_code == 200
    assert [runtime.vault().open(push.body) for push in inbox.due(shops)] == [EVENTS]
    assert platform.post(address, content=EVENTS, headers={"event-sign": sign, "app-id": "else"}).status_code == 401
    assert platform.post(address, content=EVENTS, headers={"event-sign": "0" * 32}).status_code == 401


def test_wechat_signs_in_the_address(platform: TestClient, shops: Store) -> None:
    sign = signatures.wechat_url_check("token", STAMP["timestamp"], STAMP["nonce"])
    answer = platform.post("/hooks/wechat/s", params=STAMP | {"signature": sign}, content=PAID)
    assert (answer.status_code, answer.text) == (200, "success")
    assert [push.topic for push in inbox.due(shops)] == ["channels_ec_order_pay"]
    assert platform.post("/hooks/wechat/s", params=STAMP | {"signature": "0"}, content=PAID).status_code == 401
    checked = platform.get("/hooks/wechat/s", params=STAMP | {"signature": sign, "echostr": "77"})
    assert (checked.status_code, checked.text) == (200, "77")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_push_with_a_bad_or_no_signature_is_401_and_leaves_nothing(
    channel: str, platform: TestClient, shops: Store
) -> None:
    address = f"/hooks/{channel}/s"
    for headers in ({}, relay_sign(RELAYED, "another"), relay_sign(RELAYED + b" ")):
        assert platform.post(address, content=RELAYED, headers=headers).status_code == 401
    assert inbox.due(shops) == []


@pytest.mark.parametrize("channel", [*CHANNELS, "unheard_of"])
def test_a_push_for_a_shop_nobody_connected_is_404(channel: str, platform: TestClient, shops: Store) -> None:
    answer = platform.post(f"/hooks/{channel}/nobody", content=RELAYED, headers=relay_sign(RELAYED))
    assert answer.status_code == 404 and inbox.due(shops) == []


def test_a_shop_that_lacks_a_setting_says_so_and_not_which(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tables = ({"shop": "s", "channel": "jd", "app_key": "key"}, {"shop": "files", "channel": "offline"})
    monkeypatch.setattr(runtime, "_settings", replace(settings, shops=tables))
    platform = browser("203.0.113.9")
    answer = platform.post("/hooks/jd/s", content=RELAYED, headers=relay_sign(RELAYED))
    assert (answer.status_code, answer.json()) == (503, {"error": "shop not set up completely"})
    assert "app_secret" in caplog.text and "app_secret" not in answer.text
    assert platform.get("/hooks/jd/s", params={"echostr": "1"}).status_code == 503
    assert platform.post("/hooks/offline/files", content=RELAYED).status_code == 404
    assert inbox.due(runtime.store()) == []
    runtime.close()


def test_a_shop_that_is_not_authorised_yet_keeps_its_pushes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {"shop": "s", "channel": "jd", "app_key": "key", "app_secret": SECRET}
    monkeypatch.setattr(runtime, "_settings", replace(settings, shops=(table,)))
    answer = browser("203.0.113.9").post("/hooks/jd/s", content=RELAYED, headers=relay_sign(RELAYED))
    assert answer.status_code == 200 and len(inbox.due(runtime.store())) == 1
    runtime.close()


def test_a_push_that_could_not_be_kept_is_never_answered_with_success(
    platform: TestClient, shops: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = TestClient(platform.app, client=("203.0.113.9", 5000), raise_server_exceptions=False)
    monkeypatch.setattr(pushes.inbox, "add", _disk_full)
    assert full.post("/hooks/jd/s", content=RELAYED, headers=relay_sign(RELAYED)).status_code == 500
    monkeypatch.undo()
    assert inbox.due(shops) == []


def _disk_full(*_all: object) -> None:
    raise OSError("no space left on device")
