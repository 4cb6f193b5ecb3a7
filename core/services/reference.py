"""What routing leans on: warehouses, large areas, couriers and their codes. Every change by a person, checked and audited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.channels import tracking
from core.channels.registry import connectors
from core.errors import BadRequest
from core.i18n import N_
from core.model.region import PROVINCE_NAMES, REGIONS, canonical_province
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, courier_codes, regions_table, warehouses
from core.store.courier_codes import Courier
from core.store.warehouses import Warehouse


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse with what lies there. `known` is False for a name that only the stock levels use."""

    warehouse: Warehouse
    skus: int
    pieces: int
    known: bool = True


def warehouse_rows(actor: Actor, store: Store) -> list[WarehouseRow]:
    """All warehouses, and names of the stock levels that nobody has entered yet."""
    require(actor, store, "routing.view")
    with store.read() as cursor:
        known, stocked = warehouses.of(cursor), warehouses.stocked(cursor)
    names = {each.warehouse for each in known}
    rows = [WarehouseRow(each, *stocked.get(each.warehouse, (0, 0))) for each in known]
    return rows + [
        WarehouseRow(Warehouse(name, name), *found, known=False)
        for name, found in sorted(stocked.items())
        if name not in names
    ]


def save_warehouse(actor: Actor, store: Store, warehouse: Warehouse) -> None:
    """Keep a warehouse. BadRequest for a province nobody knows, a cut-off that is no time, a capacity below 1."""
    require(actor, store, "routing.edit", warehouse.warehouse)
    if not warehouse.warehouse.strip() or not warehouse.title.strip():
        raise BadRequest(N_("A warehouse needs a code and a name."), N_("Fill both in."))
    province = canonical_province(warehouse.province)
    if province is None:
        raise BadRequest(
            N_("There is no province {province}."), N_("Choose one of the list."), province=warehouse.province or "–"
        )
    if warehouse.cutoff:
        try:
            datetime.strptime(warehouse.cutoff, "%H:%M")  # noqa: DTZ007 - a wall clock
        except ValueError as error:
            raise BadRequest(
                N_("The cut-off {time} is no time of day."), N_("Write it as 16:00."), time=warehouse.cutoff
            ) from error
    if warehouse.capacity is not None and warehouse.capacity < 1:
        raise BadRequest(N_("A capacity is at least 1 order an hour."), N_("Leave it empty for any."))
    with store.write() as cursor:
        warehouses.save_warehouses(cursor, [warehouse])
        audit.record(cursor, actor, "warehouse.save", warehouse.warehouse, active=warehouse.active)


def remove_warehouse(actor: Actor, store: Store, name: str) -> None:
    """Forget a warehouse that has no stock and no open parcel; otherwise switch it off instead."""
    require(actor, store, "routing.edit", name)
    with store.write() as cursor:
        if warehouses.is_used(cursor, name):
            raise BadRequest(
                N_("Pieces lie in {warehouse} or parcels leave from it."), N_("Switch it off instead."), warehouse=name
            )
        warehouses.remove(cursor, name)
        audit.record(cursor, actor, "warehouse.remove", name)


def areas(actor: Actor, store: Store) -> dict[str, str]:
    """Canonical province -> large area, as the operator has divided the country."""
    require(actor, store, "routing.view")
    with store.read() as cursor:
        return regions_table.areas(cursor)


def save_areas(actor: Actor, store: Store, changed: Mapping[str, str]) -> int:
    """Put provinces into other areas; returns how many changed. An area may not be called like a province."""
    require(actor, store, "routing.edit", "regions")
    for province, area in changed.items():
        if province not in REGIONS:
            raise BadRequest(N_("There is no province {province}."), N_("Choose one of the list."), province=province)
        if not area.strip() or area in PROVINCE_NAMES:
            raise BadRequest(
                N_("An area cannot be called {area}."), N_("Choose a name that is no province's."), area=area or "–"
            )
    with store.write() as cursor:
        before = regions_table.areas(cursor)
        real = {province: area.strip() for province, area in changed.items() if before[province] != area.strip()}
        if real:
            regions_table.save(cursor, real)
            audit.record(cursor, actor, "regions.save", "", changed=real)
    return len(real)


@dataclass(frozen=True, slots=True)
class CourierRow:
    """A courier with the code of each platform: the connector's own, or the one the operator has set (`own`)."""

    courier: Courier
    codes: Mapping[str, str]
    own: frozenset[str]


def couriers(actor: Actor, store: Store) -> list[CourierRow]:
    """The couriers with their codes."""
    require(actor, store, "routing.view")
    built_in = _built_in()
    with store.read() as cursor:
        known, own = courier_codes.couriers(cursor), courier_codes.codes(cursor)
    rows = []
    for each in known:
        codes = {channel: names[each.courier] for channel, names in built_in.items() if each.courier in names}
        mine = {channel: code for (courier, channel), code in own.items() if courier == each.courier}
        rows.append(CourierRow(each, {**codes, **mine}, frozenset(mine)))
    return rows


def _built_in() -> dict[str, Mapping[str, str]]:
    """channel or tracking service -> our courier code -> its own."""
    shops = {name: made.couriers for name, made in connectors().items() if made.couriers}
    return {**shops, **{kind: each.COURIERS for kind, each in tracking.services().items()}}


def save_couriers(
    actor: Actor, store: Store, rows: Sequence[Courier], codes: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Keep couriers and codes that differ from the connectors'. A code is short and of letters and digits."""
    require(actor, store, "routing.edit", "couriers")
    for row in rows:
        if not row.courier.isascii() or not row.courier.isalnum() or len(row.courier) > 20 or not row.title.strip():
            raise BadRequest(
                N_("A courier needs a short code of letters and digits and a name, not {courier}."), N_("Mend it."),
                courier=row.courier or "–",
            )  # fmt: skip
    built_in = _built_in()
    changed = {
        (courier, channel): "" if built_in.get(channel, {}).get(courier) == code.strip() else code.strip()
        for (courier, channel), code in (codes or {}).items()
    }
    with store.write() as cursor:
        courier_codes.save(cursor, rows)
        courier_codes.save_codes(cursor, changed)
        audit.record(cursor, actor, "couriers.save", "", couriers=[row.courier for row in rows])


def titles(store: Store) -> tuple[dict[str, str], dict[str, str]]:
    """(warehouse -> title, courier -> title): what sentences call them."""
    with store.read() as cursor:
        return (
            {each.warehouse: each.title for each in warehouses.of(cursor)},
            {each.courier: each.title for each in courier_codes.couriers(cursor)},
        )
