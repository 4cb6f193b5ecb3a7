"""The plain form: every target with a list of sources to choose from. The same document as the board, without dragging."""

import streamlit as st

from core.i18n import _
from core.model.fields import Field
from core.services import mapping_edit
from core.services.mapping_edit import entry_of
from core.services.mapping_sources import place
from core.services.mapping_words import chip
from core.ui import session
from core.ui.mapping import chain_form
from core.ui.mapping.work import Work
from core.ui.model.words import level, title


def show(work: Work) -> None:
    """Draw the form."""
    may_edit = session.actor().may("mapping.edit")
    wanted = st.text_input(_("Search fields"), key="form_search", type="search", live=True)
    only = st.toggle(_("Only mapped or required ones"), key="form_only")
    wrong = {problem.target: str(problem.why) for problem in work.problems()}
    group = ""
    for field in work.targets():
        name = f"{field.level.value}|{field.name}"
        entry = entry_of(work.body, name)
        text = f"{title(field)} {field.name}".lower()
        if (wanted or "").strip().lower() not in text or (only and entry is None and not field.required):
            continue
        if level(field.level) != group:
            group = level(field.level)
            st.markdown(f"**{group}**")
        _row(work, field, name, wrong.get(name, ""), may_edit)


def _row(work: Work, field: Field, name: str, wrong: str, may_edit: bool) -> None:
    entry = entry_of(work.body, name)
    paths = mapping_edit.sources_of(entry) if entry else []
    present = ["|".join(place(work.body, field.level.value, path)) for path in paths]
    labels = chain_form.source_labels(work, field)
    label, choose, act = st.columns([3, 5, 3], vertical_alignment="center")
    star = " :red[*]" if field.required else ""
    label.markdown(f"{title(field)}{star}  \n:gray[{field.name}]")
    chosen = choose.multiselect(
        title(field),
        list(dict.fromkeys((*present, *labels))),
        present,
        format_func=lambda source: labels.get(source) or str(source).partition("|")[2],
        key=f"plain_{work.name}_{work.forms}_{name}",
        label_visibility="collapsed",
        placeholder=_("not mapped"),
        disabled=not may_edit,
    )
    if may_edit and list(chosen) != present:
        links = mapping_edit.links_of(work.body) | {name: list(chosen)}
        if not chosen:
            links.pop(name)
        work.put(mapping_edit.with_links(work.body, links, work.targets(), work.sources()))
        st.rerun()
    with act:
        told = chip(entry.get("convert", [])) if entry else ""
        if st.button(told or _("Converters"), key=f"chain_{work.name}_{name}", icon=":material/tune:", width="stretch"):
            chain_form.drawer(work, name)
        if wrong:
            st.caption(f":red[{wrong}]")
