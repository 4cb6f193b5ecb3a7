"""The seed's groups, logged in: each does its work and nothing else, by the routes and by the services behind the pages.

客服只读查看, 仓库仅能更新出库状态, 管理员专属规则编辑; and a role for one shop, a changed role, a revoked login.
"""

import pytest
from starlette.testclient import TestClient

from core import runtime
from core.errors import NotAllowed
from core.people import logins, passwords
from core.people.actor import Actor, person
from core.people.guard import seen_by
from core.people.permissions import of_role
from core.services import board, export, order_detail, orders, roles, rules, sessions, stock, tickets
from core.services.order_query import OrderQuery
from core.services.roles import Draft
from core.store import Store, accounts
from core.store.backup import proof, tables
from core.ui.registry import entries_for
from tests.factories import fill
from tests.web.conftest import PASSWORD, browser, send

ADMIN, ZONE = person("boss", "admin"), "Asia/Shanghai"
DESK = Draft("外包客服", "", frozenset({"orders.view", "tickets.use"}), frozenset({("jd", "jd-main")}))


@pytest.fixture
def house(served: Store) -> Store:
    fill(served, runtime.vault(), 40, days=2)
    own = roles.save(ADMIN, served, DESK)
    hashed = passwords.hashed(PASSWORD)
    with served.write() as cursor:
        for name, role in (("boss", "admin"), ("cs", "cs"), ("wh", "warehouse"), ("out", own)):
            accounts.add(cursor, name, name, role, hashed, must_change=False)
    return served


def enter(name: str) -> TestClient:
    client = browser()
    send(client, "/login", "/auth/login", {"account": name, "password": PASSWORD})
    return client


def behind(store: Store, client: TestClient) -> tuple[Actor, Store]:
    actor = logins.actor_of_token(store, client.cookies[logins.COOKIE])
    assert actor is not None
    return actor, seen_by(actor, store)


def rows(client: TestClient) -> dict:
    answer = client.post("/api/orders", json={"startRow": 0, "endRow": 100, "view": {}})
    assert answer.status_code == 200
    return answer.json()


def menu(actor: Actor) -> set[str]:
    return {entry.page.name for entry in entries_for(actor)}


def contents(store: Store) -> dict:
    with store.read() as cursor:
        return {name: proof(cursor, name) for name in tables(cursor) if name not in ("audit", "audit_heads", "logins")}


def refused(store: Store, *calls) -> None:
    """Each call is denied, noted, and changes nothing."""
    before = contents(store)
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert contents(store) == before
    with store.read() as cursor:
        noted = cursor.execute("SELECT count(*) FROM audit WHERE outcome = 'denied'").fetchone()
    assert noted == (len(calls),)


def test_customer_service_reads_answers_and_writes_nothing_into_orders(house: Store) -> None:
    client = enter("cs")
    actor, store = behind(house, client)
    found = rows(client)
    assert found["total"] == 40 and "phone" in found["rows"][0]
    key = int(found["rows"][0]["order_key"])
    assert order_detail.detail(actor, store, key).order["order_key"] == key
    assert tickets.asked_for_progress(actor, store, key).state == "closed"
    assert {"lookup", "orders", "review"} <= menu(actor)
    assert not menu(actor) & {"people", "audit", "channels", "mapping", "secrets", "privacy", "rules", "flow"}
    query = OrderQuery()
    refused(
        house,
        lambda: board.move(actor, store, [key], "SHIPPED", ZONE),
        lambda: orders.tag(actor, store, runtime.vault(), query, "vip"),
        lambda: export.export(actor, store, runtime.vault(), query, "csv", zone=ZONE),
        lambda: order_detail.raw(actor, store, runtime.vault(), key),
        lambda: rules.save(actor, store, {}),
        lambda: stock.count(actor, store, "WH-SZ", "A", 1),
    )


def test_the_warehouse_picks_and_packs_and_reaches_nothing_else(house: Store) -> None:
    client = enter("wh")
    actor, store = behind(house, client)
    assert actor.may("outbound.update")
    assert menu(actor) == {"picking", "packing", "help"}
    key = int(rows(enter("cs"))["rows"][0]["order_key"])
    refused(
        house,
        lambda: order_detail.open_person(actor, store, runtime.vault(), key),
        lambda: board.move(actor, store, [key], "SHIPPED", ZONE),
        lambda: rules.save(actor, store, {}),
        lambda: stock.count(actor, store, "WH-SZ", "A", 1),
        lambda: order_detail.detail(actor, store, key),
        lambda: orders.search(actor, store, runtime.vault(), OrderQuery()),
        lambda: tickets.waiting(actor, store),
    )
    assert client.post("/api/orders", json={"endRow": 9, "view": {}}).status_code == 403


def test_a_warehouse_that_is_let_see_orders_still_sees_no_amount(house: Store) -> None:
    wider = Draft("", "", of_role("warehouse") | {"orders.view"})
    roles.save(ADMIN, house, wider, "warehouse")
    client = enter("wh")
    found = rows(client)
    assert found["total"] == 40 and not [name for name in found["rows"][0] if name.endswith("_fen")]
    asked = client.post(
        "/api/orders", json={"endRow": 9, "view": {"more": [{"field": "paid_fen", "op": "gt", "value": "1"}]}}
    )
    assert asked.status_code == 403


def test_rules_and_roles_are_the_administrators(house: Store) -> None:
    boss, _store = behind(house, enter("boss"))
    assert {"rules", "people", "audit", "secrets", "privacy", "guide", "help"} <= menu(boss)
    holders = [role.role for role in roles.listing(ADMIN, house) if role.permissions & {"rules.edit", "roles.edit"}]
    assert holders == ["admin"]


def test_a_role_for_one_shop_gets_that_shop_from_the_route_whatever_it_asks(house: Store) -> None:
    client = enter("out")
    found = rows(client)
    assert {row["shop"] for row in found["rows"]} == {"jd-main"} and found["total"] == len(found["rows"]) < 40
    other = client.post("/api/orders", json={"endRow": 9, "view": {"shop": ["tm-flagship"]}})
    assert other.json() == {"rows": [], "total": 0}
    assert menu(behind(house, client)[0]) == {"orders", "lookup", "help"}


def test_a_changed_role_and_a_revoked_login_bite_at_the_next_request(house: Store) -> None:
    client = enter("out")
    assert rows(client)["total"] < 40
    role = behind(house, client)[0].role
    roles.save(ADMIN, house, Draft(DESK.title, "", DESK.permissions), role)
    assert rows(client)["total"] == 40
    roles.save(ADMIN, house, Draft(DESK.title, "", frozenset({"tickets.use"})), role)
    assert client.post("/api/orders", json={"endRow": 9, "view": {}}).status_code == 403
    (login,) = (each for each in sessions.listing(ADMIN, house) if each.account.account == "out")
    sessions.end(ADMIN, house, login.short)
    assert client.post("/api/orders", json={}, headers={"accept": "*/*"}).status_code == 401
    assert client.get("/orders").headers["location"].startswith("/login")
