"""Every page explains itself: two sentences and an example, in both languages."""

import re

import pytest

from core.i18n import _, speaking
from core.ui.help.glossary import TERMS
from core.ui.help.pages import PAGES
from core.ui.registry import entries

NAMES = sorted(entry.page.name for entry in entries())
ZH_MARK = re.compile(r"[一-鿿]")


def test_every_page_has_its_help() -> None:
    """A new page: add its two sentences and its example to core/ui/help/pages.py, and the Chinese to help.po."""
    assert [name for name in NAMES if name not in PAGES] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_help_is_two_sentences_and_one_example_in_both_languages(name: str) -> None:
    found = PAGES[name]
    assert len(re.findall(r"[.;](?:\s|$)", found.text)) >= 2, "two sentences"
    assert len(found.text) < 240 and len(found.example) < 160
    with speaking("zh"):
        assert ZH_MARK.search(_(found.text)) and ZH_MARK.search(_(found.example))


def test_every_word_has_one_meaning() -> None:
    words = [term for term, _meaning in TERMS]
    assert len(words) == len(set(words))
    with speaking("zh"):
        assert all(ZH_MARK.search(_(term)) and ZH_MARK.search(_(meaning)) for term, meaning in TERMS)
