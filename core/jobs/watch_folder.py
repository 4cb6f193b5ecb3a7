"""The watched folder: a file put into data/watch/SHOP/ is imported, then moved to done/ or, with its reason, to failed/.

A folder is named SHOP of a known shop, or CHANNEL.SHOP where two channels share a name or the shop is new. A file counts
as complete once it has not changed between two runs.
"""

import logging
import shutil
from pathlib import Path

from core import clock
from core.channels import shops
from core.errors import BadRequest, DanliuError
from core.i18n import N_, _
from core.jobs.table import Job
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services.imports import import_file
from core.settings import ROOT, Settings
from core.store import Store

log = logging.getLogger(__name__)
FOLDER = ROOT / "data" / "watch"
ENDINGS = frozenset({".csv", ".tsv", ".txt", ".xls", ".xlsx", ".json", ".ndjson", ".jsonl", ".parquet"})
DONE, FAILED = "done", "failed"
_seen: dict[Path, tuple[int, float]] = {}


def watch(store: Store, vault: Vault, settings: Settings, *, folder: Path | None = None) -> dict[str, int]:
    """Import every complete file; returns {"imported", "failed"} when there was one."""
    told = {"imported": 0, "failed": 0}
    for file in sorted(_complete(folder or FOLDER)):
        told["imported" if _import(store, vault, settings, file) else "failed"] += 1
    return told if any(told.values()) else {}


def _complete(folder: Path) -> list[Path]:
    """The files that stand as they stood at the last run."""
    found = []
    present: set[Path] = set()
    for file in folder.glob("*/*") if folder.is_dir() else ():
        if not file.is_file() or file.suffix.lower() not in ENDINGS or file.name.startswith((".", "~")):
            continue
        about = file.stat()
        now = (about.st_size, about.st_mtime)
        present.add(file)
        if _seen.get(file) == now:
            found.append(file)
        _seen[file] = now
    for gone in [file for file in _seen if file.is_relative_to(folder) and file not in present]:
        del _seen[gone]
    return found


def _import(store: Store, vault: Vault, settings: Settings, file: Path) -> bool:
    try:
        channel, shop = _whose(store, settings, file.parent.name)
        report = import_file(SYSTEM, store, vault, file, shop=shop, channel=channel)
    except DanliuError as error:
        _move(file, FAILED, f"{error.message}\n{error.hint}\n")
        return False
    except Exception as error:  # one odd file must not stop the others
        log.exception("the file %s cannot be imported", file.name)
        _move(file, FAILED, f"{type(error).__name__}: {error}\n")
        return False
    told = [
        _("{rejected} of {rows} rows wait in the rejects queue.").format(rejected=report.rejected, rows=report.rows)
    ]
    _move(file, DONE, "\n".join([*(told if report.rejected else ()), *report.notes]))
    return True


def _whose(store: Store, settings: Settings, name: str) -> tuple[str, str]:
    """(channel, shop) of a folder's name. BadRequest when it names no shop, or several."""
    found = [(s.channel, s.shop) for s in shops.all_shops(store, settings) if s.shop == name]
    if len(found) == 1:
        return found[0]
    channel, dot, shop = name.partition(".")
    if dot and channel and shop:
        return channel, shop
    raise BadRequest(
        N_("The folder {name} names no shop, or several."),
        N_("Name it CHANNEL.SHOP, for example taobao.flagship."),
        name=name,
    )


def _move(file: Path, outcome: str, reason: str) -> None:
    """Into the folder's done/ or failed/, under a name that says when; the reason beside it as text."""
    target = file.parent / outcome / f"{clock.now():%Y%m%dT%H%M%S}-{file.name}"
    target.parent.mkdir(exist_ok=True)
    shutil.move(file, target)
    _seen.pop(file, None)
    if reason:
        target.with_name(target.name + ".txt").write_text(reason, encoding="utf-8")


JOBS = (Job("watch_folder", N_("Import files of the watched folder"), 10, watch),)
