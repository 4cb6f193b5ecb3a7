"""From dispatch to arrival: parcels are followed, orders learn that they were delivered, and what goes wrong is told.

Delivered is a fact of the parcels, with its event; COMPLETED is the platform's word (glossary). Where no platform ever says it,
or where the operator wants so, the last delivered parcel completes the order through the one door for statuses.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from core import clock
from core.channels import tracking
from core.channels.registry import connectors
from core.errors import BadRequest, DanliuError
from core.flow import moving
from core.i18n import N_
from core.mapping.said import kept_whole
from core.model.parcels import DELIVERING, WAITING, Asked, Track
from core.people.vault import Vault
from core.store import Cursor, Store, facts, moves, parcel_tracks, tracking_accounts
from core.store.parcel_tracks import Parcel
from core.store.tracking_accounts import Account

logger = logging.getLogger(__name__)

_FACT = "parcels.policy"
NEVER, OWN, ALL = "never", "own", "all"
COMPLETES = {
    OWN: N_("On channels whose platform does not say it"),
    ALL: N_("Always"),
    NEVER: N_("Never; only the platform's word counts"),
}
AT_ONCE = 100  # waybills asked for in one run of the job
_FIRST_PAUSE, _PUSHED_PAUSE, _WAITING_PAUSE = timedelta(hours=2), timedelta(hours=12), timedelta(hours=4)
_LONGEST_PAUSE = timedelta(hours=24)
_LONGEST = 400  # signs of what a service said that are kept


@dataclass(frozen=True, slots=True)
class Policy:
    """When a parcel counts as late: hours without the first scan, hours without any new one; what completes an order."""

    no_scan_hours: int = 24
    stuck_hours: int = 48
    completes: str = OWN


def policy(store: Store) -> Policy:
    """The policy in force."""
    return Policy(**json.loads(facts.get(store, _FACT, "{}")))


def keep_policy(store: Store, wanted: Policy) -> None:
    """Put it into force. BadRequest for hours out of 1 to 720."""
    if not (1 <= wanted.no_scan_hours <= 720 and 1 <= wanted.stuck_hours <= 720) or wanted.completes not in COMPLETES:
        raise BadRequest(N_("Hours are between 1 and 720."), N_("Mend it."))
    facts.put(store, _FACT, json.dumps(asdict(wanted)))


def take(store: Store, account: str, tracks: Sequence[Track], ids: Sequence[str] | None = None) -> int:
    """Take over what a service told, by waybill (or for the ids given); returns how many parcels changed. Durable when
    it returns; told twice it changes nothing."""
    now = clock.now()
    with store.write() as cursor:
        if ids is None:
            known = parcel_tracks.by_waybill(cursor, [track.tracking_no for track in tracks])
            pairs = [(track_id, track) for track in tracks for track_id in known.get(track.tracking_no, ())]
        else:
            pairs = list(zip(ids, tracks, strict=True))
        before = {parcel.track_id: parcel.trouble for parcel in parcel_tracks.of(cursor, [pair[0] for pair in pairs])}
        changed = parcel_tracks.take(cursor, pairs, account, now)
        if changed:
            _tell(store, cursor, changed, before, now)
    return len(changed)


def _tell(store: Store, cursor: Cursor, changed: Sequence[str], before: dict[str, str], now: datetime) -> None:
    _tell_troubles(
        cursor, [p for p in parcel_tracks.of(cursor, changed) if p.trouble and p.trouble != before[p.track_id]], now
    )
    arrived = parcel_tracks.arrived_orders(cursor, changed)
    moves.tell(cursor, [key for key, _channel in arrived], "order_delivered", actor="courier", now=now)
    wanted = policy(store).completes
    told = set(connectors()) if wanted == OWN else set()
    done = [key for key, channel in arrived if wanted == ALL or (wanted == OWN and channel not in told)]
    if done:
        moving.move(cursor, done, "COMPLETED", actor="courier", why="delivered")


def _tell_troubles(cursor: Cursor, parcels: Sequence[Parcel], now: datetime) -> None:
    by_trouble: dict[str, list[int]] = {}
    for parcel in parcels:
        by_trouble.setdefault(parcel.trouble, []).append(parcel.order_key)
    for trouble, keys in by_trouble.items():
        moves.tell(cursor, keys, "parcel_exception", actor="courier", why=trouble, now=now)


def watch(store: Store) -> dict[str, int]:
    """Follow new waybills, close what has completed, mark what stands still: {"new", "closed", "still"}. Writes only
    where something is to be written."""
    now, wanted = clock.now(), policy(store)
    with store.read() as cursor:
        if not parcel_tracks.has_news(cursor, wanted.no_scan_hours, wanted.stuck_hours, now):
            return {"new": 0, "closed": 0, "still": 0}
    with store.write() as cursor:
        new, closed = parcel_tracks.register(cursor, now), parcel_tracks.close_completed(cursor, now)
        still = parcel_tracks.find_still(cursor, wanted.no_scan_hours, wanted.stuck_hours, now)
        _tell_troubles(cursor, parcel_tracks.of(cursor, still), now)
    return {"new": new, "closed": closed, "still": len(still)}


def ask_due(store: Store, vault: Vault, limit: int = AT_ONCE) -> dict[str, int]:
    """Ask the couriers' services for the parcels that are due, new ones subscribed where an account is pushed to:
    {"asked", "failed"}. Nothing without an active account."""
    accounts = [each for each in tracking_accounts.listing(store) if each.active]
    if not accounts:
        return {"asked": 0, "failed": 0}
    with store.read() as cursor:
        wanted = parcel_tracks.due(cursor, clock.now(), limit)
    failed, rested = 0, set[str]()
    for parcel, tail in wanted:
        if store.closing.is_set():
            break
        failed += not _ask_one(
            store, vault, [each for each in accounts if each.name not in rested], parcel, tail, rested
        )
    return {"asked": len(wanted), "failed": failed}


def ask_now(store: Store, vault: Vault, parcel: Parcel, tail: str) -> str:
    """Ask for one parcel at once, because a person wants it; "" or what went wrong."""
    accounts = [each for each in tracking_accounts.listing(store) if each.active]
    _ask_one(store, vault, accounts, parcel, tail, set())
    with store.read() as cursor:
        (after,) = parcel_tracks.of(cursor, [parcel.track_id])
    return after.error


def _ask_one(
    store: Store, vault: Vault, accounts: Sequence[Account], parcel: Parcel, tail: str, rested: set[str]
) -> bool:
    """Ask the first account that knows the courier. An account that fails as such rests for this run."""
    account, company = _account_for(store, accounts, parcel)
    if account is None:
        _note(store, parcel, None, kept_whole(tracking.unknown_courier(accounts[0]), _LONGEST) if accounts else "")
        return False
    try:
        if account.callback and parcel.subscribed_at is None:
            tracking.subscribe(vault, account, [Asked(company, parcel.tracking_no, tail, parcel.platform_no)])
            with store.write() as cursor:
                parcel_tracks.subscribed(cursor, [parcel.track_id], account.name, clock.now())
        track = tracking.query(vault, account, company, parcel.tracking_no, tail, parcel.platform_no)
    except DanliuError as error:
        if error.code in ("bad_setup", "try_again"):
            rested.add(account.name)
        _note(store, parcel, account, kept_whole(error, _LONGEST))
        return False
    except Exception as error:  # one odd answer must not stop the others
        logger.exception("the track of %s cannot be read", parcel.tracking_no)
        _note(store, parcel, account, type(error).__name__)
        return False
    with store.write() as cursor:
        take(store, account.name, [track], [parcel.track_id])
        pause = _pause(parcel, track, account)
        parcel_tracks.asked(cursor, [parcel.track_id], clock.now(), [clock.now() + pause], [""])
    return True


def _account_for(store: Store, accounts: Sequence[Account], parcel: Parcel) -> tuple[Account | None, str]:
    for account in accounts:
        company = tracking.company_of(store, account.kind, parcel.courier)
        if company:
            return account, company
    return None, ""


def _note(store: Store, parcel: Parcel, account: Account | None, error: str) -> None:
    least = tracking.service(account.kind).LEAST_PAUSE if account else _FIRST_PAUSE
    pause = min(max(least, _FIRST_PAUSE) * 2 ** min(parcel.failures, 6), _LONGEST_PAUSE)
    with store.write() as cursor:
        parcel_tracks.asked(cursor, [parcel.track_id], clock.now(), [clock.now() + pause], [error])


def _pause(parcel: Parcel, track: Track, account: Account) -> timedelta:
    """How long to wait before the next question: short on the last mile, long where changes are pushed."""
    least = tracking.service(account.kind).LEAST_PAUSE
    if account.callback and parcel.subscribed_at is not None:
        return _PUSHED_PAUSE
    if track.state == DELIVERING:
        return max(least, timedelta(hours=1))
    return _WAITING_PAUSE if track.state == WAITING else max(least, _FIRST_PAUSE)
