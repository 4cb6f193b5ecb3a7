"""What one process has exactly once: its settings, its open store, its scheduler."""

import threading

from core import i18n
from core.settings import Settings, load
from core.store import Store, open_store

_lock = threading.Lock()
_settings: Settings | None = None
_store: Store | None = None


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


def close() -> None:
    """Close the store, if open."""
    global _store
    with _lock:
        if _store is not None:
            _store.close()
            _store = None
