"""Runs a chain of converters on values exactly as the intake does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.mapping.document import parse
from core.mapping.preview import preview
from core.model.fields import Catalogue, Field, Kind, Level
from core.store import Store

OWN = Catalogue().with_own(
    [
        Field("x_number", Kind.NUMBER, Level.ORDER, "number"),
        Field("x_integer", Kind.INTEGER, Level.ORDER, "integer"),
        Field("x_text", Kind.TEXT, Level.ORDER, "text"),
        Field("x_choice", Kind.CHOICE, Level.ORDER, "choice", choices=("red", "blue")),
        Field("x_line", Kind.TEXT, Level.LINE, "line"),
    ],
    1,
)
Convert = Callable[..., Any]


@pytest.fixture
def convert(store: Store) -> Convert:
    """convert(target, steps, value) -> (value, reason); `value` goes in as the JSON value given."""

    def run(target: str, steps: list[dict[str, Any]], value: Any) -> tuple[Any, str]:
        body = {
            "name": "t",
            "channel": "other",
            "fields": [
                {"target": "platform_no", "from": ["id"]},
                {"target": "status", "convert": [{"do": "constant", "value": "PAID"}]},
                {"target": target, "from": ["v"], "convert": steps},
            ],
        }
        if target in ("platform_no", "status"):
            body["fields"] = [
                field for field in body["fields"] if field["target"] != target or field.get("from") == ["v"]
            ]
        if target == "status":
            body["statuses"] = {"paid": {"status": "PAID"}, "part": {"status": "keep"}}
        document = parse(body, OWN)
        with store.read() as cursor:
            found = preview(cursor, document, [json.dumps({"id": "1", "v": value})], "Asia/Shanghai")
        cell = found.main[0].cells[target]
        return cell.value, cell.reason

    return run
