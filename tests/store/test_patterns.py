"""Patterns are judged by the engine that runs them."""

import pytest

from core.store.patterns import group_count, refusal


@pytest.mark.parametrize("pattern", ["a(?=b)", "(?<=a)b", r"(a)\1", "a++", "(?>a)", r"a\Z", "a{1001}", "("])
def test_a_pattern_the_engine_cannot_run_is_refused_with_its_words(pattern: str) -> None:
    assert refusal(pattern)


@pytest.mark.parametrize("pattern", [r"\p{Han}+", r"\x{4e00}", "(?P<no>[0-9]+)", "(?i)ab", r"^(\d{6})-\d+$", ""])
def test_a_pattern_the_engine_runs_is_accepted_though_python_may_not_know_it(pattern: str) -> None:
    assert refusal(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [
        ("a", 0),
        ("(a)(b)", 2),
        ("(?:a)(b)", 1),
        ("(?P<n>a)", 1),
        (r"\((a)", 1),
        ("[(](a)", 1),
        ("[])(](a)", 1),
        ("((a))", 2),
    ],
)
def test_groups_are_counted_without_those_that_are_signs(pattern: str, groups: int) -> None:
    assert group_count(pattern) == groups
