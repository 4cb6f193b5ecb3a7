"""The outbox: put once by key, claimed by one, back after a crash, refused ones wait for a person."""

from datetime import timedelta

from core import clock
from core.store import Store, outbox
from core.store.outbox import Fate, Message
from tests.stock.rooms import NOON


def put(store: Store, *keys: str, subject: str = "A", supersede: bool = False) -> int:
    with store.write() as cursor:
        return outbox.put(cursor, [Message("k", "jd", "s", subject, key) for key in keys], supersede=supersede)


def states(store: Store) -> dict[str, str]:
    return {row.key: row.state for row in outbox.listing(store)}


def test_a_key_is_put_once(store: Store) -> None:
    assert (put(store, "1", "2", "1"), put(store, "2", "3")) == (2, 1)
    assert states(store) == {"1": "waiting", "2": "waiting", "3": "waiting"}


def test_a_newer_message_of_a_subject_overtakes_what_has_not_been_sent(store: Store) -> None:
    put(store, "1")
    assert put(store, "2", supersede=True) == 1
    put(store, "other", subject="B", supersede=True)
    assert states(store) == {"1": "superseded", "2": "waiting", "other": "waiting"}


def test_a_claimed_message_comes_back_only_when_its_lease_ends(store: Store) -> None:
    with clock.frozen(NOON):
        put(store, "1")
        assert [row.attempts for row in outbox.claim(store, 9)] == [1]
        assert outbox.claim(store, 9) == []
    with clock.frozen(NOON + timedelta(minutes=6)):  # its process has died
        assert [row.attempts for row in outbox.claim(store, 9)] == [2]


def test_a_refused_message_waits_for_a_person(store: Store) -> None:
    put(store, "1", "2")
    rows = outbox.claim(store, 9)
    with store.write() as cursor:
        outbox.settle(
            cursor, [Fate(rows[0].outbox_id, outbox.DEAD, error="no"), Fate(rows[1].outbox_id, outbox.DONE, "ok")]
        )
        assert outbox.retry(cursor, [row.outbox_id for row in rows], "lead") == 1
        assert outbox.ignore(cursor, [row.outbox_id for row in rows], "lead") == 0
    found = {row.state: row for row in outbox.listing(store)}
    assert (found["waiting"].attempts, found["waiting"].settled_by, found["done"].answer) == (0, "lead", "ok")
    assert outbox.counts(store, "k") == {("jd", "s"): {"waiting": 1, "done": 1}}
