"""What is wrong with a set before anybody saves it: a place that cannot be read, conflicts, examples that fail."""

from collections.abc import Sequence

import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.services import rule_forms, rules
from core.services.rule_forms import Failing
from core.ui import session
from core.ui import words as general
from core.ui.rules import words
from core.ui.rules.work import Work


def show(work: Work) -> None:
    """Draw them; an example that a change has overtaken can take the new answer over."""
    try:
        found = rules.check(session.actor(), session.store(), session.vault(), work.body)
        failing = rule_forms.failing(session.actor(), session.store(), session.vault(), work.body)
    except DanliuError as error:
        st.error(
            _("This set cannot be saved yet: {why}").format(why=general.plain(str(error))), icon=":material/error:"
        )
        return
    for text in found.conflicts[:20]:
        st.warning(general.plain(text), icon=":material/join_inner:")
    for one in failing:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(said(one), icon=":material/rule:", width="stretch")
            if session.actor().may("rules.edit") and st.button(
                _("Take the new answer over"), key=f"example_take_{work.name}_{one.place}"
            ):
                take(work, [one])
                st.rerun()


def said(one: Failing) -> str:
    """A failing example in words."""
    return _("Example {n} expects “{expected}”, and now “{found}” comes out.").format(
        n=one.place + 1,
        expected=general.plain(words.action(dict(one.expected))),
        found=general.plain(words.action(dict(one.found))),
    )


def take(work: Work, overtaken: Sequence[Failing]) -> None:
    """Let the examples expect what now comes out."""
    examples = list(work.body["examples"])
    for one in overtaken:
        examples[one.place] = {**examples[one.place], "expect": dict(one.found)}
    work.put({**work.body, "examples": examples}, redraw=True)
