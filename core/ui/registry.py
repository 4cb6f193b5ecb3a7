"""Finds the pages by themselves: every module of the package `pages` with a record `PAGE` and a function `render`."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from core.people.actor import Actor
from core.ui.page import SECTIONS, Page


@dataclass(frozen=True, slots=True)
class Entry:
    """A page and what draws it."""

    page: Page
    render: Callable[[], None]


@cache
def entries() -> tuple[Entry, ...]:
    """All pages in the order of the menu. Raises AttributeError for a page file without `PAGE` or `render`."""
    found = []
    package = importlib.import_module("pages")  # by name: the walls forbid ui to lean on pages
    for info in pkgutil.iter_modules(package.__path__):
        if not info.ispkg:
            module = importlib.import_module(f"pages.{info.name}")
            found.append(Entry(module.PAGE, module.render))
    places = list(SECTIONS)
    return tuple(sorted(found, key=lambda e: (places.index(e.page.section), e.page.order, e.page.name)))


def entries_for(actor: Actor) -> tuple[Entry, ...]:
    """The pages in an actor's menu."""
    return tuple(e for e in entries() if any(actor.may(p) for p in (e.page.permission, *e.page.also)))
