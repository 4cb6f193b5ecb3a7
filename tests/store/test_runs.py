"""Runs and their progress; pushes and their states; cursors."""

from datetime import UTC, datetime, timedelta

from core import clock
from core.store import cursors, inbox, runs
from core.store.runs import Counts

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_a_stopped_backfill_stays_stopped_and_can_be_resumed_where_it_stood(store):
    run_id = runs.start(store, "jd", "one", "backfill", since=NOON, until=NOON + timedelta(days=1), state=runs.QUEUED)
    runs.advance(store, run_id, Counts(10, 9, 1), 0.5)
    assert runs.stop(store, run_id) and not runs.stop(store, run_id)
    runs.advance(store, run_id, Counts(20, 19, 1), 0.75)
    (run,) = runs.listing(store, kind="backfill")
    assert (run.state, run.progress, run.counts.pulled) == ("stopped", 0.5, 10)
    assert runs.unfinished(store, "backfill") == []
    assert runs.resume(store, run_id) and not runs.resume(store, run_id)
    assert [(r.run_id, r.state, r.progress) for r in runs.unfinished(store, "backfill")] == [(run_id, "queued", 0.5)]


def test_runs_cut_off_by_a_dead_process_are_closed_but_backfills_go_on(store):
    pulled = runs.start(store, "jd", "one", "pull")
    filled = runs.start(store, "jd", "one", "backfill", since=NOON, until=NOON)
    runs.close_cut_off(store)
    assert runs.state_of(store, pulled) == "retry"
    assert [run.run_id for run in runs.unfinished(store, "backfill")] == [filled]


def test_only_uneventful_pulls_are_forgotten(store):
    with clock.frozen(NOON):
        for counts, state in ((Counts(5, 0, 0, 5), "ok"), (Counts(5, 1), "ok"), (Counts(), "retry")):
            runs.finish(store, runs.start(store, "jd", "one", "pull"), counts, state)
    runs.trim(store, NOON + timedelta(days=7))
    assert sorted((run.state, run.counts.inserted) for run in runs.listing(store)) == [("ok", 1), ("retry", 0)]


def test_a_push_repeated_by_the_platform_is_kept_once(store):
    with store.write() as cursor:
        assert inbox.add(cursor, "jd", "one", "m1", "t", "sealed")
        assert not inbox.add(cursor, "jd", "one", "m1", "t", "sealed")
        assert inbox.add(cursor, "jd", "two", "m1", "t", "sealed")
    assert len(inbox.due(store)) == 2


def test_a_push_dies_after_its_attempts_and_can_be_put_back(store):
    with store.write() as cursor:
        inbox.add(cursor, "jd", "one", "m1", "t", "sealed")
    ids = [push.inbox_id for push in inbox.due(store)]
    for attempt in range(3):
        with store.write() as cursor:
            inbox.failed(cursor, ids, "no answer", clock.now() - timedelta(seconds=1), dead_after=3)
        assert inbox.count(store) == {("jd", "one"): {"waiting" if attempt < 2 else "dead": 1}}
    with store.write() as cursor:
        assert inbox.settle(cursor, ids, inbox.WAITING) == 1
    assert [push.attempts for push in inbox.due(store)] == [0]
    with store.write() as cursor:
        inbox.done(cursor, ids)
    assert inbox.count(store) == {} and inbox.listing(store, "done")[0].body == ""


def test_a_cursor_keeps_its_instant(store):
    assert cursors.get(store, "jd", "one", "orders") is None
    with store.write() as cursor:
        cursors.put(cursor, "jd", "one", "orders", NOON)
        cursors.put(cursor, "jd", "one", "orders", NOON + timedelta(hours=1))
    assert cursors.get(store, "jd", "one", "orders") == NOON + timedelta(hours=1)
    assert cursors.all_of(store) == {("jd", "one"): {"orders": NOON + timedelta(hours=1)}}
