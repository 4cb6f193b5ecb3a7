"""What a warehouse tells besides orders: the targets of mappings for stock levels and for outbound records.

Catalogues of their own: these are no fields of an order, and no rule, grid or export asks for them.
"""

from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind, Level


def _field(name: str, kind: Kind, label: str, *, required: bool = False) -> Field:
    return Field(name, kind, Level.ORDER, label, required=required)


STOCK, OUTBOUND = "stock", "outbound"
CATALOGUES: dict[str, Catalogue] = {
    STOCK: Catalogue(
        (
            _field("warehouse", Kind.TEXT, N_("Warehouse"), required=True),
            _field("sku", Kind.TEXT, N_("SKU"), required=True),
            _field("on_hand", Kind.INTEGER, N_("On-hand stock"), required=True),
            _field("as_of", Kind.DATETIME, N_("As of")),
        )
    ),
    OUTBOUND: Catalogue(
        (
            _field("platform_no", Kind.TEXT, N_("Platform order no."), required=True),
            _field("tracking_no", Kind.TEXT, N_("Tracking number"), required=True),
            _field("shop", Kind.TEXT, N_("Shop")),
            _field("courier", Kind.TEXT, N_("Courier")),
            _field("warehouse", Kind.TEXT, N_("Warehouse")),
            _field("weight_g", Kind.INTEGER, N_("Weight (g)")),
            _field("shipped_at", Kind.DATETIME, N_("Shipped at")),
        )
    ),
}
