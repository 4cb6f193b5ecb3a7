"""Every page, for every role, in both languages, with an empty store and with orders: it shows, or it is not there."""

import pytest

from core.people.permissions import ROLES, of_role
from core.store import Store
from core.ui.registry import entries
from tests.factories import fill

OPENED = [
    pytest.param(entry.page, role, id=f"{entry.page.name}-{role}")
    for entry in entries()
    for role in ROLES
    if of_role(role) & {entry.page.permission, *entry.page.also}
]


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("page", "role"), OPENED)
def test_a_page_shows_to_whom_it_belongs(page, role, language, filled, served: Store, vault, open_page) -> None:
    if filled:
        fill(served, vault, 60)
    app = open_page(page.name, role=role, language=language)
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
