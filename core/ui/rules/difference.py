"""What differs between two bodies of a rule set, and what a change would have done: shown before anything is saved."""

import json
from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import N_, _
from core.insight.whatif import Variant
from core.services import rules
from core.ui import session
from core.ui import words as general
from core.ui.rules import words
from core.ui.rules import work as works
from core.ui.rules.work import Work

_PARTS = {"mode": N_("Mode"), "hit": N_("When several rules are met"), "otherwise": N_("Otherwise"),
          "examples": N_("Examples")}  # fmt: skip


def changes(old: dict[str, Any] | None, new: dict[str, Any]) -> None:
    """Each difference as a line: what, before, after."""
    found = rules.changes(old or {"rules": []}, new, session.store()) if old else []
    if old is None:
        st.markdown(f"- {_('A new set with {n} rules.').format(n=len(new.get('rules', [])))}")
    for what, before, after in found[:30]:
        title = _(_PARTS[what]) if what in _PARTS else what
        if not before:
            text = f":green[{_('new')}] {_said(what, after)}"
        elif not after:
            text = f":red[{_('removed')}] ~~{_said(what, before)}~~"
        else:
            text = f"{_said(what, before)}  \n→ {_said(what, after)}"
        st.markdown(f"**{general.plain(title)}**  \n{text}")
    if len(found) > 30:
        st.caption(_("and {n} more").format(n=len(found) - 30))
    if old is not None and not found:
        st.caption(_("No difference in what it does."))


def effect(work: Work, days: int = 30) -> None:
    """What the body as it stands would have held in the last days, in one sentence."""
    with st.spinner(_("Trying it on the orders of the last {n} days …").format(n=days)):
        try:
            trial = works.glimpse(work, days)
        except DanliuError as error:
            st.caption(general.plain(str(error)))
            return
    st.info(in_short(trial.variants[0], days), icon=":material/history:")


def in_short(found: Variant, days: int) -> str:
    """The outcome of a variant beside what is in force, as a sentence."""
    return _(
        "On the {orders} orders of the last {days} days it would have held {held} ({money}): {newly} that are not held by "
        "the version in force, and {no_longer} fewer that are."
    ).format(
        orders=general.count(found.orders), days=days, held=general.count(found.held), money=general.money(found.held_fen),
        newly=general.count(found.newly_count), no_longer=general.count(found.no_longer_count),
    )  # fmt: skip


def _said(what: str, text: str) -> str:
    code = text.strip('"')
    if what == "mode" and code in words.MODES:
        return _(words.MODES[code][0])
    if what == "hit" and code in words.HITS:
        return _(words.HITS[code])
    sentence, arrow, then = text.rpartition(" → ")
    shown = _action(then if arrow else text)
    return general.plain(f"{sentence} → {shown}" if arrow else shown)


def _action(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return words.action(found) if isinstance(found, dict) else text
