"""The head of the mapping page: which mapping, what it is tried on, and the buttons to save and publish it."""

import streamlit as st

from core import runtime
from core.i18n import _
from core.services import mapping_trial, mappings
from core.services.mappings import MappingRow
from core.ui import session, words
from core.ui.channels.file_import import TYPES
from core.ui.channels.words import entity
from core.ui.forms import attempt, dialog
from core.ui.mapping import versions_tab
from core.ui.mapping import work as works
from core.ui.mapping.work import Work
from core.ui.table import Column, table

NEW = ""  # the choice "new from a sample"
_CHOSEN = "mapping_name"


def choose() -> str | None:
    """The chosen mapping's name, NEW for a new one, None while nothing is chosen."""
    actor, store = session.actor(), session.store()
    rows = {row.name: row for row in mappings.listing(actor, store, runtime.settings())}
    # Streamlit keeps a choice by its label: a label that told the state would lose the choice with each new version.
    labels = {name: name for name in (*rows, *works.unsaved())}
    if actor.may("mapping.edit"):
        labels = {NEW: _("+ New from a sample"), **labels}
    _from_address(rows)
    if st.session_state.get(_CHOSEN) not in labels:
        st.session_state.pop(_CHOSEN, None)
    chosen = st.selectbox(
        _("Mapping"),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=_CHOSEN,
        placeholder=_("Choose a mapping, or make one from a sample"),
        persist_state="session",
        label_visibility="collapsed",
    )
    if chosen is None:
        _overview(list(rows.values()))
    return chosen


def select(name: str) -> None:
    """Let the next run have this mapping chosen."""
    st.session_state["mapping_next"] = name


def _overview(rows: list[MappingRow]) -> None:
    """All mappings; a click on one opens it."""
    columns = [
        Column("name", _("Name"), width="medium"),
        Column("channel", _("Channel"), words=words.channel),
        Column("entity", _("Kind"), words=entity),
        Column("live", _("Live version")),
        Column("draft", _("Draft")),
        Column("shops", _("Shops"), width="large"),
    ]
    picked = table(
        [
            {
                "name": row.name,
                "channel": row.channel,
                "entity": row.entity,
                "live": f"v{row.live_version}" if row.live_version else words.NONE,
                "draft": f"v{row.newest.version}" if row.newest.state == "draft" else "",
                "shops": words.listed(shop for _channel, shop in row.shops),
            }
            for row in rows
        ],
        columns,
        key="mapping_list",
        height="content" if len(rows) < 16 else 560,
        select="single-row",
    )
    if picked and picked[0] < len(rows):
        select(rows[picked[0]].name)
        st.rerun()


def _from_address(rows: dict[str, MappingRow]) -> None:
    """A link names the mapping, or the shop (and entity) whose mapping is meant."""
    name = st.session_state.pop("mapping_next", None) or st.query_params.get("mapping")
    channel, shop = st.query_params.get("channel"), st.query_params.get("shop")
    if name is None and channel and shop:
        wanted = st.query_params.get("entity", "orders")
        name = attempt(
            lambda: mappings.name_of_shop(
                session.actor(), session.store(), runtime.settings(), str(channel), str(shop), wanted
            )
        )
    for key in ("mapping", "channel", "shop", "entity"):
        st.query_params.pop(key, None)
    if name is not None and (name in rows or name in works.unsaved()):
        st.session_state[_CHOSEN] = name


def head(work: Work) -> None:
    """State, samples, problems, and the buttons."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{work.name}**", width="content")
        st.caption(f"{words.channel(work.body.get('channel'))} · {entity(work.entity)}", width="content")
        colour = {"draft": "orange", "published": "green", "new": "orange"}.get(work.state, "gray")
        label = versions_tab.state_words(work.state)
        st.badge(f"v{work.version} {label}" if work.version else label, color=colour)  # type: ignore[arg-type]
        if work.changed and work.saved is not None:
            st.badge(_("not saved"), color="orange", icon=":material/edit:")
        st.space("stretch")
        _samples(work)
        if session.actor().may("mapping.edit"):
            _buttons(work)
    _problems(work)


def _buttons(work: Work) -> None:
    if (
        work.changed
        and work.saved is not None
        and st.button(_("Discard"), icon=":material/undo:", key="discard", help=_("Back to the stored version"))
    ):
        works.forget(work.name)
        st.rerun()
    wrong = bool(work.problems())
    if st.button(_("Save the draft"), icon=":material/save:", key="save_draft", disabled=wrong or not work.changed):
        dialog(_("Save the draft"), versions_tab.save, work, width="medium")
    ready = work.state == "draft" and not work.changed
    if st.button(
        _("Publish"),
        type="primary",
        icon=":material/publish:",
        key="publish",
        disabled=wrong or not ready,
        help=None if ready else _("Save the draft first."),
    ):
        dialog(_("Publish"), versions_tab.publish, work, width="medium")


def _problems(work: Work) -> None:
    found = work.problems()
    if not found:
        return
    listed = [f"{problem.target.partition('|')[2] or problem.place}: {problem.why}" for problem in found[:5]]
    st.warning(
        _("{n} things keep it from being saved:").format(n=len(found)) + " " + words.listed(listed),
        icon=":material/rule:",
    )


def _samples(work: Work) -> None:
    """What the mapping is tried on: stored payloads of a shop, a sample file, or its own examples."""
    actor, store = session.actor(), session.store()
    label = {"": _("no sample"), "examples": _("its examples"), "file": _("sample file")}.get(work.origin, work.origin)
    with st.popover(
        _("Tried on: {what} ({n})").format(what=label, n=len(work.bodies)), icon=":material/science:", width="content"
    ):
        if actor.may("orders.raw"):
            for channel, shop in works.users(work):
                if st.button(
                    _("The last {n} payloads of {shop}").format(n=mapping_trial.MOST, shop=shop),
                    key=f"sample_{channel}_{shop}",
                    width="stretch",
                ):
                    found = attempt(
                        lambda channel=channel, shop=shop: mapping_trial.stored_bodies(
                            actor, store, session.vault(), channel, shop, work.entity
                        )
                    )
                    work.take_bodies(found if isinstance(found, list) else [], f"{channel}/{shop}")
                    st.rerun()
        if works.examples(work) and st.button(_("Its own examples"), key="sample_examples", width="stretch"):
            work.take_bodies(works.examples(work), "examples")
            st.rerun()
        file = st.file_uploader(_("A sample file"), TYPES, key=f"sample_file_{work.name}")
        if file is not None and st.session_state.get("sample_taken") != file.file_id:
            st.session_state["sample_taken"] = file.file_id
            found = attempt(lambda: mapping_trial.file_bodies(actor, store, file.getvalue(), file.name, work.body))
            if isinstance(found, list):
                work.take_bodies(found, "file")
                st.rerun()
