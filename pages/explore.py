"""Explorer: group, measure and filter orders freely; the address holds the whole question."""

from core.i18n import N_
from core.ui.explore import page
from core.ui.page import Page

PAGE = Page("explore", N_("Explorer"), "pivot_table_chart", "insight", 50, "history.view")


def render() -> None:
    """The page."""
    page.show()
