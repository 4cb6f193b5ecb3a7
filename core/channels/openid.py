"""OpenID Connect as the relying party: discovery, the way to the provider's page, the code's exchange, the proof.

Sources: OpenID Connect Core 1.0 (3.1, code flow) and Discovery 1.0; PKCE RFC 7636; RFC 9207 (`iss` beside the code).
Authlib makes the challenge and judges the claims, joserfc the signature. Nothing is kept between calls: logins are rare,
and a provider that changes its keys is believed at once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core import clock
from core.channels.http import Answer, Http, Request
from core.errors import BadSetup, NotAllowed
from core.i18n import N_
from core.settings import Settings

# Signed by a key of the provider alone. `none` and the HS family, whose key the client knows too, are not believed.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
LEEWAY_SECONDS = 30  # between two clocks
_ATTEMPTS, _TIMEOUT = 2, (3.0, 8.0)  # somebody waits for the page
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LONGEST = 100_000  # characters of a token


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the browser does not see: one set a login."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def fresh() -> Secrets:
    """New secrets for one login, 256 random bits each."""
    return Secrets(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


class Provider:
    """The provider of the settings, as it describes itself now."""

    def __init__(self, settings: Settings, client_secret: str = "") -> None:
        """Reads the provider's description. BadSetup where it is no provider, TryAgain where it does not answer."""
        self._settings, self._secret = settings, client_secret
        self._http = Http(attempts=_ATTEMPTS, timeout=_TIMEOUT)
        self._http.hide((client_secret,))
        try:
            self._about = self._description()
        except BaseException:
            self._http.close()
            raise

    def __enter__(self) -> "Provider":
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def page(self, begun: Secrets, callback: str) -> str:
        """The address of the provider's login page for this login."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": callback,
            "scope": self._settings.oidc_scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        address = self._about["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def claims(self, code: str, begun: Secrets, callback: str, *, said_issuer: str = "") -> dict[str, Any]:
        """Who logged in there: the proven claims. NotAllowed for a code or a token that proves nothing."""
        if said_issuer and said_issuer != self._settings.oidc_issuer:
            raise _unproven("iss")
        return self._proven(self._token(code, begun.verifier, callback), begun.nonce)

    def _description(self) -> dict[str, str]:
        issuer = self._settings.oidc_issuer
        about = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        named = {name: about.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        if about.get("issuer") != issuer or not all(isinstance(each, str) for each in named.values()):
            raise BadSetup(
                N_("{host} does not describe itself as the company login of the settings."),
                N_("Look at [oidc] issuer in config.toml: it must be written exactly as the provider writes it."),
                host=host_of(issuer),
            )
        found = {name: str(each) for name, each in named.items()}
        for address in found.values():
            check_safe(address)
        return found

    def _token(self, code: str, verifier: str, callback: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "client_id": self._settings.oidc_client_id,
            "code_verifier": verifier,
        }
        if self._secret:
            form["client_secret"] = self._secret
        ask = Request(self._about["token_endpoint"], form=form, headers={"Accept": "application/json"})
        # A code works once: what may have arrived is not sent again.
        answer = self._http.exchange(lambda: ask, _object, repeatable=False)
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > _LONGEST:
            raise NotAllowed(
                N_("The company login refused: {said}"),
                N_("Try again; if it happens again, tell an administrator."),
                said=str(answer.get("error_description") or answer.get("error") or "?")[:200],
            )
        return token

    def _proven(self, token: str, nonce: str) -> dict[str, Any]:
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self._settings.oidc_issuer},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {"nonce": nonce, "client_id": self._settings.oidc_client_id}
        try:
            keys = KeySet.import_key_set(self._get(self._about["jwks_uri"]))  # type: ignore[arg-type]
            found = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
            judged = CodeIDToken(found.claims, found.header, options, params)
            judged.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _unproven(getattr(error, "claim", "") or type(error).__name__) from error
        return dict(judged)

    def _get(self, url: str) -> dict[str, Any]:
        check_safe(url)
        return self._http.exchange(lambda: Request(url, "GET", headers={"Accept": "application/json"}), _object)


def check_safe(address: str) -> None:
    """BadSetup for an address that is not https; a provider on this very machine may speak http."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise BadSetup(
            N_("{host} is no https address: whoever listens could log in as anybody."),
            N_("Look at [oidc] issuer in config.toml."),
            host=host_of(address),
        )


def host_of(address: str) -> str:
    """The host, to name a provider by."""
    return urlsplit(address).netloc.rpartition("@")[2] or address


def _object(answer: Answer) -> dict[str, Any]:
    value: Mapping[str, Any] = answer.object()
    return dict(value)


def _unproven(claim: str) -> NotAllowed:
    return NotAllowed(
        N_("What the company login sent proves nothing ({claim})."), N_("Begin again on the login page."), claim=claim
    )
