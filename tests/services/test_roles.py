"""Roles by form: own ones, changed ready-made ones, and what no form can do."""

from dataclasses import replace

import pytest

from core.errors import BadRequest, NotAllowed, NotFound
from core.people import logins, passwords
from core.people.actor import person
from core.people.permissions import of_role
from core.people.roles import role_of
from core.services import accounts as account_services
from core.services import review_limits, roles
from core.services.roles import Draft
from core.store import Store, accounts
from core.store import roles as rows

ADMIN, LEAD = person("ann", "admin"), person("leo", "lead")
DESK = Draft("外包客服", "", frozenset({"orders.view", "tickets.use", "review.view", "review.decide"}))


def log_in_with(store: Store, role: str) -> str:
    with store.write() as cursor:
        if not accounts.find(cursor, "mei"):
            accounts.add(cursor, "mei", "王梅", role, passwords.hashed("correct horse"), must_change=False)
    return logins.log_in(store, "mei", "correct horse", address="", agent="")


def actor_behind(store: Store, token: str):
    actor = logins.actor_of_token(store, token)
    assert actor is not None
    return actor


def test_an_own_role_may_exactly_what_the_form_says_and_always_the_own_account_and_the_help(store: Store) -> None:
    name = roles.save(ADMIN, store, DESK)
    actor = actor_behind(store, log_in_with(store, name))
    assert actor.permissions == DESK.permissions | {"own.account", "help.view"}
    assert actor.role_title == "外包客服"


def test_a_changed_role_counts_at_the_next_action(store: Store) -> None:
    name = roles.save(ADMIN, store, DESK)
    token = log_in_with(store, name)
    assert not actor_behind(store, token).may("stock.view")
    roles.save(ADMIN, store, replace(DESK, permissions=DESK.permissions | {"stock.view"}), name)
    assert actor_behind(store, token).may("stock.view")
    roles.save(ADMIN, store, replace(DESK, shops=frozenset({("jd", "main")})), name)
    assert actor_behind(store, token).scope.shops == {("jd", "main")}


def test_a_ready_made_role_can_be_changed_and_put_back_but_never_removed(store: Store) -> None:
    roles.save(ADMIN, store, Draft("", "", of_role("cs") - {"person.open"}), "cs")
    token = log_in_with(store, "cs")
    assert not actor_behind(store, token).may("person.open")
    roles.remove(ADMIN, store, "cs")
    assert actor_behind(store, token).permissions == of_role("cs")
    with pytest.raises(NotFound):
        roles.remove(ADMIN, store, "cs")


def test_a_permission_that_is_new_in_the_code_reaches_a_changed_ready_made_role() -> None:
    row = rows.RoleRow("cs", removed=frozenset({"person.open"}))
    assert role_of("cs", row).permissions == of_role("cs") - {"person.open"}


def test_nothing_can_lock_the_administrators_out(store: Store) -> None:
    with pytest.raises(BadRequest):
        roles.save(ADMIN, store, Draft("", "", frozenset({"orders.view"})), "admin")
    with store.write() as cursor:  # not even a row that somebody wrote by hand
        rows.put(cursor, rows.RoleRow("admin", removed=of_role("admin")))
    assert actor_behind(store, log_in_with(store, "admin")).permissions == of_role("admin")


def test_a_role_that_is_held_is_not_removed(store: Store) -> None:
    account_services.create_first(store, "boss", "", "correct horse battery")
    name = roles.save(ADMIN, store, DESK)
    log_in_with(store, name)
    with pytest.raises(BadRequest) as caught:
        roles.remove(ADMIN, store, name)
    assert "mei" in caught.value.message
    account_services.change(ADMIN, store, "mei", display_name="", role="cs", language="")
    roles.remove(ADMIN, store, name)
    assert [role.role for role in roles.listing(ADMIN, store)] == ["admin", "lead", "cs", "warehouse", "analyst"]


@pytest.mark.parametrize(
    "draft",
    [
        replace(DESK, title="  "),
        replace(DESK, title="ADMIN"),
        replace(DESK, permissions=frozenset()),
        replace(DESK, permissions=frozenset({"own.account"})),
        replace(DESK, permissions=DESK.permissions | {"roles.edit"}),
        replace(DESK, permissions=DESK.permissions | {"fly"}),
        replace(DESK, permissions=DESK.permissions | {"channels.edit"}, shops=frozenset({("jd", "main")})),
        replace(DESK, permissions=DESK.permissions | {"orders.raw"}, hidden=frozenset({"phone"})),
        replace(DESK, hidden=frozenset({"platform_no"})),
    ],
)
def test_a_role_that_makes_no_sense_is_refused_and_nothing_is_kept(store: Store, draft: Draft) -> None:
    with pytest.raises(BadRequest):
        roles.save(ADMIN, store, draft)
    assert rows.listing(store) == []


def test_two_roles_do_not_have_one_name(store: Store) -> None:
    roles.save(ADMIN, store, DESK)
    with pytest.raises(BadRequest):
        roles.save(ADMIN, store, DESK)


def test_whoever_manages_accounts_gives_no_more_rights_than_the_own_ones(store: Store) -> None:
    name = roles.save(ADMIN, store, Draft("班长", "", of_role("cs") | {"accounts.edit"}))
    chief = actor_behind(store, log_in_with(store, name))
    account_services.add(chief, store, "new", "", "cs")
    for role in ("admin", "lead"):
        with pytest.raises(NotAllowed):
            account_services.add(chief, store, f"new_{role}", "", role)
        with pytest.raises(NotAllowed):
            account_services.change(chief, store, "mei", display_name="", role=role, language="")
    account_services.add(ADMIN, store, "boss", "", "admin")
    for touch in (
        lambda: account_services.reset_password(chief, store, "boss"),
        lambda: account_services.set_active(chief, store, "boss", active=False),
        lambda: account_services.change(chief, store, "boss", display_name="", role="cs", language=""),
    ):
        with pytest.raises(NotAllowed):
            touch()


def test_an_own_role_releases_nothing_until_its_limit_is_set(store: Store) -> None:
    name = roles.save(ADMIN, store, DESK)
    assert review_limits.limits(ADMIN, store)[name] == 0
    assert review_limits.of_role(store, "warehouse") == 0
    review_limits.set_limit(ADMIN, store, name, 20_000)
    assert review_limits.of_role(store, name) == 20_000
    with pytest.raises(BadRequest):
        review_limits.set_limit(ADMIN, store, "own_unknown", 1)


def test_what_changed_of_a_role_is_in_the_trail(store: Store) -> None:
    name = roles.save(ADMIN, store, DESK)
    roles.save(ADMIN, store, replace(DESK, permissions=DESK.permissions - {"tickets.use"}), name)
    with store.read() as cursor:
        details = cursor.execute("SELECT action, detail FROM audit WHERE action LIKE 'roles.%' ORDER BY seq").fetchall()
    assert [action for action, _detail in details] == ["roles.add", "roles.change"]
    assert '"taken": ["tickets.use"]' in details[1][1]


def test_leads_build_no_roles(store: Store) -> None:
    with pytest.raises(NotAllowed):
        roles.save(LEAD, store, DESK)
