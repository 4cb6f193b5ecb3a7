"""Saving, publishing, rolling back, switching: each dialog says what it changes before it changes it."""

from functools import partial

import streamlit as st

from core.i18n import N_, _
from core.services import rule_forms, rules
from core.store.documents import Document
from core.ui import session, words
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.rules import difference, findings
from core.ui.rules import words as spoken
from core.ui.rules import work as works
from core.ui.rules.work import Work
from core.ui.theme import badge_colour

_EFFECTS = {
    "risk": {
        "live": N_("From the next batch on it decides orders: those it freezes wait until a person releases them."),
        "shadow": N_("From the next batch on it holds no order any more; what it would have done is noted."),
        "off": N_("From the next batch on it is not asked. Orders it holds now stay held."),
    },
    "courier": {
        "live": N_("From the next batch on orders that meet it go by its courier. Orders routed before keep theirs."),
        "shadow": N_("From the next batch on it chooses no courier any more; what it would have asked for is noted."),
        "off": N_("From the next batch on it is not asked. Orders routed before keep their courier."),
    },
}


def save(work: Work) -> None:
    """The dialog of saving a draft."""
    difference.changes(work.saved, work.body)
    note = st.text_input(_("Note"), key="rules_note", placeholder=_("What is it for?"))
    st.caption(_("A draft changes nothing yet: orders are decided by the version in force."))
    if st.button(_("Save the draft"), type="primary", key="rules_save"):
        made = attempt(
            lambda: rule_forms.save(session.actor(), session.store(), work.body, work.hash, note=(note or "").strip())
        )
        if isinstance(made, Document):
            work.stored(made)
            say_after_rerun(_("Saved as version {version}, a draft.").format(version=made.version))
            st.rerun()


def publish(work: Work) -> None:
    """The dialog of publishing: what differs from the version in force, what it would have held, from when on."""
    failing = rule_forms.failing(session.actor(), session.store(), session.vault(), work.body)
    for one in failing:
        st.error(findings.said(one), icon=":material/rule:")
    if failing:
        st.caption(_("Publishing waits until its examples come out as expected: mend the rule, or the example."))
        if st.button(_("Take the new answer over"), key="rules_take_all"):
            findings.take(work, failing)
            st.rerun(scope="fragment")
        return
    live = works.live_body(work)
    difference.changes(live, work.body)
    if work.kind == "risk":
        difference.effect(work)
    mode = str(work.body.get("mode", "off"))
    st.markdown(f"{_('Mode')}: **{_(spoken.MODES[mode][0])}** – {_(spoken.MODES[mode][2])}")
    st.caption(
        _(
            "It counts from the next batch of orders on. Orders already decided stay as they are until you apply it to open orders."
        )
    )
    note = st.text_input(_("Note"), key="rules_publish_note", placeholder=_("Why?"))
    if st.button(_("Publish"), type="primary", key="rules_publish"):
        made = attempt(
            lambda: rule_forms.publish(
                session.actor(), session.store(), session.vault(), work.body, work.hash, note=(note or "").strip()
            )
        )
        if isinstance(made, Document):
            work.stored(made)
            say_after_rerun(_("Version {version} is live.").format(version=made.version))
            st.rerun()


def switch(kind: str, name: str) -> None:
    """The dialog of switching a set off, to watching, or in force."""
    work = works.of(kind, name)
    live = works.live_body(work)
    present = str((live or work.body).get("mode", "off"))
    mode = st.radio(
        _("Mode"), list(spoken.MODES), index=list(spoken.MODES).index(present), key="rules_mode",
        format_func=lambda code: _(spoken.MODES[code][0]), captions=[_(text) for _w, _c, text in spoken.MODES.values()],
    )  # fmt: skip
    if mode == present and live is not None:
        st.caption(_("That is its mode now."))
        return
    if mode == "live" and kind == "risk" and live is not None:
        difference.effect(Work(live))
    effect = _(_EFFECTS[kind if kind in _EFFECTS else "risk"][mode])
    confirm_before(
        _("Switch"), effect, partial(_switch, kind, name, mode), key="rules_switch",
        done=_("{name}: {mode}").format(name=spoken.set_title(name), mode=_(spoken.MODES[mode][0])),
    )  # fmt: skip


def _switch(kind: str, name: str, mode: str) -> Document:
    return rule_forms.switch_mode(session.actor(), session.store(), session.vault(), kind, name, mode)


def history(work: Work) -> None:
    """The versions, newest first, each with what it changed and the way back to it."""
    if work.saved is None:
        st.caption(_("Not saved yet: it has no history."))
        return
    versions = rules.history(session.actor(), session.store(), work.kind, work.name)
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        _version(work, version, before)


def _version(work: Work, version: Document, before: Document | None) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**v{version.version}**", width="content")
            word, colour = spoken.STATES.get(version.state, (version.state, "grey"))
            st.badge(_(word), color=badge_colour(colour))  # type: ignore[arg-type]
            st.badge(_(spoken.MODES[str(version.body.get("mode", "off"))][0]), color="gray")
            when = words.instant(version.published_at or version.created_at, session.zone())
            author = _("with the product") if version.author == "starter" else version.author
            st.caption(
                words.plain(f"{author} · {when}" + (f" · {version.note}" if version.note else "")), width="content"
            )
            st.space("stretch")
            if (
                session.actor().may("rules.edit")
                and version.state == "superseded"
                and st.button(_("Roll back to it"), icon=":material/undo:", key=f"rules_back_{version.version}")
            ):
                dialog(_("Roll back"), _confirm_back, work, version, width="large")
        if before is not None:
            with st.expander(_("What it changed")):
                difference.changes(before.body, version.body)


def _confirm_back(work: Work, version: Document) -> None:
    difference.changes(works.live_body(work), version.body)
    confirm_before(
        _("Roll back"),
        _("Version {version} decides again from the next batch on, as a new version.").format(version=version.version),
        partial(_back, work, version.version),
        key="rules_confirm_back",
        done=_("Version {version} is live again.").format(version=version.version),
    )


def _back(work: Work, version: int) -> Document:
    done = rules.roll_back(session.actor(), session.store(), work.kind, work.name, version)
    works.forget(work.kind, work.name)
    return done
