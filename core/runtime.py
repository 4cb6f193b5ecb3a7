"""What one process has exactly once: its settings, its open store, its vault."""

import threading

from core import i18n
from core.people.vault import Vault, check_fits, open_vault
from core.settings import Settings, load
from core.store import Store, open_store

_lock = threading.Lock()
_settings: Settings | None = None
_store: Store | None = None
_vault: Vault | None = None


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


def close() -> None:
    """Close the store, if open, and forget the vault."""
    global _store, _vault
    with _lock:
        _vault = None
        if _store is not None:
            _store.close()
            _store = None
