"""The policies: the one in force with its sentence, the others, history, roll back, new."""

from functools import partial
from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.services import routing
from core.services.routing import PolicyRow
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import confirm_before, dialog
from core.ui.routing import policy_form
from core.ui.routing.titles import MODES, policy, state


def show() -> None:
    """Draw the tab."""
    if policy_form.is_open():
        policy_form.show()
        return
    actor, store = session.actor(), session.store()
    rows = routing.policies(actor, store)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("The policy in force decides the next order. A change is a draft until it is published."))
        if actor.may("routing.edit") and st.button(
            _("New policy"), icon=":material/add:", type="primary", key="routing_new"
        ):
            policy_form.begin()
            st.rerun()
    for name, why in routing.problems(actor, store).items():
        st.error(
            _("{name} cannot be read; its last good version stays in force. {why}").format(name=policy(name), why=why)
        )
    if not rows:
        empty(_("No routing policy yet."), _("Make one; until then orders wait without a warehouse."), icon="alt_route")
    for row in rows:
        _card(row)


def _card(row: PolicyRow) -> None:
    actor = session.actor()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{words.plain(policy(row.name))}**", width="content")
            if row.in_force:
                st.badge(_("decides"), color="green", icon=":material/check:")
            elif row.live and row.mode == "live":
                st.badge(_("overtaken"), color="gray", help=_("Another live policy was published later."))
            else:
                st.badge(_(MODES[row.mode]) if row.live else _("draft"), color="orange" if row.live else "gray")
            st.caption(f"v{row.live or row.newest}", width="content")
        for sentence in row.sentences:
            st.markdown(words.plain(sentence))
        if row.problem:
            st.error(row.problem)
        if row.live and row.newest > row.live:
            st.info(_("A newer draft waits beside the published version."), icon=":material/edit_note:")
        if actor.may("routing.edit") and st.button(
            _("Change"), icon=":material/edit:", key=f"routing_change_{row.name}"
        ):
            policy_form.begin(routing.newest(actor, session.store(), row.name).body)
            st.rerun()
        _history(row)


def _history(row: PolicyRow) -> None:
    actor, store = session.actor(), session.store()
    versions = routing.history(actor, store, row.name)
    with st.expander(_("History ({n} versions)").format(n=len(versions))):
        for version in versions:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                at = words.instant(version.published_at or version.created_at, session.zone())
                who = words.event_actor(version.author)
                st.markdown(f"**v{version.version}** {state(version.state)} · {at} · {words.plain(who)}")
                if version.state == "superseded" and actor.may("routing.edit"):
                    _back(row, version.version)
            for sentence in _sentences(version.body):
                st.caption(words.plain(sentence))


def _sentences(body: dict[str, Any]) -> tuple[str, ...]:
    try:
        return routing.sentences(session.actor(), session.store(), body, zone=session.zone())
    except DanliuError as error:
        return (str(error),)


def _back(row: PolicyRow, version: int) -> None:
    if st.button(
        _("Roll back to this"), key=f"routing_back_{row.name}_{version}", type="tertiary", icon=":material/undo:"
    ):
        dialog(_("Roll back to this"), partial(_confirm_back, row, version))


def _confirm_back(row: PolicyRow, version: int) -> None:
    actor, store = session.actor(), session.store()
    old = next(each for each in routing.history(actor, store, row.name) if each.version == version)
    confirm_before(
        _("Roll back to this"), "\n".join(f"- {words.plain(each)}" for each in _sentences(old.body)),
        lambda: routing.roll_back(actor, store, row.name, version), key="routing_back_confirm", done=_("Rolled back."),
    )  # fmt: skip
