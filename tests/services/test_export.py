"""Exports: masked, guarded against formulas, ids as text, limited and audited."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core import i18n
from core.errors import BadRequest, NotAllowed
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import export
from core.services.order_query import OrderQuery
from core.settings import Settings
from core.store import Store
from core.store.orders_query import Filter, Sort
from tests.factories import fill

ADMIN, CS = person("ann", "admin"), person("carl", "cs")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
COLUMNS = ("platform_no", "status", "paid_at", "paid_fen", "held", "phone", "seller_note", "unit_count")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def pool(store: Store, vault: Vault) -> Store:
    fill(store, vault, 60, until=NOW)
    return store


def _csv(pool: Store, vault: Vault, query: OrderQuery) -> tuple[bytes, list[list[str]]]:
    with i18n.speaking("en"):
        made = export.export(ADMIN, pool, vault, query, "csv", zone=ZONE)
    return made.content, list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"))))


def test_a_csv_has_the_mark_the_columns_in_order_and_values_in_words(pool: Store, vault: Vault) -> None:
    content, rows = _csv(pool, vault, OrderQuery(columns=COLUMNS, sort=(Sort("paid_at"),)))
    assert content.startswith(b"\xef\xbb\xbf") and len(rows) == 61
    assert rows[0] == [
        "Platform order no.", "Status", "Paid at", "Amount paid", "Held", "Phone", "Seller remark", "Units",
    ]  # fmt: skip
    assert rows[1] == ["2600000000000060", "Paid", "2026-11-22 12:00:00", "451.40", "no", "138****0060", "", "1"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_formula_from_outside_becomes_text(pool: Store, vault: Vault, text: str) -> None:
    with pool.write() as cursor:
        cursor.execute(
            "UPDATE orders SET seller_note = ?, shop = ? WHERE platform_no = '2600000000000060'", [text, text]
        )
    query = OrderQuery(filters=(Filter("seller_note", "not_null"),), columns=("platform_no", "shop", "seller_note"))
    _content, rows = _csv(pool, vault, query)
    assert rows[1] == ["2600000000000060", f"'{text}", f"'{text}"]
    made = export.export(ADMIN, pool, vault, query, "xlsx", zone=ZONE)
    cell = load_workbook(io.BytesIO(made.content)).worksheets[0]["C2"]
    assert cell.data_type == "s" and str(cell.value).startswith("'")


@given(st.text(min_size=1))
def test_no_guarded_text_begins_like_a_formula(text: str) -> None:
    assert not export.guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert export.guarded(text).removeprefix("'") == text.removeprefix("'")


def test_a_workbook_keeps_ids_as_text_and_amounts_as_numbers(pool: Store, vault: Vault) -> None:
    query = OrderQuery("2600000000000060", columns=("platform_no", "paid_fen", "unit_count"))
    made = export.export(ADMIN, pool, vault, query, "xlsx", zone=ZONE)
    number, paid, units = next(load_workbook(io.BytesIO(made.content)).worksheets[0].iter_rows(min_row=2))
    assert (number.value, number.data_type, number.number_format) == ("2600000000000060", "s", "@")
    assert (paid.value, units.value) == (451.4, 1)


def test_an_export_is_audited_with_its_number(pool: Store, vault: Vault) -> None:
    made = export.export(ADMIN, pool, vault, OrderQuery(), "csv", zone=ZONE)
    assert made.orders == 60
    with pool.read() as cursor:
        row = cursor.execute("SELECT action, subject, detail FROM audit").fetchone()
    assert row is not None and row[:2] == ("orders.export", "csv") and '"orders": 60' in row[2]


def test_more_than_the_limit_is_refused_and_never_cut(
    pool: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(export.LIMITS, "csv", 59)
    with pytest.raises(BadRequest, match="60"):
        export.export(ADMIN, pool, vault, OrderQuery(), "csv", zone=ZONE)


def test_a_role_without_the_right_gets_no_file(pool: Store, vault: Vault) -> None:
    with pytest.raises(NotAllowed):
        export.export(CS, pool, vault, OrderQuery(), "csv", zone=ZONE)


def test_another_format_is_refused(pool: Store, vault: Vault) -> None:
    with pytest.raises(BadRequest):
        export.export(ADMIN, pool, vault, OrderQuery(), "pdf", zone=ZONE)
