"""The lock of the SQL console: a question is parsed by DuckDB itself and every node of its tree must be known and harmless.

What runs is the text written anew from the checked tree, never the text that came in, so comments and quoting cannot
hide anything. Tables are the safe views and the question's own WITH names; functions are an allow-list.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from core.errors import BadRequest
from core.i18n import N_
from core.insight.console_functions import SCALAR_NAMES, TABLE_NAMES
from core.store import Cursor

LONGEST = 20_000
_EXPRESSIONS = frozenset(
    {"BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "LAMBDA",
     "OPERATOR", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "WINDOW", "TYPE"}
)  # fmt: skip
_SOURCES = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "PIVOT", "SHOW_REF"}
)
_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_REST = re.compile(
    r"(ORDER|LIMIT|LIMIT_PERCENT|DISTINCT)_MODIFIER|(ORDER_)?(DEFAULT|ASCENDING|DESCENDING)|\w+_TYPE_INFO"
)
_SYSTEM = re.compile(r"(duckdb|pg|sqlite|pragma|information)_", re.IGNORECASE)
_NOT_A_QUESTION = N_("The console only answers one SELECT; it changes nothing and reads nothing outside.")
_USE_THE_LIST = N_("Use the views of the list on the page.")


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question: the text to run, and the safe views it reads."""

    sql: str
    views: tuple[str, ...]


def checked(cursor: Cursor, text: str, views: Collection[str]) -> Question:
    """The question of a text. BadRequest says what about it is not allowed."""
    if not text.strip():
        raise BadRequest(N_("There is no question."), N_("Write a SELECT, or take one of the examples."))
    if len(text) > LONGEST or "\x00" in text:
        raise BadRequest(N_("A question has at most {most} characters."), N_("Shorten it."), most=f"{LONGEST:,}")
    reads: set[str] = set()
    try:
        tree = _tree(cursor, text)
        _walk(tree["statements"][0], frozenset(), frozenset(views), reads)
    except RecursionError as error:
        raise BadRequest(N_("The question is nested too deeply."), N_("Name its parts by WITH.")) from error
    row = cursor.execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchone()
    assert row is not None
    return Question(str(row[0]), tuple(sorted(reads)))


def _tree(cursor: Cursor, text: str) -> dict[str, Any]:
    try:
        if len(cursor.extract_statements(text)) > 1:
            raise BadRequest(N_("One question at a time: there is more than one statement."), N_("Keep one SELECT."))
        row = cursor.execute("SELECT json_serialize_sql(?)", [text]).fetchone()
    except duckdb.Error as error:
        raise _unreadable(str(error)) from error
    assert row is not None
    tree = json.loads(row[0])
    if tree["error"]:
        if tree.get("error_type") == "not implemented":
            raise BadRequest(_NOT_A_QUESTION, N_("Write a SELECT (WITH is allowed)."))
        raise _unreadable(str(tree.get("error_message")))
    if len(tree["statements"]) != 1:
        raise BadRequest(N_("One question at a time: there is more than one statement."), N_("Keep one SELECT."))
    return tree


def _unreadable(said: str) -> BadRequest:
    return BadRequest(
        N_("The question cannot be read: {cause}"), N_("Look at its spelling, commas and brackets."), cause=plain(said)
    )


def plain(said: str) -> str:
    """DuckDB's message without its guesses: they name tables that are none of the reader's business."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(("Did you mean", "Candidate"))]
    first = lines[0] if lines else ""
    return re.sub(r"^\w+ Error:\s*", "", first).split(" Did you mean")[0].split("Candidate bindings")[0].strip()[:300]


def _walk(node: Any, names: frozenset[str], views: frozenset[str], reads: set[str]) -> None:
    """`names`: what WITH has named so far, in lower case."""
    if isinstance(node, list):
        for item in node:
            _walk(item, names, views, reads)
    elif isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION" and node["function"].get("class") != "FUNCTION":
            raise _foreign(str(node["function"].get("class")))
        names = names | set(_own_names(node, views))
        _check(node, names, views, reads)
        for key, value in node.items():
            called = key == "function" and node.get("type") == "TABLE_FUNCTION"  # by a table's list, already checked
            _walk(list(value.values()) if called else value, names, views, reads)


def _own_names(node: dict[str, Any], views: frozenset[str]) -> Iterator[str]:
    found = [str(entry["key"]) for entry in (node.get("cte_map") or {}).get("map", [])]
    if node.get("type") in ("RECURSIVE_CTE_NODE", "CTE_NODE"):
        found.append(str(node.get("cte_name") or ""))
    for name in filter(None, found):
        if name.lower() in views or _SYSTEM.match(name):
            raise BadRequest(
                N_("WITH may not give the name {name}: it is taken."), N_("Choose another name."), name=name
            )
        yield name.lower()


def _check(node: dict[str, Any], names: frozenset[str], views: frozenset[str], reads: set[str]) -> None:
    kind = node.get("type")
    if "class" in node:
        if node["class"] == "PARAMETER":
            raise BadRequest(N_("A question has no placeholders."), N_("Write the value itself."))
        if node["class"] not in _EXPRESSIONS:
            raise _foreign(str(node["class"]))
        if node["class"] in ("FUNCTION", "WINDOW"):
            _function(node, SCALAR_NAMES)
    elif kind == "BASE_TABLE":
        _table(node, names, views, reads)
    elif kind == "TABLE_FUNCTION":
        _function(node["function"], TABLE_NAMES)
    elif kind == "SHOW_REF":
        if not node.get("query") or node.get("show_type") not in ("SUMMARY", "DESCRIBE"):
            raise BadRequest(_NOT_A_QUESTION, _USE_THE_LIST)
    elif isinstance(kind, str) and kind not in _SOURCES and kind not in _NODES and not _REST.fullmatch(kind):
        raise _foreign(kind)
    if node.get("pivot_enum") or node.get("at_clause"):
        raise _foreign("PIVOT ENUM" if node.get("pivot_enum") else "AT")


def _foreign(what: str) -> BadRequest:
    return BadRequest(N_("The console does not know {what}."), N_("Write it with SELECT, WITH and joins."), what=what)


def _table(node: dict[str, Any], names: frozenset[str], views: frozenset[str], reads: set[str]) -> None:
    written = ".".join(filter(None, (node.get("catalog_name"), node.get("schema_name"), node.get("table_name"))))
    name = str(node.get("table_name") or "").lower()
    bare = not node.get("catalog_name") and not node.get("schema_name")
    if bare and name in names:
        return
    if not bare or name not in views:
        raise BadRequest(N_("There is no view {name} here."), _USE_THE_LIST, name=written)
    node["table_name"] = name
    reads.add(name)


def _function(node: dict[str, Any], known: frozenset[str]) -> None:
    name = str(node.get("function_name") or "").lower()
    if node.get("catalog") or node.get("schema") not in (None, "", "main") or name not in known:
        raise BadRequest(
            N_("The function {name} may not be used here."), N_("The help names those that may."), name=name
        )
