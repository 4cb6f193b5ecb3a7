"""The own channels tab: channels the operator added beside the known ones."""

import streamlit as st

from core.i18n import _
from core.services import channels
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    own = [channel for channel in channels.listing(actor, store) if channel.own]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("A channel of your own is fed by files, or by any REST interface or MySQL table through a form."))
        if actor.may("channels.edit") and st.button(
            _("Add a channel"), icon=":material/add:", type="primary", key="add_channel"
        ):
            dialog(_("Add a channel"), _form)
    if not own:
        empty(_("No channel of your own yet."), _("Add one for a platform that is not in the list."), icon="hub")
    forms = channels.forms(actor, store)
    for channel in own:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{channel.title}** `{channel.channel}`", width="content")
            form = forms.get(channel.connector)
            st.caption(_(form.title) if form else _("files only"), width="content")


def _form() -> None:
    actor, store = session.actor(), session.store()
    name = st.text_input(_("Name"), key="channel_name", help=_("2 to 30 of a-z, 0-9 and _. It never changes."))
    zh = st.text_input(_("Label (Chinese)"), key="channel_zh")
    en = st.text_input(_("Label (English)"), key="channel_en")
    titles = {"": _("files only"), **{n: _(form.title) for n, form in channels.forms(actor, store).items()}}
    connector = st.selectbox(
        _("Its shops are read by"), list(titles), format_func=titles.__getitem__, key="channel_connector"
    )
    if st.button(_("Save"), type="primary", key="save_channel") and attempt(
        lambda: channels.add_channel(
            actor, store, name.strip(), label_zh=zh, label_en=en, connector_name=connector or ""
        )
    ):
        say_after_rerun(_("The channel is there."))
        st.rerun()
