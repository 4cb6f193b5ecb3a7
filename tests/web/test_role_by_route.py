"""Every role at every route: allowed or denied as the table says; what is denied changes nothing and stands in the audit.

A new route fails here until the table says who may use it.
"""

from collections.abc import Iterator

import pytest

from core import runtime
from core.people.permissions import ROLES, of_role
from core.store import Store
from core.store.backup import proof, tables
from core.web.routes import ROUTES
from tests.factories import fill
from tests.web.conftest import browser, entered

# (method, route) -> (an address of it, the permission it needs). From another machine: this one may see the metrics.
NEEDS = {
    ("POST", "/api/orders"): ("/api/orders", "orders.view"),
    ("GET", "/print/process"): ("/print/process", "help.view"),
    ("GET", "/metrics"): ("/metrics", "jobs.view"),
    ("GET", "/oauth/authorise/{channel}/{shop}"): ("/oauth/authorise/jd/jd-main", "channels.edit"),
    ("GET", "/oauth/callback"): ("/oauth/callback?state=none&code=none", "channels.edit"),
}
# For whoever is not logged in: the way in, what a platform's signature opens, the life sign, code of pages.
OPEN = {
    "/healthz", "/hooks/tracking/{name}", "/hooks/{channel}/{shop}", "/login", "/login/password", "/login/code", "/auth/code",
    "/auth/login", "/auth/setup", "/auth/password", "/auth/logout", "/login/company", "/oauth2callback", "/assets",
}  # fmt: skip
AWAY = "203.0.113.9"


@pytest.fixture
def house(served: Store) -> Iterator[Store]:
    fill(served, runtime.vault(), 10, days=2)
    yield served


def contents(store: Store) -> dict[str, object]:
    with store.read() as cursor:
        return {name: proof(cursor, name) for name in tables(cursor) if name not in ("audit", "audit_heads", "logins")}


def denials(store: Store) -> int:
    with store.read() as cursor:
        ((found,),) = cursor.execute("SELECT count(*) FROM audit WHERE outcome = 'denied'").fetchall()
    return found


def test_every_route_is_in_the_table_or_open() -> None:
    assert {getattr(route, "path") for route in ROUTES} == {path for _method, path in NEEDS} | OPEN  # noqa: B009


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_the_routes_of_its_permissions_and_no_other(house: Store, role: str) -> None:
    client = entered(house, "anna", role, AWAY)
    for (method, route), (address, permission) in NEEDS.items():
        before, noted = contents(house), denials(house)
        body = {"startRow": 0, "endRow": 5, "view": {}} if method == "POST" else None
        status = client.request(method, address, json=body).status_code
        if permission in of_role(role):
            # An answer of a platform that nobody asked for is refused to everybody.
            assert status not in (401, 403) or route == "/oauth/callback", (role, route, status)
            continue
        assert status in (401, 403), (role, route, status)
        assert contents(house) == before, (role, route)
        assert denials(house) == noted + (route != "/metrics"), (role, route)


@pytest.mark.parametrize(("method", "route"), NEEDS)
def test_nobody_reaches_them_without_a_login(house: Store, method: str, route: str) -> None:
    before = contents(house)
    assert browser(AWAY).request(method, NEEDS[method, route][0]).status_code in (303, 401, 403)
    assert contents(house) == before
