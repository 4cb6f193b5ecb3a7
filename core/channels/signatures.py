"""How each outside system signs: pure functions, used by the connectors and by the sandbox alike.

Every formula is proved in tests/channels/test_signatures.py on values that the platforms' own SDKs gave.
Parameters are the texts that go over the wire (not URL-encoded); secrets are texts; nothing here keeps state.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def _joined(params: Mapping[str, str], *, drop_empty: bool) -> str:
    """Key and value in a row, sorted by key, without separators; `sign` itself never counts."""
    return "".join(f"{k}{v}" for k, v in sorted(params.items()) if k != "sign" and not (drop_empty and v == ""))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def taobao_md5(params: Mapping[str, str], secret: str) -> str:
    """TOP `sign_method=md5`: empty values dropped, the secret on both sides, upper case."""
    return _md5(f"{secret}{_joined(params, drop_empty=True)}{secret}").upper()


def taobao_hmac(params: Mapping[str, str], secret: str) -> str:
    """TOP `sign_method=hmac`: HMAC-MD5, the secret only as key."""
    return _hmac_hex(secret, _joined(params, drop_empty=True).encode("utf-8"), "md5").upper()


def taobao_hmac_sha256(params: Mapping[str, str], secret: str) -> str:
    """TOP `sign_method=hmac-sha256`."""
    return _hmac_hex(secret, _joined(params, drop_empty=True).encode("utf-8"), "sha256").upper()


def taobao_sign(params: Mapping[str, str], secret: str) -> str | None:
    """The signature by the `sign_method` inside the parameters; None for a method TOP does not know."""
    methods = {"md5": taobao_md5, "hmac": taobao_hmac, "hmac-sha256": taobao_hmac_sha256}
    sign = methods.get(params.get("sign_method", "md5"))
    return sign(params, secret) if sign else None


def jd_md5(params: Mapping[str, str], secret: str) -> str:
    """JOS: every parameter but `sign`, `360buy_param_json` exactly as sent, upper case."""
    return _md5(f"{secret}{_joined(params, drop_empty=False)}{secret}").upper()


def doudian_param_json(params: Mapping[str, Any]) -> str:
    """Doudian's canonical JSON: keys sorted at every level, compact, nothing escaped, whole floats as integers.

    The request body must be this very text.
    """
    return json.dumps(_whole_numbers(params), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(k): _whole_numbers(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_whole_numbers(item) for item in value]
    return value


def _doudian_text(app_key: str, method: str, param_json: str, timestamp: str, secret: str, version: str) -> str:
    return f"{secret}app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v{version}{secret}"


def doudian(app_key: str, method: str, param_json: str, timestamp: str, secret: str, *, version: str = "2") -> str:
    """Doudian `sign_method=hmac-sha256`, lower case. access_token and sign_method are not signed."""
    text = _doudian_text(app_key, method, param_json, timestamp, secret, version)
    return _hmac_hex(secret, text.encode("utf-8"), "sha256")


def doudian_md5(app_key: str, method: str, param_json: str, timestamp: str, secret: str, *, version: str = "2") -> str:
    """Doudian without `sign_method`: the old MD5 of the same text, lower case."""
    return _md5(_doudian_text(app_key, method, param_json, timestamp, secret, version))


def doudian_push(app_key: str, body: bytes, secret: str) -> str:
    """The header `event-sign` of a Doudian push: MD5 of key, raw body, secret."""
    return hashlib.md5(app_key.encode() + body + secret.encode(), usedforsecurity=False).hexdigest()


def pinduoduo_md5(params: Mapping[str, Any], secret: str) -> str:
    """PDD: nested values as JSON, booleans as true/false, the secret on both sides, upper case."""
    return _md5(f"{secret}{_joined(pinduoduo_texts(params), drop_empty=False)}{secret}").upper()


def pinduoduo_texts(params: Mapping[str, Any]) -> dict[str, str]:
    """The parameters as they go over the wire and into the signature; None is left out."""
    return {key: _pinduoduo_text(value) for key, value in params.items() if value is not None}


def _pinduoduo_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _sha1_of_sorted(*texts: str) -> str:
    return hashlib.sha1("".join(sorted(texts)).encode("utf-8"), usedforsecurity=False).hexdigest()


def wechat_url_check(token: str, timestamp: str, nonce: str) -> str:
    """WeChat's `signature`: checks the receiving address, and each push in plain mode."""
    return _sha1_of_sorted(token, timestamp, nonce)


def wechat_msg_signature(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    """WeChat's `msg_signature` of a push in safe mode."""
    return _sha1_of_sorted(token, timestamp, nonce, encrypt)


def wechat_decrypt(encoding_aes_key: str, encrypt: str) -> tuple[str, str]:
    """(message, appid) out of `Encrypt`: AES-256-CBC, 16 random bytes, length (4, big endian), message, appid.

    Raises ValueError for a wrong key or a damaged text.
    """
    key = base64.b64decode(encoding_aes_key + "=")
    machine = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = machine.update(base64.b64decode(encrypt)) + machine.finalize()
    plain = plain[: -plain[-1]] if plain and 1 <= plain[-1] <= 32 else b""
    length = int.from_bytes(plain[16:20], "big")
    if len(plain) < 20 or length > len(plain) - 20:
        raise ValueError("the message cannot be decrypted with this EncodingAESKey")
    return plain[20 : 20 + length].decode("utf-8"), plain[20 + length :].decode("utf-8")


def wechat_encrypt(encoding_aes_key: str, message: str, appid: str, random16: bytes) -> str:
    """`Encrypt` of a message, as WeChat makes it (PKCS#7 with blocks of 32); `random16` are 16 random bytes."""
    key = base64.b64decode(encoding_aes_key + "=")
    text = message.encode("utf-8")
    plain = random16 + len(text).to_bytes(4, "big") + text + appid.encode("utf-8")
    pad = 32 - len(plain) % 32
    machine = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(machine.update(plain + bytes([pad]) * pad) + machine.finalize()).decode("ascii")


def kuaidi100(param_json: str, key: str, customer: str) -> str:
    """Kuaidi100's query: the JSON exactly as sent, upper case."""
    return _md5(f"{param_json}{key}{customer}").upper()


def kuaidi100_push(param_json: str, salt: str) -> str:
    """Kuaidi100's callback."""
    return _md5(f"{param_json}{salt}").upper()


def kdniao(request_data: str, app_key: str) -> str:
    """Kdniao's DataSign: base64 over the hexadecimal text."""
    return base64.b64encode(_md5(f"{request_data}{app_key}").encode("ascii")).decode("ascii")


def dingtalk(timestamp_ms: str, secret: str) -> str:
    """DingTalk robot, already quoted for the address; the timestamp is in milliseconds."""
    digest = hmac.digest(secret.encode("utf-8"), f"{timestamp_ms}\n{secret}".encode(), "sha256")
    return quote_plus(base64.b64encode(digest))


def feishu(timestamp_s: str, secret: str) -> str:
    """Feishu robot, for the JSON body; the timestamp is in seconds, and it is the key that is composed."""
    return base64.b64encode(hmac.digest(f"{timestamp_s}\n{secret}".encode(), b"", "sha256")).decode("ascii")


def danliu_push(secret: str, body: bytes) -> str:
    """The product's own header `x-danliu-sign`, for relays of platforms that have no HTTP push of their own."""
    return _hmac_hex(secret, body, "sha256")


def _hmac_hex(secret: str, message: bytes, digest: str) -> str:
    return hmac.digest(secret.encode("utf-8"), message, digest).hex()


def same(one: str, other: str) -> bool:
    """Compare two signatures in constant time; two empty ones are never the same."""
    return bool(one) and hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))
