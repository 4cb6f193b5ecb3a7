"""Whether a flow document can go live: every fault named with its place on the drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import BadRequest
from core.flow.graph import Edge, Graph, Node, circle, ranked, reached, targets
from core.flow.registry import stations
from core.flow.setting import read as read_settings
from core.i18n import N_, _
from core.model.fields import Catalogue

_KEYS = {"kind", "name", "label", "note", "nodes", "edges"}
_NODE_KEYS = {"id", "station", "settings", "label", "x", "y"}
_EDGE_KEYS = {"from", "outcome", "to", "label"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `place` is the kind of thing (flow node edge), `id` which one: a node's id, or FROM>OUTCOME of an edge."""

    place: str
    id: str
    message: str
    setting: str = ""


def check(body: Mapping[str, Any], catalogue: Catalogue) -> list[Problem]:
    """All faults of the document, in the reader's language; an empty list may be published."""
    return _Reader(body, catalogue).problems


def read(body: Mapping[str, Any], catalogue: Catalogue) -> Graph:
    """The graph of a document. BadRequest names the first fault and its place."""
    reader = _Reader(body, catalogue)
    if reader.problems:
        first = reader.problems[0]
        raise BadRequest(
            N_("The flow cannot be used: {fault} ({place})."), N_("Mend it on the drawing."),
            fault=first.message, place=first.id or (str(body.get("name")) if isinstance(body, Mapping) else "flow"),
        )  # fmt: skip
    return reader.graph


class _Reader:
    def __init__(self, body: Mapping[str, Any], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.known: dict[str, None] = {}  # ids on the drawing in its order, broken nodes too
        if not isinstance(body, Mapping) or body.get("kind") != "flow":
            self.say("flow", "", _("This is no flow document."))
            return
        for key in sorted(set(body) - _KEYS):
            self.say("flow", "", _("The key {key} is unknown.").format(key=key))
        if not isinstance(body.get("name"), str) or not body["name"].strip():
            self.say("flow", "", _("The flow has no name."))
        self._nodes(body.get("nodes"))
        self._edges(body.get("edges"))
        self._whole()

    def say(self, place: str, name: str, message: str, setting: str = "") -> None:
        self.problems.append(Problem(place, name, message, setting))

    def _nodes(self, listed: Any) -> None:
        for place, each in enumerate(listed if isinstance(listed, list) else []):
            name = str(each.get("id") or "") if isinstance(each, Mapping) else ""
            if not isinstance(each, Mapping) or not name or ">" in name or set(each) - _NODE_KEYS:
                self.say("node", name or f"#{place + 1}", _("This node cannot be read."))
                continue
            if name in self.known:
                self.say("node", name, _("Two nodes have the id {id}.").format(id=name))
                continue
            self.known[name] = None
            station = stations().get(str(each.get("station")))
            if station is None:
                self.say("node", name, _("There is no station {kind}.").format(kind=each.get("station")))
                continue
            given = each.get("settings") or {}
            if not isinstance(given, Mapping):
                self.say("node", name, _("This node cannot be read."))
                continue
            values, wrong = read_settings(station.settings, given, self.catalogue)
            for fault in wrong:
                self.say("node", name, fault.message, fault.setting)
            self.nodes[name] = Node(name, station, values, dict(given), str(each.get("label") or ""))

    def _edges(self, listed: Any) -> None:
        seen: set[tuple[str, str]] = set()
        for place, each in enumerate(listed if isinstance(listed, list) else []):
            if not isinstance(each, Mapping) or set(each) - _EDGE_KEYS or not each.get("from") or not each.get("to"):
                self.say("edge", f"#{place + 1}", _("This line cannot be read."))
                continue
            source, target, outcome = str(each["from"]), str(each["to"]), str(each.get("outcome") or "next")
            name = f"{source}>{outcome}"
            lost = next((end for end in (source, target) if end not in self.known), None)
            if lost is not None:
                self.say("edge", name, _("The line leads to the node {id}, which is not there.").format(id=lost))
                continue
            if (source, outcome) in seen:
                self.say("edge", name, _("Two lines leave by the same outcome."))
                continue
            seen.add((source, outcome))
            node, goal = self.nodes.get(source), self.nodes.get(target)
            if node and outcome not in {o.name for o in node.station.outcomes_of(node.given)}:
                self.say("edge", name, _("The station has no outcome {outcome}.").format(outcome=outcome))
            if goal and goal.station.kind == "trigger":
                self.say("edge", name, _("No line leads into a trigger."))
            self.edges.append(Edge(source, outcome, target, str(each.get("label") or "")))

    def _whole(self) -> None:
        after = targets(self.known, ((edge.source, edge.target) for edge in self.edges))
        begins = [name for name, node in self.nodes.items() if node.station.kind == "trigger"]
        if not begins:
            self.say("flow", "", _("The flow has no trigger: no order would ever come in."))
        else:
            for name in [name for name in self.nodes if name not in reached(after, begins)]:
                self.say("node", name, _("No order can reach this station."))
        ways = {(edge.source, edge.outcome): edge.target for edge in self.edges}
        for name, node in self.nodes.items():
            for outcome in node.station.outcomes_of(node.given):
                if not outcome.holds and not outcome.ends and (name, outcome.name) not in ways:
                    said = outcome.label if outcome.name != outcome.label else outcome.name
                    self.say("node", name, _("The outcome “{outcome}” leads nowhere.").format(outcome=_(said)))
        waits = {name for name, node in self.nodes.items() if node.station.waits}
        round_trip = circle(after, waits)
        if round_trip:
            text = _("A circle without a waiting station: {nodes}.").format(nodes=" → ".join(round_trip))
            self.say("node", round_trip[0], text)
        self.graph = Graph(self.nodes, tuple(self.edges), ways, ranked(after, begins))
