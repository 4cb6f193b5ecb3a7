"""The lock that the menu is not: `require` is the first line of every service."""

from collections.abc import Sequence

from core.errors import NotAllowed, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.permissions import NAMES
from core.store import Store
from core.store.scoped import bound, outside, scope_of


def require(actor: Actor, store: Store, permission: str, subject: str = "") -> None:
    """Pass silently, or audit the denied call and raise NotAllowed. Nothing else is changed.

    An actor who sees a part of the orders is let in with the store bound to that part only: a caller that forgot to
    bind it would show everything, so it is refused (ValueError) before anything is read.
    """
    if permission not in NAMES:
        raise ValueError(f"unknown permission {permission}")
    if actor.scope != scope_of(store):
        raise ValueError("the store is not bound to what the actor may see")
    if actor.may(permission):
        return
    audit.note(store, actor, permission, subject, outcome="denied")
    raise NotAllowed(
        N_("Your role may not do this ({permission})."),
        N_("Ask an administrator for the right."),
        permission=permission,
    )


def seen_by(actor: Actor, store: Store) -> Store:
    """The store as the actor may see it: what pages and routes hand to the services."""
    return bound(store, actor.scope)


def within(actor: Actor, store: Store, order_keys: Sequence[int], action: str) -> None:
    """Pass silently when the actor sees all of these orders, else audit the try and raise NotFound.

    For services that act on orders by key: what they read in a write transaction is not narrowed by the store. Costs
    nothing for an actor who sees everything. NotFound and not NotAllowed: whether the order exists is not told.
    """
    if not actor.scope.narrows:
        return
    beyond = outside(store, order_keys)
    if beyond:
        audit.note(store, actor, action, str(beyond[0]), outcome="denied", outside_scope=len(beyond))
        raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
