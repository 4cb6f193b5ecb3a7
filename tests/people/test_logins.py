"""Logging in: a token for a good password, slower and slower for bad ones, and out at once when switched off."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.errors import BadRequest, TryAgain
from core.people import logins, passwords
from core.people.logins import actor_of_token, begin, log_in, log_out, login_of_token, wait_seconds
from core.store import Store, accounts
from core.store import logins as rows

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def staffed(store: Store) -> Store:
    with store.write() as cursor:
        accounts.add(cursor, "mei", "王梅", "lead", passwords.hashed("correct horse"), must_change=False)
    return store


def enter(store: Store, password: str = "correct horse", address: str = "10.0.0.1") -> str:
    return log_in(store, "mei", password, address=address, agent="test")


def test_a_good_password_gives_a_token_that_names_the_person(staffed: Store) -> None:
    actor = actor_of_token(staffed, enter(staffed))
    assert actor is not None
    assert (actor.account, actor.display_name, actor.role) == ("mei", "王梅", "lead")
    assert actor.may("orders.export") and not actor.may("accounts.edit")


def test_the_account_name_is_found_whatever_its_case(staffed: Store) -> None:
    assert actor_of_token(staffed, log_in(staffed, " Mei ", "correct horse", address="", agent=""))


def test_the_store_never_holds_a_token(staffed: Store) -> None:
    token = enter(staffed)
    with staffed.read() as cursor:
        assert token not in str(cursor.execute("SELECT * FROM logins").fetchall())
        assert "correct horse" not in str(cursor.execute("SELECT * FROM accounts").fetchall())
    assert actor_of_token(staffed, logins.token_hash(token)) is None


@pytest.mark.parametrize(("account", "password"), [("mei", "wrong horse"), ("nobody", "correct horse"), ("", "")])
def test_a_wrong_account_and_a_wrong_password_read_the_same(staffed: Store, account: str, password: str) -> None:
    with pytest.raises(BadRequest) as caught:
        log_in(staffed, account, password, address="10.0.0.1", agent="")
    assert caught.value.message == "账号或密码错误。"
    assert logins.rows.listing(staffed) == []


def test_a_changed_role_counts_at_the_next_look(staffed: Store) -> None:
    token = enter(staffed)
    with staffed.write() as cursor:
        accounts.change(cursor, "mei", display_name="王梅", role="cs", language="en", active=True)
    actor = actor_of_token(staffed, token)
    assert actor is not None and (actor.role, actor.language) == ("cs", "en")
    assert not actor.may("orders.export")


def test_a_switched_off_account_is_out_at_once_and_cannot_come_back(staffed: Store) -> None:
    token = enter(staffed)
    with staffed.write() as cursor:
        accounts.change(cursor, "mei", display_name="王梅", role="lead", language="", active=False)
    assert actor_of_token(staffed, token) is None
    with pytest.raises(BadRequest):
        enter(staffed)


def test_who_must_change_the_password_is_logged_in_but_acts_for_nobody(staffed: Store) -> None:
    token = enter(staffed)
    with staffed.write() as cursor:
        accounts.set_password(cursor, "mei", passwords.hashed("temporary"), must_change=True)
    assert login_of_token(staffed, token) is not None
    assert actor_of_token(staffed, token) is None


def test_a_login_ends_after_seven_days_even_where_nothing_was_written(staffed: Store) -> None:
    with clock.frozen(NOW):
        token = enter(staffed)
    with clock.frozen(NOW + timedelta(days=7, seconds=-1)):
        assert actor_of_token(staffed, token) is not None
    with clock.frozen(NOW + timedelta(days=7)):
        assert actor_of_token(staffed, token) is None


def test_logging_out_ends_this_login_only(staffed: Store) -> None:
    here, there = enter(staffed), enter(staffed)
    log_out(staffed, here)
    assert actor_of_token(staffed, here) is None
    assert actor_of_token(staffed, there) is not None


def test_the_fifth_failure_makes_wait_and_the_wait_doubles(staffed: Store) -> None:
    with clock.frozen(NOW):
        for _time in range(5):
            with pytest.raises(BadRequest):
                enter(staffed, "wrong")
        with pytest.raises(TryAgain) as caught:
            enter(staffed)  # even with the right password
        assert caught.value.after_seconds == 1.0
    with clock.frozen(NOW + timedelta(seconds=1)):
        with pytest.raises(BadRequest):
            enter(staffed, "wrong")
        with pytest.raises(TryAgain) as caught:
            enter(staffed, "wrong")
        assert caught.value.after_seconds == 2.0
    with clock.frozen(NOW + timedelta(seconds=3)):
        assert enter(staffed)
        with pytest.raises(BadRequest):
            enter(staffed, "wrong")  # the good login cleared the count
        assert enter(staffed)


def test_a_guesser_elsewhere_hardly_slows_the_owner(staffed: Store) -> None:
    with clock.frozen(NOW), staffed.write() as cursor:
        for _time in range(200):
            rows.failed(cursor, "mei", "203.0.113.9")
    with clock.frozen(NOW + timedelta(seconds=59)), pytest.raises(TryAgain):
        enter(staffed)
    with clock.frozen(NOW + timedelta(seconds=60)):
        assert enter(staffed)
        with pytest.raises(TryAgain):
            enter(staffed, address="203.0.113.9")


@pytest.mark.parametrize(
    ("counts", "wait"),
    [((0, 0, 0), 0), ((4, 4, 4), 0), ((5, 5, 5), 1), ((9, 9, 9), 16), ((99, 99, 99), 900), ((1, 99, 99), 300)],
)
def test_the_longest_wait_of_the_three_counts(counts: tuple[int, ...], wait: float) -> None:
    with clock.frozen(NOW):
        assert wait_seconds([(count, NOW if count else None) for count in counts]) == wait


def test_use_is_noted_at_most_once_in_ten_minutes(staffed: Store) -> None:
    with clock.frozen(NOW):
        token = begin(staffed, "mei", agent="")
    for minutes, commits in ((9, 0), (11, 1), (12, 0)):
        before = staffed.version
        with clock.frozen(NOW + timedelta(minutes=minutes)):
            login = login_of_token(staffed, token)
            assert login is not None
            logins.note_seen(staffed, login)
        assert staffed.version - before == commits


def test_expired_logins_and_old_failures_are_cleared(staffed: Store) -> None:
    with clock.frozen(NOW):
        begin(staffed, "mei", agent="")
        with staffed.write() as cursor:
            rows.failed(cursor, "mei", "a")
    later = NOW + timedelta(days=8)
    with clock.frozen(later):
        kept = begin(staffed, "mei", agent="")
        assert rows.clear_expired(staffed, later - timedelta(days=1)) == 2
        before = staffed.version
        assert rows.clear_expired(staffed, later - timedelta(days=1)) == 0
        assert staffed.version == before
        assert actor_of_token(staffed, kept) is not None
