"""Parcels on the road for persons: where each one is, what is wrong, what was done about it; and the accounts that tell."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.channels import tracking
from core.channels.base import Check, Setting
from core.channels.outgoing import dispatch
from core.errors import BadRequest, BadSetup, DanliuError, NotFound, Stale
from core.flow import on_the_road
from core.flow.on_the_road import Policy
from core.i18n import N_, _
from core.mapping.said import unpacked
from core.model.parcels import Scan
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, order_detail, outbox, parcel_tracks, tracking_accounts
from core.store.parcel_tracks import PARTS, Parcel
from core.store.tracking_accounts import Account

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
TEST_WAYBILL = "TEST0000000000"
"""Asked for when nobody gives a waybill: an account that is right answers that it knows nothing of it."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of an account is drawn from: title and settings of a service."""

    kind: str
    title: str
    settings: tuple[Setting, ...]


def counts(actor: Actor, store: Store) -> dict[str, int]:
    """part of the list (and "trouble:<kind>") -> parcels."""
    require(actor, store, "parcels.view")
    return parcel_tracks.counts(store)


def listing(
    actor: Actor, store: Store, part: str, *, trouble: str = "", courier: str = "", text: str = "", limit: int = 100,
    offset: int = 0,
) -> tuple[list[Parcel], int]:  # fmt: skip
    """(parcels, exact number) of a part: trouble, road, delivered, all. The worst first."""
    require(actor, store, "parcels.view")
    if part not in PARTS:
        raise BadRequest(N_("There is no choice {name}."), N_("Choose one of the list."), name=part)
    return parcel_tracks.listing(
        store, part, trouble=trouble, courier=courier, text=text.strip(), limit=limit, offset=offset
    )


def couriers(actor: Actor, store: Store) -> list[str]:
    """The couriers that parcels went by."""
    require(actor, store, "parcels.view")
    return parcel_tracks.couriers(store)


def of_order(actor: Actor, store: Store, order_key: int) -> list[Parcel]:
    """The parcels of an order."""
    require(actor, store, "parcels.view", str(order_key))
    return parcel_tracks.of_order(store, order_key)


def story(actor: Actor, store: Store, track_id: str) -> list[Scan]:
    """The courier's lines of a parcel, newest first."""
    require(actor, store, "parcels.view", track_id)
    return parcel_tracks.story(store, track_id)


def told(actor: Actor, store: Store, track_id: str) -> str:
    """Whether the platform knows the parcel's waybill, in words; "" where nothing is to be told."""
    require(actor, store, "parcels.view", track_id)
    parcel = _parcel(store, track_id)
    with store.read() as cursor:
        found = parcel_tracks.told(cursor, parcel.order_key, parcel.tracking_no)
    if found is None:
        return ""
    state, answer, error = found
    if state == outbox.DONE:
        return _(_ANSWERS[answer]) if answer in _ANSWERS else _("Confirmed")
    if state == outbox.DEAD:
        return _("Refused: {said}").format(said=unpacked(error))
    return _("Not yet") if state != outbox.IGNORED else _("Left by a person")


_ANSWERS = {
    dispatch.NOBODY: N_("Nobody to tell"),
    dispatch.NOT_TOLD: N_("No: the platform takes no further waybill of this order. Tell the buyer."),
    dispatch.WITH_THE_FIRST: N_("Confirmed with the order's first waybill"),
}


def ask_now(actor: Actor, store: Store, vault: Vault, track_id: str) -> Parcel:
    """Ask the courier's service at once. BadSetup without an account; NotFound for an unknown parcel."""
    require(actor, store, "parcels.settle", track_id)
    parcel = _parcel(store, track_id)
    if not any(each.active for each in tracking_accounts.listing(store)):
        raise BadSetup(N_("No tracking service is set up."), N_("An administrator sets one up on this page."))
    order = order_detail.order(store, parcel.order_key) or {}
    said = on_the_road.ask_now(store, vault, parcel, str(order.get("phone_last4") or ""))
    audit.note(store, actor, "parcels.ask", parcel.platform_no, tracking_no=parcel.tracking_no)
    if said:
        raise BadSetup(N_("The courier's service says: {said}"), said=said)
    return _parcel(store, track_id)


def settle(actor: Actor, store: Store, ids: Sequence[str], why: str) -> int:
    """Somebody has seen to the troubles of these parcels; another trouble shows again. BadRequest without a word."""
    require(actor, store, "parcels.settle")
    if not why.strip():
        raise BadRequest(N_("Say what was done."), N_("For example: the courier was called."))
    _seen(actor, store, ids)
    with store.write() as cursor:
        many = parcel_tracks.settle(cursor, ids, actor.account, why.strip())
        if not many:
            raise Stale(N_("These parcels have no open trouble."), N_("Look at the list again."))
        audit.record(cursor, actor, "parcels.settle", "", parcels=many, why=why.strip())
    return many


def _seen(actor: Actor, store: Store, ids: Sequence[str]) -> None:
    """Pass when the actor sees all of these parcels: what is written is not narrowed by the store."""
    if not actor.scope.narrows:
        return
    with store.read() as cursor:
        shown = {parcel.track_id for parcel in parcel_tracks.of(cursor, ids)}
    beyond = [each for each in ids if each not in shown]
    if beyond:
        audit.note(store, actor, "parcels.settle", str(beyond[0]), outcome="denied", outside_scope=len(beyond))
        raise NotFound(N_("There is no such parcel."), N_("Look at the list again."))


def _parcel(store: Store, track_id: str) -> Parcel:
    with store.read() as cursor:
        found = parcel_tracks.of(cursor, [track_id])
    if not found:
        raise NotFound(N_("There is no such parcel."), N_("Look at the list again."))
    return found[0]


def policy(actor: Actor, store: Store) -> Policy:
    """When a parcel counts as late, and what completes an order."""
    require(actor, store, "parcels.view")
    return on_the_road.policy(store)


def save_policy(actor: Actor, store: Store, wanted: Policy) -> None:
    """Change it; counts from the next minute on."""
    require(actor, store, "parcels.setup")
    with store.write() as cursor:
        before = on_the_road.policy(store)
        on_the_road.keep_policy(store, wanted)
        audit.record(cursor, actor, "parcels.policy", "", before=str(before), after=str(wanted))


def forms(actor: Actor, store: Store) -> dict[str, Form]:
    """The services one can have an account at."""
    require(actor, store, "parcels.view")
    return {kind: Form(kind, each.TITLE, each.SETTINGS) for kind, each in sorted(tracking.services().items())}


def accounts(actor: Actor, store: Store) -> list[Account]:
    """The accounts; their secrets stay sealed."""
    require(actor, store, "parcels.view")
    return tracking_accounts.listing(store)


def save_account(
    actor: Actor, store: Store, vault: Vault, name: str, kind: str, values: Mapping[str, str], *, callback: str = "",
    active: bool = True,
) -> Account:  # fmt: skip
    """Set an account up or change it; a secret that is left empty stays as it was. BadRequest for what is missing."""
    require(actor, store, "parcels.setup", name)
    name, callback = name.strip(), callback.strip()
    if not _NAME.fullmatch(name):
        raise BadRequest(
            N_("An account needs a name of letters and digits."), N_("It stands in the address of its pushes.")
        )
    if callback and not callback.startswith(("http://", "https://")):
        raise BadRequest(N_("{address} is no address for pushes."), N_("It begins with https://."), address=callback)
    declared = tracking.service(kind).SETTINGS
    before = next((each for each in tracking_accounts.listing(store) if each.name == name and each.kind == kind), None)
    kept = json.loads(vault.open_text(before.secrets)) if before and before.secrets else {}
    hidden = {setting.name for setting in declared if setting.kind == "secret"}
    typed = {setting.name: str(values.get(setting.name) or "").strip() for setting in declared}
    secrets = {**kept, **{key: typed[key] for key in hidden if typed[key]}}
    settings = {s.name: typed[s.name] or s.default for s in declared if s.name not in hidden}
    for setting in declared:
        if setting.required and not (secrets if setting.name in hidden else settings).get(setting.name):
            raise BadRequest(N_("The account has no {setting}."), N_("Fill it in."), setting=_(setting.label))
    if callback and "salt" in hidden and not secrets.get("salt"):
        raise BadRequest(N_("Pushes need a salt, or nobody could tell whose they are."), N_("Fill in the salt."))
    made = Account(
        name, kind, settings, vault.seal_text(json.dumps(secrets)) if secrets else "", callback, active,
        bool(before and before.demo),
    )  # fmt: skip
    with store.write() as cursor:
        tracking_accounts.save(cursor, made)
        audit.record(cursor, actor, "parcels.account", name, kind=kind, active=active)
    return made


def try_account(
    actor: Actor,
    store: Store,
    vault: Vault,
    name: str,
    *,
    courier: str = "",
    tracking_no: str = "",
    phone_tail: str = "",
) -> Check:
    """Ask the account for a waybill (or for one that does not exist): its own words, never an error."""
    require(actor, store, "parcels.setup", name)
    account = _account(store, name)
    try:
        company = tracking.company_of(
            store, account.kind, courier or next(iter(tracking.service(account.kind).COURIERS))
        )
        track = tracking.query(
            vault, account, company, tracking_no.strip() or TEST_WAYBILL, phone_tail.strip() or "0000"
        )
    except DanliuError as error:
        return Check(False, error.message, error.hint)
    if not track.scans:
        return Check(True, _("The account is right. Nothing is known of the waybill yet."))
    return Check(True, _("{n} lines, the newest: {words}").format(n=len(track.scans), words=track.scans[-1].words))


def remove_account(actor: Actor, store: Store, name: str) -> None:
    """Forget an account; what it told stays. NotFound for an unknown one."""
    require(actor, store, "parcels.setup", name)
    _account(store, name)
    with store.write() as cursor:
        tracking_accounts.remove(cursor, name)
        audit.record(cursor, actor, "parcels.account_removed", name)


def switch_account(actor: Actor, store: Store, name: str, active: bool) -> None:
    """Let an account rest, or use it again."""
    require(actor, store, "parcels.setup", name)
    found = _account(store, name)
    with store.write() as cursor:
        tracking_accounts.save(cursor, replace(found, active=active))
        audit.record(cursor, actor, "parcels.account", name, active=active)


def _account(store: Store, name: str) -> Account:
    found = next((each for each in tracking_accounts.listing(store) if each.name == name), None)
    if found is None:
        raise NotFound(N_("There is no account {name}."), N_("Set one up first."), name=name)
    return found
