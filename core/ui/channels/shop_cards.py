"""The shops as cards: state, how far each has come, what waits, and what can be done. The facts refresh by themselves."""

from functools import partial

import streamlit as st

from core import clock, runtime
from core.i18n import _, language
from core.services import shops
from core.services.shops import ShopState
from core.ui import session, words
from core.ui.channels import authorise, backfill_form, shop_form
from core.ui.channels.words import SHOP_STATES, shop_state
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.theme import badge_colour

_PAUSED = "paused"


def show() -> None:
    """Draw the tab."""
    actor = session.actor()
    states = _listing()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("{n} shops · {orders} orders · {rejects} rejects").format(
                n=len(states),
                orders=words.count(sum(s.orders for s in states)),
                rejects=words.count(sum(s.rejects for s in states)),
            )
        )
        if actor.may("channels.edit") and st.button(
            _("Connect a shop"), icon=":material/add_link:", type="primary", key="connect_shop"
        ):
            dialog(_("Connect a shop"), shop_form.connect, width="large")
    if not states:
        empty(_("No shop is connected."), _("Connect one, or import an order file."), icon="storefront")
        return
    columns = st.columns(1 if session.on_phone() else 3)
    for place, state in enumerate(states):
        with columns[place % len(columns)], st.container(border=True):
            _card(state)


def _listing() -> list[ShopState]:
    return _listed(session.store().url, session.store().version, language())


@st.cache_data(ttl=3, max_entries=4, show_spinner=False)  # each card asks for itself, every few seconds
def _listed(store_url: str, version: int, language: str) -> list[ShopState]:  # noqa: ARG001 - the key of the cache
    return shops.listing(session.actor(), session.store(), session.vault(), runtime.settings())


def _card(state: ShopState) -> None:
    shop = state.shop
    st.markdown(f"**{shop.title}**  \n:gray[{words.channel(shop.channel)} · {shop.shop}]")
    _facts(shop.channel, shop.shop, paused=state.state == _PAUSED)
    _buttons(state)


@st.fragment(run_every="6s")
def _facts(channel: str, name: str, *, paused: bool) -> None:
    state = next((s for s in _listing() if (s.shop.channel, s.shop.shop) == (channel, name)), None)
    if state is None:
        return
    if (state.state == _PAUSED) != paused:
        st.rerun()  # somebody else paused or resumed it: the buttons below are out of date
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(shop_state(state.state), color=badge_colour(SHOP_STATES[state.state][1]))  # type: ignore[arg-type]
        if state.shop.demo:
            st.badge(_("demonstration"), color="orange")
        if state.rejects:
            st.badge(_("{n} rejects").format(n=words.count(state.rejects)), color="red", icon=":material/report:")
        if state.pushes_dead:
            st.badge(_("{n} dead pushes").format(n=words.count(state.pushes_dead)), color="red")
    zone = session.zone()
    facts = [(_("Orders"), words.count(state.orders))]
    if state.shop.connector:
        next_at = words.ago(state.next_at) if state.next_at and state.next_at > clock.now() else _("now")
        facts += [
            (_("Last pull"), words.ago_with_hover(state.pulled_at, zone)),
            (_("Next pull"), next_at if state.next_at else words.NONE),
            (_("In step until"), words.ago_with_hover(min(state.cursors.values(), default=None), zone)),
        ]
        run = state.last_run
        if run:
            brought = _("{pulled} read, {inserted} new, {updated} changed").format(
                pulled=words.count(run.counts.pulled),
                inserted=words.count(run.counts.inserted),
                updated=words.count(run.counts.updated),
            )
            facts.append((_("It brought"), brought))
    rows = "".join(f"<div><span class=dl-quiet>{label}</span> <b>{value}</b></div>" for label, value in facts)
    st.html(f"<div style='font-size:.9em;line-height:1.7'>{rows}</div>")
    _trouble(state)


def _trouble(state: ShopState) -> None:
    if state.error and state.state != "unauthorised":  # the badge and the button say it
        text = f"{state.error}  \n{state.hint}" if state.hint else state.error
        (st.error if state.state == "bad_setup" else st.warning)(text)
    if state.reauthorise_by:
        days = (state.reauthorise_by - clock.now()).days
        day = state.reauthorise_by.astimezone().date().isoformat()
        told = _("Authorise it again on the platform by {day}.").format(day=day)
        (st.warning if days < authorise.WARN_DAYS else st.caption)(told)


def _buttons(state: ShopState) -> None:
    actor, store, settings, shop = session.actor(), session.store(), runtime.settings(), state.shop
    key = f"{shop.channel}_{shop.shop}"
    may_run = actor.may("channels.run") and bool(shop.connector)
    due = actor.may("channels.edit") and authorise.is_due(state)
    with st.container(horizontal=True, gap="small"):
        if due:
            authorise.button(state, key, main=True)
        paused = state.state == _PAUSED
        if may_run and st.button(_("Pull now"), icon=":material/sync:", key=f"run_{key}"):
            done = _("It is resumed and pulled within seconds.") if paused else _("It is pulled within seconds.")
            if attempt(lambda: shops.run_now(actor, store, settings, shop.channel, shop.shop)):
                say_after_rerun(done)
                st.rerun()
        # Two buttons and not one that changes its word: a click on a word that is out of date must never do the opposite.
        name, label, icon = ("resume", _("Resume"), "play_arrow") if paused else ("pause", _("Pause"), "pause")
        if may_run and st.button(label, icon=f":material/{icon}:", key=f"{name}_{key}"):
            attempt(lambda: shops.pause(actor, store, settings, shop.channel, shop.shop, paused=not paused))
            st.rerun()
        if may_run or actor.may("channels.edit"):
            _more(state, key, due=due)


def _more(state: ShopState, key: str, *, due: bool) -> None:
    actor, shop = session.actor(), state.shop
    with st.popover(_("More"), icon=":material/more_horiz:"):
        if (
            actor.may("channels.run")
            and shop.connector
            and st.button(_("Back-fill a period"), icon=":material/history:", key=f"fill_{key}", width="stretch")
        ):
            dialog(_("Back-fill a period"), backfill_form.ask, state)
        if state.is_authorisable and not due and actor.may("channels.edit"):
            authorise.button(state, key, main=False)
        if shop.headless:
            st.caption(_("It stands in config.toml and is changed there."))
        elif actor.may("channels.edit"):
            if st.button(_("Change settings"), icon=":material/tune:", key=f"change_{key}", width="stretch"):
                dialog(_("Change settings"), shop_form.change, state, width="large")
            if st.button(_("Disconnect"), icon=":material/link_off:", key=f"remove_{key}", width="stretch"):
                dialog(_("Disconnect"), _confirm_remove, state)
        mapping = session.link_to("mapping")
        if mapping is not None and st.button(
            _("Field mapping"), icon=":material/conversion_path:", key=f"map_{key}", width="stretch"
        ):
            st.switch_page(mapping, query_params={"channel": shop.channel, "shop": shop.shop})


def _confirm_remove(state: ShopState) -> None:
    shop = state.shop
    confirm_before(
        _("Disconnect"),
        _("{shop} is pulled no more and its keys are forgotten. Its {n} orders and their history stay.").format(
            shop=f"**{shop.title}**", n=words.count(state.orders)
        ),
        partial(shops.remove, session.actor(), session.store(), runtime.settings(), shop.channel, shop.shop),
        key="confirm_remove",
        done=_("{shop} is disconnected.").format(shop=shop.title),
    )
