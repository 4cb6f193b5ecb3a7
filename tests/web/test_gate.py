"""The gate: nobody in without a login, nothing believed that a browser says about itself."""

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.people import logins
from core.people.actor import person
from core.services import accounts
from core.store import Store
from tests.web.conftest import browser, entered

BOSS = person("boss", "admin")


@pytest.mark.parametrize("path", ["/", "/orders", "/people", "/_stcore/metrics", "/media/export.csv", "/component/x/"])
def test_a_stranger_is_sent_to_the_login(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_the_way_back_is_kept(client: TestClient) -> None:
    assert client.get("/orders?q=a b&x=1").headers["location"] == "/login?next=%2Forders%3Fq%3Da%2520b%26x%3D1"


@pytest.mark.parametrize("path", ["/api/orders", "/api/anything"])
def test_the_api_answers_a_stranger_401_as_json(client: TestClient, path: str) -> None:
    answer = client.post(path, json={})
    assert (answer.status_code, answer.json()["error"]) == (401, "not_allowed")


def test_what_is_no_page_is_told_401_instead_of_a_login_page(client: TestClient) -> None:
    assert client.get("/_stcore/host-config", headers={"accept": "*/*"}).status_code == 401


def test_the_websocket_is_refused_without_a_login_on_whatever_path(client: TestClient) -> None:
    for path in ("/_stcore/stream", "/login/_stcore/stream", "/assets/_stcore/stream", "/healthz"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass


def test_the_websocket_opens_with_a_login(served: Store) -> None:
    with entered(served, "boss").websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "a" * 5000])
def test_a_made_up_cookie_opens_nothing(client: TestClient, token: str) -> None:
    client.cookies.set(logins.COOKIE, token)
    assert client.get("/").status_code == 303


def test_identity_headers_of_a_browser_are_stripped(served: Store, client: TestClient) -> None:
    claims = {"X-Danliu-Account": "boss", "x-danliu-role": "admin"}
    assert client.get("/orders", headers=claims).status_code == 303
    inside = entered(served, "boss").get("/_stcore/health", headers=claims)
    assert inside.json() == {"own": []}


def test_a_switched_off_person_is_out_at_the_next_request(served: Store) -> None:
    boss, mei = entered(served, "boss"), entered(served, "mei", "cs")
    assert mei.get("/").status_code == 200
    accounts.set_active(BOSS, served, "mei", active=False)
    assert mei.get("/").status_code == 303
    assert boss.get("/").status_code == 200


def test_a_temporary_password_opens_only_the_page_to_change_it(served: Store) -> None:
    mei = entered(served, "mei", "cs")
    accounts.reset_password(BOSS, served, "mei")
    mei.cookies.set(logins.COOKIE, logins.begin(served, "mei", agent=""))
    assert mei.get("/orders").headers["location"] == "/login/password?next=%2Forders"
    assert mei.post("/api/orders", json={}).status_code == 401
    with pytest.raises(WebSocketDisconnect), mei.websocket_connect("/_stcore/stream"):
        pass
    assert mei.get("/login/password").status_code == 200


@pytest.mark.parametrize(
    "sender", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}]
)
def test_another_site_cannot_use_the_api_with_a_persons_cookie(served: Store, sender: dict[str, str]) -> None:
    answer = entered(served, "boss").post("/api/orders", json={}, headers=sender)
    assert answer.status_code == 403


def test_every_answer_forbids_sniffing_and_framing_by_others(served: Store, client: TestClient) -> None:
    for answer in (client.get("/"), client.get("/login"), entered(served, "boss").get("/")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"


def test_the_page_speaks_the_persons_language(served: Store) -> None:
    boss = entered(served, "boss")
    page = boss.get("/")
    assert '<html lang="zh-CN"' in page.text and "/assets/boot.js?v=" in page.text
    assert "<title>单流 Danliu</title>" in page.text and "/assets/manifest.webmanifest" in page.text
    assert "etag" not in page.headers and page.headers["cache-control"] == "no-store"
    accounts.choose_language(BOSS, served, "en")
    page = boss.get("/")
    assert '<html lang="en"' in page.text and "/assets/boot.js?v=" in page.text


def test_the_assets_are_open_and_nothing_beside_them(client: TestClient) -> None:
    assert client.get("/assets/manifest.webmanifest").json()["start_url"] == "/"
    assert client.get("/assets/icon.png").headers["content-type"] == "image/png"
    assert "immutable" in client.get("/assets/boot.js?v=1").headers["cache-control"]
    for path in ("/assets/../gate.py", "/assets/%2e%2e/gate.py", "/assets/..%2fgate.py", "/assets/nothing.js"):
        assert client.get(path).status_code in (303, 404)


def test_a_hundred_requests_of_a_login_are_one_query(served: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    boss = entered(served, "boss")
    boss.get("/")
    looked: list[str] = []
    find = logins.rows.find
    monkeypatch.setattr(logins.rows, "find", lambda store, key: looked.append(key) or find(store, key))
    for _time in range(100):
        assert boss.get("/_stcore/health").status_code == 200
    assert looked == []


def test_a_login_from_elsewhere_is_no_different(served: Store) -> None:
    assert browser("203.0.113.9").get("/").status_code == 303
    assert entered(served, "boss", address="203.0.113.9").get("/").status_code == 200
