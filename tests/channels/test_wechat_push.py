"""WeChat pushes through the door: it signs in the address, and first checks that the address is ours."""

import json
from collections.abc import Iterator

import pytest

from core.channels import signatures
from core.channels.inbox import answer_check, receive_push
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, inbox, open_store

QUERY = {"timestamp": "1795314660", "nonce": "nonce123"}
SIGN = signatures.wechat_url_check("mytoken", QUERY["timestamp"], QUERY["nonce"])
EVENT = {"Event": "channels_ec_order_pay", "order_info": {"order_id": "37"}, "FromUserName": "o", "CreateTime": 1}
House = tuple[Store, Vault, Settings]


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    table = {"channel": "wechat", "shop": "w", "app_key": "wx1", "app_secret": "secret", "push_token": "mytoken"}
    known = Settings(store_url=settings.store_url, key_file=settings.key_file, shops=(table,))
    store = open_store(known)
    yield store, open_vault(known), known
    store.close()


def test_a_push_signed_in_its_address_is_kept_once(house: House) -> None:
    store, vault, settings = house
    body = json.dumps(EVENT).encode()
    for _ in range(2):
        reply = receive_push(store, vault, "wechat", "w", {}, body, settings, QUERY | {"signature": SIGN})
        assert (reply.status, reply.body, reply.content_type) == (200, "success", "text/plain")
    assert [push.topic for push in inbox.due(store)] == ["channels_ec_order_pay"]
    assert receive_push(store, vault, "wechat", "w", {}, body, settings, QUERY | {"signature": "0"}).status == 401
    assert receive_push(store, vault, "wechat", "w", {}, body, settings).status == 401


def test_the_check_of_the_address_is_answered(house: House) -> None:
    store, vault, settings = house
    good = QUERY | {"signature": SIGN, "echostr": "4711"}
    assert answer_check(store, vault, "wechat", "w", good, settings).body == "4711"
    assert answer_check(store, vault, "wechat", "w", good | {"nonce": "x"}, settings).status == 401
    assert answer_check(store, vault, "wechat", "nobody", good, settings).status == 404
