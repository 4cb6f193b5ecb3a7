"""Authorising a shop on its platform's own page: begun by a click, ended by the browser that comes back with a code.

The state that travels along is bound to the login that began it, works once, and for a quarter of an hour: nobody can
slip the authorisation of another shop into somebody's session. Tokens go in sealed and never out.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from core import clock
from core.channels import shops
from core.channels.base import Authorised
from core.channels.registry import connectors
from core.errors import BadRequest, DanliuError, NeedsPerson, NotAllowed
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store
from core.store import authorisations as rows
from core.store.shops import Shop

LASTS = timedelta(minutes=15)
_LONGEST = 300  # characters of a platform's words


@dataclass(frozen=True, slots=True)
class Granted:
    """A shop that is authorised now. `account` names who granted it on the platform, "" where it does not say."""

    channel: str
    shop: str
    title: str
    account: str
    expires_at: datetime | None
    reauthorise_by: datetime | None


def begin(
    actor: Actor, store: Store, vault: Vault, settings: Settings, channel: str, shop: str, *, login: str, callback: str
) -> str:
    """The address of the platform's page to send the browser to. `login` is the sha256 of the browser's login.

    Raises BadRequest for a shop that needs no such thing, BadSetup for a missing setting.
    """
    require(actor, store, "channels.edit", shop)
    known = _authorisable(store, settings, channel, shop)
    state = secrets.token_urlsafe(32)
    applicant = shops.applicant_of(vault, known)
    try:
        address = applicant.authorise_url(state, callback)
    finally:
        applicant.http.close()
    with store.write() as cursor:
        rows.add(cursor, state, rows.Begun(login, actor.account, channel, shop, clock.now() + LASTS))
        audit.record(cursor, actor, "shops.authorise_begin", f"{channel}/{shop}", callback=callback)
    return address


def finish(
    actor: Actor,
    store: Store,
    vault: Vault,
    settings: Settings,
    state: str,
    *,
    login: str,
    code: str = "",
    refusal: str = "",
) -> Granted:
    """What the browser came back with: a code, or the platform's refusal in its own words.

    Raises NotAllowed for a state that this login did not begin, that was used or is too old; NeedsPerson for a refusal.
    """
    require(actor, store, "channels.edit")
    begun = _taken(actor, store, state, login)
    known = _authorisable(store, settings, begun.channel, begun.shop)
    if not code:
        error = NeedsPerson(
            N_("{platform} did not grant it: {said}"),
            N_("Agree on the platform's page, with the shop's main account."),
            platform=shops.applicant_word(known),
            said=refusal.strip()[:_LONGEST] or "?",
        )
        _note_failure(actor, store, known, error)
        raise error
    return _exchanged(actor, store, vault, known, code)


def by_hand(
    actor: Actor, store: Store, vault: Vault, settings: Settings, channel: str, shop: str, pasted: str
) -> Granted:
    """Exchange a code that a person copied from the address the platform sent the browser to; the whole address will do."""
    require(actor, store, "channels.edit", shop)
    known = _authorisable(store, settings, channel, shop)
    text = pasted.strip()
    code = (parse_qs(urlsplit(text).query).get("code") or [""])[0] if "://" in text else text
    if not code or len(code) > _LONGEST:
        raise BadRequest(N_("There is no code in it."), N_("Paste the address that the platform sent you to."))
    return _exchanged(actor, store, vault, known, code)


def _taken(actor: Actor, store: Store, state: str, login: str) -> rows.Begun:
    with store.write() as cursor:
        begun = rows.take(cursor, state) if state else None
        wrong = (
            "unknown"
            if begun is None
            else "other_login"
            if (begun.login, begun.account) != (login, actor.account)
            else "too_old"
            if begun.expires_at <= clock.now()
            else ""
        )
        if wrong:
            subject = f"{begun.channel}/{begun.shop}" if begun else ""
            audit.record(cursor, actor, "shops.authorise", subject, outcome="denied", why=wrong)
    if begun is None or wrong:
        raise NotAllowed(
            N_("This authorisation was not begun here, was used already or is too old."),
            N_("Press “Authorise” on the Channels page and go on within {minutes} minutes."),
            minutes=int(LASTS.total_seconds() // 60),
        )
    return begun


def _authorisable(store: Store, settings: Settings, channel: str, shop: str) -> Shop:
    known = shops.find(store, settings, channel, shop)
    kind = connectors().get(known.connector)
    if kind is None or not kind.grants_codes:
        raise BadRequest(N_("The shop {shop} needs no authorisation in the browser."), shop=known.title)
    return known


def _exchanged(actor: Actor, store: Store, vault: Vault, known: Shop, code: str) -> Granted:
    applicant = shops.applicant_of(vault, known)
    try:
        done = applicant.exchange_code(code)
    except DanliuError as error:
        _note_failure(actor, store, known, error)
        raise
    finally:
        applicant.http.close()
    return _kept(actor, store, vault, known, done)


def _kept(actor: Actor, store: Store, vault: Vault, known: Shop, done: Authorised) -> Granted:
    token = done.token
    with store.write() as cursor:
        shops.keep_token(store, vault, known, token, waking=True)
        audit.record(
            cursor,
            actor,
            "shops.authorise",
            f"{known.channel}/{known.shop}",
            granted_by=done.account,
            until=token.expires_at,
        )
    return Granted(known.channel, known.shop, known.title, done.account, token.expires_at, token.reauthorise_by)


def _note_failure(actor: Actor, store: Store, known: Shop, error: DanliuError) -> None:
    audit.note(
        store,
        actor,
        "shops.authorise",
        f"{known.channel}/{known.shop}",
        outcome="failed",
        said=error.message[:_LONGEST],
    )
