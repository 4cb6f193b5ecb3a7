"""Believable orders in bulk for tests; see core.store.sample_pool for their shape."""

from datetime import datetime

from core.people.actor import Actor
from core.people.permissions import of_role
from core.people.vault import Vault
from core.store import Store, sample_pool


def fill(store: Store, vault: Vault, orders: int = 200, *, days: int = 30, until: datetime | None = None) -> None:
    """Insert `orders` orders spread evenly over `days` before `until` (now)."""
    sample_pool.fill(store, vault.pads, vault.seal_text, orders, days=days, until=until)


def granted(account: str, role: str, *permissions: str) -> Actor:
    """A person of a ready-made role whom an administrator gave further permissions."""
    return Actor(account, role, of_role(role) | set(permissions), account)
