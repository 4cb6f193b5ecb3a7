"""The guided start, ticked from the store itself, and the live flow as a sheet to train people by."""

from dataclasses import dataclass
from datetime import datetime

from core.flow.document import KIND, Edition, book
from core.i18n import N_
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, documents, start_state
from core.store.documents import Document


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the start. `said` is a message id with {n} and {m}; `page` is where it is done."""

    name: str
    title: str
    what: str
    done: bool
    said: str
    n: int
    m: int
    page: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One station of the process sheet. Texts are message ids but `label`; `exits`: (label of the exit, number it leads to).

    `x`, `y`: where it stands on the drawing.
    """

    number: int
    label: str
    title: str
    help: str
    exits: tuple[tuple[str, int], ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A published flow in the order in which orders meet its stations."""

    name: str
    title: str
    version: int
    published_at: datetime | None
    stops: tuple[Stop, ...]


def steps(actor: Actor, store: Store) -> list[Step]:
    """Connect, map, check, publish, watch: what is done, with the figures that say so."""
    require(actor, store, "channels.view")
    now = start_state.of(store)
    return [
        Step(
            "connect", N_("Connect"), N_("Connect a shop, or import a file of orders. The demonstration shops do not count."),
            now.shops > 0, N_("{n} own shops connected, {m} of the demonstration"), now.shops, now.demo_shops, "channels",
        ),
        Step(
            "map", N_("Map the fields"), N_("Each platform's fields become the order's. Known platforms bring their mapping along; look at it once."),
            now.orders > 0, N_("{n} own orders in the pool, {m} live mappings"), now.orders, now.mappings, "mapping",
        ),
        Step(
            "check", N_("Check"), N_("Mend what was refused, and link product codes that nobody knows yet."),
            now.orders > 0 and now.rejects == 0 and now.unknown_skus == 0,
            N_("{n} payloads refused, {m} unknown product codes"), now.rejects, now.unknown_skus, "channels",
        ),
        Step(
            "publish", N_("Publish"), N_("Publish the flow; from then on orders walk by themselves."),
            now.flows > 0 and now.orders > 0, N_("{n} live flows, {m} own orders in them"), now.flows, now.walking, "flow",
        ),
        Step(
            "watch", N_("Watch"), N_("Follow the first orders to their slip and out of the house."),
            now.slips > 0, N_("{n} own orders have their slip, {m} have left"), now.slips, now.shipped, "board",
        ),
    ]  # fmt: skip


def sheets(actor: Actor, store: Store) -> list[Sheet]:
    """Every live flow as a process sheet."""
    require(actor, store, "help.view")
    published = {found.name: found for found in documents.all_published(store, KIND)}
    return [
        _sheet(edition, published[edition.name]) for edition in book(store).live(store) if edition.name in published
    ]


def _sheet(edition: Edition, document: Document) -> Sheet:
    graph = edition.graph
    nodes = sorted(graph.nodes, key=lambda node: (graph.rank.get(node, 0), node))
    numbers = {node: number for number, node in enumerate(nodes, 1)}
    places = {node["id"]: (float(node.get("x", 0)), float(node.get("y", 0))) for node in document.body["nodes"]}
    stops = []
    for name in nodes:
        node = graph.nodes[name]
        exits = [
            (outcome.label, numbers[graph.ways[name, outcome.name]])
            for outcome in node.station.outcomes_of(node.settings)
            if (name, outcome.name) in graph.ways
        ]
        x, y = places[name]
        stops.append(Stop(numbers[name], node.label, node.station.title, node.station.help, tuple(exits), x, y))
    title = str(document.body.get("label") or edition.name)
    return Sheet(edition.name, title, edition.version, document.published_at, tuple(stops))
