"""The doctor on a page: one press, every problem with what to do."""

import streamlit as st

from core import runtime
from core.i18n import _
from core.services import doctor
from core.ui import session
from core.ui.forms import attempt
from core.ui.markdown import plain

_FOUND = "doctor_found"


def check_up() -> None:
    """The tab."""
    st.caption(
        _("Looks at the store, the key, the audit trail, the disk, documents, shops, jobs and queues. Changes nothing.")
    )
    if st.button(_("Check now"), key="doctor_run", icon=":material/stethoscope:", type="primary"):
        with st.spinner(_("Checking …")):
            st.session_state[_FOUND] = attempt(
                lambda: tuple(doctor.examine(session.actor(), session.store(), session.vault(), runtime.settings()))
            )
    found = st.session_state.get(_FOUND)
    if found is None:
        return
    problems = [each for each in found if isinstance(each, doctor.Problem)] if isinstance(found, tuple) else []
    if not problems:
        st.success(_("Nothing is wrong."), icon=":material/check_circle:")
    for problem in problems:
        st.warning(f"**{plain(problem.message)}**  \n{plain(problem.hint)}", icon=":material/warning:")
