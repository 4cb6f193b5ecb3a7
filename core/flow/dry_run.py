"""A draft tried on stored orders as if they came in now: which way each would go, and nothing is written.

Stations foresee; people are taken to release, waits to pass. Orders go in batches through the whole drawing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from core import clock
from core.flow.document import Edition
from core.flow.graph import Node
from core.flow.station import Context
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store

BATCH = 20_000
SAMPLES = 200
Step = tuple[str, str]


@dataclass(slots=True)
class DryRun:
    """What would happen. `edges`: (node, outcome) -> orders; `stays`: node -> orders that would be held there without a way
    on; `touched`: orders that a person would see; `paths`: the way of single orders (the first ones)."""

    orders: int = 0
    nodes: dict[str, int] = field(default_factory=dict)
    edges: dict[Step, int] = field(default_factory=dict)
    stays: dict[str, int] = field(default_factory=dict)
    touched: int = 0
    paths: dict[int, list[Step]] = field(default_factory=dict)
    skipped: int = 0
    """Orders that no trigger of the draft lets in."""
    seconds: float = 0.0

    @property
    def automatic(self) -> float | None:
        """The share of orders that no person would touch; None without orders."""
        return (self.orders - self.touched) / self.orders if self.orders else None


def dry_run(
    store: Store,
    vault: Vault,
    app: Settings,
    edition: Edition,
    keys: Sequence[int],
    *,
    progress: Callable[[float], None] | None = None,
) -> DryRun:
    """Let the orders foresee their way through the edition."""
    begun, found = perf_counter(), DryRun()
    with store.read() as cursor:
        for first in range(0, len(keys), BATCH):
            _Try(store, vault, app, edition, cursor, found).run(keys[first : first + BATCH])
            if progress:
                progress(min(1.0, (first + BATCH) / len(keys)))
    found.seconds = perf_counter() - begun
    return found


class _Try:
    def __init__(
        self, store: Store, vault: Vault, app: Settings, edition: Edition, cursor: Cursor, found: DryRun
    ) -> None:
        self.store, self.vault, self.app, self.edition = store, vault, app, edition
        self.cursor, self.found, self.now = cursor, found, clock.now()
        self.seen: dict[str, set[int]] = {}
        self.touched: set[int] = set()

    def run(self, keys: Sequence[int]) -> None:
        """One batch from the triggers to wherever it comes."""
        standing = self._enter(keys)
        rank = self.edition.graph.rank
        while standing:
            name = min(standing, key=lambda each: rank.get(each, -1))
            seen, here = self.seen.setdefault(name, set()), standing.pop(name)
            if seen:
                here = [key for key in here if key not in seen]
            if here:
                seen.update(here)
                self._at(self.edition.graph.nodes[name], here, standing)
        self.found.touched += len(self.touched)

    def _enter(self, keys: Sequence[int]) -> dict[str, list[int]]:
        left, standing = list(keys), {}
        for node in self.edition.graph.triggers:
            took = set(node.station.admits(self._context(node, left), left))  # type: ignore[attr-defined]
            standing[node.id] = [key for key in left if key in took]
            left = [key for key in left if key not in took]
        self.found.orders += len(keys) - len(left)
        self.found.skipped += len(left)
        return standing

    def _at(self, node: Node, keys: list[int], standing: dict[str, list[int]]) -> None:
        found, graph = self.found, self.edition.graph
        found.nodes[node.id] = found.nodes.get(node.id, 0) + len(keys)
        if node.station.group == "person":
            self.touched.update(keys)
        context = self._context(node, keys)
        holds = {outcome.name for outcome in node.station.outcomes_of(node.given) if outcome.holds}
        for outcome, moved in node.station.foresee(context, keys).items():
            if not moved:
                continue
            found.edges[node.id, outcome] = found.edges.get((node.id, outcome), 0) + len(moved)
            followed = moved if len(found.paths) < SAMPLES else found.paths.keys() & set(moved)
            for key in followed:
                if key in found.paths or len(found.paths) < SAMPLES:
                    found.paths.setdefault(key, []).append((node.id, outcome))
            target = graph.ways.get((node.id, outcome))
            if target is not None:
                standing.setdefault(target, []).extend(moved)
            elif outcome in holds:
                found.stays[node.id] = found.stays.get(node.id, 0) + len(moved)
                self.touched.update(moved)

    def _context(self, node: Node, keys: Sequence[int]) -> Context:
        entered = dict.fromkeys(keys, self.now)
        return Context(
            self.store, self.vault, self.app, node.settings, self.edition.name, self.edition.version, node.id, self.now,
            node.given, self.cursor, entered=entered,
        )  # fmt: skip
