"""Questions at work: limits of rows, time and memory, the stop button, and what the views do not show."""

import threading
import time

import pytest

from core.insight.console_parse import checked
from core.insight.console_run import CANCELLED, DONE, FAILED, TOO_LONG, TOO_MUCH, Limits, Run, perform
from core.insight.console_views import put_up, safe_views
from core.people.vault import open_vault
from core.store import catalogue
from tests.factories import fill

ZONE = "Asia/Shanghai"


@pytest.fixture
def ask(store, settings):
    fill(store, open_vault(settings), 300)
    views = safe_views(catalogue.load(store), money=True)

    def asked(text: str, limits: Limits | None = None, *, before=None) -> Run:
        with store.read() as cursor:
            question = checked(cursor, text, [view.name for view in views])
        run = Run("r", "ana", text, question, limits or Limits())
        if before:
            before(run)
        perform(store, run, views, ZONE)
        return run

    return asked


def test_every_view_can_be_read_whole(ask, store):
    for view in safe_views(catalogue.load(store), money=True):
        run = ask(f"SELECT * FROM {view.name}")
        assert run.state == DONE, (view.name, run.error)
        assert run.answer is not None
        assert run.answer.column_names == [column.name for column in view.columns]


def test_a_question_is_answered_in_the_order_it_asks_for(ask):
    run = ask("SELECT platform_no FROM orders ORDER BY platform_no LIMIT 3")
    assert run.answer.to_pydict() == {"platform_no": [f"260000000000000{n}" for n in (1, 2, 3)]}
    assert (run.state, run.more) == (DONE, False)


def test_days_are_business_days(ask):
    run = ask("SELECT date_trunc('day', TIMESTAMPTZ '2026-11-11 17:00:00+00')::VARCHAR AS day")
    assert run.answer.to_pydict() == {"day": ["2026-11-12 00:00:00+08"]}


def test_an_endless_question_ends_at_its_time_limit(ask):
    began = time.monotonic()
    text = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    run = ask(text, Limits(seconds=0.3))
    assert run.state == TOO_LONG
    assert run.answer is None
    assert time.monotonic() - began < 8


def test_a_huge_cross_join_ends_at_its_time_limit(ask):
    run = ask("SELECT count(*) FROM range(100000000) a, range(1000000) b", Limits(seconds=0.3))
    assert run.state == TOO_LONG


def test_a_stop_ends_it_soon(ask):
    def soon(run: Run) -> None:
        threading.Timer(0.2, run.cancel).start()

    run = ask("SELECT count(*) FROM range(100000000) a, range(1000000) b", Limits(seconds=300), before=soon)
    assert run.state == CANCELLED
    assert run.seconds < 8


def test_a_huge_answer_is_cut_at_the_row_limit_without_being_made(ask):
    run = ask("SELECT a.range FROM range(100000000000) a, range(1000) b", Limits(rows=500))
    assert (run.state, run.more, run.answer.num_rows) == (DONE, True, 500)


def test_an_answer_of_wide_rows_ends_at_its_bytes(ask):
    text = "SELECT string_agg(o.address, '') AS a, i FROM orders o, range(100000) t(i) GROUP BY i"
    run = ask(text, Limits(rows=100_000, answer=1 << 20))
    assert run.state == TOO_MUCH


def test_a_greedy_question_ends_before_the_orders_starve(ask):
    text = "SELECT list(a.range ORDER BY b.range) FROM range(30000) a, range(30000) b"
    run = ask(text, Limits(seconds=20, memory=64 << 20))
    assert run.state == TOO_MUCH


def test_a_failing_question_says_why_and_nothing_else(ask):
    run = ask("SELECT nothing FROM orders")
    assert run.state == FAILED
    assert "nothing" in run.error
    assert "danliu" not in run.error


def test_the_views_hold_no_person(ask, store, settings):
    run = ask("SELECT * FROM orders")
    names = set(run.answer.column_names)
    assert (
        not {"phone_key", "recipient_key", "address_key", "buyer_name_key", "buyer_id", "ip", "phone_last4", "digest"}
        & names
    )
    assert all("*" in text for text in run.answer.column("phone").to_pylist())


def test_long_numbers_in_free_text_are_starred(ask, store):
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET buyer_note = 'call 13800001234 twice' WHERE platform_no = '2600000000000001'")
    run = ask("SELECT buyer_note FROM orders WHERE platform_no = '2600000000000001'")
    assert run.answer.to_pydict() == {"buyer_note": ["call *** twice"]}


def test_the_views_of_one_who_may_not_see_amounts_have_none(store):
    kinds = {column.kind for view in safe_views(catalogue.load(store), money=False) for column in view.columns}
    assert "fen" not in kinds


def test_past_the_parser_a_cursor_still_reaches_no_table_by_its_bare_name(store):
    with store.read() as cursor:
        put_up(cursor, safe_views(catalogue.load(store), money=True), ZONE)
        for name in ("accounts", "order_persons", "logins", "raw_batches"):
            with pytest.raises(Exception, match="does not exist"):
                cursor.execute(f"SELECT * FROM {name}")


def test_the_store_works_on_while_and_after_a_question_is_stopped(ask, store):
    ask("SELECT count(*) FROM range(100000000) a, range(1000000) b", Limits(seconds=0.2))
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (300,)
        assert cursor.execute("SELECT current_setting('TimeZone')").fetchone() != (ZONE,)
