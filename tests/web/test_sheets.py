"""The process sheet as a page to print."""

from starlette.testclient import TestClient

from core import runtime
from core.flow.document import install_flow
from core.people import logins
from core.people.actor import person
from core.services import accounts, flows
from core.store import Store
from tests.web.conftest import PASSWORD, browser, send


def enter(store: Store, client: TestClient) -> None:
    accounts.create_first(store, "boss", "老板", PASSWORD)
    send(client, "/login", "/auth/login", {"account": "boss", "password": PASSWORD})
    assert client.cookies[logins.COOKIE]


def test_a_stranger_is_sent_to_the_login(served: Store, client: TestClient) -> None:
    assert client.get("/print/process").headers["location"].startswith("/login")


def test_without_a_flow_the_sheet_says_so(served: Store, client: TestClient) -> None:
    enter(served, client)
    assert "还没有已发布的流程" in client.get("/print/process").text


def test_the_sheet_shows_every_station_in_the_language_asked_for(served: Store, client: TestClient) -> None:
    enter(served, client)
    install_flow(served)
    page = client.get("/print/process")
    assert page.status_code == 200 and "script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "风控检查" in page.text and "做什么" in page.text and page.text.count("<rect") >= 18
    assert "What happens there" in client.get("/print/process?lang=en").text


def test_names_of_stations_are_text_and_never_markup(served: Store, client: TestClient) -> None:
    enter(served, client)
    install_flow(served)
    boss = person("boss", "admin")
    body = dict(flows.listing(boss, served)[0][0].body)
    body["nodes"] = [{**node, "label": "<script>x</script>"} for node in body["nodes"]]
    flows.publish(boss, served, body["name"], flows.save(boss, served, body).version, {})
    page = client.get("/print/process").text
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert runtime.settings().name in page
    assert browser().get("/print/process").status_code == 303
