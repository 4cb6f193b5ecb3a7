"""Whitelists and blacklists: made, filled by form or file, searched, emptied, exported as they are shown."""

from functools import partial

import streamlit as st

from core.i18n import N_, _
from core.services import lists
from core.services.lists import Added
from core.store.lists import NamedList
from core.ui import session
from core.ui import words as general
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.rules import words
from core.ui.table import Column, table
from core.ui.theme import badge_colour

_COLOURS = {"block": "red", "trust": "green", "other": "grey"}
_HOW = {"typed": N_("Type them"), "file": N_("From a file")}


def show() -> None:
    """Draw the part."""
    actor = session.actor()
    found = lists.listing(actor, session.store())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            _(
                "A rule asks for a list by its name: “Phone is in the list …”. Phones, names and addresses are kept hashed, shown masked."
            )
        )
        if actor.may("rules.edit") and st.button(_("New list"), icon=":material/add:", type="primary", key="list_new"):
            dialog(_("New list"), _make)
    if not found:
        empty(
            _("There is no list yet."),
            _("Make a whitelist for group buyers, or a blacklist for known abusers."),
            icon="list",
        )
        return
    names = [one.name for one in found]
    present = st.session_state.get("list_open")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            _("List"), names, index=names.index(present) if present in names else 0, key="list_box", width=300,
            format_func=lambda n: _titled(next(one for one in found if one.name == n)),
        )  # fmt: skip
        wanted = st.text_input(
            _("Search"), key="list_search", type="search", placeholder=_("Phone, buyer, note"), width=240
        )
    st.session_state["list_open"] = name
    one = next(one for one in found if one.name == name)
    _head(one)
    _members(one, wanted or "")


def _titled(one: NamedList) -> str:
    return f"{one.name} · {_(words.PURPOSES.get(one.purpose) or one.purpose)} ({general.count(one.members)})"


def _head(one: NamedList) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        word = _(words.PURPOSES.get(one.purpose) or one.purpose)
        st.badge(word, color=badge_colour(_COLOURS.get(one.purpose, "grey")))  # type: ignore[arg-type]
        text = _("{n} members · {orders} orders of the pool carry one").format(
            n=general.count(one.members), orders=general.count(one.orders)
        )
        st.caption(general.plain(text + (f" · {one.note}" if one.note else "")), width="content")
        used = lists.used_by(session.actor(), session.store(), one.name)
        said = general.listed(words.set_title(name) for name in used)
        st.caption(
            _("asked for by {rules}").format(rules=said) if used else _("no rule asks for it yet"), width="content"
        )
        st.space("stretch")
        if not session.actor().may("rules.edit"):
            return
        if st.button(_("Add"), icon=":material/person_add:", key="list_add"):
            dialog(_("Add to {name}").format(name=general.plain(one.name)), _add, one.name)
        st.download_button(
            "", partial(lists.export, session.actor(), session.store(), one.name), lists.file_name(one.name), "text/csv",
            icon=":material/download:", key="list_export", help=_("Export, masked"), on_click="ignore",
        )  # fmt: skip
        if st.button("", icon=":material/delete:", key="list_drop", help=_("Remove the list")):
            dialog(_("Remove the list"), _drop, one)


def _members(one: NamedList, wanted: str) -> None:
    rows = lists.members(session.actor(), session.store(), session.vault(), one.name, text=wanted)
    if not rows:
        empty(_("No members.") if not wanted else _("Nobody on the list matches."), icon="person_search")
        return
    columns = [
        Column("kind", _("Kind"), words=lambda kind: _(words.LIST_KINDS.get(kind) or str(kind))),
        Column("shown", _("Shown"), width="medium"),
        Column("note", _("Note"), width="large"),
        Column("added_by", _("Added by")),
        Column("added_at", _("Added at"), "instant"),
    ]
    shown = [
        {"kind": row.kind, "shown": row.shown, "note": row.note, "added_by": row.added_by, "added_at": row.added_at}
        for row in rows
    ]
    may = session.actor().may("rules.edit")
    generation = st.session_state.get("list_generation", 0)
    picked = table(
        shown, columns, key=f"list_rows_{one.name}_{generation}", height=min(38 + 34 * len(rows), 480),
        select="multi-row" if may else None,
    )  # fmt: skip
    if picked:
        chosen = [rows[n] for n in picked if n < len(rows)]
        if st.button(
            _("Take {n} off the list").format(n=len(chosen)), icon=":material/person_remove:", key="list_remove"
        ):
            gone = attempt(lambda: lists.remove(session.actor(), session.store(), one.name, chosen))
            if gone is not None:
                st.session_state["list_generation"] = generation + 1
                say_after_rerun(_("{n} taken off.").format(n=gone))
                st.rerun()


def _make() -> None:
    name = st.text_input(_("Name"), key="list_name", max_chars=60, placeholder=_("Group buyers"))
    purpose = st.segmented_control(
        _("What for"), list(words.PURPOSES), default="block", format_func=lambda p: _(words.PURPOSES[str(p)]), required=True,
        key="list_purpose",
    )  # fmt: skip
    note = st.text_input(_("Note"), key="list_note")
    st.caption(
        _("A list alone decides nothing: a rule asks for it. A whitelist's rule lets through before all others.")
    )
    if st.button(_("Make it"), type="primary", key="list_make", disabled=not (name or "").strip()) and attempt(
        lambda: lists.make(session.actor(), session.store(), name or "", str(purpose), note or "")
    ):
        st.session_state["list_open"] = (name or "").strip()
        st.session_state.pop("list_box", None)
        say_after_rerun(_("Saved."))
        st.rerun()


def _add(name: str) -> None:
    kind = st.selectbox(
        _("Kind"), list(words.LIST_KINDS), format_func=lambda k: _(words.LIST_KINDS[str(k)]), key="list_kind"
    )
    if kind == "address":
        st.caption(_("An address as province|city|district|street and number: only whole addresses can be compared."))
    how = st.segmented_control(
        _("How"), list(_HOW), default="typed", format_func=lambda h: _(_HOW[str(h)]), required=True, key="list_how"
    )
    if how == "file":
        file = st.file_uploader(_("Text or CSV, one value on each line"), type=["txt", "csv"], key="list_file")
        values = lists.values_of_file(file.getvalue()) if file is not None else []
        if file is not None:
            st.caption(_("{n} values found").format(n=general.count(len(values))))
    else:
        values = (st.text_area(_("One on each line"), key="list_values", height=120) or "").splitlines()
    note = st.text_input(_("Note"), key="list_add_note", placeholder=_("Why are they on the list?"))
    st.caption(_("What is typed here is hashed at once and kept nowhere in the clear."))
    if st.button(_("Add"), type="primary", key="list_do_add", disabled=not any(v.strip() for v in values)):
        done = attempt(
            lambda: lists.add(
                session.actor(), session.store(), session.vault(), name, str(kind), values, note=note or ""
            )
        )
        if isinstance(done, Added):
            say_after_rerun(
                _("{new} new, {known} known before, {refused} refused.").format(
                    new=done.new, known=done.known, refused=done.refused
                )
            )
            st.rerun()


def _drop(one: NamedList) -> None:
    confirm_before(
        _("Remove the list"),
        _("“{name}” and its {n} members are removed. Orders stay as they are.").format(
            name=general.plain(one.name), n=general.count(one.members)
        ),
        partial(lists.drop, session.actor(), session.store(), one.name),
        key="list_confirm_drop",
    )
