"""Asks a third party's blacklist about a batch of orders, outside any transaction and never longer than its time limit.

Questions that are alike are asked once, by several threads at a time; answers are kept for a while, whether listed or
not. What has no answer when the time is over is let through and says so (fail open). Deciding reads the results.
"""

import json
import logging
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from connectors.blacklist import Blacklist, Question, Verdict
from core.channels.http import Http, Throttle
from core.errors import DanliuError
from core.people.vault import Vault
from core.store import Store, blacklist
from core.store.blacklist import Heard, Service, Wanted

logger = logging.getLogger(__name__)
_CALLS_A_SECOND = 10_000.0  # the time limit bounds them, nothing else
MOST_THREADS = 64
_threads = threading.BoundedSemaphore(MOST_THREADS)
"""Calls under way in this process, those that were given up included: a service that hangs cannot pile up threads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a batch went: orders by what is known of them now."""

    answered: int = 0
    cached: int = 0
    silent: int = 0
    nothing: int = 0


def connect(service: Service, vault: Vault) -> Blacklist:
    """The service of the settings. Raises BadSetup for settings that could never work."""
    opened = {name: vault.open_text(text) for name, text in service.sealed.items()}
    seconds = max(0.05, service.deadline_ms / 1000)
    http = Http(Throttle(_CALLS_A_SECOND), attempts=1, timeout=(seconds, seconds))
    return Blacklist({**service.values, **opened}, http)


def ask(store: Store, vault: Vault, order_keys: Sequence[int]) -> Asked:
    """Ask about the orders that nobody has asked about yet and keep the results. Nothing while the service is off."""
    with store.read() as cursor:
        service = blacklist.service(cursor)
    if service.mode == "off" or not order_keys:
        return Asked()
    try:
        known = connect(service, vault)
    except DanliuError as error:
        logger.warning("the blacklist service cannot be asked: %s", error)
        return _keep(store, [Heard(w.order_key, "silent") for w in blacklist.wanted(store, order_keys, persons=False)])
    rows = blacklist.wanted(store, order_keys, persons=known.sends_phone)
    questions = {row.order_key: _question(row, vault) for row in rows}
    marks = {row.order_key: _mark(row, known, questions[row.order_key], vault, service.version) for row in rows}
    kept = blacklist.cached(store, list(set(filter(None, marks.values()))))
    fresh: dict[str, Question] = {}
    for key, mark in marks.items():
        if mark and mark not in kept:
            fresh.setdefault(mark, questions[key])
    told = _all(known, fresh, service)
    results = [_result(row.order_key, marks[row.order_key], kept, told) for row in rows]
    return _keep(store, results, told, service.keep_hours)


def _keep(store: Store, results: list[Heard], told: Mapping[str, Heard] | None = None, hours: int = 1) -> Asked:
    if results:
        with store.write() as cursor:
            blacklist.keep(cursor, told or {}, results, hours)
    states = [result.state for result in results]
    return Asked(*(states.count(state) for state in ("answered", "cached", "silent", "nothing")))


def _question(row: Wanted, vault: Vault) -> Question:
    phone = ""
    if row.cipher and row.phone_key:  # without a key the platform gave it masked: nothing to ask by
        phone = str(json.loads(vault.open_text(row.cipher)).get("phone") or "")
    return Question(row.platform_no, phone, row.buyer_id, row.ip)


def _mark(row: Wanted, known: Blacklist, question: Question, vault: Vault, version: int) -> str:
    """What is asked, as a keyed hash under which the answer is kept; "" for an order with nothing to ask by."""
    if not known.answerable(question):
        return ""
    asked = known.asked(replace(question, order_no=""))
    return vault.keyed(json.dumps([version, row.channel, asked], sort_keys=True))


def _result(
    order_key: int, mark: str, kept: Mapping[str, tuple[str, str, float | None]], told: Mapping[str, Heard]
) -> Heard:
    if not mark:
        return Heard(order_key, "nothing")
    if mark in kept:
        return Heard(order_key, "cached", *kept[mark])
    found = told.get(mark)
    return replace(found, order_key=order_key) if found else Heard(order_key, "silent")


def _all(known: Blacklist, questions: Mapping[str, Question], service: Service) -> dict[str, Heard]:
    """The answers that came before the time was over."""
    end = monotonic() + service.deadline_ms / 1000
    waiting, told, done = deque(questions.items()), dict[str, Heard](), threading.Semaphore(0)
    started = 0
    for _n in range(min(service.at_once, len(questions))):
        if _threads.acquire(blocking=False):
            threading.Thread(target=_work, args=(known, waiting, told, end, done), daemon=True).start()
            started += 1
    for _n in range(started):
        if not done.acquire(timeout=max(0.0, end - monotonic())):
            break
    return dict(told)  # a copy: what comes later is not looked at


def _work(
    known: Blacklist,
    waiting: "deque[tuple[str, Question]]",
    told: dict[str, Heard],
    end: float,
    done: threading.Semaphore,
) -> None:
    """One thread: takes a question after the other until none is left or the time is over."""
    try:
        while monotonic() < end:
            try:
                mark, question = waiting.popleft()
            except IndexError:
                return
            begun = monotonic()
            try:
                verdict: Verdict = known.ask(question)
            except DanliuError as error:
                logger.info("the blacklist service gave no answer: %s", error)
                continue
            millis = round(1000 * (monotonic() - begun))
            told[mark] = Heard(0, "answered", verdict.level, verdict.reason, verdict.score, millis)
    finally:
        done.release()
        _threads.release()
