"""Back-fill: a chosen period of one shop, read again window by window. Cursors stay; progress and stop survive a restart."""

import logging
from datetime import datetime, timedelta

from core.channels import shops
from core.channels.base import Window
from core.channels.pull import claimed
from core.channels.reading import Work, take_windows
from core.channels.registry import connector
from core.errors import DanliuError, NeedsPerson
from core.i18n import N_
from core.mapping import said
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, runs
from core.store.runs import Counts, Run
from core.store.shops import Shop

logger = logging.getLogger(__name__)
STEP = timedelta(days=1)  # progress is shown, and a stop obeyed, after each
PATIENCE_SECONDS = 900.0  # how long a step waits for a pull of the same shop


def run_backfill(store: Store, vault: Vault, settings: Settings, run: Run) -> str:
    """Carry a queued or cut-off back-fill on to its end, letting pulls in between; returns the state it ended in."""
    try:
        shop = shops.find(store, settings, run.channel, run.shop)
        counts = _fill(store, vault, settings, shop, run)
    except DanliuError as error:
        state = runs.BAD_SETUP if error.exit_status == 2 else runs.RETRY
        runs.end_backfill(store, run.run_id, state, code=error.code, error=said.kept_whole(error))
        return state
    except Exception as error:  # a connector's fault is shown on the run, not lost in a thread
        logger.exception("the back-fill of %s/%s failed", run.channel, run.shop)
        seen = NeedsPerson(N_("The back-fill failed: {cause}"), cause=f"{type(error).__name__}: {error}")
        runs.end_backfill(store, run.run_id, runs.RETRY, code=seen.code, error=said.kept_whole(seen))
        return runs.RETRY
    if counts is None:
        return runs.STOPPED
    runs.finish(store, run.run_id, counts, runs.OK)
    return runs.OK


def _fill(store: Store, vault: Vault, settings: Settings, shop: Shop, run: Run) -> Counts | None:
    """Every step of every entity from where the run stands; None when a person stopped it or the process ends."""
    kind = connector(shop.connector)
    steps = [(entity, window) for window in _steps(run) for entity in kind.entities]
    counts = run.counts
    first = round(run.progress * len(steps))
    for place, (entity, window) in enumerate(steps[first:], first + 1):
        if store.closing.is_set() or runs.state_of(store, run.run_id) == runs.STOPPED:
            return None
        with claimed(store, shop, wait_seconds=PATIENCE_SECONDS):
            # A new connector each time: a pull in between may have renewed the token.
            opened = shops.connector_of(store, vault, shop)
            try:
                work = Work(store, vault, shop, opened, "backfill", settings.zone)
                for more in take_windows(work, entity, window.split(kind.max_window)):
                    counts += more
            finally:
                opened.http.close()
        runs.advance(store, run.run_id, counts, place / len(steps))
    return counts


def _steps(run: Run) -> list[Window]:
    if not (run.since and run.until):
        return []
    # The last part of a second belongs to the pull; a step of its own for it would ask every list once more.
    return list(Window(run.since.replace(microsecond=0), run.until.replace(microsecond=0)).split(STEP))


def wish(store: Store, channel: str, shop: str, since: datetime, until: datetime) -> str:
    """Queue a back-fill; the job takes it up. Returns the run's id."""
    return runs.start(store, channel, shop, "backfill", since=since, until=until, state=runs.QUEUED)
