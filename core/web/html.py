"""Puts into Streamlit's one HTML page what it has no option for: language, name, manifest, the boot dictionary.

The script (assets/boot.js) translates Streamlit's own words while the session speaks Chinese.
"""

import hashlib
from functools import cache
from html import escape
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import runtime
from core.i18n import language
from core.web.lasting import served_grid_script

ASSETS = Path(__file__).parent / "assets"
_NOT_PAGES = (
    "/login",
    "/print/",
    "/auth/",
    "/api/",
    "/assets/",
    "/hooks/",
    "/component/",
    "/media/",
    "/static/",
    "/_stcore/",
)
_DROPPED = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
_LARGEST = 1 << 20  # bytes; Streamlit's page has a few thousand


class Html:
    """A pure ASGI middleware. Anything but a page passes through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_page(scope):
            await self._app(scope, receive, send)
            return
        # The page is rewritten whole and differs by person: no compression below, no answer from a cache.
        plain = dict(scope, headers=[pair for pair in scope["headers"] if pair[0].lower() not in _DROPPED])
        await self._app(plain, receive, _Rewriting(send, language()))


class _Rewriting:
    """Holds the page back until it is whole, then sends it rewritten."""

    def __init__(self, send: Send, spoken: str) -> None:
        self._send, self._language = send, spoken
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body" or self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body") and len(self._body) < _LARGEST:
            return
        start, self._start = self._start, None
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            body = rewritten(bytes(self._body), self._language)
            headers["content-length"] = str(len(body))
            headers["cache-control"] = "no-store"
            for name in ("etag", "last-modified"):
                if name in headers:
                    del headers[name]
        else:
            body = bytes(self._body)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": message.get("more_body", False)})


def rewritten(page: bytes, spoken: str) -> bytes:
    """Streamlit's page in a language: `zh` or `en`."""
    name = escape(runtime.settings().name)
    head = (
        '<head><link rel="manifest" href="/assets/manifest.webmanifest">'
        '<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">'
        '<meta name="theme-color" content="#17171a" media="(prefers-color-scheme: dark)">'
        '<meta name="mobile-web-app-capable" content="yes">'
    )
    if script := served_grid_script():
        head += f'<link rel="prefetch" href="{escape(script)}" as="script">'
    head += f'<script src="/assets/boot.js?v={fingerprint("boot.js")}"></script>'
    tongue = '<html lang="zh-CN" translate="no"' if spoken == "zh" else '<html lang="en" translate="no"'
    return (
        page.replace(b'<html lang="en"', tongue.encode(), 1)
        .replace(b"<head>", head.encode(), 1)
        .replace(b"<title>Streamlit</title>", f"<title>{name}</title>".encode(), 1)
    )


@cache
def fingerprint(name: str) -> str:
    """Eight hex digits that change with an asset's content: the browser keeps a version as long as it likes."""
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:8]


def _is_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_NOT_PAGES):
        return False
    return b"text/html" in dict(scope["headers"]).get(b"accept", b"")
