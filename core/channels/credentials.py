"""How a generic REST call proves who it is: header, query, bearer, basic, or an HMAC over a template's text."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import Formatter
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core import clock
from core.channels.http import Request
from core.errors import BadSetup
from core.i18n import N_

KINDS = ("none", "header", "query", "bearer", "basic", "hmac")
HASHES = ("sha256", "sha1", "sha512", "md5")
ENCODINGS = ("hex", "HEX", "base64")
# What a template may name: the method, the path, the sorted query, the body, epoch seconds, a nonce, key and secret.
NAMES = frozenset({"method", "path", "query", "body", "timestamp", "timestamp_ms", "nonce", "key", "secret"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """The form's authentication settings. `name` is the header (or query parameter) that carries key or signature."""

    kind: str = "none"
    name: str = ""
    key: str = ""
    secret: str = ""
    template: str = ""
    hash: str = "sha256"
    encoding: str = "hex"
    in_query: bool = False
    key_name: str = ""
    timestamp_name: str = ""
    nonce_name: str = ""

    def __repr__(self) -> str:
        return f"<Credentials {self.kind}>"

    def check(self) -> None:
        """Raises BadSetup for what could never work, naming the setting."""
        if self.kind not in KINDS:
            raise BadSetup(N_("There is no way of signing in called {kind}."), N_("Choose one."), kind=self.kind)
        if self.kind in ("header", "query", "hmac") and not self.name:
            raise _missing("auth_name")
        if self.kind != "none" and not self.secret:
            raise _missing("app_secret")
        if self.kind == "hmac":
            self._check_template()

    def _check_template(self) -> None:
        if not self.template:
            raise _missing("hmac_template")
        if self.hash not in HASHES or self.encoding not in ENCODINGS:
            raise BadSetup(N_("There is no way of signing in called {kind}."), N_("Choose one."), kind=self.hash)
        try:
            parts = list(Formatter().parse(self.template))
            named = {
                f"{name}:{spec}" if spec or cast else name for _text, name, spec, cast in parts if name is not None
            }
        except ValueError:
            named = {"{"}
        if unknown := named - NAMES:
            raise BadSetup(
                N_("The text to sign names {unknown}, which is unknown."),
                N_("Use {names}."),
                unknown=", ".join(map(str, sorted(unknown, key=str))),
                names=", ".join(f"{{{name}}}" for name in sorted(NAMES)),
            )

    def signed(self, request: Request) -> Request:
        """The request with its proof. Called for each attempt, so that time and nonce are fresh."""
        if self.kind == "header":
            return _with_header(request, {self.name: self.secret})
        if self.kind == "query":
            return replace(request, params={**request.params, self.name: self.secret})
        if self.kind == "bearer":
            return _with_header(request, {"Authorization": f"Bearer {self.secret}"})
        if self.kind == "basic":
            pair = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode("ascii")
            return _with_header(request, {"Authorization": f"Basic {pair}"})
        return self._with_hmac(request) if self.kind == "hmac" else request

    def _with_hmac(self, request: Request) -> Request:
        moment, nonce = clock.now().timestamp(), secrets.token_hex(8)
        extra = {
            name: value
            for name, value in (
                (self.key_name, self.key),
                (self.timestamp_name, str(int(moment * 1000 if self._in_milliseconds() else moment))),
                (self.nonce_name, nonce),
            )
            if name
        }
        plain = _in_order(request, extra if self.in_query else {})
        sent = plain if self.in_query else _with_header(plain, extra)
        text = self.template.format(
            method=sent.method,
            path=urlsplit(sent.url).path,
            query=urlencode(sent.params),
            body=sent.body or "",
            timestamp=str(int(moment)),
            timestamp_ms=str(int(moment * 1000)),
            nonce=nonce,
            key=self.key,
            secret=self.secret,
        )
        proof = {self.name: _encoded(self.secret, text, self.hash, self.encoding)}
        return replace(sent, params={**sent.params, **proof}) if self.in_query else _with_header(sent, proof)

    def _in_milliseconds(self) -> bool:
        return "{timestamp_ms}" in self.template


def _in_order(request: Request, extra: Mapping[str, str]) -> Request:
    """The request with all its parameters sorted, also those of the address: it is sent exactly as it is signed."""
    parts = urlsplit(request.url)
    known = dict(parse_qsl(parts.query, keep_blank_values=True))
    params = dict(sorted({**known, **request.params, **extra}.items()))
    return replace(request, url=urlunsplit(parts._replace(query="")), params=params)


def _encoded(secret: str, text: str, hash_name: str, encoding: str) -> str:
    digest = hmac.new(secret.encode(), text.encode(), getattr(hashlib, hash_name)).digest()
    if encoding == "base64":
        return base64.b64encode(digest).decode("ascii")
    return digest.hex().upper() if encoding == "HEX" else digest.hex()


def _with_header(request: Request, extra: Mapping[str, str]) -> Request:
    return replace(request, headers={**request.headers, **extra})


def _missing(setting: str) -> BadSetup:
    return BadSetup(N_("{setting} is empty."), N_("Fill it in on the Channels page."), setting=setting)
