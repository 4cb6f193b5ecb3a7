"""What is done from the desk: who comes second hears it in a toast, and for a minute one's own act can be taken back."""

from collections.abc import Callable

import streamlit as st

from core import clock
from core.errors import DanliuError, NotFound, Stale
from core.i18n import _
from core.services import review
from core.services.review import Done
from core.ui import session, words
from core.ui.forms import say_after_rerun, show_error

_DONE = "review_done"


def act(action: Callable[[], Done], said: str) -> None:
    """Do it and draw anew. `said` is a text with {n}, the number of orders it was for."""
    try:
        done = action()
    except (Stale, NotFound) as error:
        say_after_rerun(f"{error.message} {error.hint}")
        st.rerun()
    except DanliuError as error:
        show_error(error)
        return
    text = said.format(n=words.count(len(done.orders)))
    if done.left:
        text += " " + _("{n} were left out.").format(n=words.count(len(done.left)))
    st.session_state[_DONE] = (done, text)
    st.session_state["review_nonce"] = st.session_state.get("review_nonce", 0) + 1
    st.rerun()


def undo_bar() -> None:
    """The last act with its button, until its minute is over."""
    if st.session_state.get(_DONE) is not None:
        _bar()


@st.fragment(run_every="1s")
def _bar() -> None:
    kept = st.session_state.get(_DONE)
    if kept is None:
        return
    done, text = kept
    left = int((done.until - clock.now()).total_seconds()) if done.until else 0
    if left <= 0:
        st.session_state.pop(_DONE, None)
        st.rerun()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="review_undo_bar"):
        st.markdown(f":green[:material/check:] {words.plain(text)}", width="stretch")
        if st.button(_("Undo ({n} s)").format(n=left), key="review_undo", icon=":material/undo:"):
            _undo(done)


def _undo(done: Done) -> None:
    st.session_state.pop(_DONE, None)
    try:
        count = review.undo(session.actor(), session.store(), done.act_id)
    except DanliuError as error:
        say_after_rerun(f"{error.message} {error.hint}")
        st.rerun()
    say_after_rerun(_("Taken back for {n} orders.").format(n=words.count(count)))
    st.rerun()
