"""Where people are logged in, and that an ended login bites at the next action."""

import pytest

from core.errors import NotAllowed, NotFound
from core.people import logins, passwords
from core.people.actor import person
from core.people.devices import device, masked
from core.services import sessions
from core.store import Store, accounts

ADMIN = person("ann", "admin")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"


@pytest.fixture
def tokens(store: Store) -> dict[str, str]:
    with store.write() as cursor:
        for name in ("mei", "lao"):
            accounts.add(cursor, name, name, "cs", passwords.hashed("correct horse"), must_change=False)
    return {
        name: logins.log_in(store, name, "correct horse", address="192.168.7.21", agent=CHROME)
        for name in ("mei", "lao")
    }


def test_a_revoked_login_is_out_at_its_next_action(store: Store, tokens: dict[str, str]) -> None:
    mine = next(login for login in sessions.listing(ADMIN, store) if login.account.account == "mei")
    assert logins.actor_of_token(store, tokens["mei"])
    assert sessions.end(ADMIN, store, mine.short) == "mei"
    assert logins.actor_of_token(store, tokens["mei"]) is None
    assert logins.actor_of_token(store, tokens["lao"])
    with pytest.raises(NotFound):
        sessions.end(ADMIN, store, mine.short)


def test_each_person_sees_and_ends_the_own_logins_only(store: Store, tokens: dict[str, str]) -> None:
    mei = person("mei", "cs")
    (own,) = sessions.own(mei, store)
    (other,) = sessions.own(person("lao", "cs"), store)
    with pytest.raises(NotFound):
        sessions.end_own(mei, store, other.short)
    with pytest.raises(NotAllowed):
        sessions.end(mei, store, other.short)
    sessions.end_own(mei, store, own.short)
    assert logins.actor_of_token(store, tokens["mei"]) is None and logins.actor_of_token(store, tokens["lao"])


@pytest.mark.parametrize("short", ["", "0", "%", "000000000000"])
def test_a_name_that_is_no_login_ends_none(store: Store, tokens: dict[str, str], short: str) -> None:
    with pytest.raises(NotFound):
        sessions.end(ADMIN, store, short)
    assert len(sessions.listing(ADMIN, store)) == 2


def test_a_login_tells_its_device_and_half_of_its_address(store: Store, tokens: dict[str, str]) -> None:
    login = sessions.listing(ADMIN, store)[0]
    assert (device(login.agent), login.address) == ("Chrome · Windows", "192.168.*.*")


@pytest.mark.parametrize(
    ("agent", "word"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_devices_are_named_as_people_know_them(agent: str, word: str) -> None:
    assert device(agent) == word


def test_addresses_are_masked_whatever_their_kind() -> None:
    assert masked("2001:db8::1") == "2001:0db8:*"
    assert masked("not an address") == ""
