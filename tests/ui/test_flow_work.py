"""What the browser draws becomes the document: settings and names are kept by id, lines to nothing are dropped."""

from copy import deepcopy

import pytest

from core.ui.components.flow_editor import Drawing, Edge, Node
from core.ui.flow import work as works
from core.ui.flow.work import Work, drawing

BODY = {
    "kind": "flow", "name": "orders", "label": "主流程",
    "nodes": [
        {"id": "new", "station": "trigger", "label": "新订单", "settings": {"statuses": ["PAID"]}, "x": 0, "y": 0},
        {"id": "wait_1", "station": "wait", "settings": {"minutes": 30}, "x": 200, "y": 0},
        {"id": "archive_1", "station": "archive", "x": 400, "y": 0},
    ],
    "edges": [
        {"from": "new", "outcome": "next", "to": "wait_1", "label": "进来"},
        {"from": "wait_1", "to": "archive_1"},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    monkeypatch.setattr(works, "_next", lambda: 1)


def sent(nodes, edges):
    return Drawing(1, 1, tuple(nodes), tuple(edges))


def test_drawn_as_it_is_nothing_changes():
    work = Work(deepcopy(BODY))
    nodes, edges = drawing(work.body)
    assert [edge.outcome for edge in edges] == ["next", "next"]
    assert work.take(sent(nodes, edges))  # the outcome that was left out is written out once
    assert not work.take(sent(nodes, edges))
    assert work.body["nodes"] == BODY["nodes"]


def test_a_moved_station_keeps_what_it_is_set_to():
    work = Work(deepcopy(BODY))
    nodes, edges = drawing(work.body)
    moved = [Node(n.id, n.kind, n.label, n.x + 7, n.y) for n in nodes]
    assert work.take(sent(moved, edges))
    assert work.node("wait_1") == {"id": "wait_1", "station": "wait", "settings": {"minutes": 30}, "x": 207, "y": 0}
    assert work.body["edges"][0]["label"] == "进来"


def test_a_new_station_comes_in_and_a_line_to_nothing_does_not():
    work = Work(deepcopy(BODY))
    nodes, edges = drawing(work.body)
    nodes = [*(n for n in nodes if n.id != "archive_1"), Node("hold_1", "hold", "", 9, 9)]
    assert work.take(sent(nodes, [*edges, Edge("wait_1", "next", "hold_1"), Edge("hold_1", "next", "gone")]))
    assert [node["id"] for node in work.nodes] == ["new", "wait_1", "hold_1"]
    assert [(e["from"], e["to"]) for e in work.body["edges"]] == [("new", "wait_1"), ("wait_1", "hold_1")]


def test_an_id_taken_over_by_another_station_begins_with_its_own_settings():
    work = Work(deepcopy(BODY))
    nodes, edges = drawing(work.body)
    other = [Node(n.id, "hold" if n.id == "wait_1" else n.kind, n.label, n.x, n.y) for n in nodes]
    assert work.take(sent(other, edges))
    assert work.node("wait_1") == {"id": "wait_1", "station": "hold", "x": 200, "y": 0}


def test_counts_light_the_lines():
    _nodes, edges = drawing(BODY, {("new", "next"): 12})
    assert [(edge.count, edge.mark) for edge in edges] == [(12, "lit"), (0, "")]
