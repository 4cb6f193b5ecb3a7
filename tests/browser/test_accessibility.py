"""Pages in Chromium before axe: contrast, names and structure, so that nobody is shut out by eyes or hands."""

from importlib.resources import files
from typing import Any

import pytest

pytestmark = pytest.mark.browser

# Streamlit's own menu on a phone is a list within a list; it is not ours to mend.
SEEN = """async () => (await axe.run({ exclude: ['[data-testid=stSidebarNav]'] }, { resultTypes: ['violations'] })).violations
.filter(found => ['serious', 'critical'].includes(found.impact))
.map(found => `${found.id}: ${found.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | ')}`)"""


@pytest.mark.parametrize(
    ("path", "phone", "dark"),
    [
        pytest.param("", False, False, id="overview"),
        pytest.param("orders", False, True, id="orders dark"),
        pytest.param("board", False, False, id="board"),
        pytest.param("review", True, False, id="review on a phone"),
        pytest.param("rules", False, True, id="rules dark"),
        pytest.param("mapping", False, False, id="mapping"),
        pytest.param("packing", True, True, id="packing on a phone, dark"),
        pytest.param("live", False, False, id="live"),
    ],
)
def test_nothing_serious_keeps_anybody_from_using_a_page(visit: Any, path: str, phone: bool, dark: bool) -> None:
    page = visit(path, phone=phone, dark=dark)
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate(SEEN) == []
