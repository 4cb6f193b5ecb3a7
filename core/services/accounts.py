"""Accounts and logins: what an administrator may do, and what each person may do with the own one."""

import re
import unicodedata

from core.errors import BadRequest, NotAllowed, NotFound, Stale
from core.i18n import LANGUAGES, N_
from core.people import audit, logins, passwords
from core.people.actor import Actor, person
from core.people.guard import require
from core.people.permissions import ADMIN, ROLES
from core.people.roles import role_of
from core.store import Cursor, Store, accounts, roles
from core.store import logins as login_rows
from core.store.accounts import Account
from core.store.logins import Login

_NAME = re.compile(r"[^\W_][\w.@-]{1,31}")
_RESERVED = frozenset(("system", "danliu"))
_EDIT = "accounts.edit"


def awaits_first(store: Store) -> bool:
    """Whether the store has no account yet: the first person to come sets it up."""
    with store.read() as cursor:
        return accounts.count(cursor) == 0


def create_first(store: Store, account: str, display_name: str, password: str) -> None:
    """Make the first administrator. Stale when there is any account already."""
    account = fair_name(account)
    passwords.check_strength(password, account)
    hashed = passwords.hashed(password)
    with store.write() as cursor:
        if accounts.count(cursor):
            raise Stale(N_("The first account was already created."), N_("Log in with it."))
        accounts.add(cursor, account, display_name.strip() or account, ADMIN, hashed, must_change=False)
        audit.record(cursor, person(account, ADMIN), "accounts.set_up", account)


def listing(actor: Actor, store: Store) -> list[Account]:
    """All accounts, active ones first."""
    require(actor, store, _EDIT)
    return accounts.listing(store)


def add(actor: Actor, store: Store, account: str, display_name: str, role: str, language: str = "") -> str:
    """Make an account; the temporary password to hand over. BadRequest for a bad or taken name."""
    require(actor, store, _EDIT, account)
    account, password = fair_name(account), passwords.temporary()
    _check_language(language)
    hashed = passwords.hashed(password)
    with store.write() as cursor:
        _may_give(cursor, actor, role)
        if accounts.find(cursor, account):
            raise BadRequest(N_("There is an account {account} already."), N_("Choose another name."), account=account)
        shown = display_name.strip() or account
        accounts.add(cursor, account, shown, role, hashed, must_change=True)
        accounts.change(cursor, account, display_name=shown, role=role, language=language, active=True)
        audit.record(cursor, actor, "accounts.add", account, role=role)
    return password


def change(actor: Actor, store: Store, account: str, *, display_name: str, role: str, language: str) -> None:
    """Set name, role and language. A changed role counts at the person's next action."""
    require(actor, store, _EDIT, account)
    _check_language(language)
    with store.write() as cursor:
        before = _found(cursor, account)
        _may_touch(cursor, actor, before)
        _may_give(cursor, actor, role)
        shown = display_name.strip() or account
        accounts.change(cursor, account, display_name=shown, role=role, language=language, active=before.active)
        keep_an_administrator(cursor)
        audit.record(cursor, actor, "accounts.change", account, role_before=before.role, role=role)


def set_active(actor: Actor, store: Store, account: str, *, active: bool) -> None:
    """Switch an account off (its logins end at once) or on again."""
    require(actor, store, _EDIT, account)
    with store.write() as cursor:
        before = _found(cursor, account)
        _may_touch(cursor, actor, before)
        accounts.change(
            cursor,
            account,
            display_name=before.display_name,
            role=before.role,
            language=before.language,
            active=active,
        )
        keep_an_administrator(cursor)
        if not active:
            login_rows.end_all(cursor, account)
        audit.record(cursor, actor, "accounts.activate" if active else "accounts.deactivate", account)


def reset_password(actor: Actor, store: Store, account: str) -> str:
    """A new temporary password to hand over; the person's logins end and the next one asks for an own password."""
    require(actor, store, _EDIT, account)
    password = passwords.temporary()
    hashed = passwords.hashed(password)
    with store.write() as cursor:
        _may_touch(cursor, actor, _found(cursor, account))
        accounts.set_password(cursor, account, hashed, must_change=True)
        login_rows.end_all(cursor, account)
        login_rows.forgive(cursor, account)
        audit.record(cursor, actor, "accounts.reset_password", account)
    return password


def present_logins(actor: Actor, store: Store) -> list[Login]:
    """Who is logged in, the last seen first."""
    require(actor, store, _EDIT)
    return login_rows.listing(store)


def end_logins(actor: Actor, store: Store, account: str) -> int:
    """End all logins of an account; how many there were."""
    require(actor, store, _EDIT, account)
    with store.write() as cursor:
        _found(cursor, account)
        ended = login_rows.end_all(cursor, account)
        audit.record(cursor, actor, "accounts.end_logins", account, ended=ended)
    return ended


def change_own_password(actor: Actor, store: Store, old: str, new: str, *, token: str = "") -> None:
    """Set the actor's own password; other logins than the one of `token` end. BadRequest for a wrong old one."""
    require(actor, store, "own.account", actor.account)
    with store.read() as cursor:
        known = accounts.password_hash(cursor, actor.account)
    if not passwords.matches(known, old):
        raise BadRequest(N_("The present password is wrong."), N_("Type the one you logged in with."))
    passwords.check_strength(new, actor.account)
    if new == old:
        raise BadRequest(N_("The new password is the old one."), N_("Choose another."))
    hashed = passwords.hashed(new)
    with store.write() as cursor:
        accounts.set_password(cursor, actor.account, hashed, must_change=False)
        login_rows.end_all(cursor, actor.account, but=logins.token_hash(token))
        audit.record(cursor, actor, "accounts.own_password", actor.account)


def choose_language(actor: Actor, store: Store, language: str) -> None:
    """Remember the actor's own language (`zh` or `en`)."""
    require(actor, store, "own.account", actor.account)
    _check_language(language)
    with store.write() as cursor:
        mine = _found(cursor, actor.account)
        if mine.language != language:
            accounts.change(
                cursor,
                mine.account,
                display_name=mine.display_name,
                role=mine.role,
                language=language,
                active=mine.active,
            )


def fair_name(account: str) -> str:
    """The name as it is stored: NFKC, lower case. BadRequest for one nobody could type or that means the system."""
    plain = unicodedata.normalize("NFKC", account).strip().casefold()
    if not _NAME.fullmatch(plain) or plain in _RESERVED:
        raise BadRequest(
            N_("The account name {account} cannot be used."),
            N_("Take 2 to 32 letters, digits, dots, @ or hyphens."),
            account=account,
        )
    return plain


def _check_language(language: str) -> None:
    if language and language not in LANGUAGES:
        raise BadRequest(N_("There is no language {language}."), N_("Choose one of the list."), language=language)


def _may_give(cursor: Cursor, actor: Actor, role: str) -> None:
    """BadRequest for an unknown role, NotAllowed for one that may more than the actor: nobody lifts oneself by an account."""
    row = roles.find(cursor, role)
    if role not in ROLES and row is None:
        raise BadRequest(N_("There is no role {role}."), N_("Choose one of the list."), role=role)
    if role_of(role, row).permissions - actor.permissions:
        raise NotAllowed(N_("The role may do more than you may."), N_("Ask an administrator."))


def _may_touch(cursor: Cursor, actor: Actor, account: Account) -> None:
    """NotAllowed for the account of somebody who may do more than the actor."""
    if role_of(account.role, roles.find(cursor, account.role)).permissions - actor.permissions:
        raise NotAllowed(N_("This person may do more than you may."), N_("Ask an administrator."))


def _found(cursor: Cursor, account: str) -> Account:
    found = accounts.find(cursor, account)
    if found is None:
        raise NotFound(N_("There is no account {account}."), N_("Choose one of the list."), account=account)
    return found


def keep_an_administrator(cursor: Cursor) -> None:
    """Raised inside the transaction: the change that would leave nobody to manage accounts is rolled back."""
    if accounts.count_active(cursor, ADMIN) == 0:
        raise BadRequest(N_("This is the last active administrator."), N_("Make somebody else an administrator first."))
