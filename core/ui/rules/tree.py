"""The condition tree as a form edits it: pure functions from JSON to JSON. The document stays the truth.

A place is the path of keys and positions from the top: `("all", 1, "any", 0)`. A group of the form is one of four words:
`all`, `any`, `none` (not any) and `not_all` (not all).
"""

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]
Place = tuple[str | int, ...]

GROUPS = ("all", "any", "none", "not_all")
COMPARED = ("gt", "ge", "lt", "le")


def shape(node: Node) -> str:
    """What a node is for the form: one of `GROUPS`, `field`, `lines` (any or every line), `total` (of lines), `count`."""
    if "lines" in node:
        return "lines" if node["lines"] in ("any", "all") else "total"
    if "count" in node:
        return "count"
    if "field" in node:
        return "field"
    if "not" in node:
        return {"any": "none", "all": "not_all"}[next(iter(node["not"]))]
    return "all" if "all" in node else "any"


def normal(node: Node | None) -> Node:
    """The tree with a group at the top and every `not` over a group: what the form can draw."""
    top = _grouped(node) if node else {"all": []}
    return top if shape(top) in GROUPS else {"all": [top]}


def tidy(node: Node) -> Node:
    """The tree as it is kept: without the empty filters that the form draws for totals and counts."""
    kind = shape(node)
    if kind in GROUPS:
        return group(kind, [tidy(member) for member in members(node)])
    if kind in ("total", "count") and node.get("where") == {"all": []}:
        return {key: value for key, value in node.items() if key != "where"}
    return node


def members(node: Node) -> list[Node]:
    """The members of a group."""
    return node["not"][_inner(node)] if "not" in node else node[_inner(node)]


def step(node: Node) -> Place:
    """The path from a group to its list of members."""
    return ("not", _inner(node)) if "not" in node else (_inner(node),)


def group(how: str, inside: list[Node]) -> Node:
    """A group of one of the four words."""
    key = {"none": "any", "not_all": "all"}.get(how, how)
    return {"not": {key: inside}} if how in ("none", "not_all") else {key: inside}


def at(tree: Any, place: Place) -> Any:
    """What stands at a place."""
    for key in place:
        tree = tree[key]
    return tree


def put(tree: Any, place: Place, node: Any) -> Any:
    """The tree with another node at a place."""
    if not place:
        return node
    key, rest = place[0], place[1:]
    if isinstance(tree, list):
        assert isinstance(key, int)
        return [*tree[:key], put(tree[key], rest, node), *tree[key + 1 :]]
    return {**tree, key: put(tree.get(key), rest, node)}


def without(tree: Any, place: Place) -> Any:
    """The tree without the member at a place. A group below the top that is left empty goes as well."""
    last, above = place[-1], place[:-1]
    assert isinstance(last, int)
    found = at(tree, above)
    left = [*found[:last], *found[last + 1 :]]
    outer = above[:-2] if above[-2:-1] == ("not",) else above[:-1]
    if not left and outer and isinstance(outer[-1], int):
        return without(tree, outer)
    return put(tree, above, left)


def with_member(tree: Any, place: Place, node: Node) -> Any:
    """The tree with one more member at the end of the group at a place."""
    found = at(tree, place)
    return put(tree, (*place, *step(found)), [*members(found), node])


def regrouped(tree: Any, place: Place, how: str) -> Any:
    """The tree with the group at a place turned into another of the four words."""
    return put(tree, place, group(how, members(at(tree, place))))


def depth(node: Node) -> int:
    """How many groups stand within one another, the top one counted."""
    if shape(node) not in GROUPS:
        return 0
    return 1 + max((depth(member) for member in members(node)), default=0)


def thresholds(node: Node, place: Place = ()) -> Iterator[tuple[Place, Node]]:
    """Every comparison with a number by more or less, in the order of the sentence: (place, node)."""
    kind = shape(node)
    if kind in GROUPS:
        path = step(node)
        for n, member in enumerate(members(node)):
            yield from thresholds(member, (*place, *path, n))
    elif kind != "lines" and node.get("op") in COMPARED and _number(node.get("value")):
        yield place, node


def fresh(kind: str, field: str = "", of: str = "") -> Node:
    """A new row: of a field, of lines (`of` is the line's field), of a total of lines or of a count of orders."""
    if kind in GROUPS:
        return group(kind, [])
    if kind == "lines":
        return {"lines": "any", "where": {"all": [{"field": of, "op": "is_null", "value": False}]}}
    if kind == "total":
        return {"lines": "sum", "of": of, "where": {"all": []}, "op": "ge", "value": 10}
    if kind == "count":
        return {"count": "orders", "same": field, "within": "day", "where": {"all": []}, "op": "gt", "value": 5}
    return {"field": field, "op": "is_null", "value": False}


def _grouped(node: Node) -> Node:
    kind = _raw(node)
    if kind == "not":
        inner = node["not"]
        within = _raw(inner)
        if within in ("all", "any"):
            return {"not": {within: [_grouped(member) for member in inner[within]]}}
        return {"not": {"any": [_grouped(inner)]}}
    if kind in ("all", "any"):
        return {kind: [_grouped(member) for member in node[kind]]}
    if "lines" in node or "count" in node:
        where = node.get("where")
        top = _grouped(where) if where else {"all": []}
        return {**node, "where": top if shape(top) in GROUPS else {"all": [top]}}
    return dict(node)


def _raw(node: Node) -> str:
    if "lines" in node or "count" in node or "field" in node:
        return "leaf"
    return next(key for key in ("all", "any", "not") if key in node)


def _inner(node: Node) -> str:
    inside = node.get("not", node)
    return "all" if "all" in inside else "any"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
