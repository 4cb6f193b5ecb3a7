"""Suppliers: strictly below 95 %, with enough lines, a suggestion; a person decides; files by chosen columns."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from core import clock
from core.errors import BadRequest, NotFound
from core.people.actor import person
from core.services import column_choice, suppliers
from core.services.suppliers import CONFIRMED, DECLINED, FEW, FINE, RUNNING, SUGGESTED, WITHDRAWN, Terms
from core.store.purchases import PurchaseLine

ZONE = "Asia/Shanghai"
LEA, ANA = person("lea", "lead"), person("ana", "analyst")
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
OCT = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOW):
        yield


def deliver(store, supplier, on_time, late=0, missing=0, month=10):
    days = [date(2026, month, 10)] * on_time + [date(2026, month, 11)] * late + [None] * missing
    with store.write():
        for n, shipped in enumerate(days):
            suppliers.save(
                LEA, store, PurchaseLine(supplier, f"po{month}", str(n), "A", "", 1, date(2026, month, 10), shipped)
            )


def state(store, supplier, month=OCT):
    return next(
        s.state
        for s in suppliers.scores(ANA, store, zone=ZONE)
        if (s.month.supplier, s.month.month) == (supplier, month)
    )


@pytest.mark.parametrize(
    ("on_time", "late", "missing", "wanted"),
    [
        (38, 2, 0, FINE),
        (37, 3, 0, SUGGESTED),
        (37, 0, 3, SUGGESTED),
        (28, 1, 0, FEW),
        (29, 1, 0, FINE),
        (28, 2, 0, SUGGESTED),
    ],
)
def test_strictly_below_95_percent_with_enough_lines_is_suggested(store, on_time, late, missing, wanted):
    deliver(store, "S", on_time, late, missing)
    assert state(store, "S") == wanted


def test_a_month_that_still_runs_is_not_judged_and_future_lines_do_not_count(store):
    deliver(store, "S", 20, 20, month=11)
    suppliers.save(LEA, store, PurchaseLine("S", "x", "1", "A", "", 1, date(2026, 11, 28)))
    [score] = suppliers.scores(ANA, store, zone=ZONE)
    assert (score.state, score.month.lines, score.month.on_time) == (RUNNING, 40, 20)


def test_days_of_grace_and_other_terms_count_from_now_on(store):
    deliver(store, "S", 20, 20)
    assert state(store, "S") == SUGGESTED
    suppliers.set_terms(LEA, store, Terms(0.95, 30, 0.9, 1))
    assert state(store, "S") == FINE
    with pytest.raises(BadRequest):
        suppliers.set_terms(LEA, store, Terms(0.95, 0, 0.9, 0))


def test_a_person_confirms_and_the_history_keeps_every_word(store):
    deliver(store, "S", 30, 10)
    made = suppliers.decide(LEA, store, "S", OCT, CONFIRMED, "", zone=ZONE)
    assert (made.factor, made.share, made.lines) == (0.9, 0.75, 40)
    assert state(store, "S") == CONFIRMED
    with pytest.raises(BadRequest):
        suppliers.decide(LEA, store, "S", OCT, CONFIRMED, "", zone=ZONE)
    with clock.frozen(NOW + timedelta(minutes=1)):
        suppliers.decide(LEA, store, "S", OCT, WITHDRAWN, "typing error", zone=ZONE)
    assert state(store, "S") == SUGGESTED
    assert sorted(one.state for one in suppliers.history(ANA, store)) == [CONFIRMED, WITHDRAWN]


def test_declining_needs_a_reason_and_a_suggestion(store):
    deliver(store, "S", 30, 10)
    deliver(store, "T", 40)
    with pytest.raises(BadRequest):
        suppliers.decide(LEA, store, "S", OCT, DECLINED, " ", zone=ZONE)
    with pytest.raises(BadRequest):
        suppliers.decide(LEA, store, "T", OCT, CONFIRMED, "", zone=ZONE)
    with pytest.raises(NotFound):
        suppliers.decide(LEA, store, "U", OCT, CONFIRMED, "", zone=ZONE)
    suppliers.decide(LEA, store, "S", OCT, DECLINED, "strike at the port", zone=ZONE)
    assert state(store, "S") == DECLINED
    with store.read() as cursor:
        row = cursor.execute("SELECT actor, subject FROM audit WHERE action = 'suppliers.declined'").fetchall()
    assert row == [("lea", "S")]


FILE = """供应商,采购单号,货号,数量,交期,实际发货日期
甲,PO1,A,10,2026-10-10,2026/10/10
甲,PO1,B,5,2026-10-10,46306
乙,PO2,C,x,2026-10-12,
,PO3,D,1,2026-10-12,
"""


def test_a_file_is_looked_at_first_and_taken_without_its_wrong_rows(store):
    content = FILE.encode()
    _columns, chosen = column_choice.guess(LEA, store, "purchases", content, "p.csv")
    assert (chosen["supplier"], chosen["due_on"], chosen["line_no"]) == ("供应商", "交期", "")
    seen = suppliers.import_file(LEA, store, content, "p.csv", chosen, dry_run=True)
    assert (seen.rows, seen.new, [w.row for w in seen.wrong]) == (4, 2, [4, 5])
    assert suppliers.import_file(LEA, store, content, "p.csv", chosen, dry_run=False).new == 2
    assert suppliers.scores(ANA, store, zone=ZONE) == []  # something is wrong, so nothing was written
    suppliers.import_file(LEA, store, content, "p.csv", chosen, dry_run=False, leave_out_wrong=True)
    found = suppliers.lines(ANA, store, "甲", OCT)
    assert [(line.line_no, line.qty, line.shipped_on) for line in found] == [
        ("2", 5, date(2026, 10, 11)),
        ("1", 10, date(2026, 10, 10)),
    ]
    again = suppliers.import_file(LEA, store, content, "p.csv", chosen, dry_run=False, leave_out_wrong=True)
    assert (again.new, again.changed) == (0, 0)


def test_foreign_columns_are_chosen_once_and_remembered(store):
    content = b"who,number,promised\nX,1,2026-10-10\n"
    columns, chosen = column_choice.guess(LEA, store, "purchases", content, "x.csv")
    assert (columns, set(chosen.values())) == (["who", "number", "promised"], {""})
    with pytest.raises(BadRequest):
        suppliers.import_file(LEA, store, content, "x.csv", chosen, dry_run=True)
    mine = {**chosen, "supplier": "who", "purchase_no": "number", "due_on": "promised"}
    suppliers.import_file(LEA, store, content, "x.csv", mine, dry_run=False)
    assert column_choice.guess(LEA, store, "purchases", content, "x.csv")[1]["due_on"] == "promised"


def test_the_export_says_what_the_page_says_and_runs_no_formula(store):
    deliver(store, "=evil", 30, 10)
    suppliers.decide(LEA, store, "=evil", OCT, CONFIRMED, "", zone=ZONE)
    _name, content = suppliers.export(ANA, store, zone=ZONE)
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert rows[1][:6] == ("'=evil", "2026-10", 40, 30, 0, "75.00%")
    assert rows[1][7] == 0.9


@pytest.mark.shared
def test_three_thousand_real_purchase_lines_are_taken_by_their_headers(store, shared):
    content = (shared / "data" / "scms_supplier.csv").read_bytes()
    _columns, chosen = column_choice.guess(LEA, store, "purchases", content, "scms_supplier.csv")
    assert (chosen["supplier"], chosen["due_on"], chosen["shipped_on"]) == (
        "Vendor",
        "Scheduled Delivery Date",
        "Delivered to Client Date",
    )
    done = suppliers.import_file(LEA, store, content, "scms_supplier.csv", chosen, dry_run=False, leave_out_wrong=True)
    assert (done.rows, done.new, done.wrong) == (3036, 3036, ())
