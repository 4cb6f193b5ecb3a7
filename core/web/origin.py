"""Whether a request that changes something comes from our own pages (CSRF), and from which address."""

import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.types import Scope

from core import runtime

FORM_COOKIE = "danliu_form"
_THIS_MACHINE = ("127.0.0.1", "::1")
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


def is_own(scope: Scope) -> bool:
    """Judged by Sec-Fetch-Site, else by Origin against Host. A program that sends neither carries nobody's click."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    sender = headers.get("origin")
    return sender is None or urlsplit(sender).netloc.lower() == headers.get("host", "").lower()


def new_nonce() -> str:
    """For the form cookie: what a form's hidden token is bound to."""
    return secrets.token_urlsafe(16)


def form_token(nonce: str) -> str:
    """The hidden token of a form shown to the browser with that form cookie."""
    return runtime.vault().keyed(f"form {nonce}")


def is_our_form(request: Request, token: object) -> bool:
    """Whether a posted form was shown to this very browser by us."""
    nonce = request.cookies.get(FORM_COOKIE, "")
    return (
        bool(nonce)
        and is_own(request.scope)
        and isinstance(token, str)
        and secrets.compare_digest(token.encode(), form_token(nonce).encode())
    )


def is_https(request: HTTPConnection) -> bool:
    """Whether the browser speaks https, to us or to the proxy before us."""
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "") == "https"


def address(request: HTTPConnection) -> str:
    """The browser's address: the other side's, or what a proxy on this machine says last of X-Forwarded-For.

    What others claim there is not believed.
    """
    peer = _peer(request)
    if peer in _THIS_MACHINE:
        return request.headers.get("x-forwarded-for", peer).rpartition(",")[2].strip()
    return peer


def is_this_machine(request: HTTPConnection) -> bool:
    """Whether the browser runs on this very machine, no proxy between."""
    return _peer(request) in _THIS_MACHINE and not any(name in request.headers for name in _FORWARDED)


def _peer(request: HTTPConnection) -> str:
    """The other side's address; an IPv4 one as such, which a socket for both families shows as ::ffff:127.0.0.1."""
    host = request.client.host if request.client else ""
    try:
        mapped = getattr(ip_address(host), "ipv4_mapped", None)
    except ValueError:
        return host
    return str(mapped or host)


def own_path(wanted: object) -> str:
    """Where to go after the login: a path of this site, `/` for anything else (no open redirect)."""
    if not isinstance(wanted, str) or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return "/"
    if any(ord(character) < 33 for character in wanted) or "\\" in wanted:
        return "/"
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(("/login", "/auth/", "/api/")):
        return "/"
    return wanted
