"""Rows of files that never became part of an order wait in the queue, come in once the mapping is mended, and are never lost."""

import json
from typing import Any

import pytest

from core.errors import NotAllowed, NotFound
from core.i18n import speaking
from core.mapping.said import Said, unpacked
from core.people.actor import SYSTEM, person
from core.people.vault import Vault, open_vault
from core.services import mapping_trial, mappings, reject_raw, rejects
from core.services.imports import import_file
from core.settings import Settings
from core.store import Store

ADMIN, WAREHOUSE = person("ann", "admin"), person("wen", "warehouse")
FIELDS: list[dict[str, Any]] = [
    {"target": "platform_no", "from": ["编号A"]},
    {"target": "status", "convert": [{"do": "constant", "value": "PAID"}]},
    {"target": "paid_fen", "from": ["金额"], "convert": [{"do": "yuan"}]},
    {"target": "sku", "level": "line", "from": ["商品"]},
    {"target": "qty", "level": "line", "from": ["数量"], "convert": [{"do": "integer"}]},
]
BODY: dict[str, Any] = {
    "name": "own.file",
    "channel": "other",
    "source": "rows",
    "granularity": "line",
    "fields": FIELDS,
}
FILE = (
    "编号A,编号B,金额,商品,数量,收货人\n"
    "A1,,10.00,K1,1,李小红\n"
    ",B2,20.00,K2,2,王小明\n"
    ",B2,20.00,K3,1,王小明\n"
    "A4,,30.00,K4,1,赵六,多出的一格\n"
).encode()


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def _publish(store: Store, body: dict[str, Any]) -> None:
    mappings.publish(ADMIN, store, "own.file", mappings.save_draft(ADMIN, store, body).version)


def _mended() -> dict[str, Any]:
    return {**BODY, "fields": [{"target": "platform_no", "from": ["编号A", "编号B"]}, *FIELDS[1:]]}


def _import(store: Store, vault: Vault, content: bytes = FILE) -> Any:
    return import_file(SYSTEM, store, vault, content, name="a.csv", shop="s", channel="other", mapping="own.file")


def _lines(store: Store) -> list[tuple[str, str, int]]:
    with store.read() as cursor:
        return cursor.execute(
            "SELECT o.platform_no, l.sku, l.qty FROM orders o JOIN order_lines l USING (order_key) ORDER BY ALL"
        ).fetchall()


def _waiting(store: Store) -> list[tuple[int | None, str]]:
    return sorted((row.row_no, row.field) for row in rejects.listing(ADMIN, store))


def test_rejected_rows_wait_with_their_cells_and_come_in_after_the_mapping_is_mended(
    store: Store, vault: Vault
) -> None:
    _publish(store, BODY)
    report = _import(store, vault)
    assert (report.rows, report.orders, report.rejected) == (4, 1, 3)
    assert _waiting(store) == [(3, "platform_no"), (4, "platform_no"), (5, "")]
    _publish(store, _mended())
    done = rejects.retry_all(ADMIN, store, vault)
    assert (done.rows, done.orders, done.inserted, done.rejected) == (3, 1, 1, 1)
    assert _lines(store) == [("A1", "K1", 1), ("B2", "K2", 2), ("B2", "K3", 1)]
    assert _waiting(store) == [(5, "")]  # its cells do not fit the header: no mapping mends that


def test_a_retry_before_the_mapping_is_mended_loses_nothing(store: Store, vault: Vault) -> None:
    _publish(store, BODY)
    _import(store, vault)
    before = rejects.listing(ADMIN, store)
    assert rejects.retry_all(ADMIN, store, vault).rejected == 3
    assert [(r.reject_id, r.reason) for r in rejects.listing(ADMIN, store)] == [(r.reject_id, r.reason) for r in before]


def test_the_same_file_again_doubles_nothing_and_settles_what_maps_now(store: Store, vault: Vault) -> None:
    _publish(store, BODY)
    _import(store, vault)
    _import(store, vault)
    assert len(_waiting(store)) == 3
    _publish(store, _mended())
    assert _import(store, vault).rejected == 1
    assert _waiting(store) == [(5, "")]


def test_a_row_that_comes_later_joins_its_order_and_replaces_no_line(store: Store, vault: Vault) -> None:
    """The second row of an order was rejected; retried, the order has both lines."""
    _publish(store, {**BODY, "fields": [FIELDS[0], *FIELDS[1:]]})
    mixed = b"\xe7\xbc\x96\xe5\x8f\xb7A,\xe7\xbc\x96\xe5\x8f\xb7B,\xe9\x87\x91\xe9\xa2\x9d,\xe5\x95\x86\xe5\x93\x81,\xe6\x95\xb0\xe9\x87\x8f\nC1,,5.00,K1,1\n,C1,5.00,K2,1\n"
    assert _import(store, vault, mixed).rejected == 1
    _publish(store, _mended())
    rejects.retry_all(ADMIN, store, vault)
    assert _lines(store) == [("C1", "K1", 1), ("C1", "K2", 1)]
    assert _waiting(store) == []


def test_a_row_that_fails_otherwise_now_tells_its_new_reason_once(store: Store, vault: Vault) -> None:
    _publish(store, BODY)
    _import(store, vault, FILE.replace(b"B2,20.00", "B2,二十".encode()))
    _publish(store, _mended())
    done = rejects.retry_all(ADMIN, store, vault)
    assert done.inserted == 0
    assert {field for _row, field in _waiting(store)} == {"paid_fen", ""}
    _publish(store, {**_mended(), "fields": [f for f in _mended()["fields"] if f["target"] != "paid_fen"]})
    rejects.retry_all(ADMIN, store, vault)
    assert [number for number, _sku, _qty in _lines(store)] == ["A1", "B2", "B2"]


def test_nothing_of_a_row_stands_in_clear_and_only_who_may_see_raw_payloads_opens_it(
    store: Store, vault: Vault
) -> None:
    _publish(store, BODY)
    _import(store, vault)
    with store.read() as cursor:
        kept = str(
            cursor.execute("SELECT * FROM rejects").fetchall()
            + cursor.execute("SELECT * FROM rejected_rows").fetchall()
        )
    assert "王小明" not in kept and "赵六" not in kept
    row = next(row for row in rejects.listing(ADMIN, store) if row.row_no == 3)
    assert json.loads(reject_raw.payload(ADMIN, store, vault, row.reject_id))["收货人"] == "王小明"
    with pytest.raises(NotAllowed):
        reject_raw.payload(WAREHOUSE, store, vault, row.reject_id)
    samples = mapping_trial.stored_bodies(ADMIN, store, vault, "other", "s", "orders")
    assert {"编号B": "B2"}.items() <= json.loads(samples[0])["rows"][0].items()


def test_a_row_set_aside_is_gone_from_the_queue_and_not_told_again(store: Store, vault: Vault) -> None:
    _publish(store, BODY)
    _import(store, vault)
    rejects.set_aside(ADMIN, store, [row.reject_id for row in rejects.listing(ADMIN, store)], "测试数据")
    _import(store, vault)
    assert _waiting(store) == []
    (ignored, *_rest) = rejects.listing(ADMIN, store, state="ignored")
    with speaking("zh"):
        assert unpacked(ignored.reason).endswith(" · 测试数据") and not unpacked(ignored.reason).startswith("The")
    with pytest.raises(NotFound):
        reject_raw.payload(ADMIN, store, vault, ignored.reject_id)


def test_a_dry_run_puts_nothing_into_the_queue(store: Store, vault: Vault) -> None:
    _publish(store, BODY)
    import_file(SYSTEM, store, vault, FILE, name="a.csv", shop="s", channel="other", mapping="own.file", dry_run=True)
    assert _waiting(store) == []


def test_a_broken_line_of_records_waits_with_its_whole_text(store: Store, vault: Vault) -> None:
    body = {**BODY, "source": "json", "lines": "", "fields": FIELDS}
    del body["granularity"]
    _publish(store, body)
    long = "x" * 300
    content = (
        json.dumps({"编号A": "A1", "金额": "1.00", "商品": "K", "数量": "1"}).encode() + f"\n{{broken {long}\n".encode()
    )
    import_file(SYSTEM, store, vault, content, name="a.ndjson", shop="s", channel="other", mapping="own.file")
    (row,) = rejects.listing(ADMIN, store)
    assert (row.row_no, row.value) == (2, "")
    assert long in reject_raw.payload(ADMIN, store, vault, row.reject_id)
    assert rejects.retry_all(ADMIN, store, vault).rejected == 1


@pytest.mark.parametrize("added", ["", " · 测试"])
def test_a_stored_reason_reads_in_both_languages(added: str) -> None:
    packed = Said("The row has {found} cells, the header {expected}.", found=7, expected=6).packed() + added
    with speaking("en"):
        assert unpacked(packed) == f"The row has 7 cells, the header 6.{added}"
    with speaking("zh"):
        assert unpacked(packed) == f"这一行有 7 个单元格，表头有 6 个。{added}"
        assert unpacked(f"no whole number{added}") == f"不是整数{added}"
