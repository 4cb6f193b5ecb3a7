"""The tab of words: what each means here."""

import streamlit as st

from core.i18n import LANGUAGES, _, language, speaking
from core.ui.empty import empty
from core.ui.help.glossary import TERMS
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    wanted = st.text_input(
        _("Search"), key="word_search", type="search", label_visibility="collapsed", placeholder=_("A word"),
        bind="query-params",
    )  # fmt: skip
    other = next(code for code in LANGUAGES if code != language())
    rows = []
    for term, meaning in TERMS:
        with speaking(other):
            abroad = _(term)
        rows.append({"term": _(term), "abroad": abroad, "meaning": _(meaning)})
    text = (wanted or "").strip().casefold()
    shown = [row for row in rows if text in " ".join(row.values()).casefold()]
    if not shown:
        empty(_("No word fits this search."), _("Clear the search."), icon="search_off")
        return
    columns = [
        Column("term", _("Term")), Column("abroad", LANGUAGES[other]), Column("meaning", _("Meaning"), width="large"),
    ]  # fmt: skip
    table(shown, columns, key="help_words", height="content")
