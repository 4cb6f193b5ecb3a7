"""A flow as a graph: nodes at stations, edges by outcome, and the order in which a batch walks it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.flow.station import Station


@dataclass(frozen=True, slots=True)
class Node:
    """A station on the drawing. `given` are its settings as written, `settings` as read."""

    id: str
    station: Station
    settings: Mapping[str, Any]
    given: Mapping[str, Any]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """The way from a node's outcome to the next node."""

    source: str
    outcome: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A checked flow. `ways`: (node, outcome) -> node; `rank`: the walk's order, upstream first."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    ways: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rank: Mapping[str, int] = field(default_factory=dict)

    @property
    def triggers(self) -> list[Node]:
        """The nodes at which orders come in."""
        return [node for node in self.nodes.values() if node.station.kind == "trigger"]

    def of_kind(self, kind: str) -> list[Node]:
        """The nodes of a kind of station."""
        return [node for node in self.nodes.values() if node.station.kind == kind]


def targets(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Node -> the nodes after it."""
    found: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        if source in found and target in found:
            found[source].append(target)
    return found


def reached(after: Mapping[str, list[str]], begin: Iterable[str]) -> set[str]:
    """All nodes that can be reached from these."""
    seen, open_ones = set(begin), list(begin)
    while open_ones:
        for node in after[open_ones.pop()]:
            if node not in seen:
                seen.add(node)
                open_ones.append(node)
    return seen


def ranked(after: Mapping[str, list[str]], begin: Iterable[str]) -> dict[str, int]:
    """Upstream first: reverse post-order of a depth-first walk; a way back does not count."""
    order: list[str] = []
    seen: set[str] = set()
    for start in (*begin, *after):
        stack = [(start, iter(after[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            node, rest = stack[-1]
            following = next((each for each in rest if each not in seen), None)
            if following is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(after[following])))
    return {node: place for place, node in enumerate(reversed(order))}


def circle(after: Mapping[str, list[str]], without: set[str]) -> list[str]:
    """The nodes of one circle that passes none of `without`; empty where there is none."""
    state: dict[str, int] = {}
    for start in after:
        if start in without or start in state:
            continue
        path: list[str] = []
        stack = [(start, iter(after[start]))]
        state[start] = 1
        path.append(start)
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                stack.pop()
                path.pop()
            elif following in without:
                continue
            elif state.get(following) == 1:
                return path[path.index(following) :]
            elif following not in state:
                state[following] = 1
                path.append(following)
                stack.append((following, iter(after[following])))
    return []
