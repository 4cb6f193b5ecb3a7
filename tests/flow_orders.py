"""A small shop for the flow's tests: orders through the intake, stock, published flows, and a runner."""

from typing import Any

from core.channels.intake import Batch, take_in
from core.flow.document import KIND
from core.flow.runner import runner
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, documents, stock_levels
from tests.payloads import order, publish, refund, rows


class Shop:
    """One shop whose orders walk through the flows of a store."""

    def __init__(self, store: Store, settings: Settings, *, stock: int = 1_000_000) -> None:
        self.store, self.settings, self.vault = store, settings, open_vault(settings)
        publish(store)
        with store.write() as cursor:
            stock_levels.take(cursor, ["W1", "W1"], ["A", "B"], [stock, stock], None)

    def orders(self, *numbers: str, minute: int = 0, state: str = "paid", **rest: Any) -> None:
        """Take orders in, as changed at that minute."""
        bodies = [order(no, minute, state, **rest) for no in numbers]
        take_in(self.store, self.vault, Batch("other", "s", "orders", "pull", bodies))

    def refund(self, no: str, state: str = "REQUESTED", minute: int = 0, refund_no: str = "") -> None:
        """Take one refund in."""
        body = refund(no, refund_no or f"R{no}", minute, state)
        take_in(self.store, self.vault, Batch("other", "s", "refunds", "pull", [body]))

    def drain(self, limit: int | None = None) -> dict[str, Any]:
        """Let all orders walk as far as they can."""
        return runner(self.store).drain(self.vault, self.settings, limit=limit)

    def key(self, no: str) -> int:
        return rows(self.store, "SELECT order_key FROM orders WHERE platform_no = ?", no)[0][0]

    def where(self) -> dict[str, str]:
        """platform_no -> node it stands at."""
        return dict(
            rows(
                self.store, "SELECT o.platform_no, t.node FROM flow_tokens t JOIN orders o USING (order_key) ORDER BY 1"
            )
        )

    def ends(self) -> dict[str, str]:
        """platform_no -> the outcome it left its flow by."""
        return dict(
            rows(
                self.store,
                "SELECT o.platform_no, e.outcome FROM flow_ends e JOIN orders o USING (order_key) ORDER BY 1",
            )
        )

    def statuses(self) -> dict[str, str]:
        return dict(rows(self.store, "SELECT platform_no, status FROM orders ORDER BY 1"))

    def slips(self) -> dict[str, int]:
        """platform_no -> slips that are not void."""
        found = rows(
            self.store, "SELECT platform_no, count(*)::INTEGER FROM slips WHERE state = 'made' GROUP BY 1 ORDER BY 1"
        )
        return dict(found)


def flow(
    nodes: list[tuple[str, str, dict[str, Any]]], edges: list[tuple[str, str, str]], name: str = "orders"
) -> dict[str, Any]:
    """A flow document: nodes (id, station, settings), edges (from, outcome, to)."""
    return {
        "kind": "flow",
        "name": name,
        "nodes": [{"id": node, "station": station, "settings": settings} for node, station, settings in nodes],
        "edges": [{"from": source, "outcome": outcome, "to": target} for source, outcome, target in edges],
    }


def publish_flow(store: Store, body: dict[str, Any]) -> int:
    """Publish a flow; returns its version."""
    draft = documents.save_draft(store, KIND, body["name"], body, author="test")
    return documents.publish(store, KIND, body["name"], draft.version).version


STRAIGHT = flow(
    [("in", "trigger", {}), ("gate", "refund_gate", {}), ("stock", "reserve", {}), ("slip", "pick_list", {}),
     ("packed", "wait", {"until": "status", "status": "PACKED"}), ("end", "archive", {"days": 0})],
    [("in", "next", "gate"), ("gate", "pass", "stock"), ("stock", "reserved", "slip"), ("slip", "next", "packed"),
     ("packed", "next", "end")],
)  # fmt: skip
