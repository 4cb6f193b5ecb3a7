"""What every form shares: dialogs with translated titles, errors in words, actions that show their outcome."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import _

_SAID = "said"


def show_error(error: DanliuError) -> None:
    """One error in the reader's words: the cause, then the next step."""
    st.error(f"**{error.message}**  \n{error.hint}" if error.hint else error.message, icon=":material/error:")


def dialog(title: str, draw: Callable[..., None], *args: Any, width: str = "small", **kwargs: Any) -> None:
    """Open a dialog whose title is in the language of this call; `draw` fills it and shows errors inside."""

    def body() -> None:
        try:
            draw(*args, **kwargs)
        except DanliuError as error:
            show_error(error)

    st.dialog(title, width=width)(body)()  # type: ignore[arg-type]


def attempt(action: Callable[[], Any], done: str = "") -> Any:
    """Run an action of a button: its result, or None with the error shown. `done` becomes a toast."""
    try:
        result = action()
    except DanliuError as error:
        show_error(error)
        return None
    if done:
        st.toast(done, icon=":material/check:")
    return result if result is not None else True


def say_after_rerun(text: str) -> None:
    """A toast that outlives the `st.rerun()` after it."""
    st.session_state[_SAID] = text


def say_what_was_left() -> None:
    """Shows what `say_after_rerun` left; the shell calls it at each run."""
    text = st.session_state.pop(_SAID, "")
    if text:
        st.toast(text, icon=":material/check:")


def confirm_before(label: str, effect: str, action: Callable[[], Any], *, key: str, done: str = "") -> None:
    """Inside a dialog: say what will happen, then one button that does it and closes the dialog."""
    st.write(effect)
    if st.button(label, key=key, type="primary") and attempt(action) is not None:
        say_after_rerun(done or _("Done."))
        st.rerun()
