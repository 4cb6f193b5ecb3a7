"""Pushes: the signature first, then durable in the inbox, then answered; a job fetches what they name and takes it in."""

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from core import clock
from core.channels import shops
from core.channels.base import Connector, PushMessage
from core.channels.pull import claimed, is_busy
from core.channels.reading import Work, take_bodies
from core.errors import BadRequest, BadSetup, DanliuError, NotFound, TryAgain
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, inbox
from core.store import shops as kept
from core.store.inbox import Push
from core.store.shops import Shop

logger = logging.getLogger(__name__)

DEAD_AFTER = 8  # attempts: 10 s, 20 s … 21 min, then a person looks
FIRST_PAUSE = timedelta(seconds=10)
FETCH_AT_ONCE = 50  # numbers asked for in one call of `fetch`
LARGEST_BODY = 1 << 20  # bytes; no platform's push comes near

arrived = threading.Event()
"""Set when a push was stored: wakes the draining job at once."""


@dataclass(frozen=True, slots=True)
class PushReply:
    """The HTTP answer to a push."""

    status: int
    body: str
    content_type: str = "application/json"


def receive_push(
    store: Store,
    vault: Vault,
    channel: str,
    shop: str,
    headers: Mapping[str, str],
    body: bytes,
    settings: Settings | None = None,
    query: Mapping[str, str] | None = None,
) -> PushReply:
    """Check, keep and answer one push; `settings` tells the shops of config.toml, `query` is the address's, in which
    WeChat signs. 404 unknown shop, 503 a shop whose settings are not complete, 401 bad signature, 413 too long, 400 not
    readable; 2xx only once every message in it is durable."""
    found = _listener(store, vault, settings or Settings(), channel, shop)
    if isinstance(found, PushReply):
        return found
    known, connector = found
    try:
        if not connector.verify_push(headers, body, query):
            return PushReply(401, '{"error":"bad signature"}')
        if len(body) > LARGEST_BODY:
            return PushReply(413, '{"error":"too long"}')
        messages = connector.read_push(body)
    except (BadRequest, NotFound):
        return PushReply(400, '{"error":"not readable"}')
    finally:
        connector.http.close()
    if messages:
        _keep(store, vault, known, messages, body)
    answer = connector.push_answer()
    return PushReply(200, answer.body, answer.content_type)


def answer_check(
    store: Store, vault: Vault, channel: str, shop: str, query: Mapping[str, str], settings: Settings
) -> PushReply:
    """Answer the GET by which a platform (WeChat) checks the address of its pushes; 404 for a shop that has none."""
    found = _listener(store, vault, settings, channel, shop)
    if isinstance(found, PushReply):
        return found
    _known, connector = found
    answer = connector.answer_check(query)
    connector.http.close()
    if answer is None:
        return PushReply(401, '{"error":"bad signature"}')
    return PushReply(200, answer.body, answer.content_type)


def _listener(
    store: Store, vault: Vault, settings: Settings, channel: str, shop: str
) -> tuple[Shop, Connector] | PushReply:
    """Who checks and reads the pushes of a shop. A connected shop that lacks a setting answers 503, so that the platform
    sends again later; which one it lacks stands in the log and is not told to a stranger. Anything else is unknown."""
    try:
        known = shops.find(store, settings, channel, shop)
    except BadRequest:
        return PushReply(404, '{"error":"unknown shop"}')
    if not known.connector:
        return PushReply(404, '{"error":"unknown shop"}')
    try:
        return known, shops.listener_of(vault, known)
    except DanliuError as error:
        logger.warning("a push for %s/%s cannot be checked: %s", channel, shop, error)
        return PushReply(503, '{"error":"shop not set up completely"}')


def _keep(store: Store, vault: Vault, shop: Shop, messages: list[PushMessage], body: bytes) -> None:
    """One row a body: its messages are read again when it is drained. The ids of all its messages make its own."""
    ids = sorted(message.message_id for message in messages)
    whole = ids[0] if len(ids) == 1 else hashlib.sha256("\x1f".join(ids).encode()).hexdigest()
    sealed = vault.seal(body)
    with store.write() as cursor:
        inbox.add(cursor, shop.channel, shop.shop, whole, messages[0].topic, sealed)
    arrived.set()


def drain(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Take in all due pushes, shop by shop: {"done", "failed"}. A shop that is being pulled waits for the next time."""
    done = failed = 0
    by_shop = sorted(inbox.due(store), key=lambda push: (push.channel, push.shop))
    for (channel, shop), group in groupby(by_shop, key=lambda push: (push.channel, push.shop)):
        pushes = list(group)
        try:
            known = shops.find(store, settings, channel, shop)
            if is_busy(store, known):
                continue
            with claimed(store, known):
                _drain_shop(store, vault, settings, known, pushes)
            done += len(pushes)
        except DanliuError as error:
            failed += len(pushes)
            _failed(store, pushes, error)
        except Exception as error:  # one shop's odd push must not stop the others
            logger.exception("pushes of %s/%s failed", channel, shop)
            failed += len(pushes)
            _failed(store, pushes, TryAgain(type(error).__name__))
    return {"done": done, "failed": failed}


def _drain_shop(store: Store, vault: Vault, settings: Settings, shop: Shop, pushes: list[Push]) -> None:
    connector = shops.connector_of(store, vault, shop)
    work = Work(store, vault, shop, connector, "push", settings.zone)
    try:
        wanted = _wanted(vault, connector, pushes)
        try:
            fetched = [(entity, body) for entity, nos in wanted.items() for body in _fetch(connector, entity, nos)]
        except BadRequest:  # this connector cannot be asked for single orders: pull now instead
            _pull_soon(store, shop)
            fetched = []
    finally:
        connector.http.close()
    with store.write() as cursor:
        for entity in wanted:
            bodies = [body for its, body in fetched if its == entity]
            take_bodies(work, entity, bodies)
        inbox.done(cursor, [push.inbox_id for push in pushes])


def _wanted(vault: Vault, connector: Connector, pushes: list[Push]) -> dict[str, list[str]]:
    """What the pushes name, each number once, by entity."""
    found: dict[str, dict[str, None]] = {}
    for push in pushes:
        for message in connector.read_push(vault.open(push.body)):
            found.setdefault(message.entity, {}).update(dict.fromkeys(message.external_nos))
    return {entity: list(nos) for entity, nos in found.items()}


def _fetch(connector: Connector, entity: str, nos: list[str]) -> list[str]:
    bodies: list[str] = []
    for start in range(0, len(nos), FETCH_AT_ONCE):
        bodies.extend(connector.fetch(entity, nos[start : start + FETCH_AT_ONCE]).bodies)
    return bodies


def _pull_soon(store: Store, shop: Shop) -> None:
    with store.write() as cursor:
        kept.save_progress(
            cursor, replace(kept.progress_of(store, shop.channel, shop.shop), next_at=clock.now(), failures=0)
        )


def _failed(store: Store, pushes: list[Push], error: DanliuError) -> None:
    """Back off by the attempts so far. A wrong set-up is not the push's fault, but it has to be seen all the same."""
    dead_after = DEAD_AFTER if not isinstance(error, BadSetup) else DEAD_AFTER * 2
    with store.write() as cursor:
        for attempts, group in groupby(sorted(pushes, key=lambda push: push.attempts), key=lambda push: push.attempts):
            pause = FIRST_PAUSE * 2 ** min(attempts, 7)
            ids = [push.inbox_id for push in group]
            inbox.failed(cursor, ids, str(error), clock.now() + pause, dead_after=dead_after)
