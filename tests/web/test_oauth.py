"""Authorising a shop in the browser: the whole way against the sandbox's consent pages, and every attack on the state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from starlette.testclient import TestClient

from core import clock, runtime
from core.channels import shops
from core.channels.sandbox import Sandbox
from core.people import logins
from core.people.actor import person
from core.services import authorising
from core.services import shops as services
from core.store import Store
from core.store import shops as kept
from tests.web.conftest import browser, entered

ADMIN = person("root", "admin")
CHANNELS = ("taobao", "jd", "doudian", "pinduoduo")


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with Sandbox(3, rate=0, days=0) as box:
        yield box


def _row(sandbox: Sandbox, channel: str) -> dict[str, str]:
    return next(row for row in sandbox.shops()["shops"] if row["channel"] == channel)


def _connect(store: Store, sandbox: Sandbox, channel: str, **changes: str) -> dict[str, str]:
    """The sandbox's shop, connected without any token."""
    row = _row(sandbox, channel)
    values = {name: row[name] for name in ("gateway", "app_key", "app_secret", "service_id") if name in row} | changes
    services.connect_shop(ADMIN, store, runtime.vault(), runtime.settings(), channel, row["shop"], values, title="店")
    return row


def _begin(client: TestClient, row: dict[str, str], **headers: str) -> Any:
    return client.get(f"/oauth/authorise/{row['channel']}/{row['shop']}", headers=headers)


def _consent(address: str, answer: str = "yes") -> str:
    """The seller's click on the platform's page: where the browser is sent next."""
    assert "授权" in requests.get(address, timeout=5).text
    form = {"answer": answer, "console": "http://testserver/oauth/callback"}
    return requests.post(address, data=form, allow_redirects=False, timeout=5).headers["location"]


def _back(client: TestClient, location: str) -> Any:
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}", headers={"sec-fetch-site": "cross-site"})


def _test(store: Store, row: dict[str, str]) -> services.Check:
    return services.test_connection(
        ADMIN, store, runtime.vault(), runtime.settings(), row["channel"], row["shop"], None
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_shop_without_a_token_is_authorised_on_the_platforms_page_and_works(
    served: Store, sandbox: Sandbox, channel: str
) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, channel)
    assert not _test(served, row).ok
    went = _begin(client, row)
    assert went.status_code == 303
    query = parse_qs(urlsplit(went.headers["location"]).query)
    if channel != "doudian":  # which knows it from the app's own set-up
        assert query["redirect_uri"] == ["http://testserver/oauth/callback"]
    done = _back(client, _consent(went.headers["location"]))
    assert done.status_code == 200 and "店 已授权" in done.text, done.text
    assert row["title"] in done.text  # who granted it
    assert _test(served, row).ok
    (state,) = services.listing(ADMIN, served, runtime.vault(), runtime.settings())
    assert state.is_authorised and state.expires_at is not None and state.expires_at > clock.now()


def test_what_the_platform_granted_is_sealed_and_audited_without_any_secret(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "pinduoduo")
    location = _consent(_begin(client, row).headers["location"])
    assert _back(client, location).status_code == 200
    shop = shops.find(served, runtime.settings(), "pinduoduo", row["shop"])
    token = shops.connector_of(served, runtime.vault(), shop).value("access_token")
    code, state = (parse_qs(urlsplit(location).query)[name][0] for name in ("code", "state"))
    with served.read() as cursor:
        tables = [name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        everything = "".join(str(cursor.execute(f'SELECT * FROM "{table}"').fetchall()) for table in tables)
        actions = cursor.execute(
            "SELECT action, outcome FROM audit WHERE action LIKE 'shops.auth%' ORDER BY happened_at"
        ).fetchall()
    assert token and not any(secret in everything for secret in (token, code, state, row["app_secret"]))
    assert actions == [("shops.authorise_begin", "done"), ("shops.authorise", "done")]


def test_a_state_works_once(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "jd")
    location = _consent(_begin(client, row).headers["location"])
    assert _back(client, location).status_code == 200
    again = _back(client, location)
    assert again.status_code == 403 and "已使用" in again.text


def _kept_token(store: Store, row: dict[str, str]) -> str:
    return kept.progress_of(store, row["channel"], row["shop"]).token


@pytest.mark.parametrize(
    "forge",
    [
        lambda location, _own: location.replace("state=", "state=x"),
        lambda location, _own: location.split("&state")[0],
        lambda _location, own: own,
    ],
    ids=["a made-up state", "no state", "the attacker's own code and state"],
)
def test_nobody_slips_an_authorisation_into_another_login(
    served: Store, sandbox: Sandbox, forge: Callable[[str, str], str]
) -> None:
    victim, attacker = entered(served, "boss"), entered(served, "mallory")
    row = _connect(served, sandbox, "jd")
    theirs = _consent(_begin(victim, row).headers["location"])
    own = _consent(_begin(attacker, row).headers["location"])
    answer = _back(victim, forge(theirs, own))
    assert answer.status_code == 403
    assert _kept_token(served, row) == ""
    with served.read() as cursor:
        denied = cursor.execute("SELECT count(*) FROM audit WHERE outcome = 'denied'").fetchone()
    assert denied == (1,)


def test_another_browser_of_the_same_person_cannot_end_it(served: Store, sandbox: Sandbox) -> None:
    first, second = entered(served, "boss"), browser()
    second.cookies.set(logins.COOKIE, logins.begin(served, "boss", agent="other"))
    row = _connect(served, sandbox, "jd")
    location = _consent(_begin(first, row).headers["location"])
    assert _back(second, location).status_code == 403
    assert _back(first, location).status_code == 403  # used up: the safe side


def test_a_quarter_of_an_hour_later_it_is_too_old(
    served: Store, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "jd")
    location = _consent(_begin(client, row).headers["location"])
    later = clock.now() + authorising.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert _back(client, location).status_code == 403
    assert _kept_token(served, row) == ""


def test_a_link_on_another_site_begins_nothing(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "jd")
    answer = _begin(client, row, **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    with served.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM authorisations").fetchone() == (0,)


def test_a_stranger_is_sent_to_the_login_and_a_lead_is_refused(served: Store, sandbox: Sandbox) -> None:
    row = _connect(served, sandbox, "jd")
    assert _begin(browser(), row).headers["location"].startswith("/login")
    lead = entered(served, "li", "lead")
    assert _begin(lead, row).status_code == 403
    assert lead.get("/oauth/callback?code=x&state=y").status_code == 403


def test_a_refusal_is_told_in_the_platforms_own_words(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "taobao")
    answer = _back(client, _consent(_begin(client, row).headers["location"], "no"))
    assert answer.status_code == 400 and "用户取消授权" in answer.text
    used = _consent(_begin(client, row).headers["location"]).replace("code=", "code=wrong")
    answer = _back(client, used)
    assert answer.status_code == 400 and "授权码不存在或已过期" in answer.text


def test_the_platforms_words_are_no_markup(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "jd")
    state = parse_qs(urlsplit(_begin(client, row).headers["location"]).query)["state"][0]
    answer = client.get("/oauth/callback", params={"state": state, "error": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text and "&lt;script&gt;" in answer.text


def test_doudian_grants_no_other_shop_than_this_one(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "doudian", shop_id="999")
    answer = _back(client, _consent(_begin(client, row).headers["location"]))
    assert answer.status_code == 400 and "999" in answer.text
    assert _kept_token(served, row) == ""


def test_a_code_that_came_back_elsewhere_can_be_pasted_with_its_whole_address(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "pinduoduo")
    location = _consent(_begin(client, row).headers["location"])
    done = authorising.by_hand(
        ADMIN, served, runtime.vault(), runtime.settings(), "pinduoduo", row["shop"], f" {location} "
    )
    assert done.account == row["title"]
    assert _test(served, row).ok


def test_a_newly_typed_token_counts_before_a_granted_one(served: Store, sandbox: Sandbox) -> None:
    client = entered(served, "boss")
    row = _connect(served, sandbox, "jd")
    assert _back(client, _consent(_begin(client, row).headers["location"])).status_code == 200
    services.change_shop(
        ADMIN, served, runtime.vault(), runtime.settings(), "jd", row["shop"], {"access_token": "typed-in"}
    )
    shop = shops.find(served, runtime.settings(), "jd", row["shop"])
    assert shops.connector_of(served, runtime.vault(), shop).value("access_token") == "typed-in"
