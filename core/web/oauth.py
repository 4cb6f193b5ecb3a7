"""Authorising a shop: a click leads to the platform's page, the platform leads back here with a code.

Both need a login (the gate sees to it) and the permission (the service does). The state in between is bound to this
very login; the code is exchanged here, in the process, and never shown to a page.
"""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import runtime
from core.errors import DanliuError, NotAllowed
from core.i18n import N_, _
from core.people import logins
from core.services import authorising
from core.store.logins import Login
from core.web import origin
from core.web.entrance import told

CALLBACK = "/oauth/callback"
_CHANNELS = "/channels"


async def go(request: Request) -> Response:
    """To the platform's page. A link on another site cannot begin it."""
    try:
        if not origin.is_own(request.scope):
            raise NotAllowed(N_("The request came from another site."), N_("Use the pages of this site."))
        address = await to_thread.run_sync(_begin, request)
    except DanliuError as error:
        return _failed(error)
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


async def come_back(request: Request) -> Response:
    """From the platform's page: exchange the code, say how it ended."""
    try:
        done = await to_thread.run_sync(_finish, request)
    except DanliuError as error:
        return _failed(error)
    by = _("Granted by {account} on the platform.").format(account=done.account) if done.account else ""
    text = _("{shop} is authorised.").format(shop=done.title)
    hint = f"{by} {_('It is pulled within seconds.')}".strip()
    return told(_("Authorisation"), text, hint=hint, good=True, link=_CHANNELS, label=_("Back to the Channels page"))


ROUTES = [
    Route("/oauth/authorise/{channel}/{shop}", go, methods=["GET"]),
    Route(CALLBACK, come_back, methods=["GET"]),
]


def _begin(request: Request) -> str:
    login: Login = request.state.login
    base = f"{'https' if origin.is_https(request) else 'http'}://{request.headers.get('host', request.url.netloc)}"
    return authorising.begin(
        logins.actor_of(login),
        runtime.store(),
        runtime.vault(),
        runtime.settings(),
        request.path_params["channel"],
        request.path_params["shop"],
        login=login.token_hash,
        callback=f"{base}{CALLBACK}",
    )


def _finish(request: Request) -> authorising.Granted:
    login: Login = request.state.login
    asked = request.query_params
    return authorising.finish(
        logins.actor_of(login),
        runtime.store(),
        runtime.vault(),
        runtime.settings(),
        asked.get("state", ""),
        login=login.token_hash,
        code=asked.get("code", ""),
        refusal=asked.get("error_description") or asked.get("error") or "",
    )


def _failed(error: DanliuError) -> Response:
    status = 403 if isinstance(error, NotAllowed) else 400
    return told(
        _("Authorisation"),
        error.message,
        hint=error.hint,
        good=False,
        link=_CHANNELS,
        label=_("Back to the Channels page"),
        status=status,
    )
