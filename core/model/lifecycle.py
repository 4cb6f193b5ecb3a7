"""The order's lifecycle: statuses, allowed moves, and how a platform's word meets our own progress.

Only this module decides a status. Callers get SQL or a value and write it with its event.
"""

from dataclasses import dataclass

from core.errors import BadRequest
from core.i18n import N_


@dataclass(frozen=True, slots=True)
class Status:
    """One status. `rank` is the progress (a platform never moves an order back), `next` what may follow."""

    name: str
    label: str
    colour: str  # of the palette: grey blue cyan purple orange green red
    rank: int
    next: tuple[str, ...]
    stage: str = ""


STATUSES: tuple[Status, ...] = (
    Status("UNPAID", N_("Unpaid"), "grey", 0, ("PAID", "CANCELLED"), "payment"),
    Status("PAID", N_("Paid"), "blue", 10, ("STOCK_LOCKED", "CANCELLED", "SHIPPED"), "payment"),
    Status(
        "STOCK_LOCKED",
        N_("Stock locked"),
        "blue",
        20,
        ("PICKING", "LOGISTICS_ASSIGNED", "PAID", "CANCELLED"),
        "stock",
    ),
    Status("PICKING", N_("Picking"), "cyan", 30, ("LOGISTICS_ASSIGNED", "STOCK_LOCKED", "CANCELLED"), "picking"),
    Status(
        "LOGISTICS_ASSIGNED",
        N_("Logistics assigned"),
        "purple",
        40,
        ("PACKED", "PICKING", "CANCELLED"),
        "logistics",
    ),
    Status("PACKED", N_("Packed"), "orange", 50, ("SHIPPED", "CANCELLED"), "outbound"),
    Status("SHIPPED", N_("Shipped"), "green", 60, ("COMPLETED", "CANCELLED"), "outbound"),
    Status("COMPLETED", N_("Completed"), "green", 70, ("ARCHIVED",), "after_sales"),
    Status("ARCHIVED", N_("Archived"), "grey", 80, (), "after_sales"),
    Status("CANCELLED", N_("Cancelled"), "red", 90, ("ARCHIVED",), "after_sales"),
)
BY_NAME = {status.name: status for status in STATUSES}


def may_move(present: str, wanted: str) -> bool:
    """Whether a person or the flow may take an order from one status to the other."""
    return wanted in BY_NAME[present].next


def move(present: str, wanted: str) -> str:
    """The status after a move; BadRequest names both when it is not allowed."""
    if not may_move(present, wanted):
        raise BadRequest(
            N_("An order cannot go from {present} to {wanted}."),
            N_("Choose one of its next steps."),
            present=BY_NAME[present].label,
            wanted=BY_NAME[wanted].label,
        )
    return wanted


def after_platform(present: str | None, said: str) -> str:
    """The status once the platform said `said`: progress of ours is never undone, and a cancellation always counts.

    ARCHIVED stays. A platform may report the same order twice or late; `platform_updated_at` is compared first.
    """
    if present is None or present == said:
        return said
    if present == "ARCHIVED":
        return present
    return said if BY_NAME[said].rank > BY_NAME[present].rank else present


def after_platform_sql(present: str, said: str) -> str:
    """`after_platform` as a SQL expression over two column expressions named by the caller (never by a user)."""
    ranks = " ".join(f"WHEN '{status.name}' THEN {status.rank}" for status in STATUSES)
    return (
        f"CASE WHEN {present} IS NULL THEN {said} WHEN {present} = 'ARCHIVED' THEN {present} "
        f"WHEN (CASE {said} {ranks} ELSE -1 END) > (CASE {present} {ranks} ELSE -1 END) THEN {said} ELSE {present} END"
    )
