"""When a page breaks: a sentence with a number in the reader's language, the cause in the log under that number."""

import logging
import secrets

import streamlit as st

from core.errors import DanliuError
from core.i18n import _

log = logging.getLogger(__name__)


def on_script_error(error: Exception) -> bool:
    """Shows the person what to do next, never the traceback."""
    if isinstance(error, DanliuError):
        log.warning("page: %s", error, extra={"code": error.code})
        st.error(f"**{error.message}**  \n{error.hint}", icon=":material/error:")
        return True
    incident = secrets.token_hex(4)
    log.error("page failed, incident %s", incident, exc_info=error, extra={"incident": incident})
    words = _("Something went wrong here.")
    step = _("Try again; if it happens again, tell an administrator the number {incident}.").format(incident=incident)
    st.error(f"**{words}**  \n{step}", icon=":material/error:")
    return True
