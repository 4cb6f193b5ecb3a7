"""Pulls the shops whose time has come, each in a thread of its own: a slow shop delays no other. Back-fills likewise."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic, sleep

from core import clock
from core.channels import pull
from core.channels.backfill import run_backfill
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, runs

log = logging.getLogger(__name__)
RUNS_KEPT = timedelta(days=7)  # uneventful ones; those that brought or broke something stay

_pulling = ThreadPoolExecutor(pull.THREADS, thread_name_prefix="pull")
_filling = ThreadPoolExecutor(1, thread_name_prefix="backfill")
_waiting: set[tuple[str, ...]] = set()
_lock = threading.Lock()


def pull_due(store: Store, vault: Vault, settings: Settings) -> dict[str, object]:
    """Start the pulls that are due and the back-fills that are queued; returns what was started."""
    started = []
    for shop in pull.due(store, settings):
        if _start(
            _pulling, (store.url, shop.channel, shop.shop), lambda s=shop: pull.pull_shop(store, vault, settings, s)
        ):
            started.append(f"{shop.channel}/{shop.shop}")
    for run in runs.unfinished(store, "backfill"):
        if _start(_filling, (store.url, run.run_id), lambda r=run: run_backfill(store, vault, settings, r)):
            started.append(f"backfill {run.channel}/{run.shop}")
    return {"started": started} if started else {}


def _start(pool: ThreadPoolExecutor, key: tuple[str, ...], work: Callable[[], object]) -> bool:
    """Hand the work to the pool unless the same is there already."""
    with _lock:
        if key in _waiting:
            return False
        _waiting.add(key)

    def carry_out() -> None:
        try:
            work()
        except Exception:  # a closed store at the process's end, or a fault that no run could note
            log.exception("work for %s ended early", "/".join(key))
        finally:
            with _lock:
                _waiting.discard(key)

    pool.submit(carry_out)
    return True


def finish(seconds: float) -> None:
    """At the process's end: wait that long for pulls and back-fills to come to their next safe point."""
    deadline = monotonic() + seconds
    while _waiting and monotonic() < deadline:
        sleep(0.05)


def trim(store: Store, _vault: Vault, _settings: Settings) -> None:
    """Forget old uneventful runs."""
    runs.trim(store, clock.now() - RUNS_KEPT)


JOBS = (
    Job("pull", N_("Pull due shops"), 3, pull_due),
    Job("pull_runs", N_("Forget old uneventful pulls"), 3600, trim),
)
