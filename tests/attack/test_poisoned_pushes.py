"""A push whose signature is right may still hold anything: the answer is a platform's or a refusal, and never a 500."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.testclient import TestClient

from connectors import kuaidi100
from core.channels import signatures
from core.errors import BadRequest, BadSetup
from core.store import Store
from tests.web.test_hooks import CHANNELS, SECRET, platform, relay_sign, shops  # noqa: F401 - two are fixtures

DEEP = b"[" * 60_000
BODIES = [DEEP, b'{"a":' * 20_000, b"null", b"[]", b"1e999", b'""', b"{}", b"\xff", b'[{"tag":{}}]', b'{"entity":[]}',
          b'{"entity":"orders","external_nos":{"a":1},"message_id":[]}',
          b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', b"<x>" * 30_000]  # fmt: skip
NAMES = st.sampled_from(
    ["entity", "external_nos", "message_id", "tag", "msg_id", "data", "p_id", "Event", "order_info", "order_id"]
)
WORTH = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=5), st.sampled_from(["orders", "100", "channels_ec_order_pay"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)), max_leaves=10,
)  # fmt: skip


def _signed(channel: str, body: bytes) -> dict[str, str]:
    if channel == "doudian":
        return {"event-sign": signatures.doudian_push("key", body, SECRET), "app-id": "key"}
    return relay_sign(body)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_signed_push_of_any_body_is_answered_and_never_breaks(
    channel: str,
    platform: TestClient,  # noqa: F811
    shops: Store,  # noqa: F811
) -> None:
    for body in BODIES:
        for headers in (_signed(channel, body), relay_sign(body)):
            answer = platform.post(f"/hooks/{channel}/s", content=body, headers=headers)
            assert answer.status_code in (200, 400, 401), (body[:40], answer.text)

    @examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(WORTH)
    def pushed(worth: Any) -> None:
        body = json.dumps(worth).encode()
        answer = platform.post(f"/hooks/{channel}/s", content=body, headers=_signed(channel, body))
        assert answer.status_code in (200, 400, 401), (body, answer.text)

    pushed()


@pytest.mark.parametrize("param", ["{", "[" * 60_000, "[]", "null", '{"lastResult":[1]}', '{"lastResult":"x"}'])
def test_a_couriers_push_that_cannot_be_read_is_refused_or_holds_nothing(param: str) -> None:
    form = {"param": param, "sign": signatures.kuaidi100_push(param, "salt")}
    with suppress(BadRequest):
        assert kuaidi100.read_push({"salt": "salt"}, form) == []


def test_without_a_salt_nobody_can_sign_a_couriers_push() -> None:
    param = json.dumps({"lastResult": {"nu": "SF1", "com": "shunfeng", "state": "3", "data": []}})
    for values in ({}, {"salt": ""}):
        with pytest.raises(BadSetup):
            kuaidi100.read_push(values, {"param": param, "sign": signatures.kuaidi100_push(param, "")})
