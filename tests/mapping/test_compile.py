"""What a document reads out of payloads of every shape."""

import json
from typing import Any

import pytest

from core.mapping.document import parse
from core.mapping.preview import Preview, preview
from core.model.fields import Catalogue
from core.store import Store

BASE: list[dict[str, Any]] = [
    {"target": "platform_no", "from": ["no"]},
    {"target": "status", "convert": [{"do": "constant", "value": "PAID"}]},
]


@pytest.fixture
def read(store: Store):
    def run(own: list[dict[str, Any]], *bodies: Any, **rest: Any) -> Preview:
        document = parse({"name": "t", "channel": "other", "fields": [*BASE, *own]} | rest, Catalogue())
        texts = [body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) for body in bodies]
        with store.read() as cursor:
            return preview(cursor, document, texts, "Asia/Shanghai")

    return run


def _values(found: Preview, target: str) -> list[Any]:
    return [row.cells[target].value for row in found.main]


def _lines(found: Preview, *targets: str) -> list[tuple[Any, ...]]:
    return [tuple(row.cells[target].value for target in targets) for row in found.lines]


def test_the_first_source_that_holds_anything_is_taken(read) -> None:
    field = {"target": "buyer_note", "from": ["a", "b.c", "d[1]"]}
    bodies = [
        {"no": 1, "a": "x", "b": {"c": "y"}}, {"no": 2, "a": " \t", "b": {"c": "y"}}, {"no": 3, "a": None, "d": ["p", "q"]},
        {"no": 4, "a": False}, {"no": 5, "a": {"z": 1}}, {"no": 6},
    ]  # fmt: skip
    assert _values(read([field], *bodies), "buyer_note") == ["x", "y", "q", "false", '{"z":1}', None]


def test_keys_that_differ_by_case_or_hold_odd_signs_are_told_apart(read) -> None:
    fields = [
        {"target": "buyer_note", "from": ["Note"]},
        {"target": "seller_note", "from": ["note"]},
        {"target": "flag", "from": ['"a.b/c~d"']},
    ]
    found = read(fields, {"no": 1, "Note": "A", "note": "b", "a.b/c~d": 3})
    assert [_values(found, name) for name in ("buyer_note", "seller_note", "flag")] == [["A"], ["b"], ["3"]]


def test_a_whole_array_is_joined(read) -> None:
    field = {"target": "flag", "from": ["tags[*].name"], "convert": [{"do": "join", "by": "+"}]}
    bodies = [{"no": 1, "tags": [{"name": "a"}, {"x": 1}, {"name": "b"}]}, {"no": 2, "tags": []}, {"no": 3}]
    assert _values(read([field], *bodies), "flag") == ["a+b", None, None]


@pytest.mark.parametrize(
    ("items", "skus"),
    [
        ([{"s": "A"}, {"s": "B"}], ["A", "B"]),
        ({"s": "A"}, ["A"]),
        ('[{"s": "A"}, {"s": "B"}]', ["A", "B"]),
        ([], []),
        (None, []),
        ("nonsense", []),
        ([None, {"s": "B"}], ["B"]),
    ],
)
def test_lines_come_in_many_wrappings(read, items: Any, skus: list[str]) -> None:
    field = {"target": "sku", "level": "line", "from": ["s"]}
    assert [sku for (sku,) in _lines(read([field], {"no": 1, "o": {"items": items}}, lines="o.items"), "sku")] == skus


def test_a_line_may_read_the_order_its_position_and_be_the_order_itself(read) -> None:
    fields = [
        {"target": "sku", "level": "line", "from": ["s", "^code"]},
        {"target": "line_no", "level": "line", "convert": [{"do": "template", "text": "{sku}-{#}"}]},
        {"target": "title", "level": "line", "convert": [{"do": "template", "text": "{^no}:{name}"}]},
    ]
    body = {"no": 7, "code": "C", "items": [{"s": "A", "name": "n"}, {}]}
    assert _lines(read(fields, body, lines="items"), "sku", "line_no", "title") == [
        ("A", "A-1", "7:n"),
        ("C", "C-2", "7:"),
    ]
    own = [{"target": "sku", "level": "line", "from": ["code"]}]
    assert _lines(read(own, body, lines=""), "sku") == [("C",)]


def test_words_out_of_several_fields_are_one_status(read) -> None:
    fields = [
        {"target": "platform_no", "from": ["no"]},
        {"target": "status", "convert": [{"do": "template", "text": "{a}/{b}"}, {"do": "status"}]},
    ]
    document = {
        "fields": fields,
        "statuses": {"1/0": {"status": "PAID"}, "1/1": {"status": "PAID", "held": "platform_hold"}},
    }
    found = read([], {"no": 1, "a": 1, "b": 0}, {"no": 2, "a": 1, "b": 1}, {"no": 3, "a": 2}, {"no": 4}, **document)
    assert [(row.cells["status"].value, row.held, row.cells["status"].reason) for row in found.main] == [
        ("PAID", False, ""),
        ("PAID", True, ""),
        (None, False, "unknown status word"),
        (None, False, "a required value is missing"),
    ]


def test_a_municipality_has_one_city(read) -> None:
    fields = [
        {"target": "province", "from": ["p"], "convert": [{"do": "province"}]},
        {"target": "city", "from": ["c"], "convert": [{"do": "city"}]},
    ]
    found = read(
        fields, {"no": 1, "p": "上海", "c": "市辖区"}, {"no": 2, "p": "浙江省", "c": "杭州"}, {"no": 3, "p": "北京"}
    )
    assert _values(found, "city") == ["上海市", "杭州市", None]


def test_unreadable_bodies_harm_no_other(read) -> None:
    field = {"target": "sku", "level": "line", "from": ["s", "^no"]}
    bodies = ["{bad", {"no": 1, "items": [{"s": "A"}]}, "", '"text"', "[1]", '{"no": 2, "items": [}']
    found = read([field], *bodies, lines="items")
    assert found.unreadable == (0, 2, 5)
    assert found.failed == {0, 2, 3, 4, 5}
    assert _lines(found, "sku") == [("A",)]


def test_a_step_is_shown_where_it_failed(read) -> None:
    steps = [{"do": "cut_prefix", "text": "$"}, {"do": "times", "factor": 2}, {"do": "yuan"}]
    cell = (
        read([{"target": "paid_fen", "from": ["p"], "convert": steps}], {"no": 1, "p": "$x"}).main[0].cells["paid_fen"]
    )
    assert (cell.source, cell.steps, cell.failed_step, cell.reason) == ("$x", ("x", None, None), 2, "no number")
    good = (
        read([{"target": "paid_fen", "from": ["p"], "convert": steps}], {"no": 1, "p": "$1.5"})
        .main[0]
        .cells["paid_fen"]
    )
    assert (good.steps, good.value) == (("1.5", "3", "300"), 300)
