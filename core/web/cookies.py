"""What a login leaves in the browser: its cookie, and the language that was chosen before."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core.i18n import LANGUAGES
from core.people import logins
from core.people.guard import seen_by
from core.services import accounts
from core.store import Store
from core.web import origin
from core.web.gate import LANGUAGE_COOKIE


def entered(request: Request, token: str, wanted: str) -> Response:
    """On to where the person wanted to, with the login's cookie."""
    answer = RedirectResponse(wanted, 303)
    answer.set_cookie(
        logins.COOKIE,
        token,
        max_age=int(logins.LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=origin.is_https(request),
    )
    return answer


def keep_language(request: Request, store: Store, token: str) -> None:
    """The language chosen on the login page stays, for who has chosen none yet."""
    login = logins.login_of_token(store, token)
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if login and login.proven and not login.account.language and chosen in LANGUAGES:
        actor = logins.actor_of(login)
        accounts.choose_language(actor, seen_by(actor, store), chosen)
