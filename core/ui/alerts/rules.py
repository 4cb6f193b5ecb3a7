"""The rules: one card each, and the form that sets one up."""

from collections.abc import Sequence

import streamlit as st

from core.i18n import _
from core.people.permissions import ROLES
from core.services import alerts, robots
from core.store.alert_kinds import EVENTS, HELD, SUGGESTED
from core.store.alert_rules import Rule
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun


def show() -> None:
    """Draw the rules, and for whom may change them the form behind a button."""
    who, store = session.actor(), session.store()
    found = alerts.rules(who, store)
    if who.may("robots.edit") and st.button(_("New rule"), icon=":material/add:", key="rule_new", type="primary"):
        dialog(_("New rule"), form, Rule("", SUGGESTED, ("lead",)), width="large")
    if not found:
        empty(
            _("No rule tells anybody yet."), _("Set up a robot or mail box first, then say who is told about what."),
            icon="notifications_off",
        )  # fmt: skip
    for rule in found:
        _card(rule)


def _card(rule: Rule) -> None:
    who, store = session.actor(), session.store()
    with st.container(border=True, key=f"rule_{rule.name}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{words.plain(rule.name)}**", width="stretch")
            if not rule.active:
                st.badge(_("switched off"), color="gray")
            if who.may("robots.edit"):
                if st.button(_("Change"), key=f"rule_change_{rule.name}", icon=":material/edit:"):
                    dialog(_("Change the rule"), form, rule, width="large")
                if st.button(_("Remove"), key=f"rule_remove_{rule.name}", icon=":material/delete:"):
                    dialog(_("Remove"), _remove, rule.name)
        names = alerts.receivers(who, store, rule)
        said = [_("at most every {n} min").format(n=rule.wait_minutes)]
        if rule.quiet_from:
            said.append(_("quiet {begin} to {end}").format(begin=rule.quiet_from, end=rule.quiet_to))
        roles = words.listed(_role(role) for role in rule.roles)
        st.markdown(words.plain(words.listed(event_word(event) for event in rule.events)))
        told = _("Tells: {names}").format(names=words.listed(names)) if names else ""
        st.caption(" · ".join(words.plain(part) for part in (roles, told, *said) if part))
        if not names:
            st.caption(f":orange[:material/warning: {_('It tells nobody: no robot is read by its roles.')}]")


def form(rule: Rule) -> None:
    """The form of one rule, in a dialog."""
    who, store = session.actor(), session.store()
    name = rule.name or st.text_input(_("Name"), key="rule_name", max_chars=60)
    events = st.multiselect(
        _("What it is about"), list(EVENTS), default=[e for e in rule.events if e in EVENTS], format_func=event_word,
        key="rule_events",
    )  # fmt: skip
    left, right = st.columns(2)
    roles = left.multiselect(
        _("Roles that are told"), _roles(rule.roles), default=list(rule.roles), format_func=_role, key="rule_roles",
        help=_("Every robot and mail box that the role reads."),
    )  # fmt: skip
    known = [robot.name for robot in robots.listing(who, store)]
    named = right.multiselect(
        _("And these robots"), known, default=[n for n in rule.robots if n in known], key="rule_robots"
    )
    wait = st.number_input(
        _("Gather for … minutes after a message"), 1, alerts.LONGEST_WAIT, rule.wait_minutes, key="rule_wait",
        help=_("The first event is told at once; what follows comes as one message."),
    )  # fmt: skip
    left, right = st.columns(2)
    told = _("HH:MM, empty for none. What happens meanwhile is told afterwards.")
    begin = left.text_input(_("Quiet from"), rule.quiet_from, key="rule_from", placeholder="22:00", help=told)
    end = right.text_input(_("Quiet until"), rule.quiet_to, key="rule_to", placeholder="08:00")
    active = st.toggle(_("The rule counts"), rule.active, key="rule_active")
    if st.button(_("Save"), type="primary", key="rule_save"):
        made = Rule(
            name.strip(), tuple(events), tuple(roles), tuple(named), int(wait), begin.strip(), end.strip(), bool(active)
        )
        if attempt(lambda: alerts.save_rule(who, store, made)):
            say_after_rerun(_("The rule is saved; it counts from now on."))
            st.rerun()


def event_word(event: str) -> str:
    """An event in the reader's words."""
    label = _(EVENTS[event]) if event in EVENTS else event
    return _("On hold: {reason}").format(reason=label) if event.startswith(HELD) else label


def _remove(name: str) -> None:
    action = lambda: alerts.remove_rule(session.actor(), session.store(), name)  # noqa: E731 - a button's action
    confirm_before(_("Remove"), name, action, key="rule_remove_do", done=_("The rule is removed."))


def _roles(chosen: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*ROLES, *chosen]))


def _role(name: str) -> str:
    return _(ROLES[name]) if name in ROLES else name
