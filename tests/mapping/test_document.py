"""A mapping document is refused at the place where it is wrong."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadRequest
from core.mapping.document import parse
from core.mapping.starter import FOLDER, install_starters
from core.model.fields import Catalogue, Field, Kind, Level
from core.store import Store, documents

GOOD: dict[str, Any] = {
    "name": "shop.orders",
    "channel": "other",
    "entity": "orders",
    "source": "json",
    "lines": "items",
    "fields": [
        {"target": "platform_no", "from": ["no"]},
        {"target": "status", "from": ["state"], "convert": [{"do": "trim"}, {"do": "status"}]},
        {"target": "paid_fen", "from": ["paid"], "convert": [{"do": "yuan"}]},
        {"target": "sku", "level": "line", "from": ["code", "^code"], "convert": []},
        {"target": "line_no", "level": "line", "from": ["#"], "convert": []},
    ],
    "statuses": {"paid": {"status": "PAID"}, "hold": {"status": "PAID", "held": "platform_hold"}},
}
CATALOGUE = Catalogue().with_own([Field("x_score", Kind.NUMBER, Level.ORDER, "score", retired=True)], 1)


def _with(path: str, value: Any) -> dict[str, Any]:
    """GOOD with the value at a dotted path; `+` appends to a list."""
    body = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    place: Any = body
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if last == "+":
        place.append(value)
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return body


def test_a_good_document_is_read() -> None:
    document = parse(GOOD, CATALOGUE)
    assert [mapped.target.name for mapped in document.at(Level.ORDER)] == ["platform_no", "status", "paid_fen"]
    assert document.statuses["hold"].held
    assert document.lines is not None


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("colour", "red", "colour"),
        ("name", "", "name"),
        ("entity", "parcels", "entity"),
        ("source", "xml", "source"),
        ("granularity", "line", "granularity"),
        ("lines", "items[*]", "lines"),
        ("fields", [], "fields"),
        ("fields.0.colour", "red", "fields[0].colour"),
        ("fields.0.target", "slip_at", "fields[0].target"),
        ("fields.0.target", "nonsense", "fields[0].target"),
        ("fields.0.target", "sku", "fields[0].target"),
        ("fields.0.level", "refund", "fields[0].level"),
        ("fields.0.from", ["a..b"], "fields[0].from[0]"),
        ("fields.0.from", ["#"], "fields[0].from[0]"),
        ("fields.0.from", ["^no"], "fields[0].from[0]"),
        ("fields.0.from", [], "fields[0].convert"),
        ("fields.0.from", [7], "fields[0].from"),
        ("fields.2.convert", [{"do": "magic"}], "fields[2].convert[0]"),
        ("fields.2.convert", ["yuan"], "fields[2].convert[0]"),
        ("fields.2.convert", [{"do": "yuan", "digits": 2}], "fields[2].convert[0].digits"),
        ("fields.2.convert", [], "fields[2].convert"),
        ("fields.2.convert", [{"do": "integer"}], "fields[2].convert[0]"),
        ("fields.2.convert", [{"do": "yuan"}, {"do": "trim"}], "fields[2].convert[0]"),
        ("fields.2.convert", [{"do": "status"}], "fields[2].convert[0]"),
        ("fields.2.convert", [{"do": "constant", "value": "12"}], "fields[2].convert[0].value"),
        ("fields.2.convert", [{"do": "constant", "value": True}], "fields[2].convert[0].value"),
        ("fields.3.convert", [{"do": "split", "by": "-"}], "fields[3].convert[0]"),
        ("fields.3.convert", [{"do": "split", "by": "-", "index": "1"}], "fields[3].convert[0].index"),
        ("fields.3.convert", [{"do": "regex", "pattern": "("}], "fields[3].convert[0]"),
        ("fields.3.convert", [{"do": "regex", "pattern": "(?<=a)b"}], "fields[3].convert[0]"),
        ("fields.3.convert", [{"do": "regex", "pattern": "a(?=b)"}], "fields[3].convert[0]"),
        ("fields.3.convert", [{"do": "trim"}, {"do": "regex", "pattern": "a++"}], "fields[3].convert[1]"),
        ("fields.3.convert", [{"do": "regex", "pattern": r"a\Z"}], "fields[3].convert[0]"),
        ("fields.3.convert", [{"do": "regex", "pattern": "a", "group": 1}], "fields[3].convert[0]"),
        ("fields.3.convert", [{"do": "lookup", "table": ["a"]}], "fields[3].convert[0].table"),
        ("fields.3.convert", [{"do": "template", "text": "{a..b}"}], "fields[3].convert[0]"),
        ("fields.1.convert", [{"do": "trim"}], "fields[1].convert"),
        ("fields.1.convert", [{"do": "constant", "value": "DONE"}], "fields[1].convert[0].value"),
        ("fields.+", {"target": "paid_fen", "from": ["x"], "convert": [{"do": "fen"}]}, "fields[5].target"),
        (
            "fields.+",
            {"target": "paid_at", "from": ["x"], "convert": [{"do": "datetime", "zone": "Mars/Phobos"}]},
            "fields[5].convert[0]",
        ),
        ("statuses", {}, "statuses"),
        ("statuses", {"paid": {"status": "DONE"}}, "statuses[paid].status"),
        ("statuses", {"paid": {"status": "PAID", "held": "risk"}}, "statuses[paid].held"),
        ("statuses", {"paid": {"status": "PAID", "colour": "red"}}, "statuses[paid].colour"),
        ("examples", [{"body": {}, "expected": {}}], "examples"),
    ],
)
def test_an_error_names_its_place(path: str, value: Any, place: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(_with(path, value), CATALOGUE)
    assert refused.value.values["place"] == place


def test_a_missing_required_target_is_named() -> None:
    body = copy.deepcopy(GOOD)
    del body["fields"][0]
    with pytest.raises(BadRequest) as refused:
        parse(body, CATALOGUE)
    assert "platform_no" in str(refused.value.values["why"])


def test_line_fields_need_lines() -> None:
    body = copy.deepcopy(GOOD)
    del body["lines"]
    with pytest.raises(BadRequest) as refused:
        parse(body, CATALOGUE)
    assert refused.value.values["place"] == "fields[3]"


def test_own_fields_are_targets_even_when_retired() -> None:
    body = _with("fields.+", {"target": "x_score", "from": ["s"], "convert": [{"do": "number"}]})
    assert parse(body, CATALOGUE).fields[-1].target.own


def test_a_document_of_rows_takes_headers_as_they_are() -> None:
    body = copy.deepcopy(GOOD)
    del body["lines"]
    body |= {"source": "rows", "granularity": "line"}
    body["fields"][0]["from"] = ["订单编号(主)[1]."]
    body["fields"][3]["from"] = ["商家编码"]
    assert parse(body, CATALOGUE).fields[0].sources[0].pointer == "/订单编号(主)[1]."


def test_every_starter_mapping_is_valid() -> None:
    paths = sorted(FOLDER.glob("*.json"))
    assert {Path(path).stem for path in paths} >= {
        f"{channel}.{entity}"
        for channel in ("taobao", "jd", "doudian", "pinduoduo", "wechat")
        for entity in ("orders", "refunds")
    }
    for path in paths:
        assert parse(json.loads(path.read_text(encoding="utf-8")), Catalogue()).name == path.stem


def test_starters_are_published_once_and_never_again(store: Store) -> None:
    installed = install_starters(store)
    assert "taobao.orders" in installed
    found = documents.published(store, "mapping", "taobao.orders")
    assert found is not None
    assert (found.version, found.author) == (1, "starter")
    draft = documents.save_draft(store, "mapping", "taobao.orders", GOOD, author="me")
    documents.publish(store, "mapping", "taobao.orders", draft.version)
    assert install_starters(store) == []
    kept = documents.published(store, "mapping", "taobao.orders")
    assert kept is not None
    assert kept.body == GOOD
