"""The rule sets of a kind as cards: state, mode, hits of the last day; a new one, one from a file, open orders."""

import streamlit as st

from core.i18n import _
from core.services import promotions, rule_forms, rules
from core.services.rules import SetRow
from core.store.documents import Document
from core.ui import address, session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.rules import apply_panel, keeping, words
from core.ui.rules import work as works
from core.ui.theme import badge_colour

SET = "set"
"""The parameter of the address that opens a set."""


def problems(*, activities: bool = True) -> None:
    """The banner of every rules page: a published set, or activity, that cannot be read."""
    found = {words.set_title(name): why for name, why in rules.problems(session.actor(), session.store()).items()}
    if activities and session.actor().may("promotions.view"):
        found |= promotions.problems(session.actor(), session.store())
    for name, text in found.items():
        st.error(
            _(
                "The published version of “{name}” can no longer be read: {why} The last good one stays in force."
            ).format(name=general.plain(name), why=general.plain(text)),
            icon=":material/gpp_bad:",
        )


def show(kind: str) -> None:
    """Draw the list of a kind."""
    actor = session.actor()
    rows = rules.sets(actor, session.store(), kind)
    new = works.begun(kind)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_("{n} rule sets, {live} in force").format(n=len(rows), live=sum(_in_force(row) for row in rows)))
        if kind == "risk" and st.button(
            _("Apply to open orders"), icon=":material/published_with_changes:", key="rules_apply"
        ):
            apply_panel.begin()
            dialog(_("Apply to open orders"), apply_panel.draw, width="large")
        if actor.may("rules.edit"):
            if st.button(_("New set"), icon=":material/add:", key="rules_new", type="primary"):
                dialog(_("New set"), _fresh, kind)
            if st.button(_("From a file"), icon=":material/upload:", key="rules_import"):
                dialog(_("A rule set from a file"), _import)
    if not rows and not new:
        empty(
            _("There is no rule set of this kind yet."),
            _("Make one: it begins by watching and changes nothing."),
            icon="rule",
        )
    for work in new:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{general.plain(work.name)}**", width="content")
            st.badge(_("not saved yet"), color="orange")
            st.space("stretch")
            st.button(_("Open"), key=f"open_new_{work.name}", on_click=open_set, args=(kind, work.name))
    for row in rows:
        _card(row)


def open_set(kind: str, name: str) -> None:
    """Open a set: the address says it."""
    st.query_params[SET] = f"{kind}/{name}"


def close_set() -> None:
    """Back to the list."""
    st.query_params.pop(SET, None)


def opened() -> tuple[str, str] | None:
    """(kind, name) of the set that the address opens."""
    kind, slash, name = st.query_params.get(SET, "").partition("/")
    return (kind, name) if slash and kind in words.KINDS and name else None


def _in_force(row: SetRow) -> bool:
    return row.live_version > 0 and row.mode == "live"


def _card(row: SetRow) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{general.plain(words.set_title(row.name))}**", width="content")
            word, colour, _about = words.MODES.get(row.mode, (row.mode, "grey", ""))
            if row.live_version:
                st.badge(_(word), color=badge_colour(colour))  # type: ignore[arg-type]
                st.badge(f"v{row.live_version}", color="gray")
            if row.state == "draft":
                text = _("draft v{version}").format(version=row.newest_version)
                st.badge(text, color="orange", icon=":material/edit:")
            st.caption(_("{n} rules").format(n=row.rules), width="content")
            _hits(row)
            st.space("stretch")
            if session.actor().may("rules.edit") and st.button(
                _("Mode"), icon=":material/toggle_on:", key=f"mode_{row.kind}_{row.name}"
            ):
                st.session_state.pop("rules_mode", None)
                dialog(
                    _("Mode of {name}").format(name=general.plain(words.set_title(row.name))),
                    keeping.switch,
                    row.kind,
                    row.name,
                )
            st.button(_("Open"), key=f"open_{row.kind}_{row.name}", on_click=open_set, args=(row.kind, row.name))
        if row.problem:
            st.error(general.plain(row.problem), icon=":material/gpp_bad:")


def _hits(row: SetRow) -> None:
    text = _("{n} orders hit in 24 h").format(n=general.count(row.hits))
    link = session.link_to("orders")
    if link is None or not row.hits:
        st.caption(text, width="content")
        return
    view = {"more": [{"field": "rule_hit", "op": "eq", "value": f"{row.kind}/{row.name}"}]}
    st.page_link(link, label=text, query_params=address.params_of(view))


def _fresh(kind: str) -> None:
    name = st.text_input(_("Name"), key="rules_new_name", max_chars=60, placeholder=_("What is it for?"))
    st.caption(_("It begins in the mode “Watching” and without rules; nothing is stored until you save it."))
    if st.button(_("Begin"), type="primary", key="rules_begin", disabled=not (name or "").strip()):
        body = rule_forms.fresh(session.actor(), session.store(), kind, name or "")
        works.begin(body)
        open_set(kind, body["name"])
        st.rerun()


def _import() -> None:
    file = st.file_uploader(_("Rule set (JSON)"), type="json", key="rules_file")
    st.caption(_("It becomes a draft of the set of its name. Nothing is decided by it until it is published."))
    if file is not None and st.button(_("Keep as a draft"), type="primary", key="rules_keep_file"):
        made = attempt(lambda: rule_forms.import_set(session.actor(), session.store(), file.getvalue()))
        if isinstance(made, Document):
            works.forget(made.kind, made.name)
            open_set(made.kind, made.name)
            say_after_rerun(_("Saved as version {version}, a draft.").format(version=made.version))
            st.rerun()
