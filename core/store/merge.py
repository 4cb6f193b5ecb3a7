"""What every merge into the pool knows, and which side wins a column: the platform's word or our own work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.model.fields import Catalogue
from core.model.lifecycle import after_platform_sql
from core.store.store import Cursor

# The platform may say these; that it says nothing (any more) does not erase what we did ourselves.
KEPT_WHEN_SILENT = frozenset(
    ("courier", "tracking_no", "shipped_at", "finished_at", "ship_by", "currency", "refund_status")
)
OURS_FIRST = frozenset(("warehouse",))  # filled for a new order, and where we have chosen none yet
_NOT_COLUMNS = frozenset(("platform_no", "status"))
HOLD = '["platform_hold"]'
SealMany = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Merge:
    """What the merge must know. `columns`, `keys`: the targets the mapping fills and the person columns beside them.

    again: map history anew, so that an equally new payload is applied even when it is the very same.
    """

    channel: str
    shop: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    line_columns: tuple[str, ...] | None
    mapping: str
    version: int
    origin: str
    now: datetime
    catalogue: Catalogue
    seal_many: SealMany
    again: bool = False

    @property
    def plain(self) -> tuple[str, ...]:
        """The columns that are copied: targets without the number and the status, and the person columns."""
        return (*(name for name in self.columns if name not in _NOT_COLUMNS), *self.keys)


@dataclass(frozen=True, slots=True)
class Merged:
    """How many orders (refunds) were new, changed, or as before; and the lines of all of them."""

    inserted: int
    updated: int
    unchanged: int
    lines: int


def quoted(names: Iterable[str], prefix: str = "") -> str:
    """Column names of the catalogue for a SELECT list, each with the prefix of its relation."""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def newest_only(cursor: Cursor, key: str) -> None:
    """Of several payloads of one order in the batch the newest stays, of equally new ones the last."""
    row = cursor.execute(f"SELECT count(*) - count(DISTINCT {key}) FROM staged").fetchone()
    if row and row[0]:
        cursor.execute(
            "DELETE FROM staged WHERE place NOT IN (SELECT place FROM staged QUALIFY row_number() OVER "
            f"(PARTITION BY {key} ORDER BY platform_updated_at DESC NULLS LAST, place DESC) = 1)"
        )


def updates(merge: Merge) -> dict[str, str]:
    """What an applied payload (s) makes of the present order (p), by column."""
    found = {name: f's."{name}"' for name in merge.plain}
    for name in KEPT_WHEN_SILENT & set(found):
        found[name] = f'coalesce(s."{name}", p."{name}")'
    for name in OURS_FIRST & set(found):
        found[name] = f'coalesce(p."{name}", s."{name}")'
    if "refund_status" in found:  # a refund we know by itself says more than a word on the order
        found["refund_status"] = (
            "CASE WHEN p.order_key IN (SELECT order_key FROM refunds) THEN p.refund_status "
            "ELSE coalesce(s.refund_status, p.refund_status) END"
        )
    found["status"] = f"CASE WHEN s.status IS NULL THEN p.status ELSE {after_platform_sql('p.status', 's.status')} END"
    reasons = "coalesce(from_json(p.held_reasons, '[\"VARCHAR\"]'), [])"
    others = f"list_filter({reasons}, lambda reason: reason <> 'platform_hold')"
    found["held_reasons"] = (
        f"CASE WHEN list_contains({reasons}, 'platform_hold') = s.held THEN p.held_reasons "
        f"WHEN s.held THEN to_json(list_append({others}, 'platform_hold'))::VARCHAR ELSE to_json({others})::VARCHAR END"
    )
    found["held"] = f"s.held OR len({others}) > 0"
    return found
