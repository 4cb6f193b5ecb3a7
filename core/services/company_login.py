"""Logging in by the company's own login (OpenID Connect): who comes back from there gets a login as by a password.

The settings say which claim names the account and which claim gives the role. An account belongs to the first person
(`sub`) who logged in to it: a name can be given to somebody else at the provider, a subject cannot. The second step is
not asked again: the provider has its own. All of it is refused while the settings name no provider.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.channels import openid
from core.channels.openid import Provider
from core.errors import BadRequest, DanliuError, NotAllowed, NotFound, TryAgain
from core.i18n import N_
from core.people import audit, logins, passwords
from core.people.actor import Actor, person
from core.people.guard import require
from core.people.permissions import ROLES
from core.people.vault import Vault
from core.services import accounts as services
from core.settings import Settings
from core.store import Cursor, Store, accounts, company_logins, roles
from core.store.accounts import Account

LASTS = timedelta(minutes=10)  # to log in at the provider
_MOST_WAITING = 2_000
_LONGEST_SECRET = 2_000


def is_on(settings: Settings) -> bool:
    """Whether the settings name a provider."""
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def begin(store: Store, vault: Vault, settings: Settings, *, browser: str, wanted: str, callback: str) -> str:
    """The address of the provider's page to send this browser to. `browser`: the secret of its cookie."""
    _check_on(settings)
    begun = openid.fresh()
    with Provider(settings) as provider:
        address = provider.page(begun, callback)
    sealed = vault.seal_text(json.dumps({"nonce": begun.nonce, "verifier": begun.verifier}))
    with store.write() as cursor:
        if company_logins.add(cursor, begun.state, browser, sealed, wanted, LASTS) > _MOST_WAITING:
            raise TryAgain(N_("Too many logins have begun at once."), N_("Wait a few minutes."), after_seconds=60)
    return address


def finish(
    store: Store, vault: Vault, settings: Settings, answer: Mapping[str, str], *, browser: str, callback: str,
    address: str, agent: str,
) -> tuple[str, str]:  # fmt: skip
    """(the new login's token, where the person wanted to) for what the browser brought back from the provider.

    NotAllowed for a state that this browser did not begin, that was used or is too old, for a token that proves nothing,
    and for a person who has no account here or a disabled one. What was refused after the state is audited.
    """
    _check_on(settings)
    begun, wanted = _taken(store, vault, answer.get("state", ""), browser)
    try:
        claims = _claims(store, vault, settings, answer, begun, callback)
    except DanliuError as error:
        _note_refusal(store, settings, "?", str(error))
        raise
    account = _named(settings, claims)
    try:
        with store.write() as cursor:
            found = _admitted(cursor, settings, account, claims)
            actor = person(found.account, found.role)
            audit.record(cursor, actor, "login", found.account, address=address, provider=_host(settings))
            return logins.begin(store, found.account, agent=agent, address=address, provider=_host(settings)), wanted
    except DanliuError as error:  # what the transaction wrote before is undone; the refusal is noted in its own
        _note_refusal(store, settings, account, str(error))
        raise


def keep_client_secret(actor: Actor, store: Store, vault: Vault, value: str) -> None:
    """Seal what the provider gave this product to prove itself by."""
    require(actor, store, "secrets.edit", "sign_in")
    value = value.strip()
    if not value or len(value) > _LONGEST_SECRET:
        raise BadRequest(N_("The new secret is empty or too long."), N_("Paste it as it was given to you."))
    with store.write() as cursor:
        company_logins.keep_client_secret(cursor, vault.seal_text(json.dumps({"client_secret": value})))
        audit.record(cursor, actor, "secrets.replace", f"sign_in {company_logins.CLIENT} client_secret")


def bound(actor: Actor, store: Store) -> frozenset[str]:
    """The accounts that belong to a person at the provider."""
    require(actor, store, "accounts.edit")
    return company_logins.bound(store)


def let_go(actor: Actor, store: Store, account: str) -> None:
    """Forget whose person at the provider the account is: the next one of that name there gets it."""
    require(actor, store, "accounts.edit", account)
    with store.write() as cursor:
        if not company_logins.unbind(cursor, account):
            raise NotFound(N_("Nobody has logged in to this account by the company login."))
        audit.record(cursor, actor, "accounts.unbind", account)


def _taken(store: Store, vault: Vault, state: str, browser: str) -> tuple[openid.Secrets, str]:
    with store.write() as cursor:
        begun = company_logins.take(cursor, state) if state else None
    if begun is None or begun.is_over or not secrets.compare_digest(begun.browser, company_logins.fingerprint(browser)):
        raise NotAllowed(
            N_("This login was not begun in this browser, was used already or took too long."),
            N_("Begin again on the login page."),
        )
    kept = json.loads(vault.open_text(begun.sealed))
    return openid.Secrets(state, kept["nonce"], kept["verifier"]), begun.next


def _claims(
    store: Store, vault: Vault, settings: Settings, answer: Mapping[str, str], begun: openid.Secrets, callback: str
) -> dict[str, Any]:
    code = answer.get("code", "")
    if not code:
        raise NotAllowed(
            N_("The company login refused: {said}"),
            N_("Try again; if it happens again, tell an administrator."),
            said=(answer.get("error_description") or answer.get("error") or "?")[:200],
        )
    sealed = company_logins.client_secret(store)
    secret = json.loads(vault.open_text(sealed))["client_secret"] if sealed else ""
    with Provider(settings, secret) as provider:
        return provider.claims(code, begun, callback, said_issuer=answer.get("iss", ""))


def _named(settings: Settings, claims: Mapping[str, Any]) -> str:
    """The account's name by the claim of the settings. An e-mail address counts only when the provider has proven it."""
    named = claims.get(settings.oidc_account_claim)
    if settings.oidc_account_claim == "email" and claims.get("email_verified") not in (True, "true"):
        named = None
    if not isinstance(named, str) or not named.strip():
        raise NotAllowed(
            N_("The company login does not say which account is yours ({claim})."),
            N_("Ask an administrator to look at [oidc] in config.toml."),
            claim=settings.oidc_account_claim,
        )
    return services.fair_name(named)


def _admitted(cursor: Cursor, settings: Settings, account: str, claims: Mapping[str, Any]) -> Account:
    """The account this person may use, with the role the provider gives; made where the settings allow it."""
    role, subject = _role(cursor, settings, claims), str(claims["sub"])
    found = accounts.find(cursor, account)
    if found is None:
        made = role or settings.oidc_unknown_role
        if not settings.oidc_unknown_role or not made:
            raise NotAllowed(
                N_("There is no account {account} here."),
                N_("Ask an administrator to add it on the page Accounts."),
                account=account,
            )
        _check_role(cursor, made)
        shown = str(claims.get("name") or account)[:100]
        accounts.add(cursor, account, shown, made, passwords.hashed(secrets.token_urlsafe(32)), must_change=False)
        audit.record(cursor, person(account, made), "accounts.add", account, role=made, provider=_host(settings))
    elif not found.active:
        raise NotAllowed(N_("Your account is switched off."), N_("Ask an administrator."))
    _bind(cursor, settings, account, subject)
    if found is not None and role and role != found.role:
        accounts.change(
            cursor, account, display_name=found.display_name, role=role, language=found.language, active=True
        )
        services.keep_an_administrator(cursor)
        audit.record(
            cursor, person(account, role), "accounts.change", account, role_before=found.role, role=role,
            provider=_host(settings),
        )  # fmt: skip
    present = accounts.find(cursor, account)
    assert present is not None
    return present


def _bind(cursor: Cursor, settings: Settings, account: str, subject: str) -> None:
    known = company_logins.subject_of(cursor, account, settings.oidc_issuer)
    if known is None:
        company_logins.bind(cursor, account, settings.oidc_issuer, subject)
    elif known != subject:
        raise NotAllowed(
            N_("The account {account} belongs to another person at the company login."),
            N_("Ask an administrator to release it on the page Accounts."),
            account=account,
        )


def _role(cursor: Cursor, settings: Settings, claims: Mapping[str, Any]) -> str:
    """The role by the mapping: the first of its lines that the claim holds. "" where the settings map none.

    Who is in no mapped group may not come in: leaving the group at the provider is leaving here.
    """
    if not settings.oidc_role_claim or not settings.oidc_roles:
        return ""
    said = claims.get(settings.oidc_role_claim)
    held = {str(each) for each in said} if isinstance(said, list) else {str(said)}
    role = next((role for group, role in settings.oidc_roles.items() if group in held), "")
    if not role:
        raise NotAllowed(
            N_("None of your groups at the company login has a role here."), N_("Ask an administrator for one.")
        )
    _check_role(cursor, role)
    return role


def _check_role(cursor: Cursor, role: str) -> None:
    if role not in ROLES and roles.find(cursor, role) is None:
        raise BadRequest(
            N_("There is no role {role}."), N_("Ask an administrator to look at [oidc] in config.toml."), role=role
        )


def _check_on(settings: Settings) -> None:
    if not is_on(settings):
        raise NotFound(N_("There is no company login here."), N_("Log in with account and password."))


def _note_refusal(store: Store, settings: Settings, account: str, why: str) -> None:
    stranger = Actor(account, "", frozenset())
    audit.note(store, stranger, "login", account, outcome="denied", provider=_host(settings), why=why[:300])


def _host(settings: Settings) -> str:
    return openid.host_of(settings.oidc_issuer)
