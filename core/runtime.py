"""What one process has exactly once: its settings, its open store, its vault, its scheduler."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from core import i18n
from core.people.vault import Vault, check_fits, open_vault
from core.settings import Settings, load
from core.store import Store, open_store

if TYPE_CHECKING:
    from core.jobs.scheduler import Scheduler

_lock = threading.Lock()
_settings: Settings | None = None
_store: Store | None = None
_vault: Vault | None = None
_scheduler: Scheduler | None = None


def configure(settings: Settings) -> None:
    """Set the process's settings before the first use of `store()` (command line, tests)."""
    global _settings
    _settings = settings
    i18n.set_default(settings.language)


def settings() -> Settings:
    """The process's settings; read from config.toml at first use."""
    if _settings is None:
        configure(load())
    assert _settings is not None
    return _settings


def store() -> Store:
    """The process's open store; opened at first use."""
    global _store
    with _lock:
        if _store is None:
            _store = open_store(settings())
        return _store


def vault() -> Vault:
    """The process's vault; opened, and checked to belong to the store, at first use."""
    global _vault
    opened = store()
    with _lock:
        if _vault is None:
            found = open_vault(settings())
            check_fits(found, opened)
            _vault = found
        return _vault


def scheduler() -> Scheduler:
    """The process's scheduler; made at first use, started by the lifespan of app.py only."""
    global _scheduler
    from core.jobs.scheduler import Scheduler  # the command line does without it and its imports

    parts = store(), vault(), settings()
    with _lock:
        if _scheduler is None or _scheduler.store is not parts[0]:
            _scheduler = Scheduler(*parts)
        return _scheduler


def stop_scheduler() -> None:
    """Let the jobs come to an end, if there is a scheduler."""
    global _scheduler
    with _lock:
        stopping, _scheduler = _scheduler, None
    if stopping is not None:
        stopping.stop()


def exchange(action: Callable[[], object]) -> Store:
    """Close the store, run an action on its file, open it again, the jobs going on as before. Whoever asks for the
    store meanwhile waits; what is being read from the old one at this moment fails once."""
    global _store, _vault
    was_running = _scheduler is not None and _scheduler.is_running
    stop_scheduler()
    try:
        with _lock:
            _vault = None
            if _store is not None:
                _store.close()
                _store = None
            action()
    finally:
        opened = store()
        if was_running:
            scheduler().start()
    return opened


def close() -> None:
    """Stop the scheduler, close the store, if open, and forget the vault."""
    global _store, _vault
    stop_scheduler()
    with _lock:
        _vault = None
        if _store is not None:
            _store.close()
            _store = None
