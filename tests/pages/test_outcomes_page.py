"""The page Outcomes: each way of comparing with one click, errors and losses, reports, alerts; roles."""

from datetime import date

import pytest

from core.insight.backtest import Period
from core.store import Store
from core.ui.outcomes import periods


@pytest.mark.parametrize("part", ["comparison", "faults", "reports", "alerts"])
@pytest.mark.parametrize(("role", "language"), [("admin", "en"), ("analyst", "zh")])
def test_every_part_stands_on_an_empty_store(open_page, role: str, language: str, part: str) -> None:
    page = open_page("outcomes", role=role, language=language, part=part)
    assert not page.exception and not page.error


def test_one_click_compares_two_periods(open_page, store: Store) -> None:
    page = open_page("outcomes", language="en")
    for choice in periods.CHOICES:
        page.pills(key="outcomes_choice").set_value(choice).run()
        assert not page.exception and not page.error
        assert len(page.metric) == 6


def test_around_a_day_both_sides_are_equally_long_and_touch() -> None:
    assert periods.around(date(2026, 11, 10), 3) == (
        Period(date(2026, 11, 7), date(2026, 11, 9)), Period(date(2026, 11, 10), date(2026, 11, 12)),
    )  # fmt: skip


def test_a_report_is_made_and_opened(open_page, store: Store) -> None:
    page = open_page("outcomes", language="en", part="reports")
    page.button(key="report_make").click().run(timeout=60)
    assert not page.exception and not page.error
    names = [button.key for button in page.button if button.key and button.key.startswith("report_danliu-")]
    assert len(names) == 2
    page.button(key=names[0]).click().run()
    assert not page.exception and not page.error
