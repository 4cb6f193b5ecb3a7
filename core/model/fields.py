"""THE field catalogue: the one source for tables, mapping targets, rule fields, grid columns and exports.

A field is one entry. Built-in fields stand below; an operator's own fields (`x_…`) come from the store and are added by
`Catalogue.with_own`. Labels are gettext source texts: translate when showing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from core.i18n import N_


class Kind(StrEnum):
    """The type of a field; it fixes the column type, the allowed converters and the operators of rules."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # integer fen
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"  # aware instant
    DATE = "date"
    CHOICE = "choice"  # text out of `choices`


SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.MONEY: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATETIME: "TIMESTAMPTZ",
    Kind.DATE: "DATE",
    Kind.CHOICE: "VARCHAR",
}


KIND_LABELS = {
    Kind.TEXT: N_("Text"),
    Kind.INTEGER: N_("Whole number"),
    Kind.MONEY: N_("Amount (fen)"),
    Kind.NUMBER: N_("Decimal number"),
    Kind.BOOLEAN: N_("Yes or no"),
    Kind.DATETIME: N_("Date and time"),
    Kind.DATE: N_("Date"),
    Kind.CHOICE: N_("Choice"),
}


class Level(StrEnum):
    """What a field describes."""

    ORDER = "order"
    LINE = "line"
    REFUND = "refund"


LEVEL_LABELS = {Level.ORDER: N_("Order"), Level.LINE: N_("Order line"), Level.REFUND: N_("Refund")}


class Privacy(StrEnum):
    """`PERSON` fields are stored masked; beside them a keyed hash to join by and the original encrypted."""

    OPEN = "open"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `mapped` says whether a mapping may fill it; the others are the product's own work."""

    name: str
    kind: Kind
    level: Level
    label: str
    required: bool = False
    mapped: bool = True
    choices: tuple[str, ...] = ()
    privacy: Privacy = Privacy.OPEN
    null_means: str = ""
    required_when: str = ""  # own fields: the status from which the field must be filled
    default: str | None = None
    retired: bool = False
    # An operator's own words by language; they win over `label`.
    labels: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def own(self) -> bool:
        return self.name.startswith("x_")

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]

    def title(self, language: str, translate: Callable[[str], str]) -> str:
        """The label to show in a language."""
        return self.labels.get(language) or translate(self.label)


STATUSES = (
    "UNPAID",
    "PAID",
    "STOCK_LOCKED",
    "PICKING",
    "LOGISTICS_ASSIGNED",
    "PACKED",
    "SHIPPED",
    "COMPLETED",
    "ARCHIVED",
    "CANCELLED",
)
CHANNELS = {
    "taobao": N_("Taobao/Tmall"),
    "jd": N_("JD"),
    "doudian": N_("Doudian"),
    "pinduoduo": N_("Pinduoduo"),
    "wechat": N_("WeChat store"),
    "mini_program": N_("Mini-program"),
    "kuaishou": N_("Kuaishou"),
    "xiaohongshu": N_("Xiaohongshu"),
    "youzan": N_("Youzan"),
    "alibaba1688": N_("1688"),
    "shopify": N_("Shopify"),
    "offline": N_("Offline"),
    "wms": N_("WMS"),
    "other": N_("Other"),
}

_P = Privacy.PERSON


def _order(name: str, kind: Kind, label: str, **rest: object) -> Field:
    return Field(name, kind, Level.ORDER, label, **rest)  # type: ignore[arg-type]


def _line(name: str, kind: Kind, label: str, **rest: object) -> Field:
    return Field(name, kind, Level.LINE, label, **rest)  # type: ignore[arg-type]


def _refund(name: str, kind: Kind, label: str, **rest: object) -> Field:
    return Field(name, kind, Level.REFUND, label, **rest)  # type: ignore[arg-type]


BUILT_IN: tuple[Field, ...] = (
    _order("channel", Kind.CHOICE, N_("Channel"), mapped=False, choices=tuple(CHANNELS)),
    _order("shop", Kind.TEXT, N_("Shop"), mapped=False),
    _order("platform_no", Kind.TEXT, N_("Platform order no."), required=True),
    _order("status", Kind.CHOICE, N_("Status"), required=True, choices=STATUSES),
    _order("platform_status", Kind.TEXT, N_("Platform status")),
    _order("ordered_at", Kind.DATETIME, N_("Ordered at")),
    _order("paid_at", Kind.DATETIME, N_("Paid at"), null_means=N_("not paid")),
    _order("ship_by", Kind.DATETIME, N_("Ship by")),
    _order("deliver_on", Kind.DATE, N_("Deliver on")),
    _order("slip_at", Kind.DATETIME, N_("Slip made at"), mapped=False),
    _order("shipped_at", Kind.DATETIME, N_("Shipped at")),
    _order("finished_at", Kind.DATETIME, N_("Finished at")),
    _order("platform_updated_at", Kind.DATETIME, N_("Platform updated at")),
    _order("paid_fen", Kind.MONEY, N_("Amount paid")),
    _order("goods_fen", Kind.MONEY, N_("Goods amount")),
    _order("discount_fen", Kind.MONEY, N_("Discount")),
    _order("shipping_fen", Kind.MONEY, N_("Shipping fee")),
    _order("currency", Kind.TEXT, N_("Currency"), default="CNY"),
    _order("buyer_id", Kind.TEXT, N_("Buyer")),
    _order("buyer_name", Kind.TEXT, N_("Buyer name"), privacy=_P),
    _order("recipient", Kind.TEXT, N_("Recipient"), privacy=_P),
    _order("phone", Kind.TEXT, N_("Phone"), privacy=_P),
    _order("province", Kind.TEXT, N_("Province")),
    _order("city", Kind.TEXT, N_("City")),
    _order("district", Kind.TEXT, N_("District")),
    _order("address", Kind.TEXT, N_("Address"), privacy=_P),
    _order("buyer_note", Kind.TEXT, N_("Buyer message")),
    _order("seller_note", Kind.TEXT, N_("Seller remark")),
    _order("flag", Kind.TEXT, N_("Flag")),
    _order("ip", Kind.TEXT, N_("IP address")),
    _order("account_registered_at", Kind.DATETIME, N_("Account registered at")),
    _order("courier", Kind.TEXT, N_("Courier")),
    _order("tracking_no", Kind.TEXT, N_("Tracking number")),
    _order("warehouse", Kind.TEXT, N_("Fulfilment warehouse")),
    _order("is_presale", Kind.BOOLEAN, N_("Presale")),
    _order("merge_key", Kind.TEXT, N_("Merge key")),
    _order("refund_status", Kind.TEXT, N_("Refund status")),
    _line("line_no", Kind.TEXT, N_("Line no.")),
    _line("sku", Kind.TEXT, N_("SKU")),
    _line("barcode", Kind.TEXT, N_("Barcode")),
    _line("title", Kind.TEXT, N_("Item title")),
    _line("spec", Kind.TEXT, N_("Specification")),
    _line("qty", Kind.INTEGER, N_("Quantity")),
    _line("unit_price_fen", Kind.MONEY, N_("Unit price")),
    _line("line_paid_fen", Kind.MONEY, N_("Amount paid on the line")),
    _line("line_refund_status", Kind.TEXT, N_("Line refund status")),
    _line("is_gift", Kind.BOOLEAN, N_("Gift")),
    _line("spu", Kind.TEXT, N_("Product")),
    _line("weight_g", Kind.INTEGER, N_("Weight (g)")),
    _refund("refund_no", Kind.TEXT, N_("Refund no."), required=True),
    _refund("platform_no", Kind.TEXT, N_("Platform order no."), required=True),
    _refund("line_no", Kind.TEXT, N_("Line no.")),
    _refund(
        "refund_type",
        Kind.CHOICE,
        N_("Refund type"),
        choices=("REFUND_ONLY", "RETURN_REFUND", "EXCHANGE", "RESEND", "REPAIR", "OTHER"),
    ),
    _refund("refund_status", Kind.TEXT, N_("Refund status")),
    _refund("refund_fen", Kind.MONEY, N_("Refund amount")),
    _refund("refund_requested_at", Kind.DATETIME, N_("Refund requested at")),
    _refund("refund_updated_at", Kind.DATETIME, N_("Refund updated at")),
    _refund("reason", Kind.TEXT, N_("Reason")),
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The built-in fields with an operator's own ones. `version` rises with each change."""

    fields: tuple[Field, ...] = BUILT_IN
    version: int = 0

    def at(self, level: Level, *, retired: bool = False) -> tuple[Field, ...]:
        """The fields of a level, in catalogue order; retired ones only when asked for."""
        return tuple(f for f in self.fields if f.level == level and (retired or not f.retired))

    def find(self, name: str, level: Level | None = None) -> Field | None:
        """The field of that name (at a level), or None."""
        return next((f for f in self.fields if f.name == name and level in (None, f.level)), None)

    def with_own(self, own: Iterable[Field], version: int) -> "Catalogue":
        """Own fields appended; a row named like a built-in one only replaces its label words."""
        words = {f.name: f.labels for f in own if not f.own}
        known = tuple(replace(f, labels=words[f.name]) if f.name in words else f for f in BUILT_IN)
        return Catalogue(known + tuple(f for f in own if f.own), version)


PERSON_FIELDS = tuple(f.name for f in BUILT_IN if f.privacy is Privacy.PERSON)
