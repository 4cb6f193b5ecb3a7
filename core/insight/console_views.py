"""The safe views of the SQL console: what analysts may read, with names, labels and types, masked as on the pages.

Left out: originals of person data, keyed hashes, raw payloads, secrets, accounts, the audit trail, the evidence of
decisions and the details of events (they may hold values of persons). A buyer is a short code that says nothing
outside of this shop. Runs of seven and more digits in free text become asterisks.
"""

from dataclasses import dataclass

from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind, Level, Privacy
from core.store import Cursor
from core.store.store import SPACE

_FREE_TEXT = frozenset({"buyer_note", "seller_note", "reason", "note", "title"})
_HIDDEN = frozenset({"ip", "buyer_id", "merge_key"})
_TYPES = {
    Kind.TEXT: "text", Kind.CHOICE: "text", Kind.INTEGER: "integer", Kind.MONEY: "fen", Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean", Kind.DATETIME: "instant", Kind.DATE: "date",
}  # fmt: skip
PERSON_KEY = "coalesce({0}phone_key, {0}recipient_key, {0}buyer_name_key)"
"""What tells two buyers apart over shops, without saying who they are."""
BUYER_CODE = "'b' || md5({})[1:10]"


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column: its label is a message id or an operator's words (`labels`); `sql` over the base table t."""

    name: str
    kind: str
    label: str
    sql: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SafeView:
    """One view of the console. `label` is a message id."""

    name: str
    label: str
    table: str
    columns: tuple[ViewColumn, ...]

    @property
    def sql(self) -> str:
        """The SELECT behind the view, over base tables by their full names."""
        listed = ", ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        return f"SELECT {listed} FROM {SPACE}.main.{self.table} t"


def safe_views(known: Catalogue, *, money: bool) -> tuple[SafeView, ...]:
    """All views, without amounts for those who may not see them."""
    order = (*_fields(known, Level.ORDER), *_plain(_ORDER))
    line = (
        *_plain(_KEYS),
        *_fields(known, Level.LINE),
        *_plain((("granted_by", "text", N_("Given by the activity")),)),
    )
    refund = (*_plain(_KEYS), *(c for c in _fields(known, Level.REFUND) if c.name != "platform_no"))
    found = [
        SafeView("orders", N_("Orders, one row each"), "orders", order),
        SafeView("order_lines", N_("Lines of orders, gifts of ours too"), "order_lines", line),
        SafeView("refunds", N_("Refunds, with the platform's own status words"), "refunds", refund),
        *(SafeView(name, label, table, _plain(columns)) for name, label, table, columns in _OTHERS),
    ]
    if money:
        return tuple(found)
    return tuple(SafeView(v.name, v.label, v.table, tuple(c for c in v.columns if c.kind != "fen")) for v in found)


def put_up(cursor: Cursor, views: tuple[SafeView, ...], zone: str) -> None:
    """Make the views of one cursor, and take the store's own tables out of its sight."""
    for view in views:
        cursor.execute(f'CREATE OR REPLACE TEMP VIEW "{view.name}" AS {view.sql}')
    cursor.execute("USE memory")
    cursor.execute("SET SESSION TimeZone = '" + zone.replace("'", "") + "'")
    cursor.execute("SET SESSION python_enable_replacements = false")
    cursor.execute("SET SESSION enable_progress_bar = false")


def _fields(known: Catalogue, level: Level) -> tuple[ViewColumn, ...]:
    return tuple(_column(field) for field in known.at(level) if field.name not in _HIDDEN)


def _column(field: Field) -> ViewColumn:
    sql = f't."{field.name}"'
    if field.kind is Kind.TEXT and (field.name in _FREE_TEXT or field.own) and field.privacy is Privacy.OPEN:
        sql = _starred(sql)
    return ViewColumn(field.name, _TYPES[field.kind], field.label, sql, tuple(sorted(field.labels.items())))


def _starred(sql: str) -> str:
    return f"regexp_replace({sql}, '[0-9]{{7,}}', '***', 'g')"


def _plain(columns: tuple[tuple[str, str, str], ...]) -> tuple[ViewColumn, ...]:
    """Columns as (name, kind, label); a few are worked out."""
    return tuple(
        ViewColumn(name, kind, label, _WORKED_OUT.get(name) or (_starred(f"t.{name}") if name in _FREE_TEXT else f"t.{name}"))
        for name, kind, label in columns
    )  # fmt: skip


_WORKED_OUT = {"buyer_code": BUYER_CODE.format(PERSON_KEY.format("t."))}
_KEYS = (("order_key", "integer", N_("Key of the order, for joins")), ("channel", "text", N_("Channel")), ("shop", "text", N_("Shop")),
         ("platform_no", "text", N_("Platform order no.")))  # fmt: skip
_ORDER = (
    ("order_key", "integer", N_("Key of the order, for joins")), ("buyer_code", "text", N_("Buyer, as a code")),
    ("held", "boolean", N_("Held")), ("held_reasons", "text", N_("Hold reasons")), ("tags", "text", N_("Tags")),
    ("line_count", "integer", N_("Lines")), ("unit_count", "integer", N_("Units")), ("pool_at", "instant", N_("In the pool since")),
    ("changed_at", "instant", N_("Changed at")),
)  # fmt: skip
_OTHERS: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("order_events", N_("Who did what to which order, and when"), "order_events", (
        *_KEYS, ("event", "text", N_("Event")), ("happened_at", "instant", N_("Happened at")), ("actor", "text", N_("By")),
        ("reason", "text", N_("Reason")))),
    ("decisions", N_("What rules, promotions and routing decided"), "decisions", (
        *_KEYS, ("kind", "text", N_("Kind")), ("rule_set", "text", N_("Rule set")), ("version", "integer", N_("Version")),
        ("mode", "text", N_("Mode")), ("outcome", "text", N_("Outcome")), ("rules", "text", N_("Rules that hit")),
        ("decided_at", "instant", N_("Decided at")))),
    ("parcels", N_("Parcels as routed"), "parcels", (
        *_KEYS, ("parcel_no", "integer", N_("Parcel")), ("warehouse", "text", N_("Warehouse")), ("courier", "text", N_("Courier")),
        ("freight_fen", "fen", N_("Freight reckoned")), ("lead_days", "number", N_("Days on the way")), ("weight_g", "integer", N_("Weight (g)")),
        ("pieces", "integer", N_("Pieces")), ("made_at", "instant", N_("Made at")))),
    ("stock", N_("Stock on hand, as the warehouses said last"), "stock_levels", (
        ("warehouse", "text", N_("Warehouse")), ("sku", "text", N_("SKU")), ("on_hand", "integer", N_("On-hand stock")),
        ("as_of", "instant", N_("As of")))),
    ("reservations", N_("Stock promised to orders"), "reservations", (
        ("order_key", "integer", N_("Key of the order, for joins")), ("line_no", "text", N_("Line no.")), ("sku", "text", N_("SKU")),
        ("warehouse", "text", N_("Warehouse")), ("qty", "integer", N_("Quantity")), ("state", "text", N_("State")),
        ("reserved_at", "instant", N_("Reserved at")))),
    ("products", N_("Product master"), "products", (
        ("sku", "text", N_("SKU")), ("title", "text", N_("Name")), ("barcode", "text", N_("Barcode")), ("weight_g", "integer", N_("Weight (g)")),
        ("spu", "text", N_("Product")), ("supplier", "text", N_("Supplier")))),
    ("tickets", N_("Tickets between teams"), "tickets", (
        *_KEYS, ("kind", "text", N_("Kind")), ("team", "text", N_("Team")), ("state", "text", N_("State")), ("handovers", "integer", N_("Handovers")),
        ("opened_at", "instant", N_("Opened at")), ("closed_at", "instant", N_("Closed at")))),
    ("dispatch_faults", N_("Confirmed dispatch errors"), "dispatch_faults", (
        ("order_key", "integer", N_("Key of the order, for joins")), ("kind", "text", N_("Kind")), ("found_at", "instant", N_("Found at")))),
    ("losses", N_("Losses by cause"), "losses", (
        ("order_key", "integer", N_("Key of the order, for joins")), ("cause", "text", N_("Cause")), ("loss_fen", "fen", N_("Loss")),
        ("happened_at", "instant", N_("Happened at")))),
)  # fmt: skip
