"""The monthly report: what it says, who makes it, when the job does; faults and losses that it counts."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from core import clock, i18n
from core.errors import BadRequest, NotAllowed, NotFound
from core.insight.backtest import Period
from core.insight.kpi import figures
from core.jobs import report
from core.people.actor import person
from core.people.vault import open_vault
from core.services import faults, monthly_report

BOSS, ANA, MEI = person("boss", "admin"), person("ana", "analyst"), person("mei", "cs")
ZONE = "Asia/Shanghai"
OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 3, 4, tzinfo=UTC)


@pytest.fixture
def traded(store):
    with store.write() as cursor:
        for key, (month, minutes) in enumerate([(9, 40), (10, 20), (10, 10)]):
            paid = datetime(2026, month, 5 + key, 4, tzinfo=UTC)
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, status, paid_at, slip_at, shipped_at) VALUES (?, 'jd', 's', ?, 'SHIPPED', ?, ?, ?)",
                [key, f"N{key}", paid, paid + timedelta(minutes=minutes), paid + timedelta(hours=3)],
            )
    return store


def test_an_error_and_a_loss_noted_by_hand_are_in_the_report_of_their_month(traded):
    with clock.frozen(datetime(2026, 10, 9, tzinfo=UTC)):
        assert faults.confirm(MEI, traded, 1, "wrong_item", "ticket:t1")
        assert not faults.confirm(MEI, traded, 1, "wrong_item", "ticket:t1")
        faults.note_loss(MEI, traded, "mis_ship", 3550, date(2026, 10, 9), order_key=1, note="sent back")
    found = monthly_report.read(ANA, traded, OCTOBER, zone=ZONE)
    rows = {row.measure.name: row for row in found.rows}
    assert (rows["paid_to_slip_minutes.p50"].before, rows["paid_to_slip_minutes.p50"].after) == (40, 15)
    assert (rows["dispatch_error_rate"].after, rows["loss_fen"].after) == (0.5, 3550)
    assert (found.details.faults["wrong_item"], found.details.losses["mis_ship"]) == (1, 3550)
    assert [(day.day.day, day.orders, day.p50) for day in found.days] == [(6, 1, 20.0), (7, 1, 10.0)]


def test_both_files_say_what_kpi_says_in_both_languages(traded):
    told = figures(traded, Period(date(2026, 10, 1), date(2026, 10, 31)), ZONE)
    assert told["paid_to_slip_minutes"]["p50"] == 15
    for language, words in (("zh", ("月度报告 2026-10", "15.0 分钟")), ("en", ("Monthly report 2026-10", "15.0 min"))):
        with clock.frozen(NOW), i18n.speaking(language):
            made = monthly_report.make(BOSS, traded, OCTOBER, zone=ZONE)
            assert [each.name for each in made] == [f"danliu-2026-10-{language}.{kind}" for kind in ("pdf", "xlsx")]
            pages = PdfDocument(monthly_report.open_file(ANA, traded, made[0].name))
            text = "".join(page.get_textpage().get_text_bounded() for page in pages)
            book = load_workbook(io.BytesIO(monthly_report.open_file(ANA, traded, made[1].name)))
        assert all(word in text for word in words)
        assert (
            len(book.worksheets) == 3 and book.worksheets[0]["B2"].value == 40 and book.worksheets[0]["C2"].value == 15
        )
    assert len(monthly_report.listing(ANA, traded)) == 4


def test_the_job_makes_last_months_report_once_and_not_for_an_empty_month(traded, settings):
    vault = open_vault(settings)
    with clock.frozen(NOW):
        assert report.monthly(traded, vault, settings) == ["danliu-2026-10-zh.pdf", "danliu-2026-10-zh.xlsx"]
        assert report.monthly(traded, vault, settings) == []
    with clock.frozen(datetime(2027, 1, 2, tzinfo=UTC)):
        assert report.monthly(traded, vault, settings) == []
    monthly_report.schedule(BOSS, traded, on=False)
    with clock.frozen(datetime(2026, 10, 2, tzinfo=UTC)):
        assert report.monthly(traded, vault, settings) == []


def test_what_cannot_be_is_refused(traded):
    with pytest.raises(BadRequest), clock.frozen(NOW):
        monthly_report.make(BOSS, traded, date(2026, 12, 1), zone=ZONE)
    with pytest.raises(NotFound):
        monthly_report.open_file(ANA, traded, "../secret")
    with pytest.raises(NotAllowed):
        monthly_report.make(ANA, traded, OCTOBER, zone=ZONE)
    with pytest.raises(BadRequest):
        faults.confirm(MEI, traded, 1, "gossip")
    with pytest.raises(BadRequest):
        faults.note_loss(MEI, traded, "fine", 0, date(2026, 10, 9))
    with traded.write() as cursor:
        cursor.execute("UPDATE orders SET shipped_at = NULL WHERE order_key = 1")
    with pytest.raises(BadRequest):
        faults.confirm(MEI, traded, 1, "missing")


def test_tickets_that_may_tell_of_an_error_wait_to_be_judged(traded):
    with traded.write() as cursor:
        for ticket, kind in (("t1", "wrong_item"), ("t2", "invoice")):
            cursor.execute(
                "INSERT INTO tickets (ticket_id, order_key, channel, platform_no, kind, opened_at) VALUES (?, 1, 'jd', 'N1', ?, ?)",
                [ticket, kind, clock.now()],
            )
    assert [each.ticket_id for each in faults.suspects(MEI, traded)] == ["t1"]
    faults.confirm(MEI, traded, faults.order_of(MEI, traded, " N1 "), "wrong_item", "ticket:t1")
    assert faults.suspects(MEI, traded) == []
    assert faults.newest(MEI, traded)[0][0][:2] == ("N1", "wrong_item")
    with pytest.raises(NotFound):
        faults.order_of(MEI, traded, "N99")
