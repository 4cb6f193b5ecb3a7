"""The forms of a shop: connect a new one, change one. The connection can be tried before anything is kept."""

import streamlit as st

from core import runtime
from core.i18n import _, language
from core.services import channels, shops
from core.services.channels import Form, Preset
from core.services.shops import ShopState
from core.ui import session
from core.ui.channels.settings_form import Kept, fields
from core.ui.forms import attempt, say_after_rerun


def connect() -> None:
    """Choose a channel, fill its form in, test, save."""
    actor, store = session.actor(), session.store()
    known = {channel.channel: channel for channel in channels.listing(actor, store)}
    titles = {
        name: channel.title if channel.connector else _("{title} (files only)").format(title=channel.title)
        for name, channel in known.items()
    }
    name = st.selectbox(
        _("Channel"),
        list(known),
        index=None,
        format_func=titles.__getitem__,
        key="new_channel",
        placeholder=_("Choose the platform"),
    )
    if name is None:
        st.caption(_("A platform that is not in the list can be added under Own channels."))
        return
    form = channels.forms(actor, store).get(known[name].connector)
    preset = _preset(name, form)
    left, right = st.columns(2)
    shop = left.text_input(
        _("Shop name"), key="new_shop", help=_("A short name of yours. It stands in every order and never changes.")
    )
    title = right.text_input(_("Title"), key="new_title", placeholder=shop)
    if form is None:
        st.info(_("Its orders come from files: import them below the shop afterwards."), icon=":material/upload_file:")
        values: dict[str, str] = {}
    else:
        kept = Kept(preset.settings if preset else {}, frozenset(preset.settings) if preset else frozenset())
        values = fields(form.settings, kept, key=f"new_{form.connector}_{preset.name if preset else ''}")
    _actions(name, shop.strip(), title.strip(), form, values)


def _preset(channel: str, form: Form | None) -> Preset | None:
    ready = [
        p
        for p in channels.presets(session.actor(), session.store())
        if form and p.connector == form.connector and p.channel in (channel, "")
    ]
    if not ready:
        return None
    names = {preset.name: preset.titles.get(language(), preset.name) for preset in ready}
    chosen = st.segmented_control(
        _("Begin with"),
        ["", *names],
        default=ready[0].name,
        required=True,
        format_func={"": _("an empty form"), **names}.__getitem__,
        key="new_preset",
    )
    return next((preset for preset in ready if preset.name == chosen), None)


def _actions(channel: str, shop: str, title: str, form: Form | None, values: dict[str, str]) -> None:
    actor, store, vault, settings = session.actor(), session.store(), session.vault(), runtime.settings()
    with st.container(horizontal=True):
        test = form is not None and st.button(_("Test the connection"), icon=":material/network_check:", key="test_new")
        save = st.button(_("Connect the shop"), type="primary", key="save_new")
    if test:
        with st.spinner(_("Asking the other side …")):
            check = attempt(
                lambda: shops.test_connection(
                    actor, store, vault, settings, channel, shop or "?", values, connector_name=form and form.connector
                )
            )
        show_check(check)
    if save and attempt(lambda: shops.connect_shop(actor, store, vault, settings, channel, shop, values, title=title)):
        say_after_rerun(_connected(form, values).format(shop=title or shop))
        st.rerun()


def _connected(form: Form | None, values: dict[str, str]) -> str:
    lacking = [s for s in form.settings if s.granted and s.required and not values.get(s.name)] if form else []
    if lacking:
        return _("{shop} is connected. Authorise it now: its first pull begins afterwards.")
    return _("{shop} is connected. The first pull begins within seconds.")


def show_check(check: object) -> None:
    """The other side's own words, and whether it went well."""
    if isinstance(check, shops.Check):
        (st.success if check.ok else st.error)(f"{check.said}  \n{check.hint}" if check.hint else check.said)


def change(state: ShopState) -> None:
    """Other settings for a connected shop; a secret left empty stays."""
    actor, store, vault, settings = session.actor(), session.store(), session.vault(), runtime.settings()
    shop = state.shop
    form = channels.forms(actor, store).get(shop.connector)
    left, right = st.columns(2)
    title = left.text_input(_("Title"), value=shop.title, key="change_title")
    seconds = right.number_input(
        _("Pull every … seconds"),
        shops.SHORTEST_INTERVAL,
        shops.LONGEST_INTERVAL,
        shop.interval_seconds or settings.pull_interval_seconds,
        key="change_interval",
        disabled=form is None,
    )
    values = fields(form.settings, Kept(shop.settings, state.filled), key="change") if form else {}
    with st.container(horizontal=True):
        test = form is not None and st.button(
            _("Test the connection"), icon=":material/network_check:", key="test_change"
        )
        save = st.button(_("Save"), type="primary", key="save_change")
    if test:
        with st.spinner(_("Asking the other side …")):
            show_check(
                attempt(lambda: shops.test_connection(actor, store, vault, settings, shop.channel, shop.shop, values))
            )
    if save and attempt(
        lambda: shops.change_shop(
            actor,
            store,
            vault,
            settings,
            shop.channel,
            shop.shop,
            values,
            title=title,
            interval_seconds=int(seconds) if form else None,
        )
    ):
        say_after_rerun(_("{shop} is changed.").format(shop=title))
        st.rerun()
