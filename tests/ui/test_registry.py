"""Pages find themselves: unique addresses, known sections and permissions, and a menu that follows the role."""

import pytest

from core.people.actor import person
from core.people.permissions import NAMES, ROLES
from core.ui.page import SECTIONS, Page
from core.ui.registry import entries, entries_for


def test_every_page_has_its_own_address_and_place() -> None:
    pages = [entry.page for entry in entries()]
    assert len({page.name for page in pages}) == len(pages)
    assert all(page.section in SECTIONS and {page.permission, *page.also} <= NAMES for page in pages)


def test_pages_stand_in_the_order_of_the_menu() -> None:
    places = [(list(SECTIONS).index(e.page.section), e.page.order, e.page.name) for e in entries()]
    assert places == sorted(places)


@pytest.mark.parametrize("role", list(ROLES))
def test_a_menu_holds_what_the_role_may_see_and_nothing_else(role: str) -> None:
    actor = person(role, role)
    for entry in entries():
        allowed = any(actor.may(p) for p in (entry.page.permission, *entry.page.also))
        assert (entry in entries_for(actor)) == allowed


def test_every_role_has_a_page() -> None:
    assert all(entries_for(person(role, role)) for role in ROLES)


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(ValueError, match="section"):
        Page("x", "X", "star", "nowhere", 1, "orders.view")
