"""Where people are logged in, and the second step of a login: the own ones, and everybody's for administrators."""

from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit, second_factor
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, logins, second_factors
from core.store.logins import Login


def own(actor: Actor, store: Store) -> list[Login]:
    """The actor's own logins, the last seen first."""
    require(actor, store, "own.account")
    return logins.of_account(store, actor.account)


def end_own(actor: Actor, store: Store, short: str) -> None:
    """End one of the actor's own logins. NotFound when there is no such one any more."""
    require(actor, store, "own.account", short)
    with store.write() as cursor:
        if logins.end_one(cursor, short, actor.account) is None:
            raise _gone()
        audit.record(cursor, actor, "sessions.end_own", actor.account, login=short)


def listing(actor: Actor, store: Store) -> list[Login]:
    """Everybody's present logins, the last seen first."""
    require(actor, store, "accounts.edit")
    return logins.listing(store)


def end(actor: Actor, store: Store, short: str) -> str:
    """End one login of anybody; whose it was. It bites at that browser's next action."""
    require(actor, store, "accounts.edit", short)
    with store.write() as cursor:
        account = logins.end_one(cursor, short)
        if account is None:
            raise _gone()
        audit.record(cursor, actor, "sessions.end", account, login=short)
    return account


def has_second_step(actor: Actor, store: Store) -> bool:
    """Whether the actor's own logins ask for a code."""
    require(actor, store, "own.account")
    return actor.account in second_factors.accounts_with(store)


def with_second_step(actor: Actor, store: Store) -> set[str]:
    """The accounts whose logins ask for a code."""
    require(actor, store, "accounts.edit")
    return second_factors.accounts_with(store)


def begin_second_step(actor: Actor, store: Store, vault: Vault, issuer: str) -> tuple[str, str]:
    """(the secret to type, the address to show as a QR code). Nothing is asked for until it is confirmed."""
    require(actor, store, "own.account", actor.account)
    if actor.account in second_factors.accounts_with(store):
        raise BadRequest(N_("The second step is on already."), N_("Switch it off first."))
    secret = second_factor.new_secret()
    with store.write() as cursor:
        second_factors.begin(cursor, actor.account, vault.seal_text(secret))
        audit.record(cursor, actor, "sessions.second_step_begun", actor.account)
    return secret, second_factor.address_of(secret, actor.account, issuer)


def confirm_second_step(actor: Actor, store: Store, vault: Vault, code: str) -> list[str]:
    """Switch it on with a first code; the recovery codes, told this once. BadRequest for a wrong code."""
    require(actor, store, "own.account", actor.account)
    with store.write() as cursor:
        found = second_factors.find(cursor, actor.account)
        if found is None or found.confirmed:
            raise NotFound(N_("There is no second step to confirm."), N_("Begin again."))
        step = second_factor.step_of(vault.open_text(found.sealed), "".join(code.split()), 0)
        if step is None:
            raise BadRequest(
                N_("The code is wrong."), N_("Type the code that the app shows now; check the phone's clock.")
            )
        codes, kept = second_factor.new_recovery(vault, actor.account)
        second_factors.confirm(cursor, actor.account, step, kept)
        audit.record(cursor, actor, "sessions.second_step_on", actor.account)
    return codes


def drop_second_step(actor: Actor, store: Store, vault: Vault, code: str) -> None:
    """Switch the own one off, with a code of the app: a browser left open must not be enough."""
    require(actor, store, "own.account", actor.account)
    with store.write() as cursor:
        found = second_factors.find(cursor, actor.account)
        if found is None:
            raise NotFound(N_("The second step is off already."), N_("Load the page again."))
        if second_factor.step_of(vault.open_text(found.sealed), "".join(code.split()), found.last_step) is None:
            raise BadRequest(N_("The code is wrong or was used already."), N_("Type the code that the app shows now."))
        second_factors.remove(cursor, actor.account)
        audit.record(cursor, actor, "sessions.second_step_off", actor.account)


def reset_second_step(actor: Actor, store: Store, account: str) -> None:
    """Switch somebody's second step off, whose phone is lost; the person's logins end."""
    require(actor, store, "accounts.edit", account)
    with store.write() as cursor:
        if not second_factors.remove(cursor, account):
            raise NotFound(N_("The second step is off already."), N_("Load the page again."))
        logins.end_all(cursor, account)
        audit.record(cursor, actor, "sessions.second_step_reset", account)


def _gone() -> NotFound:
    return NotFound(N_("This login has ended already."), N_("Load the page again."))
