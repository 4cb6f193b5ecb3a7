"""Rate cards: the list with their gaps, one card as a table to edit, import of a file, publish with what is seen."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import DanliuError
from core.i18n import _
from core.services import rate_cards
from core.services.rate_cards import CardRow, CardsRead
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun, show_error
from core.ui.routing import card_table
from core.ui.routing.titles import firms, places, state
from core.ui.table import Column, table

_TYPES = ["csv", "tsv", "txt", "xlsx", "xls"]


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    rows = rate_cards.cards(actor, store)
    st.caption(
        _("What a courier charges from a warehouse, by province and weight. A new version counts once it is published.")
    )
    if actor.may("routing.edit"):
        _import()
        _new(rows)
    if not rows:
        empty(
            _("No rate card yet."), _("Import a file or enter one; without a card no lane ships."), icon="request_quote"
        )
        return
    known, couriers = places(), firms()
    columns = [
        Column("warehouse", _("Warehouse")),
        Column("courier", _("Courier")),
        Column("state", _("State")),
        Column("lanes", _("Lanes"), "count"),
        Column("seen", _("To be seen"), width="large"),
    ]
    picked = table(
        [
            {
                "warehouse": known.get(row.warehouse, row.warehouse), "courier": couriers.get(row.courier, row.courier),
                "state": _state(row), "lanes": row.lanes,
                "seen": row.problem or "; ".join(rate_cards.say(one) for one in row.findings),
            }
            for row in rows
        ],
        columns[:3] if session.on_phone() else columns,
        key="card_rows",
        select="single-row",
    )  # fmt: skip
    if picked and picked[0] < len(rows):
        _card(rows[picked[0]])
    else:
        st.caption(_("Choose a row to see and change the card."))


def _state(row: CardRow) -> str:
    live = _("in force v{version}").format(version=row.live) if row.live else _("never published")
    return f"{live} · {_('draft waits')}" if row.newest > row.live else live


def _card(row: CardRow) -> None:
    actor, store = session.actor(), session.store()
    document = rate_cards.newest(actor, store, row.name)
    title = f"{places().get(row.warehouse, row.warehouse)} · {firms().get(row.courier, row.courier)}"
    with st.container(border=True):
        st.markdown(f"**{words.plain(title)}** · v{document.version} {state(document.state)}")
        body = card_table.edit(document.body, key=f"card_{row.name}_{document.version}", may=actor.may("routing.edit"))
        _findings(body)
        if actor.may("routing.edit"):
            with st.container(horizontal=True):
                wanted = st.button(_("Save as draft"), icon=":material/save:", key="card_save")
                if wanted and attempt(lambda: rate_cards.save(actor, store, body)) is not None:
                    say_after_rerun(_("The draft is saved."))
                    st.rerun()
                if st.button(_("Publish"), icon=":material/rocket_launch:", type="primary", key="card_publish"):
                    dialog(_("Publish"), partial(_confirm, body))
        _history(row)


def _findings(body: Mapping[str, Any]) -> list[str]:
    try:
        _read, found = rate_cards.check(session.actor(), session.store(), body)
    except DanliuError as error:
        show_error(error)
        return []
    for one in found:
        (st.error if one.fatal else st.warning)(words.plain(rate_cards.say(one)))
    return [one.code for one in found if not one.fatal]


def _confirm(body: dict[str, Any]) -> None:
    codes = _findings(body)
    agreed = (
        st.checkbox(_("The gaps are meant so: what falls into them waits with its reason."), key="card_agreed")
        if codes
        else True
    )
    seen = codes if agreed else []
    confirm_before(
        _("Publish"), _("It counts from the next order on. Orders routed before keep their courier."),
        lambda: _publish(body, seen), key="card_publish_confirm", done=_("Published."),
    )  # fmt: skip


def _publish(body: dict[str, Any], seen: list[str]) -> None:
    actor, store = session.actor(), session.store()
    saved = rate_cards.save(actor, store, body)
    rate_cards.publish(actor, store, saved.name, saved.version, seen=seen)


def _history(row: CardRow) -> None:
    actor, store = session.actor(), session.store()
    versions = rate_cards.history(actor, store, row.name)
    with st.expander(_("History ({n} versions)").format(n=len(versions))):
        for version in versions:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                at = words.instant(version.published_at or version.created_at, session.zone())
                st.markdown(
                    f"**v{version.version}** {state(version.state)} · {at} · {words.plain(words.event_actor(version.author))}"
                )
                if version.state == "superseded" and actor.may("routing.edit"):
                    back = partial(rate_cards.roll_back, actor, store, row.name, version.version)
                    if st.button(
                        _("Roll back to this"), key=f"card_back_{version.version}", type="tertiary"
                    ) and attempt(back, _("Rolled back.")):
                        st.rerun()


def _new(rows: list[CardRow]) -> None:
    known, couriers = places(), firms()
    have = {(row.warehouse, row.courier) for row in rows}
    with st.expander(_("New rate card"), icon=":material/add:"), st.form("card_new", border=False):
        left, right = st.columns(2)
        warehouse = left.selectbox(_("Warehouse"), list(known), format_func=known.__getitem__, key="card_new_warehouse")
        courier = right.selectbox(
            _("Courier"), list(couriers), format_func=couriers.__getitem__, key="card_new_courier"
        )
        if st.form_submit_button(_("Begin"), type="primary"):
            if (warehouse, courier) in have:
                st.info(_("There is one already: change it below."))
            elif warehouse and courier:
                body = card_table.blank(warehouse, courier)
                if attempt(lambda: rate_cards.save(session.actor(), session.store(), body)) is not None:
                    st.rerun()


def _import() -> None:
    with st.expander(_("Import a file"), icon=":material/upload_file:"):
        st.caption(
            _(
                "One row a bracket, with the columns warehouse, courier, province, up to (g), first weight (g), first fee, step (g), step fee, days."
            )
        )
        file = st.file_uploader(_("Rate file"), _TYPES, key="card_file", label_visibility="collapsed")
        if file is None:
            return
        found = attempt(lambda: rate_cards.read_file(session.actor(), session.store(), file.getvalue(), file.name))
        if isinstance(found, CardsRead):
            _read(found)


def _read(found: CardsRead) -> None:
    if found.wrong:
        st.error(_("{n} cells cannot be taken; nothing is written.").format(n=len(found.wrong)))
        st.dataframe(
            pd.DataFrame([{_("Row"): w.row, _("Column"): w.column, _("Value"): w.value, _("Why"): w.why} for w in found.wrong[:200]]),
            hide_index=True, key="card_wrong",
        )  # fmt: skip
        return
    for body in found.bodies:
        st.markdown(f"**{words.plain(body['name'])}**")
        for one in found.findings[body["name"]]:
            (st.error if one.fatal else st.warning)(words.plain(rate_cards.say(one)))
    if st.button(_("Save {n} cards as drafts").format(n=len(found.bodies)), type="primary", key="card_import"):
        done = [attempt(partial(rate_cards.save, session.actor(), session.store(), body)) for body in found.bodies]
        if all(each is not None for each in done):
            say_after_rerun(_("The drafts are saved."))
            st.rerun()
