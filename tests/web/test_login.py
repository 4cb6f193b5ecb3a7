"""The login pages: set up once, log in, change the password, log out; forged and hasty forms fail."""

import pytest
from starlette.testclient import TestClient

from core import runtime
from core.people import logins
from core.people.actor import person
from core.people.second_factor import code_at, step_now
from core.services import accounts, sessions
from core.store import Store
from core.web import origin
from core.web.login import setup_code
from tests.web.conftest import PASSWORD, browser, entered, send

NEW = {"account": "boss", "display_name": "老板", "password": PASSWORD, "again": PASSWORD}


def set_up(client: TestClient, **values: str):
    return send(client, "/login", "/auth/setup", {**NEW, **values})


def log_in(client: TestClient, password: str = PASSWORD, account: str = "boss", **values: str):
    return send(client, "/login", "/auth/login", {"account": account, "password": password, **values})


@pytest.fixture
def staffed(served: Store) -> Store:
    accounts.create_first(served, "boss", "老板", PASSWORD)
    return served


def test_the_first_visitor_creates_the_administrator_and_is_in(served: Store, client: TestClient) -> None:
    assert "首次设置" in client.get("/login").text
    answer = set_up(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/").status_code == 200
    actor = logins.actor_of_token(served, client.cookies[logins.COOKIE])
    assert actor is not None and (actor.account, actor.role, actor.display_name) == ("boss", "admin", "老板")


def test_nobody_sets_up_a_second_time(staffed: Store, client: TestClient) -> None:
    answer = set_up(client)
    assert answer.status_code == 400
    assert [row.account for row in accounts.listing(person("boss", "admin"), staffed)] == ["boss"]


def test_a_visitor_from_elsewhere_needs_the_code_of_the_log(served: Store) -> None:
    away = browser("203.0.113.9")
    assert "初始化码" in away.get("/login").text
    for code in ("", "00000000"):
        assert set_up(away, code=code).status_code == 403
    assert accounts.awaits_first(served)
    assert set_up(away, code=setup_code().upper()).status_code == 303
    assert not accounts.awaits_first(served)


def test_behind_a_proxy_of_this_machine_nobody_is_local(served: Store) -> None:
    client = browser()
    client.headers["x-forwarded-for"] = "127.0.0.1"
    assert set_up(client).status_code == 403


@pytest.mark.parametrize(("again", "words"), [("different", "不一致"), ("short", "不一致")])
def test_the_two_passwords_must_agree(served: Store, client: TestClient, again: str, words: str) -> None:
    answer = set_up(client, again=again)
    assert answer.status_code == 400 and words in answer.text
    assert accounts.awaits_first(served)


def test_the_login_cookie_is_out_of_reach_of_scripts_and_other_sites(staffed: Store, client: TestClient) -> None:
    cookie = log_in(client).headers["set-cookie"]
    assert cookie.startswith(f"{logins.COOKIE}=")
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=604800" in cookie and "Secure" not in cookie


def test_over_https_the_cookie_is_secure(staffed: Store, client: TestClient) -> None:
    client.headers["x-forwarded-proto"] = "https"
    client.get("/login")
    shown = client.get("/login", headers={"cookie": ""})
    assert "Secure" in shown.headers["set-cookie"]


def test_a_login_gives_a_new_token_whatever_the_browser_brought(staffed: Store, client: TestClient) -> None:
    client.cookies.set(logins.COOKIE, "chosen-by-somebody-else", domain="testserver.local")
    answer = log_in(client)
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]
    assert logins.login_of_token(staffed, "chosen-by-somebody-else") is None


def test_a_wrong_password_is_told_in_words_and_the_account_stays_typed(staffed: Store, client: TestClient) -> None:
    answer = log_in(client, "wrong", account='boss"><script>')
    assert answer.status_code == 400
    assert "账号或密码错误" in answer.text
    assert 'value="boss&quot;&gt;&lt;script&gt;"' in answer.text and "<script>" not in answer.text.split("<body>")[1]


def test_too_many_wrong_ones_are_told_to_wait(staffed: Store, client: TestClient) -> None:
    for _time in range(5):
        assert log_in(client, "wrong").status_code == 400
    answer = log_in(client)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "2" or answer.headers["retry-after"] == "1"
    assert "请等待" in answer.text


def test_a_form_without_our_token_is_refused(staffed: Store, client: TestClient) -> None:
    form = {"account": "boss", "password": PASSWORD}
    assert client.post("/auth/login", data=form).status_code == 403
    client.get("/login")
    assert client.post("/auth/login", data={**form, "form": "0" * 64}).status_code == 403
    assert client.post("/auth/login", content=b"x" * 20_000).status_code == 403
    assert staffed.version == runtime.store().version
    assert logins.rows.listing(staffed) == []


def test_a_token_of_another_browser_is_refused(staffed: Store, client: TestClient) -> None:
    thief = browser()
    thief.get("/login")
    form = {"account": "boss", "password": PASSWORD, "form": origin.form_token(thief.cookies[origin.FORM_COOKIE])}
    client.get("/login")
    assert client.post("/auth/login", data=form).status_code == 403


@pytest.mark.parametrize("sender", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_sent_by_another_site_is_refused(staffed: Store, client: TestClient, sender: dict[str, str]) -> None:
    form = {"account": "boss", "password": PASSWORD}
    assert send(client, "/login", "/auth/login", form, headers=sender).status_code == 403
    assert logins.rows.listing(staffed) == []


@pytest.mark.parametrize(
    ("wanted", "gone_to"),
    [
        ("/orders?q=1", "/orders?q=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("javascript:alert(1)", "/"),
        ("/auth/logout", "/"),
        ("/login", "/"),
        ("", "/"),
    ],
)
def test_the_login_leads_only_to_pages_of_this_site(
    staffed: Store, client: TestClient, wanted: str, gone_to: str
) -> None:
    assert log_in(client, next=wanted).headers["location"] == gone_to


def test_who_is_logged_in_is_not_asked_again(staffed: Store, client: TestClient) -> None:
    log_in(client)
    assert client.get("/login?next=/orders").headers["location"] == "/orders"


def test_the_login_page_speaks_english_when_told_and_so_does_the_account_after(
    staffed: Store, client: TestClient
) -> None:
    shown = client.get("/login?lang=en")
    assert '<html lang="en"' in shown.text and "Log in" in shown.text
    assert "Password" in client.get("/login").text
    log_in(client)
    actor = logins.actor_of_token(staffed, client.cookies[logins.COOKIE])
    assert actor is not None and actor.language == "en"


def test_a_temporary_password_leads_to_the_own_one_and_then_to_the_page(staffed: Store, client: TestClient) -> None:
    temporary = accounts.add(person("boss", "admin"), staffed, "mei", "", "cs")
    assert log_in(client, temporary, account="mei", next="/orders").headers["location"] == "/orders"
    page = client.get("/orders").headers["location"]
    assert page == "/login/password?next=%2Forders"
    values = {"old": temporary, "password": "a better one", "again": "a better one", "next": "/orders"}
    wrong = send(client, page, "/auth/password", {**values, "old": "wrong"})
    assert wrong.status_code == 400 and "当前密码错误" in wrong.text
    assert send(client, page, "/auth/password", values).headers["location"] == "/orders"
    assert client.get("/orders").status_code == 200


def test_the_password_of_a_stranger_cannot_be_changed(staffed: Store, client: TestClient) -> None:
    assert client.get("/login/password").headers["location"] == "/login"
    assert client.post("/auth/password", data={}).headers["location"] == "/login"


def test_logging_out_ends_the_login_and_a_foreign_link_does_not(staffed: Store) -> None:
    boss = entered(staffed, "second")
    token = boss.cookies[logins.COOKIE]
    boss.get("/auth/logout", headers={"sec-fetch-site": "cross-site"})
    assert logins.actor_of_token(staffed, token) is not None
    answer = boss.get("/auth/logout", headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["location"] == "/login"
    assert logins.actor_of_token(staffed, token) is None


def test_the_login_page_runs_no_script_but_our_own(client: TestClient) -> None:
    answer = client.get("/login")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text and " onclick" not in answer.text


def test_with_a_second_step_a_password_opens_no_page_until_the_code_is_given(
    staffed: Store, client: TestClient
) -> None:
    boss, vault = person("boss", "admin"), runtime.vault()
    secret, _address = sessions.begin_second_step(boss, staffed, vault, "x")
    recovery = sessions.confirm_second_step(boss, staffed, vault, code_at(secret, step_now()))
    assert log_in(client, next="/orders").headers["location"] == "/orders"
    assert client.get("/orders").headers["location"] == "/login/code?next=%2Forders"
    assert client.get("/login/password").headers["location"] == "/login"
    assert client.post("/api/orders", json={}, headers={"accept": "*/*"}).status_code == 401
    wrong = send(client, "/login/code", "/auth/code", {"code": "000000"})
    assert wrong.status_code == 400 and "验证码错误" in wrong.text
    answer = send(client, "/login/code", "/auth/code", {"code": recovery[0], "next": "/orders"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/orders")
    assert client.get("/orders").status_code == 200
    assert client.get("/login/code").headers["location"] == "/login"


def test_the_code_page_is_for_nobody_else(staffed: Store, client: TestClient) -> None:
    assert client.get("/login/code").headers["location"] == "/login"
    assert send(client, "/login", "/auth/code", {"code": "000000"}).status_code == 403
