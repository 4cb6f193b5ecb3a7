"""Robots and mail boxes: who reads each, tried out with one click; secrets are typed in and never shown again."""

import streamlit as st

from core.channels.robots import KINDS, SETTINGS
from core.i18n import _
from core.people.permissions import ROLES
from core.services import alerts, robots
from core.store.robots import Robot
from core.ui import session, words
from core.ui.channels.settings_form import Kept, fields
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun


def show() -> None:
    """Draw the robots, the address in links, and for whom may change them their forms."""
    who, store = session.actor(), session.store()
    edits = who.may("robots.edit")
    if edits and st.button(_("Add a robot or mail box"), icon=":material/add:", key="robot_new", type="primary"):
        dialog(_("Add a robot or mail box"), _form, None)
    found = robots.listing(who, store)
    if not found:
        empty(
            _("No robot and no mail box is set up."),
            _("Groups of DingTalk, WeCom and Feishu by their web hooks, or e-mail."), icon="smart_toy",
        )  # fmt: skip
    for robot in found:
        _card(robot, edits)
    if edits:
        _address()


def _card(robot: Robot, edits: bool) -> None:
    who, store = session.actor(), session.store()
    with st.container(border=True, key=f"robot_{robot.name}", gap="small"):
        st.markdown(f"**{words.plain(robot.name)}** · {_(KINDS.get(robot.kind, robot.kind))}")
        reads = _(ROLES[robot.role]) if robot.role in ROLES else words.plain(robot.role) or _("everybody")
        to = robot.settings.get("to", "")
        st.caption(" · ".join(part for part in (f"{_('Who reads it')}: {reads}", words.plain(to)) if part))
        if not edits:
            return
        with st.container(horizontal=True, gap="small"):
            if st.button(_("Send a test"), key=f"robot_test_{robot.name}", icon=":material/send:"):
                said = attempt(lambda: robots.try_out(who, store, session.vault(), robot.name))
                if said:
                    st.success(_("Sent; the other side said: {words}").format(words=words.plain(str(said))))
            if st.button(_("Change"), key=f"robot_change_{robot.name}", icon=":material/edit:"):
                dialog(_("Change the robot"), _form, robot)
            if st.button(_("Remove"), key=f"robot_remove_{robot.name}", icon=":material/delete:"):
                dialog(_("Remove"), _remove, robot.name)


def _form(robot: Robot | None) -> None:
    who, store = session.actor(), session.store()
    name = robot.name if robot else st.text_input(_("Name"), key="robot_name", max_chars=40)
    kinds = list(KINDS)
    kind = robot.kind if robot else st.selectbox(_("Kind"), kinds, format_func=lambda k: _(KINDS[k]), key="robot_kind")
    roles = ["", *ROLES]
    kept_role = robot.role if robot and robot.role in ROLES else ""
    role = st.selectbox(
        _("Who reads it"), roles, index=roles.index(kept_role), key="robot_role",
        format_func=lambda r: _(ROLES[r]) if r else _("everybody"),
    )  # fmt: skip
    filled = {s.name for s in SETTINGS[kind] if s.kind == "secret"} if robot and robot.secrets else set[str]()
    kept = Kept(dict(robot.settings), frozenset({*robot.settings, *filled})) if robot else Kept({})
    values = fields(SETTINGS[kind], kept, key=f"robot_{kind}")
    if st.button(_("Save"), type="primary", key="robot_save") and attempt(
        lambda: robots.save(who, store, session.vault(), name, kind, values, role=role or "")
    ):
        say_after_rerun(_("The robot is saved."))
        st.rerun()


def _remove(name: str) -> None:
    action = lambda: robots.remove(session.actor(), session.store(), name)  # noqa: E731 - a button's action
    done = _("The robot is removed; rules and flows that name it tell it no more.")
    confirm_before(_("Remove"), name, action, key="robot_remove_do", done=done)


def _address() -> None:
    who, store = session.actor(), session.store()
    present = alerts.address(who, store)
    with st.container(border=True, key="alerts_address_box"):
        url = st.text_input(
            _("Address of this system in links"), present, key="alerts_address", placeholder="https://",
            help=_("Messages end with a link to the very orders. Empty: no link."),
        )  # fmt: skip
        if st.button(_("Save"), key="alerts_address_save", disabled=url.strip() == present):
            attempt(lambda: alerts.set_address(who, store, url), _("The address is saved."))
