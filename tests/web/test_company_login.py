"""The company's own login against a real provider: who is let in, who is not, and that nothing of it can be forged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from core import clock, runtime
from core.people import logins
from core.people.actor import SYSTEM
from core.services import accounts, company_login, secrets, sessions
from core.store import Store
from tests.web.conftest import PASSWORD, browser, send
from tests.web.provider import CLIENT, SECRET, Provider, running


@pytest.fixture(scope="module")
def _provider() -> Iterator[Provider]:
    with running() as found:
        yield found


@pytest.fixture
def provider(_provider: Provider) -> Provider:
    fresh = Provider(_provider.issuer)
    vars(_provider).update(vars(fresh))
    return _provider


@pytest.fixture
def house(served: Store, provider: Provider) -> Store:
    """A house with an administrator, the account mei of customer service, and the provider set up."""
    accounts.create_first(served, "boss", "老板", PASSWORD)
    accounts.add(SYSTEM, served, "mei", "梅", "cs")
    company_login.keep_client_secret(SYSTEM, served, runtime.vault(), SECRET)
    set_up(provider)
    return served


def set_up(provider: Provider, **values: Any) -> None:
    values = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, **values}
    runtime._settings = replace(runtime.settings(), **values)


def to_provider(client: TestClient, wanted: str = "/") -> str:
    """Press the button; the address the provider sends the browser back to."""
    gone = client.get("/login/company", params={"next": wanted})
    assert gone.status_code == 303, gone.text
    back = httpx2.get(gone.headers["location"], follow_redirects=False).headers["location"]
    return back.replace("http://testserver", "")


def come_in(client: TestClient, wanted: str = "/") -> httpx2.Response:
    return client.get(to_provider(client, wanted))


def denied(store: Store) -> list[str]:
    with store.read() as cursor:
        rows = cursor.execute("SELECT subject FROM audit WHERE action = 'login' AND outcome = 'denied'").fetchall()
    return [row[0] for row in rows]


def test_there_is_no_button_and_no_way_unless_it_is_set_up(served: Store, client: TestClient) -> None:
    accounts.create_first(served, "boss", "老板", PASSWORD)
    assert "/login/company" not in client.get("/login").text
    assert client.get("/login/company").status_code == 400
    assert client.get("/oauth2callback?state=x&code=y").status_code == 400


def test_the_button_leads_there_and_back_to_the_page_that_was_wanted(house: Store, provider: Provider) -> None:
    client = browser()
    assert "使用公司账号登录" in client.get("/login?next=/orders").text
    assert "Log in with the company account" in client.get("/login?lang=en").text
    answer = come_in(client, "/orders?q=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/orders?q=1")
    asked = provider.asked[0]
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", CLIENT)
    assert client.get("/orders").status_code == 200
    actor = logins.actor_of_token(house, client.cookies[logins.COOKIE])
    assert actor is not None and (actor.account, actor.role) == ("mei", "cs")


def test_the_login_is_listed_with_its_provider_ended_like_any_other_and_audited(
    house: Store, provider: Provider
) -> None:
    client = browser()
    come_in(client)
    listed = sessions.listing(SYSTEM, house)[0]
    assert (listed.account.account, listed.provider) == ("mei", provider.issuer.removeprefix("http://"))
    with house.read() as cursor:
        row = cursor.execute("SELECT actor, outcome, detail FROM audit WHERE action = 'login'").fetchone()
    assert row is not None and row[:2] == ("mei", "done") and listed.provider in row[2]
    sessions.end(SYSTEM, house, listed.short)
    assert client.get("/orders").headers["location"].startswith("/login")


def test_a_temporary_password_and_a_second_step_are_not_asked_for(house: Store, provider: Provider) -> None:
    with house.write() as cursor:
        cursor.execute(
            "INSERT INTO second_factors VALUES ('mei', ?, ?, 0, '[]', ?)",
            [runtime.vault().seal_text("JBSWY3DPEHPK3PXP"), clock.now(), clock.now()],
        )
    client = browser()
    come_in(client)
    assert client.get("/orders").status_code == 200


def test_logging_out_ends_it(house: Store, provider: Provider) -> None:
    client = browser()
    come_in(client)
    client.get("/auth/logout")
    assert sessions.listing(SYSTEM, house) == []
    assert client.get("/orders").status_code == 303


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "somebody-else"}, {"aud": None}, {"iss": "https://evil.example"},
        {"exp": 1_700_000_000}, {"exp": None}, {"sub": None}, {"aud": [CLIENT, "b"], "azp": "b"}, {"aud": [CLIENT, "b"]},
    ],
)  # fmt: skip
def test_a_token_that_does_not_prove_it_lets_nobody_in(house: Store, provider: Provider, lies: dict) -> None:
    provider.lies = lies
    client = browser()
    answer = come_in(client)
    assert answer.status_code == 403 and logins.COOKIE not in client.cookies
    assert sessions.listing(SYSTEM, house) == [] and denied(house) == ["?"]


@pytest.mark.parametrize("how", ["forged", "unsigned", "denies"])
def test_a_forged_unsigned_or_refused_login_lets_nobody_in(house: Store, provider: Provider, how: str) -> None:
    setattr(provider, how, True)
    assert come_in(browser()).status_code == 403
    assert sessions.listing(SYSTEM, house) == []


def test_a_state_works_once_in_the_browser_that_began_and_for_ten_minutes(house: Store, provider: Provider) -> None:
    mine, thief = browser(), browser()
    back = to_provider(mine)
    assert thief.get(back).status_code == 403  # and it is used up
    assert mine.get(back).status_code == 403
    back = to_provider(mine)
    assert mine.get(back).status_code == 303
    assert mine.get(back).status_code == 403
    back = to_provider(mine)
    with clock.ahead(timedelta(minutes=11)):
        assert mine.get(back).status_code == 403
    for query in ("", "?state=x&code=y", "?code=y"):
        assert mine.get(f"/oauth2callback{query}").status_code == 403


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/login", "/auth/logout"]
)
def test_nobody_is_led_to_another_site_afterwards(house: Store, provider: Provider, wanted: str) -> None:
    assert come_in(browser(), wanted).headers["location"] == "/"


def test_another_site_cannot_begin_it(house: Store, provider: Provider) -> None:
    answer = browser().get("/login/company", headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login") and provider.asked == []


def test_who_has_no_account_is_told_so_and_one_is_made_only_where_the_settings_allow(
    house: Store, provider: Provider
) -> None:
    provider.person = {"sub": "u-2", "preferred_username": "neu", "name": "新人"}
    answer = come_in(browser())
    assert answer.status_code == 403 and "这里没有账号 neu" in answer.text and denied(house) == ["neu"]
    set_up(provider, oidc_unknown_role="analyst")
    assert come_in(browser()).status_code == 303
    made = next(row for row in accounts.listing(SYSTEM, house) if row.account == "neu")
    assert (made.role, made.display_name, made.must_change) == ("analyst", "新人", False)


def test_a_disabled_account_is_refused(house: Store, provider: Provider) -> None:
    accounts.set_active(SYSTEM, house, "mei", active=False)
    answer = come_in(browser())
    assert answer.status_code == 403 and "您的账号已停用" in answer.text and denied(house) == ["mei"]


def test_an_account_belongs_to_the_first_person_until_an_administrator_releases_it(
    house: Store, provider: Provider
) -> None:
    come_in(browser())
    provider.person = {"sub": "u-9", "preferred_username": "mei"}
    assert come_in(browser()).status_code == 403
    company_login.let_go(SYSTEM, house, "mei")
    assert come_in(browser()).status_code == 303


def test_the_groups_of_the_provider_give_the_role_at_each_login(house: Store, provider: Provider) -> None:
    set_up(provider, oidc_role_claim="groups", oidc_roles={"ops": "lead", "desk": "cs"})
    provider.person["groups"] = ["desk", "ops"]
    client = browser()
    come_in(client)
    actor = logins.actor_of_token(house, client.cookies[logins.COOKIE])
    assert actor is not None and actor.role == "lead"
    provider.person["groups"] = ["gone"]
    assert come_in(browser()).status_code == 403


def test_a_mapped_group_cannot_take_away_the_last_administrator(house: Store, provider: Provider) -> None:
    set_up(provider, oidc_role_claim="groups", oidc_roles={"desk": "cs"})
    provider.person = {"sub": "u-3", "preferred_username": "boss", "groups": "desk"}
    assert come_in(browser()).status_code == 400
    assert accounts.listing(SYSTEM, house)[0].role == "admin"


@pytest.mark.parametrize(("verified", "status"), [(True, 303), (False, 403), (None, 403)])
def test_an_address_counts_only_when_the_provider_has_proven_it(
    house: Store, provider: Provider, verified: bool | None, status: int
) -> None:
    accounts.add(SYSTEM, house, "mei@corp.example", "梅", "cs")
    set_up(provider, oidc_account_claim="email")
    provider.person = {"sub": "u-4", "email": "Mei@corp.example", "email_verified": verified}
    assert come_in(browser()).status_code == status


def test_the_clients_secret_is_sealed_listed_and_replaced_on_the_page(house: Store, provider: Provider) -> None:
    listed = secrets.listing(SYSTEM, house, runtime.vault())
    assert [(kept.place, kept.owner, kept.setting) for kept in listed] == [("sign_in", "openid", "client_secret")]
    secrets.replace(SYSTEM, house, runtime.vault(), "sign_in", "openid", "client_secret", "wrong")
    assert come_in(browser()).status_code == 403
    with house.read() as cursor:
        row = cursor.execute("SELECT secrets FROM company_clients").fetchone()
    assert row is not None and "wrong" not in row[0]


def test_a_provider_in_the_clear_or_silent_is_told_in_words(house: Store, provider: Provider) -> None:
    set_up(provider, oidc_issuer="http://login.example")
    assert "不是 https 地址" in browser().get("/login/company").text
    set_up(provider, oidc_issuer="http://127.0.0.1:9")
    assert browser().get("/login/company").status_code == 503
    set_up(provider, oidc_issuer=f"{provider.issuer}/")  # written otherwise than the provider writes it
    assert browser().get("/login/company").status_code == 400


def test_a_password_still_opens_beside_it(house: Store, provider: Provider) -> None:
    client = browser()
    answer = send(client, "/login", "/auth/login", {"account": "boss", "password": PASSWORD})
    assert answer.status_code == 303 and client.get("/").status_code == 200
