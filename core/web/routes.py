"""All routes and the middleware of the process, in the order in which they see a request."""

from starlette.middleware import Middleware

from core.web import api, files, health, hooks, login, metrics, tracking_hooks, oauth
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
    *oauth.ROUTES,
    *files.ROUTES,
]
MIDDLEWARE = [Middleware(Gate), Middleware(Lasting), Middleware(Html)]
