"""What is evaluated: one order with its lines, and what is known around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One order line; `unit_price` is the list price of one unit in fen."""

    id: str
    sku: str
    qty: int
    unit_price: int
    category: str | None = None
    refunded_qty: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `paid_at` is the shop's wall-clock text `YYYY-MM-DDTHH:MM:SS`, compared as such."""

    order_id: str
    platform: str
    paid_at: str
    lines: tuple[Line, ...]
    phone: str = ""
    buyer: str = ""
    province: str = ""
    prior_orders: int = 0
    actual_paid: int | None = None
    tolerance: int = 0

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Order":
        """From the JSON form of the promotion cases."""
        lines = tuple(
            Line(
                str(line["id"]),
                line["sku"],
                line["qty"],
                line["unit_price"],
                line.get("category"),
                line.get("refunded_qty", 0),
            )
            for line in document["lines"]
        )
        customer = document.get("customer") or {}
        return cls(
            order_id=str(document["order_id"]),
            platform=document.get("platform", ""),
            paid_at=document.get("paid_at", ""),
            lines=lines,
            phone=document.get("phone", ""),
            buyer=document.get("buyer", ""),
            province=document.get("province", ""),
            prior_orders=customer.get("prior_orders", 0),
            actual_paid=document.get("actual_paid"),
            tolerance=document.get("tolerance", 0),
        )


@dataclass(slots=True)
class Context:
    """Free gift stock by SKU (absent = 0) and what was granted or bought before by `PROMOTION|KEY` (absent = 0)."""

    gift_stock: Mapping[str, int] = field(default_factory=dict)
    history: Mapping[str, int] = field(default_factory=dict)
