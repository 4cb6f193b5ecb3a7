"""What every connector keeps, whoever wrote it: one suite over all that the registry finds."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.gateway import Fault, Gateway
from core.channels.base import Connector, Http, Setting, Window
from core.channels.http import Throttle
from core.channels.registry import connectors
from core.channels.shops import default_connector
from core.errors import BadSetup, DanliuError, NeedsPerson, TryAgain
from core.i18n import catalogue
from core.mapping.document import parse
from core.model.fields import CHANNELS, Catalogue

ALL = connectors()
GATEWAYS = {name: kind for name, kind in ALL.items() if issubclass(kind, Gateway)}
KINDS = {"text", "secret", "choice", "integer", "boolean", "url", "json"}
ENTITIES = {"orders", "refunds", "stock", "outbound"}
MAPPINGS = Path(__file__).resolve().parents[2] / "data" / "mappings"
UNTIL = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
every = pytest.mark.parametrize("name", sorted(ALL))


def _value(setting: Setting, address: str) -> str:
    if setting.default:
        return setting.default
    by_kind = {"url": address, "integer": "1", "boolean": "false", "json": "{}", "secret": f"hidden-{setting.name}-9"}
    return by_kind.get(setting.kind, setting.choices[0] if setting.choices else "demo")


def _values(kind: type[Connector], address: str) -> dict[str, str]:
    """Enough to construct it, every secret a text of its own, every address that of the test's server."""
    found = {s.name: _value(s, address) for s in kind.settings if s.required or s.kind == "secret"}
    for setting in kind.settings:
        if setting.kind == "url" and setting.name in found:
            found[setting.name] = address
    if "host" in found:
        found |= {"host": "127.0.0.1", "port": "1"}
    return found


def _make(name: str, address: str, **values: str) -> Connector:
    http = Http(Throttle(1e6, sleep=lambda _s: None), sleep=lambda _s: None, timeout=(1.0, 1.0))
    return ALL[name]("demo", {**_values(ALL[name], address), **values}, http)


@every
def test_its_settings_can_be_drawn_as_a_form(name: str) -> None:
    kind = ALL[name]
    names = [setting.name for setting in kind.settings]
    assert len(names) == len(set(names))
    for setting in kind.settings:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", setting.name)
        assert setting.label
        assert setting.kind in KINDS
        assert (setting.kind == "choice") == bool(setting.choices)
        assert not setting.choices or not setting.default or setting.default in setting.choices
        assert setting.kind != "secret" or not setting.default


@every
def test_it_says_what_it_is(name: str) -> None:
    kind = ALL[name]
    assert kind.channel in CHANNELS
    assert kind.title
    assert kind.entities
    assert set(kind.entities) <= ENTITIES
    assert timedelta(0) < kind.max_window <= kind.history
    assert kind.overlap >= kind.settle


@every
def test_its_words_have_a_chinese_translation(name: str) -> None:
    kind, words = ALL[name], catalogue("zh")
    texts = [kind.title, *(s.label for s in kind.settings), *(s.help for s in kind.settings)]
    english = {t for t in texts if re.search(r"[a-z]{3}", t) and " " in t and "://" not in t} - {"App Secret"}
    assert sorted(english - words.keys()) == []


@every
def test_a_required_setting_that_is_missing_is_named(name: str) -> None:
    for setting in ALL[name].settings:
        if setting.required and not setting.default:
            values = _values(ALL[name], "http://127.0.0.1:9") | {setting.name: ""}
            with pytest.raises(BadSetup) as refused:
                ALL[name]("demo", values, Http())
            assert setting.name in f"{refused.value} {refused.value.values.get('setting')}"


@every
def test_what_an_authorisation_brings_may_be_missing_only_until_then(name: str) -> None:
    kind = ALL[name]
    assert kind.grants_codes or not any(setting.granted for setting in kind.settings)
    if not kind.grants_codes:
        return
    values = _values(kind, "http://127.0.0.1:9") | {"service_id": "7"}
    for granted in (setting.name for setting in kind.settings if setting.granted):
        applicant = kind("demo", values | {granted: ""}, Http(), authorising=True)
        address = applicant.authorise_url("the state", "https://here/oauth/callback")
        assert address.startswith("http") and "state=the+state" in address
        assert values["app_secret"] not in address


@every
def test_no_secret_is_ever_shown(name: str, platform: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The other side echoes everything it was sent, as error pages do."""
    secrets = [f"hidden-{s.name}-9" for s in ALL[name].settings if s.kind == "secret"]

    def answer(asked: Any) -> dict[str, Any]:
        echo = json.dumps([asked.query, asked.form, asked.body, asked.headers, *secrets])
        error = {"code": 25, "error_code": 20004, "msg": echo, "sub_msg": echo, "zh_desc": echo, "error_msg": echo}
        return {"error_response": error, "code": 40001, "errcode": 48001, "errmsg": echo, "msg": echo, "sub_msg": echo}

    platform.answer = answer
    with caplog.at_level(logging.DEBUG):
        shop = _make(name, platform.address)
        shown = [repr(shop), repr(shop.http), repr(shop.token_state()), str(check := shop.test()), check.said]
        try:
            list(shop.pull(shop.entities[0], Window(UNTIL - timedelta(minutes=5), UNTIL)))
        except DanliuError as error:
            shown += [str(error), repr(error), repr(error.values)]
    shop.http.close()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("core", "connectors"))]
    for secret in secrets:
        assert not [text for text in [*shown, *ours] if secret in text]


@every
@pytest.mark.parametrize("reply", [{}, (200, "[]"), (200, "null"), (200, "<html>"), (200, '"text"'), (404, "no")])
def test_an_answer_that_makes_no_sense_ends_the_pull(name: str, reply: Any, platform: Any) -> None:
    platform.answer = lambda _asked: reply
    shop = _make(name, platform.address)
    for entity in shop.entities:
        try:
            list(shop.pull(entity, Window(UNTIL - timedelta(minutes=20), UNTIL)))
        except DanliuError:
            continue
    shop.http.close()
    assert len(platform.asked) < 50


_MORE = {  # the same page for ever, and always "there is more"
    "taobao": {
        "trades_sold_increment_get_response": {
            "total_results": 250,
            "has_next": True,
            "trades": {"trade": [{"tid": 1}]},
        }
    },
    "jd": {
        "jingdong_pop_order_enSearch_responce": {
            "code": "0",
            "searchorderinfo_result": {"orderTotal": 250, "orderInfoList": [{"orderId": "1"}]},
        }
    },
    "doudian": {"code": 10000, "data": {"total": 250, "shop_order_list": [{"order_id": "1"}]}},
    "pinduoduo": {
        "order_sn_increment_get_response": {"total_count": 250, "has_next": True, "order_sn_list": [{"order_sn": "1"}]}
    },
    "wechat": {
        "access_token": "t",
        "expires_in": 7200,
        "errcode": 0,
        "order_id_list": ["1"],
        "next_key": "k",
        "has_more": True,
        "order": {"order_id": "1"},
    },
}


@pytest.mark.parametrize("name", sorted(_MORE))
def test_a_platform_that_always_has_more_ends_all_the_same(name: str, platform: Any) -> None:
    platform.answer = lambda _asked: _MORE[name]
    shop = _make(name, platform.address)
    pages = list(shop.pull("orders", Window(UNTIL - timedelta(minutes=20), UNTIL)))
    shop.http.close()
    assert pages
    assert len(platform.asked) < 20


@pytest.mark.parametrize("name", sorted(_MORE))
def test_every_request_is_signed_as_its_platform_wants(name: str, platform: Any, connect: Any, signed: Any) -> None:
    platform.answer = lambda _asked: _MORE[name]
    list(connect(name).pull("orders", Window(UNTIL - timedelta(minutes=20), UNTIL)))
    assert all(signed(name, asked) for asked in platform.asked)


_CLASSES = {
    Fault.RATE: TryAgain,
    Fault.AGAIN: TryAgain,
    Fault.TOKEN: NeedsPerson,
    Fault.SETUP: BadSetup,
    Fault.CLOCK: BadSetup,  # this server sends no Date to put the clock right by
    Fault.PERSON: NeedsPerson,
}
_REFUSALS = {
    "taobao": lambda code: {"error_response": {"code": int(code), "msg": "m", "sub_code": "isv.x", "sub_msg": "words"}},
    "jd": lambda code: {"error_response": {"code": code, "zh_desc": "words", "en_desc": "m"}},
    "doudian": lambda code: {
        "code": int(code) if code.isdigit() else 40003,
        "msg": "words",
        "sub_code": "" if code.isdigit() else code,
    },
    "pinduoduo": lambda code: {"error_response": {"error_code": int(code), "error_msg": "words", "sub_code": code}},
    "wechat": lambda code: {"errcode": int(code), "errmsg": "words"},
}


@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name, kind in sorted(GATEWAYS.items()) for code in kind.faults]
)
def test_each_refusal_becomes_the_right_error_with_the_platforms_words(
    name: str, code: str, platform: Any, connect: Any
) -> None:
    platform.answer = lambda _asked: _REFUSALS[name](code)
    fault = GATEWAYS[name].faults[code]
    with pytest.raises(DanliuError, match="words") as caught:
        list(connect(name).pull("orders", Window(UNTIL - timedelta(minutes=20), UNTIL)))
    assert isinstance(caught.value, _CLASSES[fault])
    assert code in str(caught.value)
    if fault in (Fault.SETUP, Fault.PERSON):
        assert len(platform.asked) == 1
    if fault is Fault.AGAIN:
        assert len(platform.asked) == 4
    if fault is Fault.RATE:
        assert caught.value.after_seconds is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(GATEWAYS))
def test_a_code_nobody_wrote_down_is_a_matter_for_a_person(name: str, platform: Any, connect: Any) -> None:
    platform.answer = lambda _asked: _REFUSALS[name]("98765")
    with pytest.raises(NeedsPerson, match="98765"):
        list(connect(name).pull("orders", Window(UNTIL - timedelta(minutes=20), UNTIL)))


@every
def test_its_starter_mappings_exist_and_are_valid(name: str) -> None:
    kind = ALL[name]
    assert set(kind.mappings) <= set(kind.entities)
    for entity, document in kind.mappings.items():
        body = json.loads((MAPPINGS / f"{document}.json").read_text(encoding="utf-8"))
        assert body["name"] == document
        if entity in ("orders", "refunds"):
            parsed = parse(body, Catalogue())
            assert parsed.entity == entity
            assert parsed.examples


@pytest.mark.parametrize("channel", ["taobao", "jd", "doudian", "pinduoduo", "wechat", "mini_program", "wms"])
def test_each_channel_with_a_connector_finds_it(channel: str, store: Any) -> None:
    assert default_connector(store, channel) in ALL
