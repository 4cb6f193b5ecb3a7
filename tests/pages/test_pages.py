"""Every page, for every role, in both languages, with an empty store and with orders: it shows, or it is not there."""

import pytest

from core.people.permissions import ROLES, of_role
from core.store import Store
from core.ui.registry import entries
from tests.factories import fill

PAGES = [entry.page for entry in entries()]


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_to_whom_it_belongs(page, role, language, filled, served: Store, vault, open_page) -> None:
    if not of_role(role) & {page.permission, *page.also}:
        pytest.skip("not in this role's menu")
    if filled:
        fill(served, vault, 60)
    app = open_page(page.name, role=role, language=language)
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
