"""The calendar tab: every activity as a bar and a row; the chosen one with its sentence, history and what can be done."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.decide.promotion.sentence import differences, moment
from core.i18n import _
from core.services import promotions
from core.services.promotions import ActivityRow
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import confirm_before, dialog
from core.ui.promotions import apply_panel, builder, calendar
from core.ui.promotions.words import PHASES, name, phase, sentence, type_name
from core.ui.table import Column, table
from core.ui.theme import badge_colour

_CHOSEN, _PICKED = "promotion", "promotion_picked"


def show() -> None:
    """Draw the tab."""
    if builder.is_open():
        builder.show()
        return
    actor, store = session.actor(), session.store()
    rows = promotions.rows(actor, store, zone=session.zone())
    with st.container(horizontal=True, vertical_alignment="center"):
        running = sum(row.phase == promotions.RUNNING for row in rows)
        coming = sum(row.phase == promotions.COMING for row in rows)
        st.caption(_("{running} running, {coming} coming.").format(running=running, coming=coming))
        if rows and st.button(_("Apply to open orders"), icon=":material/published_with_changes:", key="promo_apply"):
            apply_panel.begin()
            dialog(_("Apply to open orders"), apply_panel.draw, {row.id: name(row.body) for row in rows}, width="large")
        if actor.may("promotions.edit") and st.button(
            _("New activity"), icon=":material/add:", type="primary", key="promo_new"
        ):
            builder.begin()
            st.rerun()
    for broken, why in promotions.problems(actor, store).items():
        st.error(_("{name} cannot be read; its last good version stays in force. {why}").format(name=broken, why=why))
    if not rows:
        empty(
            _("No activity yet."),
            _("Make one: a gift, a reduction, a limit. Try it on past orders first."),
            icon="redeem",
        )
        return
    calendar.show(rows)
    _table(rows)
    _choose(rows)


def _table(rows: Sequence[ActivityRow]) -> None:
    columns = [
        Column("name", _("Activity"), width="medium"),
        Column("phase", _("State")),
        Column("until", _("Until before")),
        Column("type", _("Kind"), width="medium"),
        Column("from", _("Begins")),
        Column("hits", _("Orders in 24 h"), "count"),
        Column("sentence", _("What it does"), width="large"),
    ]
    picked = table(
        [
            {
                "name": name(row.body),
                "phase": phase(row) + (f" · {_('draft waits')}" if row.draft else ""),
                "until": moment(row.body.get("end_at")) or "–",
                "type": type_name(row.body),
                "from": moment(row.body.get("start_at")) or "–",
                "hits": row.hits,
                "sentence": sentence(row),
            }
            for row in rows
        ],
        columns[:3] if session.on_phone() else columns,
        key="promotion_rows",
        select="single-row",
    )
    # A click on a row chooses its activity; the selectbox below may choose another one afterwards.
    if picked and picked[0] < len(rows) and st.session_state.get(_PICKED) != rows[picked[0]].id:
        st.session_state[_PICKED] = st.session_state[_CHOSEN] = rows[picked[0]].id


def _choose(rows: Sequence[ActivityRow]) -> None:
    by_id = {row.id: row for row in rows}
    if st.session_state.get(_CHOSEN) not in by_id:
        st.session_state.pop(_CHOSEN, None)
    chosen = st.selectbox(
        _("Activity"), list(by_id), index=None, key=_CHOSEN, placeholder=_("Choose an activity to see and change it"),
        format_func=lambda one: f"{name(by_id[one].body)} · {phase(by_id[one])}",
    )  # fmt: skip
    if chosen is not None:
        _card(by_id[chosen])


def _card(row: ActivityRow) -> None:
    actor = session.actor()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{words.plain(name(row.body))}**", width="content")
            st.badge(phase(row), color=badge_colour(PHASES[row.phase][1]))  # type: ignore[arg-type]
            st.caption(f"`{row.id}` · {type_name(row.body)}", width="content")
        st.markdown(words.plain(sentence(row)))
        if row.body.get("note"):
            st.caption(words.plain(str(row.body["note"])))
        if row.draft:
            st.info(_("A newer draft waits beside the published version."), icon=":material/edit_note:")
        if actor.may("promotions.edit"):
            _actions(row)
        _history(row)


def _actions(row: ActivityRow) -> None:
    actor, store = session.actor(), session.store()
    with st.container(horizontal=True):
        if st.button(_("Change"), icon=":material/edit:", key="promo_change"):
            builder.begin(promotions.newest(actor, store, row.id).body)
            st.rerun()
        if row.phase in (promotions.RUNNING, promotions.COMING, promotions.SHADOW) and st.button(
            _("End now"), icon=":material/stop_circle:", key="promo_end"
        ):
            dialog(_("End now"), partial(_confirm_end, row))


def _confirm_end(row: ActivityRow) -> None:
    actor, store = session.actor(), session.store()
    if row.phase == promotions.COMING:
        effect = _("{name} has not begun: it is switched off.")
    else:
        effect = _("Orders paid from this second on get nothing of {name}. Those paid before keep what they have.")
    confirm_before(
        _("End now"), effect.format(name=f"**{words.plain(name(row.body))}**"),
        lambda: promotions.end_now(actor, store, row.id, zone=session.zone()), key="promo_end_confirm", done=_("It is over."),
    )  # fmt: skip


def _history(row: ActivityRow) -> None:
    actor, store = session.actor(), session.store()
    versions = promotions.history(actor, store, row.id)
    states = {
        "draft": _("draft"),
        "published": _("in force"),
        "superseded": _("replaced"),
        "broken": _("cannot be read"),
    }
    with st.expander(_("History ({n} versions)").format(n=len(versions))):
        for place, version in enumerate(versions):
            older = versions[place + 1] if place + 1 < len(versions) else None
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                at = words.instant(version.published_at or version.created_at, session.zone())
                who = words.event_actor(version.author)
                st.markdown(
                    f"**v{version.version}** {states.get(version.state, version.state)} · {at} · {words.plain(who)}"
                )
                if version.state == "superseded" and actor.may("promotions.edit"):
                    _roll_back(row, version.version)
            if older is not None and promotions.readable(version.body) and promotions.readable(older.body):
                for told in differences(older.body, version.body) or [_("Nothing differs.")]:
                    st.caption(f"• {words.plain(told)}")


def _roll_back(row: ActivityRow, version: int) -> None:
    if st.button(_("Roll back to this"), key=f"promo_back_{version}", type="tertiary", icon=":material/undo:"):
        dialog(_("Roll back to this"), partial(_confirm_roll_back, row, version))


def _confirm_roll_back(row: ActivityRow, version: int) -> None:
    actor, store = session.actor(), session.store()
    old = next(d for d in promotions.history(actor, store, row.id) if d.version == version)
    told = [words.plain(one) for one in differences(row.body, old.body)] or [_("Nothing differs.")]
    confirm_before(
        _("Roll back to this"), "\n".join(f"- {one}" for one in told),
        lambda: promotions.roll_back(actor, store, row.id, version), key="promo_back_confirm", done=_("Rolled back."),
    )  # fmt: skip
