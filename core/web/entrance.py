"""The pages before the first page: log in, set up, change the password. Plain HTML, no script needed."""

from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from core import runtime
from core.i18n import LANGUAGES, _, language
from core.web import origin
from core.web.gate import LANGUAGE_COOKIE

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form. `kind` is an HTML input type; `complete` its autocomplete word."""

    name: str
    label: str
    kind: str = "text"
    complete: str = "off"
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One form on a page of its own."""

    title: str
    action: str
    button: str
    inputs: tuple[Input, ...]
    note: str = ""
    error: str = ""
    hint: str = ""
    wait_seconds: int = 0
    next: str = "/"
    other_way: tuple[str, str] | None = None
    """(address, words) of another way to reach the same."""


def show(request: Request, form: Form, *, status: int = 200) -> HTMLResponse:
    """The form as a page in the language of this call, with the cookie its hidden token is bound to."""
    nonce = request.cookies.get(origin.FORM_COOKIE) or origin.new_nonce()
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    if form.wait_seconds:
        headers["Retry-After"] = str(form.wait_seconds)
    page = HTMLResponse(_page(request, form, origin.form_token(nonce)), status, headers)
    page.set_cookie(origin.FORM_COOKIE, nonce, httponly=True, samesite="strict", secure=origin.is_https(request))
    chosen = request.query_params.get("lang", "")
    if chosen in LANGUAGES:
        page.set_cookie(LANGUAGE_COOKIE, chosen, max_age=365 * 86400, httponly=True, samesite="lax")
    return page


def told(
    title: str, text: str, *, hint: str = "", good: bool, link: str, label: str, status: int = 200
) -> HTMLResponse:
    """A page that says how something ended, with one way on."""
    tone = "note" if good else "error"
    role = "status" if good else "alert"
    page = _document(
        title,
        f"""<h1>{escape(title)}</h1>
<div class="{tone}" role="{role}"><strong>{escape(text)}</strong> {escape(hint)}</div>
<p><a href="{escape(link)}">{escape(label)}</a></p>""",
    )
    return HTMLResponse(page, status, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def _page(request: Request, form: Form, token: str) -> str:
    first = next((each for each in form.inputs if not each.value), None)
    return _document(
        form.title,
        f"""<h1>{escape(form.title)}</h1>
{_note(form)}{_error(form)}
<form method="post" action="{form.action}">
<input type="hidden" name="form" value="{token}"><input type="hidden" name="next" value="{escape(form.next)}">
{"".join(_input(each, first=each is first) for each in form.inputs)}
<button type="submit"{f' data-wait="{form.wait_seconds}"' if form.wait_seconds else ""}>{escape(form.button)}</button>
</form>{_other_way(form)}""",
        _languages(request),
    )


def _document(title: str, body: str, languages: str = "") -> str:
    name = escape(runtime.settings().name)
    return f"""<!doctype html>
<html lang="{HTML_LANGUAGE[language()]}" translate="no">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#17171a" media="(prefers-color-scheme: dark)">
<title>{escape(title)} · {name}</title>
<link rel="icon" href="/assets/icon.png"><link rel="manifest" href="/assets/manifest.webmanifest">
<link rel="stylesheet" href="/assets/entrance.css"><script src="/assets/entrance.js" defer></script>
</head>
<body>
<nav>{languages}</nav>
<main>
<header><img src="/assets/icon.png" alt="" width="44" height="44"><div><strong>{name}</strong>
<p>{escape(_("Every channel's orders in one pool."))}</p></div></header>
{body}
</main>
</body>
</html>
"""


def _languages(request: Request) -> str:
    here = escape(origin.own_path(request.query_params.get("next")))
    path = escape(request.url.path if request.method == "GET" else "/login")
    return "".join(
        f'<a href="{path}?lang={code}&amp;next={here}" lang="{HTML_LANGUAGE[code]}"'
        f"{' aria-current=true' if code == language() else ''}>{word}</a>"
        for code, word in LANGUAGES.items()
    )


def _other_way(form: Form) -> str:
    if form.other_way is None:
        return ""
    link, label = form.other_way
    return f'<p class="or"><span>{escape(_("or"))}</span></p><a class="other" href="{escape(link)}">{escape(label)}</a>'


def _note(form: Form) -> str:
    return f'<p class="note">{escape(form.note)}</p>' if form.note else ""


def _error(form: Form) -> str:
    if not form.error:
        return ""
    return f'<div class="error" role="alert"><strong>{escape(form.error)}</strong> {escape(form.hint)}</div>'


def _input(each: Input, *, first: bool) -> str:
    shown = f'<small id="{each.name}-hint">{escape(each.hint)}</small>' if each.hint else ""
    extra = f' aria-describedby="{each.name}-hint"' if each.hint else ""
    if each.kind == "password":
        extra += f' data-show="{escape(_("Show"))}" data-hide="{escape(_("Hide"))}"'
    if each.name == "account":
        extra += ' autocapitalize="none" spellcheck="false"'
    return (
        f'<label for="{each.name}">{escape(each.label)}</label><div class="field">'
        f'<input id="{each.name}" name="{each.name}" type="{each.kind}" value="{escape(each.value)}" maxlength="256" '
        f'autocomplete="{each.complete}"{extra} required{" autofocus" if first else ""}></div>{shown}'
    )
