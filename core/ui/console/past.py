"""The questions a person keeps, and those asked before with what became of them."""

import streamlit as st

from core.i18n import N_, _
from core.services import sql_console
from core.ui import session, words
from core.ui.console.ask import take
from core.ui.empty import empty

_STATES = {
    "running": N_("runs"), "done": N_("answered"), "cancelled": N_("stopped"), "too_long": N_("took too long"),
    "too_much": N_("needed too much"), "failed": N_("failed"), "refused": N_("refused"),
}  # fmt: skip


def saved() -> None:
    """Draw the tab of kept questions."""
    actor, store = session.actor(), session.store()
    kept = sql_console.saved(actor, store)
    if not kept:
        empty(_("No question is kept yet."), _("Write one and press Keep."), icon="bookmark")
        return
    for n, view in enumerate(kept):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{words.plain(view.name)}**", width="stretch")
                st.button(_("Take it"), key=f"console_take_{n}", on_click=take, args=(str(view.body["sql"]),))
                st.button(
                    _("Forget"), key=f"console_forget_{n}", type="tertiary", icon=":material/delete:",
                    on_click=sql_console.forget, args=(actor, store, view.name),
                )  # fmt: skip
            st.code(str(view.body["sql"]), language="sql")


def asked() -> None:
    """Draw the tab of past questions."""
    found = sql_console.history(session.actor(), session.store(), 30)
    if not found:
        empty(_("You have asked nothing yet."), _("Every question is kept here, for you alone."), icon="history")
        return
    for n, one in enumerate(found):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                told = f"{words.instant(one.started_at, session.zone())} · {_(_STATES.get(one.state, one.state))}"
                if one.state == "done":
                    told += " · " + _("{n} rows in {s} s").format(n=f"{one.rows:,}", s=f"{one.seconds:.2f}")
                st.caption(told, width="stretch")
                st.button(_("Take it"), key=f"console_again_{n}", on_click=take, args=(one.question,))
            st.code(one.question, language="sql")
            if one.error:
                st.caption(words.plain(one.error))
