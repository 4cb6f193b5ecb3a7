"""Mapping documents: drafted, checked, tried on what came in, published only when right, rolled back, history redone."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels.intake import Batch, take_in
from core.errors import BadRequest, NotAllowed, NotFound, Stale
from core.i18n import speaking
from core.mapping.document import KIND
from core.mapping.paths import parse
from core.mapping.starter import FOLDER, install_starters
from core.model.fields import Kind, Level
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import data_model, imports, mapping_checks, mapping_edit, mapping_sources, mapping_trial, mappings
from core.services.data_model import FieldDraft
from core.settings import Settings
from core.store import Store, catalogue, documents, shops

ADMIN, LEAD, CS = person("ann", "admin"), person("leo", "lead"), person("cs", "cs")
TAOBAO: dict[str, Any] = json.loads((FOLDER / "taobao.orders.json").read_text(encoding="utf-8"))
PAYLOAD: dict[str, Any] = TAOBAO["examples"][0]["body"]
CSV = (
    "订单编号,买家实际支付金额,订单状态,订单创建时间,收货人姓名,联系手机,收货地址\n"
    "26001,12.50,买家已付款，等待卖家发货,2026-11-01 10:00:00,张三,13800000001,浙江省杭州市西湖区文一路1号\n"
    "26002,8.00,交易成功,2026-11-01 11:00:00,李四,13800000002,江苏省苏州市姑苏区平江路2号\n"
)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def ready(store: Store) -> Store:
    install_starters(store)
    return store


def _changed(target: str, **values: Any) -> dict[str, Any]:
    body = deepcopy(TAOBAO)
    entry = mapping_edit.entry_of(body, target)
    assert entry is not None
    entry.update(values)
    return body


def _payload(no: int, **values: Any) -> str:
    return json.dumps({**PAYLOAD, "tid": no, "tid_str": str(no), **values}, ensure_ascii=False)


def _field(store: Store, level: str, name: str) -> Any:
    return next(f for f in catalogue.load(store).fields if f.level.value == level and f.name == name)


def test_the_list_shows_each_mapping_with_its_live_version_and_the_shops_it_maps_for(
    ready: Store, settings: Settings
) -> None:
    with ready.write() as cursor:
        shops.save(cursor, shops.Shop("taobao", "tm", "旗舰店", "taobao", {}))
        shops.ensure(cursor, "offline", "门店")
    mappings.save_draft(ADMIN, ready, _changed("order|currency", convert=[{"do": "constant", "value": "USD"}]))
    rows = {row.name: row for row in mappings.listing(LEAD, ready, settings)}
    assert (rows["taobao.orders"].live_version, rows["taobao.orders"].newest.version) == (1, 2)
    assert rows["taobao.orders"].newest.state == "draft"
    assert rows["taobao.orders"].shops == (("taobao", "tm"),)
    assert rows["jd.orders"].shops == ()


def test_an_invalid_document_is_not_saved_and_every_wrong_field_is_named(ready: Store) -> None:
    body = _changed("order|paid_fen", convert=[])
    for target, convert in (("paid_at", [{"do": "yuan"}]), ("title", [{"do": "nothing"}])):
        entry = mapping_edit.entry_of(body, f"{'line' if target == 'title' else 'order'}|{target}")
        assert entry is not None
        entry["convert"] = convert
    with pytest.raises(BadRequest):
        mappings.save_draft(ADMIN, ready, body)
    assert documents.newest(ready, KIND, "taobao.orders").state == "published"  # type: ignore[union-attr]
    found = mapping_checks.problems(ready, body)
    assert {problem.target for problem in found} == {"order|paid_fen", "order|paid_at", "line|title"}
    assert mapping_checks.problems(ready, TAOBAO) == []


def test_a_missing_required_target_is_a_problem_of_the_whole_document(ready: Store) -> None:
    body = mapping_edit.without(TAOBAO, "order|status")
    (problem,) = mapping_checks.problems(ready, body)
    assert (problem.place, problem.target) == ("fields", "")
    assert "status" in str(problem.why)


def test_a_mapping_whose_own_example_fails_is_not_published(ready: Store) -> None:
    body = _changed("order|paid_fen", **{"from": ["total_fee"]})
    draft = mappings.save_draft(ADMIN, ready, body)
    with speaking("en"), pytest.raises(BadRequest, match="paid_fen = 25790, not 23725"):
        mappings.publish(ADMIN, ready, "taobao.orders", draft.version)
    live = documents.published(ready, KIND, "taobao.orders")
    assert live is not None and live.version == 1


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.orders.json")), ids=lambda path: path.stem)
def test_the_examples_of_the_starter_mappings_pass(ready: Store, path: Any) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    assert mapping_trial.failing_examples(ready, body) == []


def test_a_published_mapping_takes_the_next_batch_and_rolling_back_takes_the_one_after(
    ready: Store, vault: Vault
) -> None:
    def currency(no: int) -> str:
        take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", [_payload(no)]))
        with ready.read() as cursor:
            row = cursor.execute("SELECT currency FROM orders WHERE platform_no = ?", [str(no)]).fetchone()
        return row[0] if row else ""

    assert currency(1) == "CNY"
    draft = mappings.save_draft(ADMIN, ready, _changed("order|currency", convert=[{"do": "constant", "value": "USD"}]))
    assert currency(2) == "CNY"
    mappings.publish(ADMIN, ready, "taobao.orders", draft.version)
    assert currency(3) == "USD"
    mappings.roll_back(ADMIN, ready, "taobao.orders", 1)
    assert currency(4) == "CNY"
    states = [(d.version, d.state) for d in mappings.history(LEAD, ready, "taobao.orders")]
    assert states == [(3, "published"), (2, "superseded"), (1, "superseded")]
    with ready.read() as cursor:
        actions = [r[0] for r in cursor.execute("SELECT action FROM audit ORDER BY happened_at").fetchall()]
    assert actions == ["mappings.save_draft", "mappings.publish", "mappings.roll_back"]


def test_publishing_a_version_twice_is_stale_and_an_unknown_one_is_not_found(ready: Store) -> None:
    draft = mappings.save_draft(ADMIN, ready, _changed("order|currency", convert=[{"do": "constant", "value": "USD"}]))
    mappings.publish(ADMIN, ready, "taobao.orders", draft.version)
    with pytest.raises(Stale):
        mappings.publish(ADMIN, ready, "taobao.orders", draft.version)
    with pytest.raises(NotFound):
        mappings.publish(ADMIN, ready, "taobao.orders", 99)


def test_the_difference_of_two_versions_is_said_in_words(ready: Store) -> None:
    body = _changed("order|paid_fen", **{"from": ["received_payment"]})
    body = mapping_edit.without(body, "order|flag")
    body["statuses"]["NEW_WORD"] = {"status": "PAID", "held": "platform_hold"}
    with speaking("en"):
        said = mappings.compare(LEAD, ready, TAOBAO, body)
    assert said[0].startswith("Amount paid (paid_fen): payment · ")
    assert " becomes received_payment · " in said[0]
    assert said[1].startswith("Flag (flag): no longer filled")
    assert said[2] == "status word NEW_WORD: – → Paid + held"
    assert mappings.compare(LEAD, ready, body, body) == []


def test_a_preview_on_stored_payloads_shows_each_step_and_what_failed(ready: Store, vault: Vault) -> None:
    bodies = [_payload(1), _payload(2, payment="12.345"), _payload(3, status="NEW_WORD"), "no json"]
    take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", bodies))
    kept = mapping_trial.stored_bodies(ADMIN, ready, vault, "taobao", "tm", "orders")
    assert sorted(kept) == sorted(bodies)
    tried = mapping_trial.try_out(ADMIN, ready, TAOBAO, bodies)
    assert (tried.failed, tried.unreadable) == ({1, 2, 3}, (3,))
    good, bad = tried.main[0].cells["paid_fen"], tried.main[1].cells["paid_fen"]
    assert (good.source, good.steps, good.value, good.reason) == ("237.25", ("23725",), 23725, "")
    assert (bad.source, bad.steps, bad.failed_step) == ("12.345", (None,), 1)
    assert bad.reason
    assert [line.cells["qty"].value for line in tried.lines if line.place == 0] == [2, 1]
    assert mapping_trial.status_words(TAOBAO, tried) == {"WAIT_SELLER_SEND_GOODS": 2, "NEW_WORD": 1}


def test_a_preview_writes_nothing(ready: Store) -> None:
    before = ready.version
    mapping_trial.try_out(ADMIN, ready, TAOBAO, [_payload(1)])
    assert ready.version == before


def test_history_is_mapped_again_with_progress_once_the_mapping_is_mended(ready: Store, vault: Vault) -> None:
    take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", [_payload(n) for n in range(1, 6)]))
    draft = mappings.save_draft(ADMIN, ready, _changed("order|currency", convert=[{"do": "constant", "value": "USD"}]))
    mappings.publish(ADMIN, ready, "taobao.orders", draft.version)
    shares: list[float] = []
    done = mapping_trial.remap_history(
        ADMIN, ready, vault, "taobao", "tm", "orders", mapping="taobao.orders", progress=shares.append
    )
    assert (done.updated, shares[-1]) == (5, 1.0)
    with ready.read() as cursor:
        assert cursor.execute("SELECT DISTINCT currency FROM orders").fetchall() == [("USD",)]


def test_a_sample_file_becomes_a_mapping_that_reads_it(ready: Store) -> None:
    made = mapping_trial.propose(ADMIN, ready, CSV.encode(), "导出.csv", "taobao")
    assert mapping_checks.problems(ready, made.body) == []
    entry = mapping_edit.entry_of(made.body, "order|paid_fen")
    assert entry is not None and entry["from"] == ["买家实际支付金额"]
    tried = mapping_trial.try_out(ADMIN, ready, made.body, made.bodies)
    assert [row.cells["paid_fen"].value for row in tried.main] == [1250, 800]
    assert not tried.failed
    known = mapping_sources.sources(made.body, [json.loads(body) for body in made.bodies])
    assert [source.path for source in known][:2] == ["订单编号", "买家实际支付金额"]


def test_a_shop_takes_a_mapping_of_its_own_and_gives_it_back(ready: Store, settings: Settings) -> None:
    with ready.write() as cursor:
        shops.save(cursor, shops.Shop("taobao", "tm", "旗舰店", "taobao", {"gateway": "https://x.example"}))
    own = {**deepcopy(TAOBAO), "name": "taobao.outlet"}
    draft = mappings.save_draft(ADMIN, ready, own)
    with pytest.raises(BadRequest):
        mappings.assign(ADMIN, ready, settings, "taobao", "tm", "orders", "taobao.outlet")
    mappings.publish(ADMIN, ready, "taobao.outlet", draft.version)
    mappings.assign(ADMIN, ready, settings, "taobao", "tm", "orders", "taobao.outlet")
    shop = shops.find(ready, "taobao", "tm")
    assert shop is not None and mappings.name_for(ready, shop, "orders") == "taobao.outlet"
    with pytest.raises(BadRequest):
        mappings.assign(ADMIN, ready, settings, "taobao", "tm", "refunds", "taobao.outlet")
    mappings.assign(ADMIN, ready, settings, "taobao", "tm", "orders", None)
    shop = shops.find(ready, "taobao", "tm")
    assert shop is not None
    assert (mappings.name_for(ready, shop, "orders"), shop.settings) == (
        "taobao.orders",
        {"gateway": "https://x.example"},
    )


def test_links_round_trip_through_a_document_without_changing_it(ready: Store) -> None:
    links = mapping_edit.links_of(TAOBAO)
    assert links["order|platform_no"] == ["order|tid_str", "order|tid"]
    assert links["line|sku"] == ["line|outer_sku_id", "line|outer_iid"]
    assert mapping_edit.with_links(TAOBAO, links, catalogue.load(ready).fields, []) == {**TAOBAO}


def test_a_new_link_gets_the_converters_its_type_asks_for_but_never_a_guessed_unit(ready: Store) -> None:
    known = mapping_sources.sources(TAOBAO, [PAYLOAD, {"n": 12, "since": 1763777000}])
    links = mapping_edit.links_of(mapping_edit.without(TAOBAO, "order|paid_fen"))
    links |= {"order|paid_fen": ["order|payment"], "order|goods_fen": ["order|n"], "order|ship_by": ["order|since"]}
    links |= {"line|barcode": ["order|tid"], "order|ip": ["line|oid"], "order|nothing": ["order|tid"]}
    made = mapping_edit.with_links(TAOBAO, links, catalogue.load(ready).fields, known)
    entries = {mapping_edit.target_id(made, entry): entry for entry in made["fields"]}
    assert entries["order|paid_fen"]["convert"] == [{"do": "yuan"}]
    assert mapping_edit.first_steps(_field(ready, "order", "goods_fen"), ["12"], ["n"]) == []
    assert entries["order|goods_fen"] == {"target": "goods_fen", "from": ["n"], "convert": [{"do": "yuan"}]}
    assert mapping_edit.first_steps(_field(ready, "order", "ship_by"), ["1763777000"], ["since"]) == [{"do": "epoch_s"}]
    assert entries["line|barcode"]["from"] == ["^tid"]
    assert "order|ip" not in entries and "order|nothing" not in entries


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.integers() | st.text(max_size=5) | st.none(), max_size=6))
def test_every_key_of_a_payload_is_a_source_the_mapping_language_reads(payload: dict[str, Any]) -> None:
    body = {"entity": "orders", "source": "json", "fields": []}
    for source in mapping_sources.sources(body, [payload]):
        assert parse(source.path, rows=False, line=False).keys[0] in payload


@pytest.mark.parametrize(
    "call",
    [
        lambda actor, store, vault, settings: mappings.save_draft(actor, store, TAOBAO),
        lambda actor, store, vault, settings: mappings.publish(actor, store, "taobao.orders", 1),
        lambda actor, store, vault, settings: mappings.roll_back(actor, store, "taobao.orders", 1),
        lambda actor, store, vault, settings: mappings.assign(actor, store, settings, "taobao", "tm", "orders", None),
        lambda actor, store, vault, settings: mapping_trial.propose(actor, store, CSV.encode(), "a.csv", "taobao"),
        lambda actor, store, vault, settings: mapping_trial.stored_bodies(
            actor, store, vault, "taobao", "tm", "orders"
        ),
        lambda actor, store, vault, settings: mapping_trial.remap_history(
            actor, store, vault, "taobao", "tm", "orders", mapping="taobao.orders"
        ),
    ],
)
def test_who_may_only_look_changes_nothing_and_opens_no_payload(
    ready: Store, vault: Vault, settings: Settings, call: Any
) -> None:
    with pytest.raises(NotAllowed):
        call(LEAD, ready, vault, settings)
    assert [d.version for d in documents.history(ready, KIND, "taobao.orders")] == [1]
    with ready.read() as cursor:
        assert cursor.execute("SELECT outcome, count(*) FROM audit GROUP BY 1").fetchall() == [("denied", 1)]


def test_who_may_not_see_mappings_sees_none(ready: Store, settings: Settings) -> None:
    with pytest.raises(NotAllowed):
        mappings.listing(CS, ready, settings)


def test_an_own_field_is_mapped_and_defaulted_as_soon_as_it_is_there(ready: Store, vault: Vault) -> None:
    data_model.add_field(ADMIN, ready, FieldDraft("x_nick", Kind.TEXT, Level.ORDER, "昵称"))
    data_model.add_field(
        ADMIN, ready, FieldDraft("x_grade", Kind.CHOICE, Level.ORDER, "等级", choices=("A", "B"), default="B")
    )
    data_model.add_field(ADMIN, ready, FieldDraft("x_pack", Kind.INTEGER, Level.LINE, "包数", default="1"))
    body = deepcopy(TAOBAO)
    body["fields"].append({"target": "x_nick", "from": ["buyer_nick"], "convert": []})
    mappings.publish(ADMIN, ready, "taobao.orders", mappings.save_draft(ADMIN, ready, body).version)
    take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", [_payload(1)]))
    with ready.read() as cursor:
        assert cursor.execute("SELECT x_nick, x_grade FROM orders").fetchall() == [("t**", "B")]
        assert cursor.execute("SELECT x_pack FROM order_lines").fetchall() == [(1,), (1,)]


def test_retiring_a_field_leaves_a_mapping_that_fills_it_alive(ready: Store, vault: Vault) -> None:
    data_model.add_field(ADMIN, ready, FieldDraft("x_nick", Kind.TEXT, Level.ORDER, "昵称"))
    body = deepcopy(TAOBAO)
    body["fields"].append({"target": "x_nick", "from": ["buyer_nick"], "convert": []})
    mappings.publish(ADMIN, ready, "taobao.orders", mappings.save_draft(ADMIN, ready, body).version)
    data_model.retire_field(ADMIN, ready, "x_nick")
    take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", [_payload(1)]))
    with ready.read() as cursor:
        assert cursor.execute("SELECT x_nick FROM orders").fetchall() == [("t**",)]


def test_lines_that_are_replaced_keep_what_an_own_field_holds(ready: Store, vault: Vault) -> None:
    data_model.add_field(ADMIN, ready, FieldDraft("x_bin", Kind.TEXT, Level.LINE, "库位", default="A1"))
    take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", [_payload(1)]))
    with ready.write() as cursor:
        cursor.execute("UPDATE order_lines SET x_bin = 'B2' WHERE sku = 'WZ-01-GRY'")
    lines = deepcopy(PAYLOAD["orders"])
    lines["order"][0]["num"] = 5
    later = _payload(1, orders=lines, modified="2026-11-22 12:00:00")
    take_in(ready, vault, Batch("taobao", "tm", "orders", "pull", [later]))
    with ready.read() as cursor:
        rows = cursor.execute("SELECT sku, qty, x_bin FROM order_lines ORDER BY sku").fetchall()
    assert rows == [("KZ-2201-BLK-L", 5, "A1"), ("WZ-01-GRY", 1, "B2")]


def test_a_mapping_of_a_file_is_shown_with_the_shops_whose_orders_it_made(
    ready: Store, vault: Vault, settings: Settings
) -> None:
    done = imports.import_file(ADMIN, ready, vault, CSV.encode(), shop="门店", channel="offline", name="a.csv")
    rows = {row.name: row for row in mappings.listing(ADMIN, ready, settings)}
    assert rows[done.mapping].shops == (("offline", "门店"),)
