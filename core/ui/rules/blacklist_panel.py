"""A third party's blacklist: connected by form, tried with typed values, and what it answered lately."""

from dataclasses import dataclass

import streamlit as st

from connectors.blacklist import Question
from core.channels.base import Check
from core.i18n import N_, _, language
from core.services import blacklist
from core.services.blacklist import Lately, Shown
from core.ui import session
from core.ui import words as general
from core.ui.channels.settings_form import Kept, fields
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.rules import words
from core.ui.table import Column, table
from core.ui.theme import badge_colour

STATES = {
    "answered": N_("answered"),
    "cached": N_("known from before"),
    "silent": N_("no answer in time"),
    "nothing": N_("nothing to ask by"),
}
LEVELS = {"freeze": N_("Freeze"), "review": N_("To a person for review"), "": N_("not listed")}


@dataclass(frozen=True, slots=True)
class _Limits:
    mode: str
    deadline_ms: int
    at_once: int
    keep_hours: int


def show() -> None:
    """Draw the part."""
    actor = session.actor()
    found = blacklist.present(actor, session.store())
    connected = bool(found.service.values.get("address"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        word, colour, _about = words.MODES[found.service.mode]
        st.badge(_(word), color=badge_colour(colour))  # type: ignore[arg-type]
        st.caption(
            _(
                "Asked before an order is decided and never longer than the time limit. Listed orders are held; an order without an answer goes on with the tag “{tag}”."
            ).format(tag=_("Blacklist gave no answer")),
            width="stretch",
        )
        if actor.may("rules.edit"):
            label = _("Change") if connected else _("Connect")
            kind = "secondary" if connected else "primary"
            if st.button(label, icon=":material/settings:", key="blacklist_change", type=kind):
                dialog(_("Blacklist service"), _form, found, width="large")
    if not connected:
        empty(
            _("No blacklist service is connected."),
            _("Connect one that your company pays for: any REST service that answers by phone, buyer or IP address."),
            icon="gpp_maybe",
        )
        return
    _figures(blacklist.lately(actor, session.store()), found.service.deadline_ms)
    _answers()


def _figures(lately: Lately, deadline_ms: int) -> None:
    parts = (
        (
            _("Asked in {n} hours").format(n=lately.hours),
            general.count(lately.answered + lately.cached + lately.silent),
        ),
        (_("Listed"), general.count(lately.listed)),
        (_("known from before"), general.count(lately.cached)),
        (_("no answer in time"), general.count(lately.silent)),
        (_("Time of an answer"), f"{lately.millis} ms / {deadline_ms} ms"),
    )
    cells = "".join(f'<div><span class="dl-quiet">{general.html(t)}</span><br><b>{v}</b></div>' for t, v in parts)
    st.html(f'<div class="dl-figures">{cells}</div>')
    if lately.silent > lately.answered + lately.cached:
        st.warning(
            _("Most orders of the last day had no answer in time. They went on with a tag: look at the service."),
            icon=":material/timer_off:",
        )


def _answers() -> None:
    rows = blacklist.answers(session.actor(), session.store())
    if not rows:
        empty(_("Nothing has been asked yet."), _("The next paid order is asked about."), icon="hourglass_empty")
        return
    st.markdown(f"**{_('Last answers')}**")
    columns = [
        Column("asked_at", _("Asked at"), "instant"),
        Column("platform_no", _("Platform order no.")),
        Column("channel", _("Channel"), words=general.channel),
        Column("shop", _("Shop")),
        Column("state", _("How"), words=_state),
        Column("level", _("Said"), words=_level),
        Column("reason", _("Reason")),
        Column("score", _("Score")),
        Column("millis", "ms", "count"),
    ]
    rows = [{**row, "level": row["level"] if row["state"] in ("answered", "cached") else None} for row in rows]
    picked = table(rows, columns, key="blacklist_answers", height=420, select="single-row")
    if picked and st.session_state.get("blacklist_seen") != picked[0]:
        st.session_state["blacklist_seen"] = picked[0]
        show_order(rows[picked[0]]["order_key"], "why")
    elif not picked:
        st.session_state.pop("blacklist_seen", None)


def _state(state: str) -> str:
    return _(STATES[state]) if state in STATES else state


def _level(level: str) -> str:
    return _(LEVELS[level]) if level in LEVELS else level


def _form(found: Shown) -> None:
    service = found.service
    key, kept = "blacklist", Kept(service.values, found.filled)
    if not service.values:
        titles = {name: _(title) for name, (title, _values) in blacklist.presets().items()}
        preset = st.segmented_control(
            _("Begin with"), list(titles), default="generic", format_func=titles.__getitem__, required=True,
            key=f"blacklist_preset_{language()}",
        ) or "generic"  # fmt: skip
        ready = blacklist.presets()[preset][1]
        key, kept = f"blacklist_{preset}", Kept(ready, frozenset(ready))
    values = fields(blacklist.settings(), kept, key=f"{key}_{language()}")
    limits = _limits(found)
    st.caption(
        _(
            "What the form names is sent to that service for each new order: phone, buyer's id, IP address, order number. Agree with it on that first."
        )
    )
    _try(values, limits)
    if st.button(_("Save"), type="primary", key="blacklist_save") and attempt(
        lambda: blacklist.save(
            session.actor(), session.store(), session.vault(), values, mode=limits.mode, deadline_ms=limits.deadline_ms,
            at_once=limits.at_once, keep_hours=limits.keep_hours,
        )
    ):  # fmt: skip
        say_after_rerun(_("Saved. It counts from the next batch of orders on."))
        st.rerun()


def _limits(found: Shown) -> _Limits:
    service = found.service
    modes = list(words.MODES)
    mode = st.segmented_control(
        _("Mode"), modes, default=service.mode if service.values else "shadow", required=True, key="blacklist_mode",
        format_func=lambda name: _(words.MODES[name][0]),
    ) or service.mode  # fmt: skip
    st.caption(_(words.MODES[mode][2]))
    with st.container(horizontal=True, gap="small"):
        deadline = st.number_input(
            _("Time limit for a batch (ms)"), blacklist.SHORTEST_MS, blacklist.LONGEST_MS, service.deadline_ms, 50,
            key="blacklist_deadline",
        )  # fmt: skip
        at_once = st.number_input(_("Calls at once"), 1, 32, service.at_once, key="blacklist_at_once")
        hours = st.number_input(_("Keep answers (hours)"), 1, 720, service.keep_hours, key="blacklist_hours")
    return _Limits(mode, int(deadline), int(at_once), int(hours))


def _try(values: dict[str, str], limits: _Limits) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{_('Try it')}**")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            phone = st.text_input(_("Phone"), key="blacklist_try_phone", width=180)
            buyer = st.text_input(_("Buyer"), key="blacklist_try_buyer", width=180)
            address = st.text_input(_("IP address"), key="blacklist_try_ip", width=180)
            pressed = st.button(_("Ask the service"), icon=":material/network_check:", key="blacklist_test")
        if not pressed:
            return
        question = Question("TEST-1", phone.strip(), buyer.strip(), address.strip())
        with st.spinner(_("Asking the other side …")):
            check = attempt(
                lambda: blacklist.test(
                    session.actor(), session.store(), session.vault(), values, question, deadline_ms=limits.deadline_ms
                )
            )
        if isinstance(check, Check):
            _said(check)


def _said(check: Check) -> None:
    if check.said:
        st.code(check.said, language=None, wrap_lines=True)
    if check.ok:
        st.success(_("Read as: {level}").format(level=_(LEVELS[check.hint])), icon=":material/check:")
    else:
        st.error(check.hint, icon=":material/error:")
