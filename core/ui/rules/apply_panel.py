"""Apply to open orders: first which orders would change and how, then one click for exactly those."""

import streamlit as st

from core.decide.risk import Difference
from core.i18n import _
from core.services import rules
from core.ui import session
from core.ui import words as general
from core.ui.forms import attempt, say_after_rerun
from core.ui.rules import try_panel
from core.ui.table import table

_SHOWN, _KEY = 50, "rules_difference"


def draw() -> None:
    """The dialog's content. The orders shown are frozen: only those are changed, and only where they still stand so."""
    st.caption(_("All paid orders that are not picked yet are decided anew by the risk sets in force."))
    found = _frozen()
    st.markdown(
        _("Of {n} open orders {hold} would be held and {release} released.").format(
            n=general.count(found.looked_at), hold=f"**{general.count(len(found.hold))}**",
            release=f"**{general.count(len(found.release))}**",
        )
    )  # fmt: skip
    _sample(_("Would be held"), found.hold, "apply_hold")
    _sample(_("Would be released"), found.release, "apply_release")
    if not found.hold and not found.release:
        st.success(_("Nothing would change: the open orders stand as the rules say."), icon=":material/check:")
        return
    if session.actor().may("rules.edit") and st.button(
        _("Change these {n} orders").format(n=general.count(len(found.hold) + len(found.release))),
        type="primary", key="rules_apply_now",
    ):  # fmt: skip
        _apply(found)


def _frozen() -> Difference:
    """The difference as it was when the dialog was opened: what is shown is what is changed."""
    if _KEY not in st.session_state:
        with st.spinner(_("Looking at the open orders …")):
            st.session_state[_KEY] = rules.difference(
                session.actor(), session.store(), session.vault(), zone=session.zone()
            )
    return st.session_state[_KEY]


def begin() -> None:
    """Look anew when the dialog opens."""
    st.session_state.pop(_KEY, None)


def _apply(found: Difference) -> None:
    done = attempt(lambda: rules.apply(session.actor(), session.store(), session.vault(), found, zone=session.zone()))
    if isinstance(done, tuple):
        say_after_rerun(_("{held} held, {released} released.").format(held=done[0], released=done[1]))
        st.rerun()


def _sample(title: str, keys: tuple[int, ...], key: str) -> None:
    if not keys:
        return
    rest = f" · {_('the first {n} are shown').format(n=_SHOWN)}" if len(keys) > _SHOWN else ""
    st.markdown(f"**{title}: {general.count(len(keys))}**{rest}")
    rows = try_panel.rows_of(keys[:_SHOWN])
    table(rows, try_panel.columns(), key=key, height=min(38 + 34 * len(rows), 320))
