"""Another threshold for one platform or one shop, as pure changes of the document: a twin of the rule for that place,
and the place taken out of the rule itself. Everything stays plain conditions, so sentence, back-test and history hold.
"""

from typing import Any

from core.ui.rules import tree
from core.ui.rules.tree import Node

PLACES = ("channel", "shop")
Rules = list[dict[str, Any]]


def place_of(rule: dict[str, Any]) -> tuple[str, str] | None:
    """(channel or shop, which) of a rule that is made for one place only, else None."""
    first = next(iter(_members(rule["when"])), {})
    if first.get("field") in PLACES and first.get("op") == "eq":
        return str(first["field"]), str(first["value"])
    return None


def left_out(rule: dict[str, Any], field: str) -> list[str]:
    """The places that the rule leaves to twins of its own."""
    return next((list(m["value"]) for m in _members(rule["when"]) if _leaves_out(m, field)), [])


def set_apart(rules: Rules, at: int, field: str, value: str, title: str) -> Rules:
    """The rules with a twin for that place after the rule; the rule itself no longer counts there."""
    rule = rules[at]
    inside = _members(rule["when"])
    own = {"field": field, "op": "eq", "value": value}
    twin = {**rule, "id": _free(rules, f"{rule['id']}-{value}"), "name": _named(rule, title)}
    twin["when"] = {"all": [own, *(m for m in inside if not _leaves_out(m, field))]}
    others = [*left_out(rule, field), value]
    rest = {"field": field, "op": "not_in", "value": others}
    changed = {**rule, "when": {"all": [rest, *(m for m in inside if not _leaves_out(m, field))]}}
    return [*rules[:at], changed, twin, *rules[at + 1 :]]


def put_back(rules: Rules, at: int) -> Rules:
    """The rules without the twin; whichever rule left the place out counts there again."""
    place = place_of(rules[at])
    assert place is not None
    field, value = place
    origin = max((n for n in range(at) if value in left_out(rules[n], field)), default=None)
    found = [*rules[:at], *rules[at + 1 :]]
    if origin is not None:
        rule = found[origin]
        others = [each for each in left_out(rule, field) if each != value]
        rest = [{"field": field, "op": "not_in", "value": others}] if others else []
        inside = [*rest, *(m for m in _members(rule["when"]) if not _leaves_out(m, field))]
        found[origin] = {**rule, "when": inside[0] if len(inside) == 1 else {"all": inside}}
    return found


def _leaves_out(node: Node, field: str) -> bool:
    return node.get("field") == field and node.get("op") == "not_in"


def _members(when: Node) -> list[Node]:
    top = tree.normal(when)
    return list(tree.members(top)) if tree.shape(top) == "all" else [when]


def _named(rule: dict[str, Any], title: str) -> Any:
    name = rule.get("name") or rule["id"]
    if isinstance(name, dict):
        return {language: f"{text} · {title}" for language, text in name.items()}
    return f"{name} · {title}"


def _free(rules: Rules, wanted: str) -> str:
    taken = {rule["id"] for rule in rules}
    return next(name for n in range(1, 10_000) if (name := wanted if n == 1 else f"{wanted}-{n}") not in taken)
