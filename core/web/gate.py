"""The gate before everything: who is not logged in reaches the login page, the platforms' pushes and the health check.

A pure ASGI middleware. It strips identity headers that a browser sends itself, finds the login behind the cookie,
sends pages without one to /login, answers /api with 401, refuses the websocket. Services decide what a person may do.
"""

from typing import Any
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import i18n, runtime
from core.errors import DanliuError, NotAllowed
from core.i18n import LANGUAGES, N_
from core.people import logins
from core.store.logins import Login
from core.web import origin

OWN_HEADERS = b"x-danliu-"
LANGUAGE_COOKIE = "danliu_language"
PASSWORD_PAGE = "/login/password"
CODE_PAGE = "/login/code"
COMPANY_PAGE, COMPANY_CALLBACK = "/login/company", "/oauth2callback"
_OPEN = ("/login", PASSWORD_PAGE, CODE_PAGE, COMPANY_PAGE, COMPANY_CALLBACK, "/healthz", "/metrics")
_OPEN_BELOW = ("/auth/", "/assets/", "/static/")  # /static is Streamlit's own public code, no data
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


class Gate:
    """Lets a request through with `request.state.login` set (None on the open paths of a stranger)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket" or not _is_push(
            scope
        ):  # a relayed push is signed in x-danliu-sign; its route reads no header of the gate's
            kept = [pair for pair in scope["headers"] if not pair[0].lower().startswith(OWN_HEADERS)]
            scope = dict(scope, headers=kept)
        cookies = _cookies(scope)
        login = await _login(cookies.get(logins.COOKIE, ""))
        spoken = _language(login, cookies)
        scope["state"] = {**scope.get("state", {}), "login": login, "language": spoken}
        with i18n.speaking(spoken):
            refusal = _refusal(scope, login)
            if refusal is None:
                await self._app(scope, receive, _with_safe_headers(send))
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4401})  # before the handshake: HTTP 403
            else:
                await refusal(scope, receive, _with_safe_headers(send))


def refused(status: int, error: DanliuError) -> Response:
    """An error as the JSON of the contracts."""
    body = {"error": error.code, "message": error.message, "hint": error.hint}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})


def _refusal(scope: Scope, login: Login | None) -> Response | None:
    path: str = scope["path"]
    is_socket = scope["type"] == "websocket"
    if not is_socket and (path in _OPEN or path.startswith(_OPEN_BELOW) or _is_push(scope)):
        return None
    if login is None:
        return _to_login(scope, "/login")
    if not login.proven:
        return _to_login(scope, CODE_PAGE)
    if login.awaits_password:
        return _to_login(scope, PASSWORD_PAGE)
    if not is_socket and path.startswith("/api/") and not origin.is_own(scope):
        return refused(403, NotAllowed(N_("The request came from another site."), N_("Use the pages of this site.")))
    return None


def _to_login(scope: Scope, page: str) -> Response:
    """A page goes to the login and comes back after it; a script's request is told 401."""
    path: str = scope["path"]
    accepts = dict(scope["headers"]).get(b"accept", b"")
    if scope["type"] == "websocket" or path.startswith("/api/") or b"text/html" not in accepts:
        return refused(401, NotAllowed(N_("You are not logged in."), N_("Log in, then try again.")))
    query = scope.get("query_string", b"").decode("latin-1")
    here = quote(path, safe="/") + (f"?{query}" if query else "")
    return RedirectResponse(page if here == "/" else f"{page}?next={quote(here, safe='')}", 303)


def _is_push(scope: Scope) -> bool:
    """A platform's push, and its check of the address before, prove themselves by their signature."""
    return scope["method"] in ("POST", "GET") and scope["path"].startswith("/hooks/")


async def _login(token: str) -> Login | None:
    return await to_thread.run_sync(_look_up, token) if token else None


def _look_up(token: str) -> Login | None:
    store = runtime.store()
    login = logins.login_of_token(store, token)
    if login is not None:
        logins.note_seen(store, login)
    return login


def _language(login: Login | None, cookies: dict[str, str]) -> str:
    chosen = (login.account.language if login else "") or cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else runtime.settings().language


def _cookies(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name.lower() == b"cookie":
            found.update(cookie_parser(value.decode("latin-1")))
    return found


def _with_safe_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in _SAFE.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
