"""Kinds of rules that have a page of their own: listed here with state and hits, changed there."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.services import promotions, rules
from core.ui import session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.promotions.words import name, phase, sentence
from core.ui.rules import words
from core.ui.table import Column, table

PAGES = {"routing": "routing", "promotion": "promotions", "limit": "promotions"}
"""Kind -> the page on which it is changed."""


def show(kind: str) -> None:
    """Draw the list of a kind and the way to its page."""
    page = PAGES[kind]
    rows = _routing() if kind == "routing" else _activities(limits=kind == "limit")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_("These are changed, tried out and rolled back on a page of their own."), width="stretch")
        link = session.link_to(page)
        if link is not None:
            label = _("Routing") if page == "routing" else _("Promotions")
            st.page_link(link, label=label, icon=":material/arrow_forward:", icon_position="right")
    if not rows:
        empty(_("There is no rule set of this kind yet."), icon="rule")
        return
    columns = [
        Column("name", _("Name"), width="medium"),
        Column("state", _("State")),
        Column("hits", _("Orders in 24 h"), "count"),
        Column("said", _("What it does"), width="large"),
    ]
    table(rows, columns, key=f"elsewhere_{kind}", height="content")


def _activities(*, limits: bool) -> list[dict[str, Any]]:
    if not session.actor().may("promotions.view"):
        return []
    found = promotions.rows(session.actor(), session.store(), zone=session.zone())
    return [
        {"name": name(row.body), "state": phase(row), "hits": row.hits, "said": sentence(row)}
        for row in found
        if (row.body.get("type") == "limit") == limits
    ]


def _routing() -> list[dict[str, Any]]:
    found = rules.sets(session.actor(), session.store(), "routing")
    said = _("{n} rules")
    return [
        {
            "name": words.set_title(row.name),
            "state": _(words.MODES[row.mode][0]) if row.mode in words.MODES else general.NONE,
            "hits": row.hits,
            "said": said.format(n=row.rules),
        }
        for row in found
    ]
