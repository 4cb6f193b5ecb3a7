"""All routes and the middleware of the process, in the order in which they see a request."""

from starlette.middleware import Middleware

from core.web import api, company, files, health, hooks, login, metrics, oauth, sheets, tracking_hooks
from core.web.gate import Gate
from core.web.html import Html
from core.web.lasting import Lasting

ROUTES = [
    *health.ROUTES,
    *metrics.ROUTES,
    *tracking_hooks.ROUTES,
    *hooks.ROUTES,
    *api.ROUTES,
    *login.ROUTES,
    *company.ROUTES,
    *oauth.ROUTES,
    *sheets.ROUTES,
    *files.ROUTES,
]
MIDDLEWARE = [Middleware(Gate), Middleware(Lasting), Middleware(Html)]
