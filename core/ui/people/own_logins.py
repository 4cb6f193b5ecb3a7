"""The person's own logins and second step, out of the menu under the name."""

import io

import segno
import streamlit as st

from core import runtime
from core.i18n import _
from core.services import sessions
from core.ui import session
from core.ui.forms import attempt
from core.ui.people import session_list

_BEGUN, _CODES = "second_step_begun", "second_step_codes"


def draw() -> None:
    """Fill the dialog."""
    actor, store = session.actor(), session.store()
    st.markdown(f"**{_('Second step')}**")
    codes = st.session_state.pop(_CODES, None)
    if codes:
        _hand_over(codes)
    elif sessions.has_second_step(actor, store):
        _switch_off()
    elif st.session_state.get(_BEGUN):
        _confirm()
    else:
        st.caption(_("A login then needs the password and a code of an authenticator app on your phone."))
        if st.button(_("Set it up"), icon=":material/qr_code:", key="second_step_begin"):
            st.session_state[_BEGUN] = attempt(
                lambda: sessions.begin_second_step(actor, store, session.vault(), runtime.settings().name)
            )
            st.rerun(scope="fragment")
    st.markdown(f"**{_('My logins')}**")
    for login in sessions.own(actor, store):
        session_list.row(login, who=False)


def _confirm() -> None:
    secret, address = st.session_state[_BEGUN]
    st.caption(_("Scan this with the authenticator app, or type the key; then type the six digits it shows."))
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=6, border=3)
    st.image(picture.getvalue(), width=220)
    st.code(" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)), language=None)
    code = st.text_input(_("One-time code"), key="second_step_code", max_chars=8)
    if st.button(_("Switch on"), type="primary", disabled=not code.strip(), key="second_step_on"):
        codes = attempt(lambda: sessions.confirm_second_step(session.actor(), session.store(), session.vault(), code))
        if codes:
            st.session_state.pop(_BEGUN)
            st.session_state[_CODES] = codes
            st.rerun(scope="fragment")


def _hand_over(codes: list[str]) -> None:
    st.success(_("The second step is on."), icon=":material/verified_user:")
    st.write(
        _(
            "Keep these recovery codes on paper: each opens once, for the day the phone is lost. They are not shown again."
        )
    )
    st.code("\n".join(f"{code[:5]}-{code[5:]}" for code in codes), language=None)


def _switch_off() -> None:
    st.caption(_("It is on: a login asks for a code of your app. To switch it off, type a code."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.text_input(_("One-time code"), key="second_step_off_code", max_chars=8)
        if st.button(_("Switch off"), disabled=not code.strip(), key="second_step_off"):
            act = lambda: sessions.drop_second_step(session.actor(), session.store(), session.vault(), code)  # noqa: E731
            if attempt(act, _("The second step is off.")):
                st.rerun(scope="fragment")
