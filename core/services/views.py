"""A person's saved views of the pool: saved, renamed, made the default, deleted. Nobody sees another one's."""

from typing import Any

from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people.actor import Actor
from core.people.guard import require
from core.services.order_query import query_of
from core.store import Store, catalogue
from core.store import views as rows
from core.store.views import View

PAGE = "orders"
LONGEST_NAME = 40


def listing(actor: Actor, store: Store) -> list[View]:
    """The actor's views, by name."""
    require(actor, store, "orders.view")
    return rows.listing(store, actor.account, PAGE)


def save(actor: Actor, store: Store, name: str, document: dict[str, Any], *, zone: str, default: bool = False) -> View:
    """Keep a view under a name, in place of the one that has it. The document must be a valid query."""
    require(actor, store, "orders.view")
    view = View(_checked(name), document, default)
    query_of(document, catalogue.load(store), zone)
    with store.write() as cursor:
        rows.put(cursor, actor.account, PAGE, view)
    return view


def rename(actor: Actor, store: Store, name: str, wanted: str) -> View:
    """Give a view another name. BadRequest when the actor has a view of that name already."""
    require(actor, store, "orders.view")
    present = find(actor, store, name)
    renamed = View(_checked(wanted), present.body, present.default)
    if renamed.name == present.name:
        return present
    if any(v.name == renamed.name for v in listing(actor, store)):
        raise BadRequest(N_("You have a view {name} already."), N_("Choose another name."), name=renamed.name)
    with store.write() as cursor:
        rows.delete(cursor, actor.account, PAGE, present.name)
        rows.put(cursor, actor.account, PAGE, renamed)
    return renamed


def make_default(actor: Actor, store: Store, name: str, *, default: bool = True) -> None:
    """The page begins with this view from now on (or no longer)."""
    require(actor, store, "orders.view")
    present = find(actor, store, name)
    with store.write() as cursor:
        rows.put(cursor, actor.account, PAGE, View(present.name, present.body, default))


def delete(actor: Actor, store: Store, name: str) -> None:
    """Forget a view."""
    require(actor, store, "orders.view")
    with store.write() as cursor:
        rows.delete(cursor, actor.account, PAGE, name)


def find(actor: Actor, store: Store, name: str) -> View:
    """The actor's view of that name. NotFound when there is none."""
    for view in listing(actor, store):
        if view.name == name:
            return view
    raise NotFound(N_("You have no view {name}."), N_("Choose one of the list."), name=name)


def _checked(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME:
        raise BadRequest(N_("A view needs a name of at most {most} characters."), N_("Shorten it."), most=LONGEST_NAME)
    return clean
