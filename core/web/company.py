"""GET /login/company and /oauth2callback: to the company's own login and back. Streamlit's `st.login` is not used: its
cookie opens pages for thirty days whatever the account is worth by then, and no administrator could end it."""

import logging
import secrets
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import runtime
from core.errors import DanliuError, NotAllowed, TryAgain
from core.i18n import _
from core.services import company_login
from core.web import origin
from core.web.cookies import entered, keep_language
from core.web.entrance import told
from core.web.gate import COMPANY_CALLBACK, COMPANY_PAGE

log = logging.getLogger(__name__)
COOKIE = "danliu_company"  # binds what comes back to the browser that went


def way(wanted: str) -> tuple[str, str] | None:
    """The button on the login page; None while the settings name no provider."""
    settings = runtime.settings()
    if not company_login.is_on(settings):
        return None
    label = (
        _("Log in with {provider}").format(provider=settings.oidc_title)
        if settings.oidc_title
        else _("Log in with the company account")
    )
    return f"{COMPANY_PAGE}?next={quote(wanted, safe='')}", label


async def go(request: Request) -> Response:
    """To the provider's page. A link on another site cannot begin it."""
    if not origin.is_own(request.scope):
        return RedirectResponse("/login", 303)
    browser = secrets.token_urlsafe(32)
    wanted = origin.own_path(request.query_params.get("next"))
    try:
        address = await to_thread.run_sync(_begin, request, browser, wanted)
    except DanliuError as error:
        return _failed(error)
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    answer.set_cookie(
        COOKIE,
        browser,
        max_age=int(company_login.LASTS.total_seconds()),
        path=COMPANY_CALLBACK,
        httponly=True,
        samesite="lax",
        secure=origin.is_https(request),
    )
    return answer


async def come_back(request: Request) -> Response:
    """From the provider's page: prove who it is, log in, go on to where the person wanted to."""
    try:
        token, wanted = await to_thread.run_sync(_finish, request)
    except DanliuError as error:
        return _failed(error)
    answer = entered(request, token, origin.own_path(wanted))
    answer.delete_cookie(COOKIE, path=COMPANY_CALLBACK, httponly=True, samesite="lax", secure=origin.is_https(request))
    answer.headers["Cache-Control"] = "no-store"
    return answer


ROUTES = [
    Route(COMPANY_PAGE, go, methods=["GET"]),
    Route(COMPANY_CALLBACK, come_back, methods=["GET"]),
]


def _begin(request: Request, browser: str, wanted: str) -> str:
    return company_login.begin(
        runtime.store(),
        runtime.vault(),
        runtime.settings(),
        browser=browser,
        wanted=wanted,
        callback=_callback(request),
    )


def _finish(request: Request) -> tuple[str, str]:
    store = runtime.store()
    token, wanted = company_login.finish(
        store,
        runtime.vault(),
        runtime.settings(),
        dict(request.query_params),
        browser=request.cookies.get(COOKIE, ""),
        callback=_callback(request),
        address=origin.address(request),
        agent=request.headers.get("user-agent", ""),
    )
    keep_language(request, store, token)
    return token, wanted


def _callback(request: Request) -> str:
    """Where the provider sends the browser back to; it must be registered there, so a forged Host leads nowhere."""
    scheme = "https" if origin.is_https(request) else "http"
    return f"{scheme}://{request.headers.get('host', request.url.netloc)}{COMPANY_CALLBACK}"


def _failed(error: DanliuError) -> Response:
    log.warning("company login: %s", error, extra={"code": error.code})
    status = 403 if isinstance(error, NotAllowed) else 503 if isinstance(error, TryAgain) else 400
    return told(
        _("Company login"),
        error.message,
        hint=error.hint,
        good=False,
        link="/login",
        label=_("Back to the login"),
        status=status,
    )
