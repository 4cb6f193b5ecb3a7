"""Signatures on the values that the platforms' own SDKs gave (sign_vectors.json beside this file)."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels import signatures

VECTORS = {
    v["id"]: v for v in json.loads((Path(__file__).parent / "sign_vectors.json").read_text(encoding="utf-8"))["vectors"]
}


def test_taobao_signs_as_its_sdk() -> None:
    vector = VECTORS["taobao-md5-utf8"]
    assert signatures.taobao_md5(vector["params"], vector["secret"]) == vector["expected"]
    assert signatures.taobao_sign(vector["params"], vector["secret"]) == vector["expected"]


def test_taobao_drops_empty_values_and_the_signature_itself() -> None:
    vector = VECTORS["taobao-md5-utf8"]
    more = vector["params"] | {"sign": "AB", "status": ""}
    assert signatures.taobao_md5(more, vector["secret"]) == vector["expected"]


def test_taobao_hmac_takes_the_secret_as_key_only() -> None:
    assert signatures.taobao_hmac({"b": "2", "a": "1"}, "key") == "9D5AB5A5FD899B23168638746B38D201"


def test_taobao_knows_no_other_method() -> None:
    assert signatures.taobao_sign({"sign_method": "none"}, "s") is None


def test_jd_signs_as_its_sdk() -> None:
    vector = VECTORS["jd-md5-ensearch"]
    assert signatures.jd_md5(vector["params"], vector["secret"]) == vector["expected"]


def test_doudian_signs_as_its_sdk() -> None:
    vector = VECTORS["doudian-hmac-sha256"]
    params = vector["params"]
    sign = signatures.doudian(
        params["app_key"], params["method"], params["param_json"], params["timestamp"], vector["secret"]
    )
    assert sign == vector["expected"]


def test_doudian_writes_its_body_sorted_compact_and_unescaped() -> None:
    text = signatures.doudian_param_json({"b": {"z": 1.0, "y": [2.5, 3.0]}, "a": "<号&>"})
    assert text == '{"a":"<号&>","b":{"y":[2.5,3],"z":1}}'


def test_pinduoduo_signs_as_its_sdk_whether_given_texts_or_values() -> None:
    vector = VECTORS["pdd-md5-increment"]
    assert signatures.pinduoduo_md5(vector["params"], vector["secret"]) == vector["expected"]
    typed = vector["params"] | {"use_has_next": False, "page": 1}
    assert signatures.pinduoduo_md5(typed, vector["secret"]) == vector["expected"]


def test_wechat_signs_as_its_sdk() -> None:
    vector = VECTORS["wechat-msg-signature"]
    params = vector["params"]
    sign = signatures.wechat_msg_signature(vector["secret"], params["timestamp"], params["nonce"], params["encrypt"])
    assert sign == vector["expected"]


def test_kuaidi100_and_kdniao_sign_as_their_sdks() -> None:
    query, bird = VECTORS["kuaidi100-query"], VECTORS["kdniao-1002"]
    secret = query["secret"]
    assert signatures.kuaidi100(query["params"]["param"], secret["key"], secret["customer"]) == query["expected"]
    assert signatures.kdniao(bird["params"]["RequestData"], bird["secret"]["AppKey"]) == bird["expected"]


def test_the_robots_sign_as_their_sdks() -> None:
    ding, feishu = VECTORS["dingtalk-robot"], VECTORS["feishu-robot"]
    assert signatures.dingtalk(ding["params"]["timestamp"], ding["secret"]) == ding["expected"]
    assert signatures.feishu(feishu["params"]["timestamp"], feishu["secret"]) == feishu["expected"]


@given(st.text(max_size=200), st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_a_wechat_message_comes_back_from_its_cipher(message: str, key: bytes, salt: bytes) -> None:
    aes_key = base64.b64encode(key).decode().rstrip("=")
    cipher = signatures.wechat_encrypt(aes_key, message, "wx123", salt)
    assert signatures.wechat_decrypt(aes_key, cipher) == (message, "wx123")


def test_a_wrong_wechat_key_is_said_plainly() -> None:
    key, other = (base64.b64encode(bytes([n]) * 32).decode().rstrip("=") for n in (1, 2))
    cipher = signatures.wechat_encrypt(key, "hello", "wx123", b"0" * 16)
    with pytest.raises(ValueError, match="EncodingAESKey"):
        signatures.wechat_decrypt(other, cipher)


def test_an_absent_signature_equals_nothing() -> None:
    assert signatures.same("ab", "ab")
    assert not signatures.same("", "")
    assert not signatures.same("ab", "aB")
