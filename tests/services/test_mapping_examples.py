"""A mapping's own examples: kept from a payload without anybody's data, compared field by field, edited as typed."""

import json
from copy import deepcopy
from typing import Any

import pytest

from core.errors import BadRequest, NotAllowed
from core.i18n import speaking
from core.mapping.document import parse
from core.mapping.example import trimmed
from core.mapping.starter import FOLDER, install_starters
from core.model.fields import Catalogue
from core.people.actor import person
from core.services import mapping_checks, mapping_examples, mappings
from core.store import Store

ADMIN, CS = person("ann", "admin"), person("cs", "cs")
TAOBAO: dict[str, Any] = json.loads((FOLDER / "taobao.orders.json").read_text(encoding="utf-8"))
BARE = {key: value for key, value in TAOBAO.items() if key != "examples"}
PAYLOAD = TAOBAO["examples"][0]["body"] | {
    "receiver_name": "李小红",
    "receiver_mobile": "13912345678",
    "receiver_address": "浙江省杭州市西湖区文三路90号东部软件园2幢301",
    "buyer_message": "请打 13912345678",
    "secret_extra": "李小红",
}
ROWS: dict[str, Any] = {
    "name": "file",
    "channel": "other",
    "source": "rows",
    "granularity": "line",
    "fields": [
        {"target": "platform_no", "from": ["订单号"]},
        {"target": "status", "convert": [{"do": "constant", "value": "PAID"}]},
        {"target": "recipient", "from": ["收货人"]},
        {"target": "sku", "level": "line", "from": ["编码"]},
        {"target": "qty", "level": "line", "from": ["数量"], "convert": [{"do": "integer"}]},
    ],
}


@pytest.fixture
def ready(store: Store) -> Store:
    install_starters(store)
    return store


def _added(store: Store, payload: dict[str, Any] = PAYLOAD, body: dict[str, Any] = BARE) -> dict[str, Any]:
    return mapping_examples.added(ADMIN, store, body, json.dumps(payload, ensure_ascii=False), note=" 一单两件 ")


def test_an_example_keeps_what_the_mapping_reads_and_nobodys_data(ready: Store) -> None:
    made = _added(ready)
    (example,) = made["examples"]
    text = json.dumps(example, ensure_ascii=False)
    assert not any(word in text for word in ("李小红", "13912345678", "文三路", "secret_extra"))
    assert example["body"]["receiver_address"] == "浙江省杭州市西湖区示例路1号"
    assert example["note"] == "一单两件"
    assert example["expect"]["paid_fen"] == 23725 and example["expect"]["status"] == "PAID"
    assert not {"recipient", "phone", "address"} & set(example["expect"])
    assert len(example["expect"]["lines"]) == len(PAYLOAD["orders"]["order"])
    (verdict,) = mapping_examples.verdicts(ADMIN, ready, made)
    assert verdict.wrong == () and all(row.expected == row.gets for row in verdict.rows)


def test_a_masked_or_encrypted_value_stays_as_the_platform_gave_it() -> None:
    document = parse(BARE, Catalogue())
    kept = trimmed(document, PAYLOAD | {"receiver_name": "李**", "receiver_mobile": "$$ciph==$1$"})
    assert (kept["receiver_name"], kept["receiver_mobile"]) == ("李**", "$$ciph==$1$")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_what_is_cut_away_changes_nothing_that_a_mapping_makes(ready: Store, path: Any) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    if body["entity"] not in ("orders", "refunds") or not body.get("examples"):
        return
    made = deepcopy(body)
    document = mapping_checks.parsed(ready, body)
    for example in made["examples"]:
        example["body"] = trimmed(document, example["body"])
    assert [v.wrong for v in mapping_examples.verdicts(ADMIN, ready, made)] == [()] * len(made["examples"])


def test_rows_of_a_file_keep_their_read_columns(ready: Store) -> None:
    rows = [{"订单号": "A1", "收货人": "李小红", "编码": f"K{n}", "数量": str(n), "备注": "x"} for n in (1, 2)]
    made = _added(ready, {"rows": rows}, ROWS)
    (example,) = made["examples"]
    assert example["body"] == {
        "rows": [{"订单号": "A1", "收货人": "张三", "编码": f"K{n}", "数量": str(n)} for n in (1, 2)]
    }
    assert example["expect"]["lines"] == [{"sku": "K1", "qty": 1}, {"sku": "K2", "qty": 2}]


def test_a_changed_mapping_fails_its_example_and_cannot_be_published_until_it_expects_the_new_value(
    ready: Store,
) -> None:
    made = _added(ready)
    entry = next(e for e in made["fields"] if e["target"] == "paid_fen")
    entry["from"] = ["total_fee"]
    (verdict,) = mapping_examples.verdicts(ADMIN, ready, made)
    with speaking("zh"):
        assert [str(why) for why in verdict.wrong] == ["paid_fen = 25790，应为 23725"]
    draft = mappings.save_draft(ADMIN, ready, made)
    with pytest.raises(BadRequest):
        mappings.publish(ADMIN, ready, "taobao.orders", draft.version)
    mended = mapping_examples.as_now(ADMIN, ready, made, 0)
    draft = mappings.save_draft(ADMIN, ready, mended)
    assert mappings.publish(ADMIN, ready, "taobao.orders", draft.version).state == "published"


def test_a_payload_that_fails_is_no_example(ready: Store) -> None:
    with pytest.raises(BadRequest):
        _added(ready, PAYLOAD | {"status": "NO_SUCH_WORD"})
    with pytest.raises(BadRequest):
        mapping_examples.added(ADMIN, ready, BARE, "[]")


def test_an_example_is_changed_and_removed(ready: Store) -> None:
    made = _added(ready)
    expect = made["examples"][0]["expect"] | {"paid_fen": 1}
    payload = json.dumps(made["examples"][0]["body"])
    other = mapping_examples.changed(ADMIN, ready, made, 0, payload=payload, expect=expect, note="")
    assert other["examples"][0]["expect"]["paid_fen"] == 1 and "note" not in other["examples"][0]
    assert made["examples"][0]["expect"]["paid_fen"] == 23725
    assert "examples" not in mapping_examples.without(other, 0)


def test_an_expected_field_that_does_not_exist_is_refused_with_its_place(ready: Store) -> None:
    body = BARE | {"examples": [{"body": {}, "expect": {"lines": [{"colour": "red"}]}}]}
    (problem,) = mapping_checks.problems(ready, body)
    assert problem.place == "examples[0].expect.lines" and "colour" in str(problem.why)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("paid_fen", "1250", 1250),
        ("is_presale", "True", True),
        ("paid_at", "2026-11-22T10:00:00+08:00", "2026-11-22T02:00:00+00:00"),
        ("province", " 浙江 ", "浙江"),
        ("province", "", None),
    ],
)
def test_a_typed_value_becomes_one_of_the_fields_kind(ready: Store, name: str, text: str, value: Any) -> None:
    assert mapping_examples.value_of(mapping_examples.targets(ready, BARE)[False, name], text) == value


def test_a_typed_value_of_another_kind_is_refused(ready: Store) -> None:
    with pytest.raises(BadRequest):
        mapping_examples.value_of(mapping_examples.targets(ready, BARE)[False, "paid_fen"], "12.50")


def test_who_may_not_edit_adds_nothing(ready: Store) -> None:
    for act in (
        lambda: mapping_examples.added(CS, ready, BARE, "{}"),
        lambda: mapping_examples.as_now(CS, ready, TAOBAO, 0),
        lambda: mapping_examples.changed(CS, ready, TAOBAO, 0, payload="{}", expect={}, note=""),
    ):
        with pytest.raises(NotAllowed):
            act()
