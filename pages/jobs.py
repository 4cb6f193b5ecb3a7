"""Jobs: what runs by itself, how it went last, when it runs next; run one now or pause it."""

import streamlit as st

from core import runtime
from core.i18n import N_, _
from core.jobs import control
from core.jobs.scheduler import JobRow
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.markdown import plain
from core.ui.page import Page
from core.ui.words import ago

PAGE = Page("jobs", N_("Jobs"), "schedule", "settings", 60, "jobs.view")


def render() -> None:
    """The page."""
    st.header(_("Jobs"))
    st.caption(_("What runs by itself in the background. A paused job stays paused over restarts."))
    _live()


@st.fragment(run_every="5s")
def _live() -> None:
    rows = control.listing(session.actor(), session.store(), runtime.scheduler())
    if not rows:
        empty(_("There are no jobs."), icon="schedule")
    for row in sorted(rows, key=lambda row: (row.state.outcome != "error", row.job.name)):
        _card(row)


def _card(row: JobRow) -> None:
    name = row.job.name
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"job_{name}"):
        with st.container(gap=None):
            st.markdown(f"**{_(row.job.label)}** &nbsp;{_badge(row)}")
            st.caption(_timing(row))
            if row.state.outcome == "error":
                st.markdown(f":red[:material/error:] {plain(row.state.result)}")
        if session.actor().may("jobs.run"):
            _buttons(row)


def _buttons(row: JobRow) -> None:
    actor, store, scheduler, name = session.actor(), session.store(), runtime.scheduler(), row.job.name
    is_idle = scheduler.is_running and not row.is_running
    st.button(
        _("Run now"),
        key=f"run_{name}",
        icon=":material/play_arrow:",
        disabled=not is_idle,
        on_click=lambda: attempt(lambda: control.run_now(actor, store, scheduler, name), _("Started.")),
    )
    word = _("Resume") if row.state.paused else _("Pause")
    icon = ":material/resume:" if row.state.paused else ":material/pause:"
    paused = not row.state.paused
    st.button(
        word,
        key=f"pause_{name}",
        icon=icon,
        on_click=lambda: attempt(lambda: control.pause(actor, store, scheduler, name, paused=paused)),
    )


def _badge(row: JobRow) -> str:
    if row.is_running:
        return f":blue-badge[{_('running')}]"
    if row.state.paused:
        return f":gray-badge[{_('paused')}]"
    words = {"ok": ("green", _("fine")), "error": ("red", _("failed"))}
    colour, word = words.get(row.state.outcome, ("gray", _("not yet run")))
    return f":{colour}-badge[{word}]"


def _timing(row: JobRow) -> str:
    parts = [_("every {period}").format(period=_period(row.job.seconds))]
    if row.state.finished_at and row.state.started_at:
        seconds = (row.state.finished_at - row.state.started_at).total_seconds()
        parts.append(_("last {ago}, took {seconds} s").format(ago=ago(row.state.finished_at), seconds=f"{seconds:.1f}"))
    if row.next_at:
        parts.append(_("next {ago}").format(ago=ago(row.next_at)))
    if row.state.failures:
        parts.append(_("{failures} of {runs} runs failed").format(failures=row.state.failures, runs=row.state.runs))
    return " · ".join(parts)


def _period(seconds: float) -> str:
    if seconds < 120:
        return _("{n} s").format(n=f"{seconds:g}")
    return _("{n} min").format(n=f"{seconds / 60:g}")
