"""Back-fills: ask for a period of a shop, watch it go on, stop it and take it up again."""

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from core import clock, runtime
from core.i18n import _
from core.mapping.said import unpacked_whole
from core.services import pulls
from core.services.shops import ShopState
from core.store.runs import Run
from core.ui import session, words
from core.ui.channels.words import RUN_STATES, run_state
from core.ui.forms import attempt, say_after_rerun
from core.ui.theme import badge_colour


def ask(state: ShopState) -> None:
    """Choose the days, see what will happen, begin."""
    shop, zone = state.shop, ZoneInfo(session.zone())
    today = clock.now().astimezone(zone).date()
    days = st.date_input(
        _("Days"), (today - timedelta(days=7), today), max_value=today, key="fill_days", format="YYYY-MM-DD"
    )
    if not isinstance(days, tuple) or len(days) != 2:
        st.caption(_("Choose the first and the last day."))
        return
    since = datetime.combine(days[0], time.min, zone)
    until = datetime.combine(days[1] + timedelta(days=1), time.min, zone)
    st.info(
        _(
            "{shop} is asked again for what changed on these {n} days, window by window. What is here already stays as "
            "it is; pulls go on in between."
        ).format(shop=shop.title, n=(until - since).days),
        icon=":material/info:",
    )
    actor, store = session.actor(), session.store()
    if st.button(_("Begin"), type="primary", key="begin_fill") and attempt(
        lambda: pulls.start_backfill(actor, store, runtime.settings(), shop.channel, shop.shop, since, until)
    ):
        say_after_rerun(_("The back-fill of {shop} is queued.").format(shop=shop.title))
        st.rerun()


@st.fragment(run_every="3s")
def progress() -> None:
    """The newest back-fills with their progress."""
    found = pulls.backfills(session.actor(), session.store())
    if not found:
        return
    st.subheader(_("Back-fills"))
    for run in found[:6]:
        _row(run)


def _row(run: Run) -> None:
    actor, store, zone = session.actor(), session.store(), ZoneInfo(session.zone())
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{run.shop}** :gray[{words.channel(run.channel)}]", width="content")
            st.badge(run_state(run.state), color=badge_colour(RUN_STATES.get(run.state, ("", "grey"))[1]))  # type: ignore[arg-type]
            if run.since and run.until:
                last = (run.until - timedelta(seconds=1)).astimezone(zone).date()
                st.caption(f"{run.since.astimezone(zone).date()} … {last}", width="content")
            st.caption(
                _("{pulled} read, {inserted} new, {updated} changed").format(
                    pulled=words.count(run.counts.pulled),
                    inserted=words.count(run.counts.inserted),
                    updated=words.count(run.counts.updated),
                ),
                width="content",
            )
            st.space("stretch")
            if actor.may("channels.run"):
                _control(run, partial(pulls.stop_backfill, actor, store), partial(pulls.resume_backfill, actor, store))
        if run.state in ("queued", "running"):
            st.progress(run.progress, text=f"{run.progress:.0%}")
        if run.error:
            st.caption(f":red[{words.plain(unpacked_whole(run.error))}]")


def _control(run: Run, stop: partial, resume: partial) -> None:
    if run.state in ("queued", "running"):
        if st.button(_("Stop"), icon=":material/stop:", key=f"stop_{run.run_id}") and attempt(lambda: stop(run.run_id)):
            st.rerun(scope="fragment")
    elif (
        run.progress < 1
        and run.state != "ok"
        and st.button(_("Go on"), icon=":material/play_arrow:", key=f"resume_{run.run_id}")
        and attempt(lambda: resume(run.run_id))
    ):
        st.rerun(scope="fragment")
