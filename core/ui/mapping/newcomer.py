"""A new mapping from a sample: drop a file in, see what is suggested and why, confirm the amounts, go to the board."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.mapping.preview import Preview
from core.model.fields import Kind, Level
from core.model.money import yuan
from core.services import channels, mapping_edit, mapping_trial
from core.services.mapping_checks import targets_of
from core.services.mapping_trial import Proposal
from core.services.mapping_words import chip
from core.ui import session, words
from core.ui.channels.file_import import TYPES
from core.ui.forms import attempt
from core.ui.mapping import work as works
from core.ui.model.words import kind, title
from core.ui.table import Column, table


def show() -> str:
    """Draw the steps; returns the name of the mapping that was begun, else ""."""
    st.caption(
        _(
            "Drop an export or a payload in, or only its header row. Fields are proposed with a reason; nothing is written."
        )
    )
    known = {channel.channel: channel.title for channel in channels.listing(session.actor(), session.store())}
    left, right = st.columns(2)
    channel = left.selectbox(
        _("Channel"),
        list(known),
        index=None,
        format_func=known.__getitem__,
        key="new_map_channel",
        placeholder=_("Choose the platform"),
    )
    name = left.text_input(_("Name"), key="new_map_name", placeholder=_("made from the channel and the header"))
    file = right.file_uploader(_("Sample"), TYPES, key="new_map_file")
    if file is None or channel is None:
        return ""
    proposal = attempt(
        lambda: mapping_trial.propose(session.actor(), session.store(), file.getvalue(), file.name, channel, title=name)
    )
    return _review(proposal) if isinstance(proposal, Proposal) else ""


def _review(proposal: Proposal) -> str:
    seen = proposal.suggestion
    if not seen.fields:
        st.warning(_("No column could be recognised. Map them yourself on the board."), icon=":material/help:")
    else:
        _suggested(proposal)
    for target in seen.missing:
        st.caption(f":orange[:material/warning:] {_('Not found: {field}').format(field=target)}")
    with st.expander(_("Left alone: {n} columns").format(n=len(seen.unmapped))):
        for source in seen.unmapped:
            st.markdown(f"`{source}` {seen.reasons.get(source, '')}")
    amounts = _amounts(proposal)
    sure = not amounts or st.checkbox(_("The amounts above are right: unit and sign."), key="new_map_sure")
    if st.button(
        _("Take it to the board"), type="primary", icon=":material/arrow_forward:", key="new_map_go", disabled=not sure
    ):
        thought = {f"{one.level}|{one.target}": (one.confidence, one.reason) for one in seen.fields}
        return works.begin(proposal.body, proposal.bodies, thought).name
    return ""


def _suggested(proposal: Proposal) -> None:
    catalogue = targets_of(session.store(), proposal.suggestion.entity)
    rows: list[dict[str, Any]] = []
    for one in proposal.suggestion.fields:
        field = catalogue.find(one.target, Level(one.level))
        rows.append(
            {
                "target": title(field) if field else one.target,
                "kind": kind(field.kind) if field else "",
                "source": words.listed((one.source, *one.also)),
                "convert": chip(one.convert) or _("as it is"),
                "confidence": one.confidence,
                "reason": one.reason,
            }
        )
    columns = [
        Column("target", _("Target")),
        Column("kind", _("Type")),
        Column("source", _("Source"), width="medium"),
        Column("convert", _("Converters"), width="medium"),
        Column("confidence", _("Confidence"), "share"),
        Column("reason", _("Reason"), width="large"),
    ]
    table(rows, columns, key="new_map_suggested", height="content" if len(rows) < 12 else 420)


def _amounts(proposal: Proposal) -> bool:
    """Each amount as the file writes it and as it would be read: the one thing a person must confirm."""
    money = [
        entry
        for entry in proposal.body["fields"]
        if (f := _field_of(proposal, entry)) is not None and f.kind is Kind.MONEY
    ]
    if not money or not proposal.bodies:
        return False
    tried = attempt(lambda: mapping_trial.try_out(session.actor(), session.store(), proposal.body, proposal.bodies))
    if not isinstance(tried, Preview):
        return False
    st.markdown(f"**{_('Amounts')}**")
    for entry in money:
        rows = tried.lines if entry.get("level") == "line" else tried.main
        cells = [row.cells[entry["target"]] for row in rows if entry["target"] in row.cells]
        shown = [cell for cell in cells if cell.source][:3]
        pairs = " · ".join(
            f"`{cell.source}` → **¥{yuan(cell.value)}**"
            if cell.value is not None
            else f"`{cell.source}` → :red[{_(cell.reason)}]"
            for cell in shown
        )
        minus = sum(1 for cell in cells if isinstance(cell.value, int) and cell.value < 0)
        told = _("{n} are negative").format(n=minus) if minus else ""
        field = _field_of(proposal, entry)
        st.markdown(f"{title(field) if field else entry['target']}: {pairs or words.NONE} {told}")
    return True


def _field_of(proposal: Proposal, entry: dict[str, Any]) -> Any:
    level_name, _bar, name = mapping_edit.target_id(proposal.body, entry).partition("|")
    return targets_of(session.store(), proposal.suggestion.entity).find(name, Level(level_name))
