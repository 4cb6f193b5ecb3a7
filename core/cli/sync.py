"""`sync`: one pull of every shop, or of one, and the back-fills that wait for them. Contracts §1."""

import time
from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.channels import pull, shops
from core.channels.backfill import run_backfill
from core.channels.pull import Pulled
from core.cli.command import Command
from core.errors import TryAgain
from core.i18n import N_
from core.mapping.starter import install_starters
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, runs
from core.store import shops as kept
from core.store.shops import Shop

ATTEMPTS = 4  # of a shop whose fault passes by itself
PAUSE_SECONDS = 2.0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--shop", metavar="SHOP")
    parser.add_argument("--once", action="store_true", help="one pull without trying a failed shop again")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    began = time.monotonic()
    store, vault = runtime.store(), runtime.vault()
    install_starters(store)
    runs.close_cut_off(store)
    wanted = _wanted(shops.all_shops(store, settings), arguments.shop)
    if arguments.shop is None:
        fares = kept.progress(store)
        wanted = [shop for shop in wanted if not fares.get((shop.channel, shop.shop), _UNKNOWN).paused]
    found: dict[tuple[str, str], Pulled] = {}
    for attempt in range(1 if arguments.once else ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        for done in pull.pull_many(store, vault, settings, wanted):
            key = (done.shop.channel, done.shop.shop)
            before = found[key].counts if key in found else runs.Counts()
            found[key] = Pulled(done.shop, before + done.counts, done.cursor, done.error)
        wanted = [done.shop for done in found.values() if isinstance(done.error, TryAgain)]
        if not wanted:
            break
    filled = _fill(store, vault, settings, list(found))
    return {"shops": [_row(done, filled) for done in found.values()], "seconds": round(time.monotonic() - began, 3)}


_UNKNOWN = kept.Progress("", "")


def _wanted(every: list[Shop], name: str | None) -> list[Shop]:
    """The shops to pull. BadRequest for a name nobody connected."""
    known = pull.pullable(every)
    if name is None:
        return known
    found = [shop for shop in known if shop.shop == name]
    if not found:
        raise shops.unknown(name)
    return found


_Key = tuple[str, str]
_Filled = dict[_Key, tuple[runs.Counts, str]]


def _fill(store: Store, vault: Vault, settings: Settings, pulled: list[_Key]) -> _Filled:
    """Carry the queued and cut-off back-fills of the pulled shops to their end; what they brought, and their faults."""
    found: _Filled = {}
    for run in runs.unfinished(store, "backfill"):
        key = (run.channel, run.shop)
        if key not in pulled:
            continue
        run_backfill(store, vault, settings, run)
        ended = runs.find(store, run.run_id)
        counts, error = found.get(key, (runs.Counts(), ""))
        if ended is not None:
            found[key] = (counts + ended.counts, error or ended.error)
    return found


def _row(done: Pulled, filled: _Filled) -> dict[str, Any]:
    brought, fault = filled.get((done.shop.channel, done.shop.shop), (runs.Counts(), ""))
    counts = done.counts + brought
    return {
        "shop": done.shop.shop,
        "channel": done.shop.channel,
        "pulled": counts.pulled,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "cursor": done.cursor.isoformat() if done.cursor else None,
        "error": str(done.error) if done.error else fault or None,
    }


COMMAND = Command("sync", N_("Pull every shop once, or one."), _arguments, _run)
