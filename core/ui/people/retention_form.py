"""How long each kind of data is kept."""

import streamlit as st

from core.i18n import _
from core.services import erasure
from core.services.erasure import KINDS
from core.ui import session
from core.ui.forms import attempt, say_after_rerun

_MONTHS = (0, 1, 2, 3, 6, 12, 18, 24, 36, 60)


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    kept = erasure.retention(actor, store)
    st.caption(
        _("What is older goes every night, and cannot be brought back but from a back-up. The audit trail stays.")
    )
    wanted: dict[str, int] = {}
    for kind, label in KINDS.items():
        options = sorted({*_MONTHS, kept[kind]})
        wanted[kind] = st.selectbox(
            _(label), options, index=options.index(kept[kind]), key=f"keep_{kind}",
            format_func=lambda n: _("{n} months").format(n=n) if n else _("for ever"),
        )  # fmt: skip
    changed = {kind: months for kind, months in wanted.items() if months != kept[kind]}
    shorter = [_(KINDS[kind]) for kind, months in changed.items() if months and (not kept[kind] or months < kept[kind])]
    if shorter:
        st.warning(
            _("Tonight older rows are removed for good: {kinds}.").format(kinds=" · ".join(shorter)),
            icon=":material/delete:",
        )
    pressed = st.button(_("Save"), type="primary", disabled=not changed, key="keep_save")
    if pressed and attempt(lambda: erasure.set_retention(actor, store, changed)):
        say_after_rerun(_("Saved."))
        st.rerun()
