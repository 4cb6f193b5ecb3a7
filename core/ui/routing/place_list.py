"""Warehouses: where they are, what lies there, when they close; a form for one."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.model.region import REGIONS, canonical_province, cities_of
from core.services import reference
from core.services.reference import WarehouseRow
from core.store.warehouses import Warehouse
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    actor = session.actor()
    rows = reference.warehouse_rows(actor, session.store())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("A warehouse ships once it has a rate card. The code is what the warehouse system calls it."))
        if actor.may("routing.edit") and st.button(
            _("New warehouse"), icon=":material/add:", type="primary", key="place_new"
        ):
            dialog(_("New warehouse"), partial(_form, WarehouseRow(Warehouse("", ""), 0, 0, False)))
    if not rows:
        empty(
            _("No warehouse yet."),
            _("Enter one, or take the first stock of the warehouse system in."),
            icon="warehouse",
        )
        return
    columns = [
        Column("title", _("Name")),
        Column("place", _("Where")),
        Column("active", _("Ships"), "yes"),
        Column("code", _("Code")),
        Column("cutoff", _("Cut-off")),
        Column("capacity", _("Orders an hour"), "count"),
        Column("skus", _("SKUs"), "count"),
        Column("pieces", _("Pieces"), "count"),
    ]
    picked = table(
        [_cells(row) for row in rows],
        columns[:3] if session.on_phone() else columns,
        key="place_rows",
        height="content",
        select="single-row",
    )
    if actor.may("routing.edit") and picked and picked[0] < len(rows):
        _actions(rows[picked[0]])


def _cells(row: WarehouseRow) -> dict[str, object]:
    kept = row.warehouse
    return {
        "title": kept.title,
        "place": " ".join(filter(None, (kept.province, kept.city))) or _("not entered yet"),
        "active": kept.active,
        "code": kept.warehouse,
        "cutoff": kept.cutoff or words.NONE,
        "capacity": kept.capacity,
        "skus": row.skus,
        "pieces": row.pieces,
    }


def _actions(row: WarehouseRow) -> None:
    with st.container(horizontal=True):
        if st.button(_("Change {name}").format(name=row.warehouse.title), icon=":material/edit:", key="place_change"):
            dialog(_("Change"), partial(_form, row))
        if row.known and st.button(_("Remove"), icon=":material/delete:", key="place_remove"):
            dialog(_("Remove"), partial(_remove, row.warehouse))


def _form(row: WarehouseRow) -> None:
    old = row.warehouse
    code = st.text_input(_("Code"), old.warehouse, disabled=bool(old.warehouse), max_chars=40, key="place_code")
    title = st.text_input(_("Name"), old.title, max_chars=40, key="place_title")
    province, city = _place(old)
    left, right = st.columns(2)
    cutoff = left.text_input(
        _("Cut-off"), old.cutoff, placeholder="16:00", key="place_cutoff",
        help=_("After it, orders that have to leave today go elsewhere. Empty: none."),
    )  # fmt: skip
    capacity = right.number_input(
        _("Orders an hour at most"), 1, 1_000_000, old.capacity, key="place_capacity", placeholder=_("any")
    )
    active = st.toggle(
        _("Ships"),
        old.active,
        key="place_active",
        help=_("Switched off it gets no further order and its stock is not sold."),
    )
    if st.button(_("Save"), type="primary", key="place_save"):
        made = Warehouse(
            code.strip(), title.strip(), province or "", city or "", active, old.demo, cutoff.strip(), capacity
        )
        if attempt(lambda: reference.save_warehouse(session.actor(), session.store(), made)) is not None:
            say_after_rerun(_("Saved."))
            st.rerun()


def _place(old: Warehouse) -> tuple[str | None, str | None]:
    provinces = list(REGIONS)
    known = canonical_province(old.province)
    province = st.selectbox(
        _("Province"),
        provinces,
        index=provinces.index(known) if known else None,
        key="place_province",
        placeholder=_("Choose"),
    )
    cities = list(cities_of(province or ""))
    city = st.selectbox(
        _("City"),
        cities,
        index=cities.index(old.city) if old.city in cities else None,
        key="place_city",
        placeholder=_("Choose"),
    )
    return province, city


def _remove(warehouse: Warehouse) -> None:
    confirm_before(
        _("Remove"), _("{name} is forgotten; what was decided with it stays.").format(name=f"**{words.plain(warehouse.title)}**"),
        lambda: reference.remove_warehouse(session.actor(), session.store(), warehouse.warehouse), key="place_remove_confirm",
        done=_("Removed."),
    )  # fmt: skip
