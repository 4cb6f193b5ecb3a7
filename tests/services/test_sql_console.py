"""The console for persons: audited, one question at a time, own history, kept questions, safe files."""

import io

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from core.errors import BadRequest, NotFound, TryAgain
from core.insight.console_run import CANCELLED, DONE, Limits
from core.people.actor import person
from core.people.vault import open_vault
from core.services import sql_console
from tests.factories import fill

ZONE = "Asia/Shanghai"
ANA, LEA = person("ana", "analyst"), person("lea", "lead")


@pytest.fixture
def filled(store, settings):
    fill(store, open_vault(settings), 100)
    return store


def ask(store, text, actor=ANA, **limits):
    return sql_console.start(actor, store, text, zone=ZONE, limits=Limits(**limits), wait=20)


def trail(store):
    with store.read() as cursor:
        return cursor.execute(
            "SELECT outcome, detail FROM audit WHERE action = 'console.run' ORDER BY happened_at"
        ).fetchall()


def test_each_question_is_audited_with_long_numbers_starred(filled):
    ask(filled, "SELECT count(*) FROM orders WHERE platform_no = '2600000000000001'")
    [(outcome, detail)] = trail(filled)
    assert outcome == "done"
    assert "'***'" in detail
    assert "orders" in detail


def test_a_refused_question_is_audited_too(filled):
    with pytest.raises(BadRequest):
        ask(filled, "SELECT * FROM read_csv('/etc/passwd')")
    [(outcome, detail)] = trail(filled)
    assert outcome == "denied"
    assert "read_csv" in detail
    assert [asked.state for asked in sql_console.history(ANA, filled)] == ["refused"]


def test_a_person_sees_the_own_questions_only(filled):
    run = ask(filled, "SELECT count(*) FROM orders")
    [asked] = sql_console.history(ANA, filled)
    assert (asked.question, asked.state) == ("SELECT count(*) FROM orders", DONE)
    assert sql_console.history(LEA, filled) == []
    with pytest.raises(NotFound):
        sql_console.state(LEA, filled, run.run_id)
    with pytest.raises(NotFound):
        sql_console.export(LEA, filled, run.run_id, "csv", zone=ZONE)


def test_one_question_a_person_at_a_time_and_it_can_be_stopped(filled):
    long = "SELECT count(*) FROM range(100000000) a, range(100000000) b"
    run = sql_console.start(ANA, filled, long, zone=ZONE, limits=Limits(seconds=60))
    with pytest.raises(TryAgain):
        ask(filled, "SELECT 1")
    sql_console.cancel(ANA, filled, run.run_id)
    assert run.over.wait(10)
    assert run.state == CANCELLED
    assert sql_console.said(run)
    assert ask(filled, "SELECT 1").state == DONE


def test_an_answer_leaves_as_csv_xlsx_and_parquet_without_formulas(filled):
    run = ask(filled, "SELECT '=1+1' AS a, -5 AS n, 2600000000000000001 AS id, NULL AS nothing")
    text = sql_console.export(ANA, filled, run.run_id, "csv", zone=ZONE).content.decode("utf-8-sig")
    assert text.splitlines() == ["a,n,id,nothing", "'=1+1,-5,2600000000000000001,"]
    book = load_workbook(io.BytesIO(sql_console.export(ANA, filled, run.run_id, "xlsx", zone=ZONE).content))
    assert [[cell.value for cell in row] for row in book.active.rows][1] == ["'=1+1", -5, "2600000000000000001", None]
    table = pq.read_table(io.BytesIO(sql_console.export(ANA, filled, run.run_id, "parquet", zone=ZONE).content))
    assert table.to_pydict()["a"] == ["=1+1"]
    with pytest.raises(BadRequest):
        sql_console.export(ANA, filled, run.run_id, "exe", zone=ZONE)


def test_questions_are_kept_by_name_and_a_forbidden_one_is_not(filled):
    sql_console.save(ANA, filled, " by  shop ", "SELECT shop FROM orders")
    assert [(view.name, view.body) for view in sql_console.saved(ANA, filled)] == [
        ("by shop", {"sql": "SELECT shop FROM orders"})
    ]
    with pytest.raises(BadRequest):
        sql_console.save(ANA, filled, "evil", "SELECT * FROM danliu.accounts")
    sql_console.forget(ANA, filled, "by shop")
    assert sql_console.saved(ANA, filled) == []
