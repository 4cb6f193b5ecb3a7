"""Keep a question, take a kept one, tell it to a robot on a timetable, make a file of its answer."""

from collections.abc import Mapping
from datetime import time
from typing import Any

import streamlit as st

from core.i18n import _
from core.services import pivot
from core.ui import session, words
from core.ui.empty import empty
from core.ui.explore import question
from core.ui.forms import attempt, dialog, say_after_rerun


def bar(document: Mapping[str, Any]) -> None:
    """The row of buttons."""
    actor, store = session.actor(), session.store()
    kept = pivot.saved(actor, store)
    with st.container(horizontal=True, gap="small"):
        with st.popover(_("My questions") + (f" ({len(kept)})" if kept else ""), icon=":material/bookmarks:"):
            if not kept:
                st.caption(_("None yet: keep the one you see."))
            for n, view in enumerate(kept):
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.button(view.name, key=f"px_kept_{n}", type="tertiary", on_click=_take, args=(view.body,))
                    st.button(
                        "", key=f"px_kept_drop_{n}", type="tertiary", icon=":material/delete:", help=_("Forget"),
                        on_click=pivot.forget, args=(actor, store, view.name),
                    )  # fmt: skip
        if st.button(_("Keep"), icon=":material/bookmark_add:", key="px_keep"):
            dialog(_("Keep the question"), _keep, document)
        if st.button(_("Tell a robot"), icon=":material/schedule_send:", key="px_tell"):
            dialog(_("Tell a robot"), _schedule, document, width="medium")
        if st.button(_("Make the file"), icon=":material/table:", key="px_file"):
            made = attempt(lambda: pivot.export(actor, store, session.vault(), document, zone=session.zone()))
            if isinstance(made, tuple):
                st.download_button(
                    _("Download {name}").format(name=made[0]),
                    made[1],
                    file_name=made[0],
                    key="px_download",
                    on_click="ignore",
                )


def _take(document: dict[str, Any]) -> None:
    question.use(document)
    st.query_params["q"] = st.session_state["px_said"] = question.link(document)["q"]


def _keep(document: Mapping[str, Any]) -> None:
    name = st.text_input(_("Name"), key="px_name", max_chars=60)
    if st.button(_("Keep"), key="px_keep_now", type="primary", disabled=not name) and (
        attempt(
            lambda: pivot.save(session.actor(), session.store(), session.vault(), name, document, zone=session.zone())
        )
        is not None
    ):
        say_after_rerun(_("Kept."))
        st.rerun()


def _schedule(document: Mapping[str, Any]) -> None:
    actor, store = session.actor(), session.store()
    robots = pivot.robot_names(actor, store)
    _timetable()
    if not robots:
        empty(_("There is no robot yet."), _("An administrator sets one up at the flow's stations."), icon="smart_toy")
        return
    name = st.text_input(_("Name"), key="px_tell_name", max_chars=60, placeholder=_("It heads the message"))
    robot = st.selectbox(_("Robot"), robots, key="px_tell_robot")
    every = st.segmented_control(
        _("When"),
        list(pivot.EVERY),
        default="day",
        required=True,
        key="px_tell_every",
        format_func=lambda one: _(pivot.EVERY[one]),
    )
    clock = st.time_input(_("At"), time(9, 0), key="px_tell_at")
    st.caption(_("A fixed period moves along: the message tells of as many days, ending the day before."))
    if st.button(_("Tell from now on"), key="px_tell_now", type="primary", disabled=not name) and (
        attempt(
            lambda: pivot.schedule(
                actor,
                store,
                session.vault(),
                name,
                document,
                str(robot),
                str(every),
                clock.strftime("%H:%M"),
                zone=session.zone(),
            )
        )
        is not None
    ):
        say_after_rerun(_("It will be told from the next time on."))
        st.rerun()


def _timetable() -> None:
    actor, store = session.actor(), session.store()
    for n, one in enumerate(pivot.schedules(actor, store)):
        with st.container(horizontal=True, vertical_alignment="center"):
            told = f"**{words.plain(one.name)}** · {_(pivot.EVERY[one.every])} {one.told_at} → {words.plain(one.robot)}"
            st.markdown(told + (f"  \n:red[{words.plain(one.problem)}]" if one.problem else ""), width="stretch")
            if st.button(_("Tell no more"), key=f"px_untell_{n}", type="tertiary"):
                attempt(lambda key=one.schedule_id: pivot.unschedule(actor, store, key))
                st.rerun()
