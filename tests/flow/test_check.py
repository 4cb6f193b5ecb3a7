"""Faults of a drawing: each is named with its place."""

from typing import Any

import pytest

from core.errors import BadRequest
from core.flow.check import check, read
from core.flow.document import starter
from core.model.fields import Catalogue
from tests.flow_orders import STRAIGHT, flow

KNOWN = Catalogue()


def faults(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.place, problem.id) for problem in check(body, KNOWN)]


def test_the_starter_flow_and_a_straight_one_have_no_fault() -> None:
    assert check(starter(), KNOWN) == []
    assert check(STRAIGHT, KNOWN) == []


IN, END = ("in", "trigger", {}), ("end", "archive", {})
WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "unknown station": (flow([IN, ("x", "teleport", {}), END], [("in", "next", "x"), ("x", "next", "end")]), [("node", "x")]),
    "unknown outcome": (flow([IN, ("g", "refund_gate", {}), END], [("in", "next", "g"), ("g", "pass", "end"), ("g", "maybe", "end")]), [("edge", "g>maybe")]),
    "outcome that leads nowhere": (flow([IN, ("g", "refund_gate", {})], [("in", "next", "g")]), [("node", "g")]),
    "no trigger": (flow([END], []), [("flow", "")]),
    "unreachable": (flow([IN, END, ("h", "hold", {})], [("in", "next", "end"), ("h", "next", "end")]), [("node", "h")]),
    "line to nowhere": (flow([IN, END], [("in", "next", "end"), ("end", "archived", "gone")]), [("edge", "end>archived")]),
    "two lines by one outcome": (flow([IN, END, ("e2", "archive", {})], [("in", "next", "end"), ("in", "next", "e2")]), [("edge", "in>next"), ("node", "e2")]),
    "line into a trigger": (flow([IN, ("h", "hold", {})], [("in", "next", "h"), ("h", "next", "in")]), [("edge", "h>next")]),
    "circle without wait": (flow([IN, ("a", "set_tag", {"tag": "x"}), ("b", "set_tag", {"tag": "y"})], [("in", "next", "a"), ("a", "next", "b"), ("b", "next", "a")]), [("node", "a")]),
    "setting missing": (flow([IN, ("a", "set_tag", {}), END], [("in", "next", "a"), ("a", "next", "end")]), [("node", "a")]),
    "setting of the wrong type": (flow([IN, ("s", "pick_list", {"wave_size": "many"}), END], [("in", "next", "s"), ("s", "next", "end")]), [("node", "s")]),
    "setting out of bounds": (flow([IN, ("s", "pick_list", {"wave_size": 0}), END], [("in", "next", "s"), ("s", "next", "end")]), [("node", "s")]),
    "setting unknown": (flow([IN, ("s", "pick_list", {"colour": "red"}), END], [("in", "next", "s"), ("s", "next", "end")]), [("node", "s")]),
    "branch with a broken rule": (flow([IN, ("b", "branch", {"branches": [{"outcome": "big", "when": {"field": "nonsense", "op": "gt", "value": 1}}]}), END], [("in", "next", "b"), ("b", "big", "end"), ("b", "otherwise", "end")]), [("node", "b")]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_named_with_its_place(name: str) -> None:
    body, places = WRONG[name]
    assert faults(body) == places


def test_the_setting_at_fault_is_named() -> None:
    body = flow([IN, ("s", "pick_list", {"wave_size": 0}), END], [("in", "next", "s"), ("s", "next", "end")])
    assert [problem.setting for problem in check(body, KNOWN)] == ["wave_size"]


def test_a_circle_over_a_waiting_station_is_allowed() -> None:
    body = flow([IN, ("r", "risk", {}), ("h", "review", {}), END], [("in", "next", "r"), ("r", "allow", "end"), ("r", "review", "h"), ("h", "released", "r")])  # fmt: skip
    assert faults(body) == []


def test_two_nodes_of_one_id_and_a_body_that_is_no_flow_are_refused() -> None:
    assert faults(flow([IN, IN], [])) == [("node", "in"), ("node", "in")]
    assert faults({"kind": "risk"}) == [("flow", "")]
    with pytest.raises(BadRequest):
        read(flow([END], []), KNOWN)


def test_upstream_nodes_are_walked_first() -> None:
    rank = read(STRAIGHT, KNOWN).rank
    assert sorted(rank, key=rank.__getitem__) == ["in", "gate", "stock", "slip", "packed", "end"]
