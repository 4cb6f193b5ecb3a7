"""The second step of a login: codes of an app by RFC 6238, recovery codes, and what wrong ones cost."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.errors import BadRequest, NotAllowed, NotFound, TryAgain
from core.people import logins, passwords, second_factor
from core.people.actor import person
from core.people.second_factor import code_at, prove, step_now
from core.people.vault import Vault, open_vault
from core.services import sessions
from core.settings import Settings
from core.store import Store, accounts

MEI, ADMIN = person("mei", "lead"), person("ann", "admin")
NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Set the clock to so many seconds after nine."""

    def move(seconds: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=seconds))

    move(0)
    return move


@pytest.fixture
def guarded(store: Store, vault: Vault, at) -> tuple[str, list[str]]:
    """(secret, recovery codes) of Mei, whose logins ask for a code."""
    with store.write() as cursor:
        accounts.add(cursor, "mei", "王梅", "lead", passwords.hashed("correct horse"), must_change=False)
    secret, _address = sessions.begin_second_step(MEI, store, vault, "单流")
    return secret, sessions.confirm_second_step(MEI, store, vault, code_at(secret, step_now()))


def enter(store: Store) -> str:
    return logins.log_in(store, "mei", "correct horse", address="10.1.2.3", agent="")


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"
    assert code_at(secret, seconds // 30) == code


def test_a_password_alone_opens_nothing_any_more(store: Store, vault: Vault, guarded, at) -> None:
    token = enter(store)
    assert logins.actor_of_token(store, token) is None
    at(60)
    whole = prove(store, vault, token, code_at(guarded[0], step_now()), address="10.1.2.3")
    actor = logins.actor_of_token(store, whole)
    assert actor is not None and actor.account == "mei"
    assert whole != token and logins.login_of_token(store, token) is None


def test_a_code_counts_once(store: Store, vault: Vault, guarded, at) -> None:
    with pytest.raises(BadRequest):  # the code that switched it on
        prove(store, vault, enter(store), code_at(guarded[0], step_now()), address="")
    at(60)
    code = code_at(guarded[0], step_now())
    prove(store, vault, enter(store), code, address="")
    with pytest.raises(BadRequest):
        prove(store, vault, enter(store), code, address="")


def test_a_phone_whose_clock_is_half_a_minute_off_is_let_in_and_two_minutes_not(
    store: Store, vault, guarded, at
) -> None:
    at(300)
    for steps, fits in ((-4, False), (2, False), (-1, True), (1, True)):
        code = code_at(guarded[0], step_now() + steps)
        if fits:
            prove(store, vault, enter(store), code, address="")
        else:
            with pytest.raises(BadRequest):
                prove(store, vault, enter(store), code, address="")


def test_a_recovery_code_opens_once_and_for_its_owner(store: Store, vault: Vault, guarded) -> None:
    first = guarded[1][0]
    typed = f" {first[:5].upper()}-{first[5:]} "
    assert logins.actor_of_token(store, prove(store, vault, enter(store), typed, address=""))
    with pytest.raises(BadRequest):
        prove(store, vault, enter(store), first, address="")
    with store.read() as cursor:
        kept = str(cursor.execute("SELECT * FROM second_factors").fetchall())
    assert guarded[0] not in kept and not any(code in kept for code in guarded[1])


def test_wrong_codes_slow_down_and_a_good_password_does_not_forgive_them(store: Store, vault: Vault, guarded) -> None:
    for _try in range(6):
        token = enter(store)
        try:
            prove(store, vault, token, "000000", address="10.1.2.3")
        except BadRequest:
            continue
        except TryAgain:
            break
    else:
        pytest.fail("six wrong codes cost nothing")
    with pytest.raises(TryAgain):
        prove(store, vault, enter(store), code_at(guarded[0], step_now() + 1), address="10.1.2.3")


def test_an_unproven_login_ends_after_minutes(store: Store, vault: Vault, guarded, at) -> None:
    token = enter(store)
    at(601)
    with pytest.raises(NotAllowed):
        prove(store, vault, token, code_at(guarded[0], step_now()), address="")


def test_it_is_switched_off_with_a_code_only(store: Store, vault: Vault, guarded, at) -> None:
    at(60)
    with pytest.raises(BadRequest):
        sessions.drop_second_step(MEI, store, vault, "123456")
    sessions.drop_second_step(MEI, store, vault, code_at(guarded[0], step_now()))
    assert logins.actor_of_token(store, enter(store))
    with pytest.raises(NotFound):
        sessions.drop_second_step(MEI, store, vault, "123456")


def test_an_administrator_resets_it_for_a_lost_phone_and_the_logins_end(store: Store, vault: Vault, guarded) -> None:
    token = enter(store)
    sessions.reset_second_step(ADMIN, store, "mei")
    assert logins.login_of_token(store, token) is None
    assert logins.actor_of_token(store, enter(store))


def test_a_wrong_first_code_switches_nothing_on(store: Store, vault: Vault, at) -> None:
    secret, address = sessions.begin_second_step(MEI, store, vault, "单流 Danliu")
    assert address.startswith("otpauth://totp/%E5%8D%95%E6%B5%81%20Danliu%3Amei?secret=" + secret)
    with pytest.raises(BadRequest):
        sessions.confirm_second_step(MEI, store, vault, "000000")
    assert not sessions.has_second_step(MEI, store)
    assert second_factor.RECOVERY_CODES == 8
