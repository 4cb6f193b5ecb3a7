"""Proving the audit trail, and its file."""

import streamlit as st

from core.i18n import _
from core.services import audit_trail
from core.store.audit_trail import Wanted
from core.ui import session
from core.ui.forms import attempt


def draw() -> None:
    """The dialog: what the proof is, then its verdict."""
    st.write(
        _("Each entry is hashed with the one before, and sealed every night. The proof computes all of it anew and names what was altered, removed or added by hand.")
    )  # fmt: skip
    if not st.button(_("Prove now"), type="primary", key="audit_prove_do"):
        return
    with st.spinner(_("Computing…")):
        found = attempt(lambda: audit_trail.prove(session.actor(), session.store(), session.vault()))
    if not found:
        return
    if found.broken:
        numbers = ", ".join(map(str, found.broken))
        st.error(
            _("The trail was altered at entry {numbers}. Keep the store as it is and compare with a back-up.").format(
                numbers=numbers
            ),
            icon=":material/gpp_bad:",
        )
        return
    st.success(
        _("All {n} entries are as they were written.").format(n=f"{found.rows:,}"), icon=":material/verified_user:"
    )


def export_button(wanted: Wanted) -> None:
    """Make the file on demand, then offer it."""
    if st.button(_("Export"), icon=":material/download:", key="audit_export"):
        made = attempt(lambda: audit_trail.export(session.actor(), session.store(), wanted, zone=session.zone()))
        if made:
            name, content = made
            st.download_button(_("Download {name}").format(name=name), content, name, "text/csv", key="audit_file")
