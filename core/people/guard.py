"""The lock that the menu is not: `require` is the first line of every service."""

from core.errors import NotAllowed
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.permissions import NAMES
from core.store import Store


def require(actor: Actor, store: Store, permission: str, subject: str = "") -> None:
    """Pass silently, or audit the denied call and raise NotAllowed. Nothing else is changed."""
    if permission not in NAMES:
        raise ValueError(f"unknown permission {permission}")
    if actor.may(permission):
        return
    audit.note(store, actor, permission, subject, outcome="denied")
    raise NotAllowed(
        N_("Your role may not do this ({permission})."),
        N_("Ask an administrator for the right."),
        permission=permission,
    )
