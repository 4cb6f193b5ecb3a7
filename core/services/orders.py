"""Orders for a person: search, filter, page, tag. What a role may not see is not shown, filtered or sorted by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import BadRequest, NotAllowed
from core.i18n import N_
from core.model.fields import Field, Kind, Level
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services.order_query import OrderQuery, query_of
from core.store import Store, catalogue, order_tags, orders_query, orders_search
from core.store import tags as tag_rows
from core.store.orders_query import EVERYTHING, ORDER_KEY, Filter, Predicate, Sort
from core.store.tags import Tag

MOST_ROWS = 500
DEFAULT_COLUMNS = (
    "platform_no",
    "channel",
    "shop",
    "status",
    "held",
    "paid_at",
    "paid_fen",
    "recipient",
    "phone",
    "province",
    "warehouse",
    "courier",
    "tracking_no",
    "refund_status",
    "tags",
)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Rows as dictionaries (`order_key` and the columns), the exact number of all, and what kind of id was found."""

    rows: list[dict[str, Any]]
    total: int
    found_by: str = ""


def visible_fields(actor: Actor, store: Store) -> dict[str, Field]:
    """The fields of an order that the actor may see, by name."""
    require(actor, store, "orders.view")
    fields = orders_query.order_fields(catalogue.load(store))
    return {name: f for name, f in fields.items() if _may_see(actor, f)}


def _may_see(actor: Actor, field: Field) -> bool:
    return field.name not in actor.scope.hidden and (field.kind is not Kind.MONEY or actor.may("orders.money"))


def search(actor: Actor, store: Store, vault: Vault, query: OrderQuery) -> OrderPage:
    """One page of the orders that match, and how many there are in all."""
    require(actor, store, "orders.view")
    predicate, found_by, known = _matching(actor, store, vault, query)
    total = orders_query.count(store, predicate) if known is None else known
    columns = [c for c in query.columns or DEFAULT_COLUMNS if c in visible_fields(actor, store)]
    rows = orders_query.page(
        store,
        catalogue.load(store),
        predicate,
        columns=columns,
        sort=query.sort,
        offset=max(0, query.offset),
        limit=max(0, min(query.limit, MOST_ROWS)),
        total=total,
    )
    return OrderPage(rows, total, found_by)


def query(actor: Actor, store: Store, document: Mapping[str, Any], *, zone: str) -> OrderQuery:
    """The query that a view document means. BadRequest names what is wrong in it."""
    require(actor, store, "orders.view")
    return query_of(document, catalogue.load(store), zone)


def count(actor: Actor, store: Store, vault: Vault, query: OrderQuery) -> tuple[int, str]:
    """How many orders match, and what kind of id the search text was ("" for none)."""
    require(actor, store, "orders.view")
    predicate, found_by, known = _matching(actor, store, vault, query)
    return orders_query.count(store, predicate) if known is None else known, found_by


def sample(actor: Actor, store: Store, vault: Vault, query: OrderQuery, number: int = 5) -> list[str]:
    """Some order numbers out of the query, to show before a bulk action."""
    require(actor, store, "orders.view")
    few = replace(query, columns=("platform_no",), offset=0, limit=number)
    return [row["platform_no"] for row in search(actor, store, vault, few).rows]


def matching(actor: Actor, store: Store, vault: Vault, query: OrderQuery) -> tuple[Predicate, str]:
    """The query as a predicate, and the kind of id its search text was. NotAllowed for a field the role may not see."""
    require(actor, store, "orders.view")
    predicate, found_by, _total = _matching(actor, store, vault, query)
    return predicate, found_by


def _matching(actor: Actor, store: Store, vault: Vault, query: OrderQuery) -> tuple[Predicate, str, int | None]:
    """As `matching`, with the number of orders where the search has counted them already."""
    known = catalogue.load(store)
    for name in (*(f.field for f in query.filters), *(s.field for s in query.sort)):
        field = known.find(name)
        field = field or orders_query.order_fields(known).get(name)
        if field is not None and not _may_see(actor, field):
            raise NotAllowed(
                N_("Your role may not see {field}."), N_("Ask an administrator for the right."), field=name
            )
    predicate = orders_query.where(known, query.filters)
    if actor.scope.narrows:  # the store narrows what is read; a tag is written through this very predicate
        predicate = orders_query.both(Predicate(actor.scope.orders_sql()), predicate)
    if not query.search.strip():
        return predicate, "", None
    finding = orders_search.find(store, query.search, vault.keyed)
    total = finding.total if predicate == EVERYTHING or finding.total == 0 else None
    return orders_query.both(finding.predicate, predicate), finding.kind, total


def grid(actor: Actor, store: Store, vault: Vault, request: Mapping[str, Any], *, zone: str) -> dict[str, Any]:
    """One block of the grid: `{"rows": [...], "total": N}`.

    The request holds `startRow`, `endRow`, `sortModel` [{colId, sort}] and `view`, a document as in `order_query`.
    Instants come back as text in the zone, money as fen, `order_key` as text (63 bits exceed a JavaScript number).
    """
    require(actor, store, "orders.view")
    start, end = _row(request, "startRow"), _row(request, "endRow")
    query = query_of(request.get("view") or {}, catalogue.load(store), zone)
    sort = tuple(
        Sort(str(key.get("colId")), key.get("sort") == "desc")
        for key in request.get("sortModel") or ()
        if isinstance(key, Mapping)
    )
    found = search(
        actor, store, vault, replace(query, sort=sort or query.sort, offset=start, limit=max(0, end - start))
    )
    return {"rows": [_for_browser(row, zone) for row in found.rows], "total": found.total}


def choices(actor: Actor, store: Store, field: str) -> list[str]:
    """The texts of a column that occur, for the choices of a filter."""
    require(actor, store, "orders.view")
    return orders_query.values_in_use(store, field)


def tags(actor: Actor, store: Store) -> list[Tag]:
    """The tags that can be put on orders and filtered by."""
    require(actor, store, "orders.view")
    return tag_rows.listing(store)


def tag(actor: Actor, store: Store, vault: Vault, query: OrderQuery, name: str, *, put: bool = True) -> int:
    """Put a tag on (or take it off) every order that matches; returns how many changed. One event an order."""
    require(actor, store, "orders.tag", name)
    if put and name not in {known.name for known in tag_rows.listing(store)}:
        raise BadRequest(N_("There is no tag {name}."), N_("Make it on the page Data model."), name=name)
    predicate, _found_by = matching(actor, store, vault, query)
    with store.write() as cursor:
        changed = order_tags.change(cursor, predicate, name, put=put, actor=actor.account)
        audit.record(cursor, actor, "orders.tag", name, put=put, orders=changed)
    return changed


def by_keys(keys: Sequence[str]) -> OrderQuery:
    """A query for exactly these orders, as selected in the grid."""
    return OrderQuery(filters=(Filter(ORDER_KEY, "in", [int(key) for key in keys]),))


def fields_to_filter(actor: Actor, store: Store) -> dict[str, Field]:
    """Every field a person may filter orders by: the order's own, and those of its lines and refunds."""
    require(actor, store, "orders.view")
    own = visible_fields(actor, store)
    known = catalogue.load(store)
    others = [f for level in (Level.LINE, Level.REFUND) for f in known.at(level) if f.name not in own]
    return own | {f.name: f for f in others if _may_see(actor, f)}


def _row(request: Mapping[str, Any], name: str) -> int:
    number = request.get(name, 0)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 100_000_000:
        raise BadRequest(N_("{name} must be a row number."), N_("Load the page again."), name=name)
    return number


def _for_browser(row: dict[str, Any], zone: str) -> dict[str, Any]:
    place = ZoneInfo(zone)
    out: dict[str, Any] = {}
    for name, value in row.items():
        if name == "order_key":
            out[name] = str(value)
        elif isinstance(value, datetime):
            out[name] = value.astimezone(place).strftime("%Y-%m-%d %H:%M:%S")
        elif isinstance(value, date | timedelta):
            out[name] = str(value)
        else:
            out[name] = value
    return out
