"""What happens in the flows just now, for the counts on the drawing, and the ways of single orders through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.errors import NotFound
from core.flow.document import KIND
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, documents, flow_runs, tokens
from core.store.tokens import Token


@dataclass(frozen=True, slots=True)
class AtNode:
    """One node just now. `orders` stand there, `held`, `parked` (failed) and `resting` among them; in the last hours
    `passed` went on by outcome, with the median stay in seconds; `error` is the last one of a parked order."""

    orders: int = 0
    held: int = 0
    parked: int = 0
    resting: int = 0
    oldest_at: datetime | None = None
    passed: Mapping[str, int] | None = None
    failed: int = 0
    stood_seconds: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an order: the node and outcome it left by, with the version's label of the node."""

    flow: str
    version: int
    node: str
    label: str
    outcome: str
    at: datetime


def live(actor: Actor, store: Store, name: str, version: int | None = None, *, hours: int = 24) -> dict[str, AtNode]:
    """Node id -> what stands and passed there, of one version or of all."""
    require(actor, store, "flow.view", name)
    standing = {row["node"]: row for row in flow_runs.standing(store, name, version)}
    passed: dict[str, dict[str, int]] = {}
    failed: dict[str, int] = {}
    stood: dict[str, float] = {}
    for row in flow_runs.since(store, name, version, clock.now() - timedelta(hours=hours)):
        node = row["node"]
        failed[node] = failed.get(node, 0) + row["failed"]
        if row["outcome"]:
            passed.setdefault(node, {})[row["outcome"]] = row["orders"]
            stood[node] = max(stood.get(node, 0.0), row["stood_seconds"])
    found = {}
    for node in dict.fromkeys((*standing, *passed, *failed)):
        here = standing.get(node, {})
        found[node] = AtNode(
            here.get("orders", 0), here.get("held", 0), here.get("parked", 0), here.get("resting", 0), here.get("oldest_at"),
            passed.get(node, {}), failed.get(node, 0), stood.get(node), here.get("error") or "",
        )  # fmt: skip
    return found


def path(actor: Actor, store: Store, order_key: int) -> tuple[list[Step], list[Token]]:
    """The way an order has gone, oldest step first, and where it stands now (several tokens after a split)."""
    require(actor, store, "orders.view", str(order_key))
    labels: dict[tuple[str, int], dict[str, str]] = {}
    steps = []
    for flow, version, node, outcome, at in flow_runs.path(store, order_key):
        if (flow, version) not in labels:
            labels.update({(flow, v.version): _labels(v.body) for v in documents.history(store, KIND, flow)})
        steps.append(Step(flow, version, node, labels.get((flow, version), {}).get(node, node), outcome, at))
    with store.read() as cursor:
        return steps, tokens.of_orders(cursor, [order_key])


def orders_at(actor: Actor, store: Store, name: str, node: str, *, limit: int = 500) -> list[int]:
    """The orders that stand at a node, those that came first first."""
    require(actor, store, "flow.view", f"{name}/{node}")
    with store.read() as cursor:
        return tokens.keys_at(cursor, name, node, limit)


def retry(actor: Actor, store: Store, name: str, node: str) -> int:
    """Let the parked orders of a node be tried again now; returns how many."""
    require(actor, store, "flow.run", f"{name}/{node}")
    with store.write() as cursor:
        count = tokens.unpark(cursor, name, node, clock.now())
        audit.record(cursor, actor, "flow.retry", f"{name}/{node}", orders=count)
    return count


def start(actor: Actor, store: Store, name: str, node: str, order_keys: Sequence[int]) -> int:
    """Let orders into a flow at one of its triggers by hand; those that are in a flow already stay where they are."""
    require(actor, store, "flow.run", f"{name}/{node}")
    live_one = documents.published(store, KIND, name)
    nodes = {str(n["id"]): n for n in live_one.body["nodes"]} if live_one else {}
    if live_one is None or nodes.get(node, {}).get("station") != "trigger":
        raise NotFound(
            N_("The flow {name} has no trigger {node}."), N_("Choose one of its triggers."), name=name, node=node
        )
    with store.write() as cursor:
        count = tokens.enter(cursor, order_keys, name, live_one.version, node, clock.now())
        audit.record(cursor, actor, "flow.start", f"{name}/{node}", orders=count)
    return count


def _labels(body: Mapping[str, object]) -> dict[str, str]:
    nodes = body.get("nodes")
    listed = nodes if isinstance(nodes, list) else []
    return {str(node.get("id")): str(node.get("label") or node.get("id")) for node in listed}
