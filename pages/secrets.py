"""Secrets: which the product keeps and how old they are; each can be replaced, none is shown."""

from functools import partial

import streamlit as st

from core import clock, runtime
from core.i18n import N_, _
from core.services import company_login, secrets
from core.services.secrets import OLD_DAYS, PLACES, Kept
from core.ui import names, session
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.markdown import plain
from core.ui.page import Page
from core.ui.words import ago

PAGE = Page("secrets", N_("Secrets"), "key", "settings", 72, "secrets.edit")


def render() -> None:
    """Draw the page."""
    st.header(_("Secrets"))
    st.caption(
        _("Sealed by the key file, which lies outside the store. A value goes in and never comes out, not even here.")
    )
    found = secrets.listing(session.actor(), session.store(), session.vault())
    if company_login.is_on(runtime.settings()) and not any(kept.place == "sign_in" for kept in found):
        _client()
    if not found:
        empty(
            _("No secret is kept yet."), _("Connect a shop or set up a robot."), icon="key", page="channels",
            label=_("Channels"),
        )  # fmt: skip
    for kept in found:
        _row(kept)


def _client() -> None:
    """The company login is set up in the settings; what the provider gave for it is typed in here."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="secret_client"):
        with st.container(gap=None):
            st.markdown(f"**{_('Company login')}** :gray[client_secret]")
            st.caption(_("Not kept yet; a provider that asks for none needs none."))
        if st.button(_("Enter"), icon=":material/key:", key="enter_client"):
            dialog(_("Company login"), _client_form)


def _client_form() -> None:
    value = st.text_input(_("Client secret"), type="password", key="client_value", autocomplete="off")
    if not st.button(_("Save"), type="primary", disabled=not value.strip(), key="client_do"):
        return
    actor, store, vault = session.actor(), session.store(), session.vault()
    if attempt(lambda: company_login.keep_client_secret(actor, store, vault, value)):
        st.session_state.pop("client_value", None)
        say_after_rerun(_("Saved."))
        st.rerun()


def _row(kept: Kept) -> None:
    owner = names.shop(*kept.owner.split("/", 1)) if kept.place == "shop" else kept.owner
    key = f"{kept.place}_{kept.owner}_{kept.setting}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"secret_{key}"):
        with st.container(gap=None):
            days = (clock.now() - kept.since).days if kept.since else 0
            badge = f" :orange-badge[{_('old')}]" if days > OLD_DAYS else ""
            title = " · ".join(text for text in (_(PLACES[kept.place]), owner) if text)
            st.markdown(f"**{plain(title)}** :gray[{plain(kept.setting)}]{badge}")
            said = _("replaced {ago}").format(ago=ago(kept.since)) if kept.since else _("age unknown")
            st.caption(f"{said} · {plain(kept.by)}" if kept.by else said)
        if st.button(_("Replace"), icon=":material/sync_lock:", key=f"replace_{key}"):
            dialog(_("Replace a secret"), partial(_form, kept, title))


def _form(kept: Kept, title: str) -> None:
    st.write(_("{owner}: the old value of {setting} is gone at once and the next call uses the new one.").format(
        owner=plain(title), setting=plain(kept.setting)
    ))  # fmt: skip
    value = st.text_input(_("New value"), type="password", key="secret_value", autocomplete="off")
    pressed = st.button(_("Replace"), type="primary", disabled=not value.strip(), key="secret_do")
    if not pressed:
        return
    actor, store, vault = session.actor(), session.store(), session.vault()
    if attempt(lambda: secrets.replace(actor, store, vault, kept.place, kept.owner, kept.setting, value)):
        st.session_state.pop("secret_value", None)
        say_after_rerun(_("Replaced."))
        st.rerun()
