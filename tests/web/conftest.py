"""The routes and the middleware around a stand-in for Streamlit, on a real store."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core import runtime
from core.people import logins
from core.settings import Settings
from core.store import Store
from core.web.routes import MIDDLEWARE, ROUTES

PAGE = '<html lang="en"><head><title>Streamlit</title></head><body>page</body></html>'
PASSWORD = "correct horse"


async def page(request: Request) -> Response:
    if request.url.path.startswith("/_stcore"):
        return JSONResponse({"own": [name for name in request.headers if name.startswith("x-danliu-")]})
    return HTMLResponse(PAGE, headers={"etag": "1"})


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def served(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a process whose routes can be asked."""
    monkeypatch.setattr(runtime, "_settings", settings)
    yield runtime.store()
    runtime.close()


@pytest.fixture
def client(served: Store) -> Iterator[TestClient]:
    """A browser on the server's own machine, not logged in; it follows no redirect by itself."""
    yield browser()


def browser(address: str = "127.0.0.1") -> TestClient:
    routes = [*ROUTES, WebSocketRoute("/_stcore/stream", stream), Route("/{path:path}", page)]
    app = Starlette(routes=routes, middleware=MIDDLEWARE)
    headers = {"accept": "text/html"}
    return TestClient(app, client=(address, 5000), headers=headers, follow_redirects=False)


def send(client: TestClient, page: str, action: str, values: dict[str, str], **options: object) -> Response:
    """Open a form's page, fill it in, and send it with its hidden token."""
    shown = client.get(page)
    token = re.search(r'name="form" value="(\w+)"', shown.text)
    assert token is not None, shown.text
    return client.post(action, data={"form": token[1], **values}, **options)  # type: ignore[return-value,arg-type]


def entered(store: Store, account: str, role: str = "admin", address: str = "127.0.0.1") -> TestClient:
    """A browser of a new person with that role, logged in."""
    from core.people.passwords import hashed
    from core.store import accounts as rows

    with store.write() as cursor:
        rows.add(cursor, account, account, role, hashed(PASSWORD), must_change=False)
    client = browser(address)
    client.cookies.set(logins.COOKIE, logins.begin(store, account, agent="test"))
    return client
