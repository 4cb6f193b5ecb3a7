"""The versions tab: what is not saved, the history with its differences, rolling back, history mapped anew, shops."""

from copy import deepcopy
from functools import partial

import streamlit as st

from core import runtime
from core.i18n import _
from core.services import mapping_trial, mappings, shops
from core.store.documents import Document
from core.ui import session, words
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.mapping import work as works
from core.ui.mapping.work import Work
from core.ui.theme import badge_colour

STATES = {"draft": ("orange", "draft"), "published": ("green", "published"), "superseded": ("grey", "superseded")}


def state_words(state: str) -> str:
    """A version's state in words."""
    return {
        "draft": _("draft"),
        "published": _("live"),
        "superseded": _("former"),
        "new": _("not saved yet"),
    }.get(state, state)


def show(work: Work) -> None:
    """Draw the tab."""
    actor = session.actor()
    if work.saved is not None and work.changed:
        st.markdown(f"**{_('Not saved yet')}**")
        _differences(mappings.compare(actor, session.store(), work.saved, work.body))
    _shops(work)
    if work.saved is None:
        return
    if actor.may("mapping.edit"):
        _copy(work)
    st.markdown(f"**{_('History')}**")
    history = mappings.history(actor, session.store(), work.name)
    for version, before in zip(history, [*history[1:], None], strict=True):
        _version(work, version, before)


def _copy(work: Work) -> None:
    """The same under another name: for a shop that needs it otherwise."""
    with st.popover(_("Copy under another name"), icon=":material/content_copy:"):
        name = st.text_input(_("Name"), key=f"copy_{work.name}", placeholder=f"{work.name}.2").strip()
        taken = name in {row.name for row in mappings.listing(session.actor(), session.store(), runtime.settings())}
        if taken:
            st.caption(f":red[{_('The name {name} is taken.').format(name=name)}]")
        if st.button(_("Copy"), type="primary", key="copy", disabled=not name or taken):
            works.begin({**deepcopy(work.body), "name": name}, list(work.bodies), {})
            st.session_state["mapping_next"] = name
            st.rerun()


def _differences(said: list[str]) -> None:
    for text in said[:40]:
        st.markdown(f"- {text}")
    if len(said) > 40:
        st.caption(_("and {n} more").format(n=len(said) - 40))
    if not said:
        st.caption(_("No difference in what it does."))


def _version(work: Work, version: Document, before: Document | None) -> None:
    actor, zone = session.actor(), session.zone()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**v{version.version}**", width="content")
            colour = STATES.get(version.state, ("grey", ""))[0]
            st.badge(state_words(version.state), color=badge_colour(colour))  # type: ignore[arg-type]
            when = version.published_at or version.created_at
            st.caption(f"{version.author} · {words.instant(when, zone)} · {version.note}".rstrip(" ·"), width="content")
            st.space("stretch")
            if (
                actor.may("mapping.edit")
                and version.state == "superseded"
                and st.button(_("Roll back to it"), icon=":material/undo:", key=f"back_{version.version}")
            ):
                dialog(_("Roll back"), _confirm_back, work, version)
        if before is not None:
            with st.expander(_("What it changed")):
                _differences(mappings.compare(actor, session.store(), before.body, version.body))


def _confirm_back(work: Work, version: Document) -> None:
    actor, store = session.actor(), session.store()
    live = mappings.live(actor, store, work.name)
    if live is not None:
        _differences(mappings.compare(actor, store, live.body, version.body))
    confirm_before(
        _("Roll back"),
        _(
            "Version {version} becomes live again as a new version, for the next batch. What is in the pool stays."
        ).format(version=version.version),
        partial(_back, work, version.version),
        key="confirm_back",
        done=_("Version {version} is live again.").format(version=version.version),
    )


def _back(work: Work, version: int) -> Document:
    done = mappings.roll_back(session.actor(), session.store(), work.name, version)
    works.forget(work.name)
    return done


def save(work: Work) -> None:
    """The dialog of saving a draft."""
    if work.saved is not None:
        _differences(mappings.compare(session.actor(), session.store(), work.saved, work.body))
    note = st.text_input(_("Note"), key="draft_note", placeholder=_("What is it for?"))
    st.caption(_("A draft changes nothing yet. It takes orders in once it is published."))
    if st.button(_("Save the draft"), type="primary", key="confirm_save"):
        made = attempt(lambda: mappings.save_draft(session.actor(), session.store(), work.body, note=note))
        if isinstance(made, Document):
            works.stored(work, made)
            say_after_rerun(_("Saved as version {version}, a draft.").format(version=made.version))
            st.rerun()


def publish(work: Work) -> None:
    """The dialog of publishing: what changes, for whom."""
    actor, store = session.actor(), session.store()
    live = mappings.live(actor, store, work.name)
    if live is not None:
        _differences(mappings.compare(actor, store, live.body, work.body))
    users = words.listed(shop for _channel, shop in works.users(work)) or _("no shop yet")
    if work.bodies:
        failed = len(work.tried().failed)
        st.caption(
            _("{failed} of the {n} payloads it was tried on would be rejected.").format(
                failed=failed, n=len(work.bodies)
            )
        )
    confirm_before(
        _("Publish"),
        _(
            "From the next batch on version {version} maps for: {shops}. What is in the pool stays until it is mapped again."
        ).format(version=work.version, shops=users),
        lambda: mappings.publish(actor, store, work.name, work.version),
        key="confirm_publish",
        done=_("Version {version} is live.").format(version=work.version),
    )


def _shops(work: Work) -> None:
    actor, store, settings = session.actor(), session.store(), runtime.settings()
    users = works.users(work)
    st.markdown(f"**{_('Shops')}**")
    if not users:
        st.caption(_("It maps for no shop yet."))
    may_edit = actor.may("mapping.edit")
    for channel, shop in users:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{shop} :gray[{words.channel(channel)}]", width="content")
            live = mappings.live(actor, store, work.name)
            if (
                may_edit
                and live is not None
                and work.entity in ("orders", "refunds")
                and st.button(_("Map its history again"), icon=":material/restart_alt:", key=f"remap_{channel}_{shop}")
            ):
                dialog(_("Map the history again"), _remap, work, channel, shop)
    if may_edit and work.saved is not None and work.body.get("source") != "rows":
        others = [
            state.shop
            for state in (shops.listing(actor, store, session.vault(), settings) if actor.may("channels.view") else [])
            if (state.shop.channel, state.shop.shop) not in users and not state.shop.headless
        ]
        labels = {f"{s.channel}/{s.shop}": f"{s.title} ({words.channel(s.channel)})" for s in others}
        with st.popover(_("Give it to a shop"), icon=":material/storefront:", disabled=not others):
            chosen = st.selectbox(_("Shop"), list(labels), format_func=labels.__getitem__, key="assign_shop")
            if st.button(_("Use this mapping"), type="primary", key="assign") and chosen:
                channel, _slash, shop = chosen.partition("/")
                if attempt(lambda: mappings.assign(actor, store, settings, channel, shop, work.entity, work.name)):
                    say_after_rerun(
                        _("{shop} is mapped by {name} from the next batch on.").format(shop=shop, name=work.name)
                    )
                    st.rerun()


def _remap(work: Work, channel: str, shop: str) -> None:
    st.write(
        _(
            "Every kept payload of {shop} goes through the live mapping again. What differs is written, each with an event. "
            "It goes on part by part: what is done stays done if you leave."
        ).format(shop=f"**{shop}**")
    )
    if not st.button(_("Begin"), type="primary", key="confirm_remap"):
        return
    bar = st.progress(0.0)
    done = attempt(
        lambda: mapping_trial.remap_history(
            session.actor(),
            session.store(),
            session.vault(),
            channel,
            shop,
            work.entity,
            mapping=work.name,
            progress=lambda share: bar.progress(min(share, 1.0), text=f"{share:.0%}") and None,
        )
    )
    if done:
        bar.progress(1.0)
        st.success(
            _("{orders} mapped, {updated} changed, {rejected} rejected, {n} s.").format(
                orders=words.count(done.orders),
                updated=words.count(done.updated),
                rejected=words.count(done.rejected),
                n=f"{done.seconds:.1f}",
            )
        )
