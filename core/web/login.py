"""Logging in and out, the first set-up, and the own password: the routes behind the pages of `entrance`."""

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import i18n, runtime
from core.errors import BadRequest, DanliuError, NotAllowed, TryAgain
from core.i18n import LANGUAGES, N_, _
from core.people import logins, second_factor
from core.people.guard import seen_by
from core.services import accounts
from core.store.logins import Login
from core.web import company, origin
from core.web.cookies import entered, keep_language
from core.web.entrance import Form, Input, show
from core.web.gate import CODE_PAGE, PASSWORD_PAGE

_LONGEST_FORM = 16_384  # bytes


def setup_code() -> str:
    """What the first set-up from another machine asks for; shown in the log of the process only."""
    return runtime.vault().keyed("set-up")[:8]


async def login_page(request: Request) -> Response:
    """The login, or the first set-up while there is no account."""
    wanted = origin.own_path(request.query_params.get("next"))
    login = _login_of(request)
    if login is not None and login.is_whole and "lang" not in request.query_params:
        return RedirectResponse(wanted, 303)
    with _spoken(request):
        if await to_thread.run_sync(accounts.awaits_first, runtime.store()):
            return show(request, _setup_form(request, {}))
        return show(request, _login_form(wanted))


async def log_in(request: Request) -> Response:
    """Check the password, set the cookie, go on to where the person wanted to."""
    form = await _posted(request)
    wanted = origin.own_path(form.get("next"))
    account, password = form.get("account", ""), form.get("password", "")
    try:
        _check_form(request, form)
        token = await to_thread.run_sync(_enter, request, account, password)
    except DanliuError as error:
        return _again(request, _login_form(wanted, account=account), error)
    return entered(request, token, wanted)


async def code_page(request: Request) -> Response:
    """The form for the code of the second step."""
    login = _login_of(request)
    if login is None or login.proven:
        return RedirectResponse("/login", 303)
    with _spoken(request):
        return show(request, _code_form(origin.own_path(request.query_params.get("next"))))


async def prove(request: Request) -> Response:
    """Check the code, set a new cookie, go on to where the person wanted to."""
    form = await _posted(request)
    wanted = origin.own_path(form.get("next"))
    try:
        _check_form(request, form)
        token = await to_thread.run_sync(_prove, request, form.get("code", ""))
    except DanliuError as error:
        return _again(request, _code_form(wanted), error)
    return entered(request, token, wanted)


async def set_up(request: Request) -> Response:
    """Make the first administrator and log in as it."""
    form = await _posted(request)
    try:
        _check_form(request, form)
        if not origin.is_this_machine(request):
            _check_setup_code(form.get("code", ""))
        _check_twice(form)
        token = await to_thread.run_sync(_begin, request, form)
    except DanliuError as error:
        return _again(request, _setup_form(request, form), error)
    return entered(request, token, "/")


async def password_page(request: Request) -> Response:
    """The form for an own password; reached by force with a temporary one."""
    login = _login_of(request)
    if login is None or not login.proven:
        return RedirectResponse("/login", 303)
    with _spoken(request):
        return show(request, _password_form(login, origin.own_path(request.query_params.get("next"))))


async def change_password(request: Request) -> Response:
    """Set the own password; all other logins of the account end."""
    login = _login_of(request)
    if login is None or not login.proven:
        return RedirectResponse("/login", 303)
    form = await _posted(request)
    wanted = origin.own_path(form.get("next"))
    try:
        _check_form(request, form)
        _check_twice(form)
        await to_thread.run_sync(_change_password, login, request.cookies.get(logins.COOKIE, ""), form)
    except DanliuError as error:
        return _again(request, _password_form(login, wanted), error)
    return RedirectResponse(wanted, 303)


async def log_out(request: Request) -> Response:
    """End this login. A link on another site cannot: it is sent to the login page with nothing changed."""
    if not origin.is_own(request.scope):
        return RedirectResponse("/login", 303)
    await to_thread.run_sync(logins.log_out, runtime.store(), request.cookies.get(logins.COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(logins.COOKIE, httponly=True, samesite="lax", secure=origin.is_https(request))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


ROUTES = [
    Route("/login", login_page, methods=["GET"]),
    Route(PASSWORD_PAGE, password_page, methods=["GET"]),
    Route(CODE_PAGE, code_page, methods=["GET"]),
    Route("/auth/code", prove, methods=["POST"]),
    Route("/auth/login", log_in, methods=["POST"]),
    Route("/auth/setup", set_up, methods=["POST"]),
    Route("/auth/password", change_password, methods=["POST"]),
    Route("/auth/logout", log_out, methods=["GET", "POST"]),
]


def _enter(request: Request, account: str, password: str) -> str:
    store = runtime.store()
    token = logins.log_in(
        store, account, password, address=origin.address(request), agent=request.headers.get("user-agent", "")
    )
    keep_language(request, store, token)
    return token


def _begin(request: Request, form: Mapping[str, str]) -> str:
    store = runtime.store()
    account, password = form.get("account", ""), form.get("password", "")
    accounts.create_first(store, account, form.get("display_name", ""), password)
    return _enter(request, account, password)


def _change_password(login: Login, token: str, form: Mapping[str, str]) -> None:
    actor = logins.actor_of(login)
    store = seen_by(actor, runtime.store())
    accounts.change_own_password(actor, store, form.get("old", ""), form.get("password", ""), token=token)


def _prove(request: Request, code: str) -> str:
    token = request.cookies.get(logins.COOKIE, "")
    return second_factor.prove(runtime.store(), runtime.vault(), token, code, address=origin.address(request))


def _again(request: Request, form: Form, error: DanliuError) -> Response:
    wait = int(error.after_seconds or 0) + 1 if isinstance(error, TryAgain) else 0
    status = 429 if wait else 403 if isinstance(error, NotAllowed) else 400
    return show(request, replace(form, error=error.message, hint=error.hint, wait_seconds=wait), status=status)


def _login_form(wanted: str, *, account: str = "") -> Form:
    return Form(
        _("Log in"),
        "/auth/login",
        _("Log in"),
        (
            Input("account", _("Account"), complete="username", value=account),
            Input("password", _("Password"), "password", "current-password"),
        ),
        next=wanted,
        other_way=company.way(wanted),
    )


def _code_form(wanted: str) -> Form:
    hint = _("Six digits of the authenticator app, or one of your recovery codes.")
    inputs = (Input("code", _("One-time code"), complete="one-time-code", hint=hint),)
    return Form(_("Second step"), "/auth/code", _("Go on"), inputs, next=wanted)


def _setup_form(request: Request, form: Mapping[str, str]) -> Form:
    inputs = (
        Input("account", _("Account"), complete="username", value=form.get("account", "admin")),
        Input("display_name", _("Your name"), complete="name", value=form.get("display_name", "")),
        *_new_password(),
    )
    if not origin.is_this_machine(request):
        hint = _("It stands in the log of the process: you are setting up from another machine.")
        inputs = (*inputs, Input("code", _("Set-up code"), hint=hint))
    note = _("Welcome. Create the administrator's account; everybody else is added on the page Accounts.")
    if runtime.settings().demo:
        note += " " + _("Demonstration orders of pretend shops are shown until you switch them off.")
    return Form(_("First set-up"), "/auth/setup", _("Create and begin"), inputs, note=note)


def _password_form(login: Login, wanted: str) -> Form:
    note = _("You logged in with a temporary password. Choose one that only you know.")
    inputs = (Input("old", _("Present password"), "password", "current-password"), *_new_password())
    return Form(
        _("Change the password"),
        "/auth/password",
        _("Change the password"),
        inputs,
        note=note if login.account.must_change else "",
        next=wanted,
    )


def _new_password() -> tuple[Input, Input]:
    hint = _("At least 8 characters; several words are easy to keep.")
    return (
        Input("password", _("New password"), "password", "new-password", hint=hint),
        Input("again", _("New password, again"), "password", "new-password"),
    )


def _check_form(request: Request, form: Mapping[str, str]) -> None:
    if not origin.is_our_form(request, form.get("form")):
        raise NotAllowed(N_("The form was too old or came from another site."), N_("Send it again."))


def _check_setup_code(code: str) -> None:
    if not secrets.compare_digest(code.strip().lower().encode(), setup_code().encode()):
        raise NotAllowed(N_("The set-up code is wrong."), N_("It stands in the log of the process."))


def _check_twice(form: Mapping[str, str]) -> None:
    if form.get("password") != form.get("again"):
        raise BadRequest(N_("The two new passwords differ."), N_("Type the same one twice."))


async def _posted(request: Request) -> dict[str, str]:
    """The texts of a posted form; empty for one that is too long, which then fails the form check."""
    if int(request.headers.get("content-length") or _LONGEST_FORM + 1) > _LONGEST_FORM:
        return {}
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _login_of(request: Request) -> Login | None:
    return request.state.login


def _spoken(request: Request) -> AbstractContextManager[None]:
    """The language of the address (`?lang=`), else the one the gate found."""
    chosen = request.query_params.get("lang", "")
    return i18n.speaking(chosen if chosen in LANGUAGES else request.state.language)
