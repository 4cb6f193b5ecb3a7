"""Accounts: made, changed and switched off by administrators only, and never without an administrator left."""

from collections.abc import Callable

import pytest

from core.errors import BadRequest, DanliuError, NotAllowed, NotFound, Stale
from core.people import logins
from core.people.actor import Actor, person
from core.people.permissions import NAMES, PERMISSIONS, ROLES
from core.services import accounts
from core.store import Store

BOSS = person("boss", "admin")


@pytest.fixture
def staffed(store: Store) -> Store:
    accounts.create_first(store, "Boss", "老板", "correct horse")
    return store


def one(store: Store, account: str) -> accounts.Account:
    return next(row for row in accounts.listing(BOSS, store) if row.account == account)


def enter(store: Store, account: str, password: str) -> str:
    return logins.log_in(store, account, password, address="10.0.0.1", agent="test")


def trail(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as cursor:
        return cursor.execute("SELECT action, subject, outcome FROM audit ORDER BY happened_at").fetchall()


def test_the_first_person_becomes_administrator_and_nobody_after(store: Store) -> None:
    assert accounts.awaits_first(store)
    accounts.create_first(store, "Boss", "", "correct horse")
    assert not accounts.awaits_first(store)
    with pytest.raises(Stale):
        accounts.create_first(store, "other", "", "correct horse")
    assert [(row.account, row.display_name, row.role) for row in accounts.listing(BOSS, store)] == [
        ("boss", "boss", "admin")
    ]


def test_a_new_person_gets_a_temporary_password_to_change(staffed: Store) -> None:
    password = accounts.add(BOSS, staffed, "wang.mei", "王梅", "cs", "en")
    token = enter(staffed, "wang.mei", password)
    assert logins.actor_of_token(staffed, token) is None
    login = logins.login_of_token(staffed, token)
    assert login is not None
    accounts.change_own_password(logins.actor_of(login), staffed, password, "a better one", token=token)
    actor = logins.actor_of_token(staffed, token)
    assert actor is not None and (actor.role, actor.language, actor.display_name) == ("cs", "en", "王梅")


@pytest.mark.parametrize("name", ["", "a", "system", "_x", "-x", "a b", "x" * 33, "<script>", "a/b", "ａ"])
def test_a_name_that_cannot_be_typed_or_misleads_is_refused(staffed: Store, name: str) -> None:
    with pytest.raises(BadRequest):
        accounts.add(BOSS, staffed, name, "", "cs")
    assert len(accounts.listing(BOSS, staffed)) == 1


def test_one_name_is_one_account_whatever_its_case_or_width(staffed: Store) -> None:
    with pytest.raises(BadRequest):
        accounts.add(BOSS, staffed, "ＢＯＳＳ", "", "cs")


@pytest.mark.parametrize(
    ("role", "language"), [("owner", ""), ("", ""), ("system", ""), ("cs", "fr"), ("cs", "zh; DROP TABLE accounts")]
)
def test_unknown_roles_and_languages_are_refused(staffed: Store, role: str, language: str) -> None:
    with pytest.raises(BadRequest):
        accounts.add(BOSS, staffed, "mei", "", role, language)
    with pytest.raises(BadRequest):
        accounts.change(BOSS, staffed, "boss", display_name="x", role=role, language=language)
    assert len(accounts.listing(BOSS, staffed)) == 1 and one(staffed, "boss").role == "admin"


def test_the_last_active_administrator_can_be_neither_demoted_nor_switched_off(staffed: Store) -> None:
    accounts.add(BOSS, staffed, "mei", "", "cs")
    for action in (
        lambda: accounts.change(BOSS, staffed, "boss", display_name="x", role="cs", language=""),
        lambda: accounts.set_active(BOSS, staffed, "boss", active=False),
    ):
        with pytest.raises(BadRequest):
            action()
    assert (one(staffed, "boss").role, one(staffed, "boss").active) == ("admin", True)
    accounts.change(BOSS, staffed, "mei", display_name="梅", role="admin", language="")
    accounts.set_active(BOSS, staffed, "boss", active=False)
    assert not one(staffed, "boss").active


def test_switching_off_and_resetting_end_the_logins(staffed: Store) -> None:
    first = accounts.add(BOSS, staffed, "mei", "", "cs")
    token = enter(staffed, "mei", first)
    second = accounts.reset_password(BOSS, staffed, "mei")
    assert logins.login_of_token(staffed, token) is None
    with pytest.raises(BadRequest):
        enter(staffed, "mei", first)
    token = enter(staffed, "mei", second)
    accounts.set_active(BOSS, staffed, "mei", active=False)
    assert logins.login_of_token(staffed, token) is None
    accounts.set_active(BOSS, staffed, "mei", active=True)
    assert logins.login_of_token(staffed, token) is None


def test_a_reset_frees_a_person_who_failed_too_often(staffed: Store) -> None:
    accounts.add(BOSS, staffed, "mei", "", "cs")
    for _time in range(5):
        with pytest.raises(BadRequest):
            enter(staffed, "mei", "wrong")
    assert enter(staffed, "mei", accounts.reset_password(BOSS, staffed, "mei"))


def test_a_new_own_password_ends_the_other_logins_and_keeps_this_one(staffed: Store) -> None:
    here, there = enter(staffed, "boss", "correct horse"), enter(staffed, "boss", "correct horse")
    for old, new in (("wrong", "a better one"), ("correct horse", "short"), ("correct horse", "correct horse")):
        with pytest.raises(BadRequest):
            accounts.change_own_password(BOSS, staffed, old, new, token=here)
    accounts.change_own_password(BOSS, staffed, "correct horse", "a better one", token=here)
    assert logins.actor_of_token(staffed, here) is not None
    assert logins.actor_of_token(staffed, there) is None
    assert enter(staffed, "boss", "a better one")


def test_ending_logins_logs_the_person_out_everywhere(staffed: Store) -> None:
    tokens = [enter(staffed, "boss", "correct horse") for _time in range(2)]
    assert len(accounts.present_logins(BOSS, staffed)) == 2
    assert accounts.end_logins(BOSS, staffed, "boss") == 2
    assert [logins.login_of_token(staffed, token) for token in tokens] == [None, None]


def test_the_own_language_is_remembered(staffed: Store) -> None:
    accounts.choose_language(BOSS, staffed, "en")
    assert one(staffed, "boss").language == "en"
    before = staffed.version
    accounts.choose_language(person("boss", "admin"), staffed, "en")
    assert one(staffed, "boss").language == "en" and staffed.version - before <= 1


def test_an_unknown_account_is_named(staffed: Store) -> None:
    for action in (accounts.reset_password, accounts.end_logins):
        with pytest.raises(NotFound):
            action(BOSS, staffed, "nobody")


def test_every_change_is_in_the_audit_trail_without_a_password(staffed: Store) -> None:
    password = accounts.add(BOSS, staffed, "mei", "", "cs")
    accounts.change(BOSS, staffed, "mei", display_name="梅", role="lead", language="zh")
    accounts.set_active(BOSS, staffed, "mei", active=False)
    assert trail(staffed) == [
        ("accounts.set_up", "boss", "done"),
        ("accounts.add", "mei", "done"),
        ("accounts.change", "mei", "done"),
        ("accounts.deactivate", "mei", "done"),
    ]
    with staffed.read() as cursor:
        assert password not in str(cursor.execute("SELECT * FROM audit").fetchall())


CALLS: dict[str, Callable[[Actor, Store], object]] = {
    "listing": accounts.listing,
    "add": lambda actor, store: accounts.add(actor, store, "new", "", "admin"),
    "change": lambda actor, store: accounts.change(actor, store, "boss", display_name="x", role="cs", language=""),
    "set_active": lambda actor, store: accounts.set_active(actor, store, "boss", active=False),
    "reset_password": lambda actor, store: accounts.reset_password(actor, store, "boss"),
    "present_logins": accounts.present_logins,
    "end_logins": lambda actor, store: accounts.end_logins(actor, store, "boss"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"] + ["unknown", ""])
def test_nobody_but_an_administrator_manages_accounts_and_the_try_is_audited(
    staffed: Store, role: str, call: str
) -> None:
    with staffed.read() as cursor:
        before = cursor.execute("SELECT * FROM accounts").fetchall()
    with pytest.raises(NotAllowed):
        CALLS[call](person("sly", role), staffed)
    with staffed.read() as cursor:
        assert cursor.execute("SELECT * FROM accounts").fetchall() == before
        assert cursor.execute("SELECT actor, outcome FROM audit WHERE action = 'accounts.edit'").fetchall() == [
            ("sly", "denied")
        ]


def test_an_actor_without_a_role_may_not_even_change_the_own_password(staffed: Store) -> None:
    with pytest.raises(NotAllowed):
        accounts.change_own_password(person("boss", ""), staffed, "correct horse", "a better one")
    assert enter(staffed, "boss", "correct horse")


def test_errors_read_well_in_both_languages(staffed: Store) -> None:
    from core.i18n import speaking

    with pytest.raises(DanliuError) as caught:
        accounts.set_active(BOSS, staffed, "boss", active=False)
    assert str(caught.value) == "这是最后一个启用中的管理员。 请先把另一位设为管理员。"
    with speaking("en"):
        assert caught.value.message == "This is the last active administrator."


def test_every_role_has_permissions_and_every_permission_an_administrator() -> None:
    assert all(person("x", role).permissions for role in ROLES)
    assert all("admin" in permission.roles and set(permission.roles) <= set(ROLES) for permission in PERMISSIONS)
    assert len(NAMES) == len(PERMISSIONS)
