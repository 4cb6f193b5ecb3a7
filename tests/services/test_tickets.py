"""Tickets: opened on an order, taken once, handed over, closed; each step told; nobody works on a closed one."""

import pytest

from core.errors import BadRequest, NotAllowed, NotFound, Stale
from core.model.tickets import CLOSED, OPEN
from core.people.actor import person
from core.people.vault import open_vault
from core.services import audit_trail, tickets
from core.store.audit_trail import Wanted
from tests.factories import fill, granted

MEI, WANG, BOSS, NUMBERS = (
    person("mei", "cs"), granted("wang", "warehouse", "tickets.use"), person("boss", "admin"), person("ana", "analyst"),
)  # fmt: skip


@pytest.fixture
def key(settings, store):
    fill(store, open_vault(settings), 12)
    with store.read() as cursor:
        return cursor.execute("SELECT order_key FROM orders ORDER BY platform_no LIMIT 1").fetchone()[0]


def test_a_ticket_goes_from_the_service_to_the_warehouse_and_back(store, key):
    opened = tickets.open_ticket(MEI, store, key, "missing_item", "warehouse", " 少了一个杯子 ")
    assert (opened.state, opened.team, opened.owner, opened.handovers, opened.opened_team) == (
        OPEN,
        "warehouse",
        "",
        1,
        "cs",
    )
    assert tickets.waiting(MEI, store) == {"warehouse": 1}
    tickets.take(WANG, store, opened.ticket_id)
    tickets.note(WANG, store, opened.ticket_id, "货架上还有一个")
    tickets.hand_over(WANG, store, opened.ticket_id, "cs", "补发可以吗")
    done = tickets.close(MEI, store, opened.ticket_id, "已补发")
    assert (done.state, done.handovers, done.closed_by) == (CLOSED, 2, "mei")
    told = [(n.actor, n.what, n.note, n.from_team, n.to_team) for n in tickets.story(MEI, store, opened.ticket_id)]
    assert told == [
        ("mei", "opened", "少了一个杯子", "cs", "warehouse"),
        ("wang", "taken", "", "warehouse", "warehouse"),
        ("wang", "note", "货架上还有一个", "warehouse", "warehouse"),
        ("wang", "handed_over", "补发可以吗", "warehouse", "cs"),
        ("mei", "closed", "已补发", "cs", "cs"),
    ]
    assert [t.ticket_id for t in tickets.of_order(MEI, store, key)] == [opened.ticket_id]
    rows, _n = audit_trail.page(BOSS, store, Wanted())
    assert {row.action for row in rows} == {"tickets.open", "tickets.taken", "tickets.handed_over", "tickets.closed"}


def test_two_people_never_take_the_same_one(store, key):
    opened = tickets.open_ticket(MEI, store, key, "damaged", "warehouse", "")
    tickets.take(WANG, store, opened.ticket_id)
    with pytest.raises(Stale):
        tickets.take(granted("li", "warehouse", "tickets.use"), store, opened.ticket_id)
    assert tickets.take(WANG, store, opened.ticket_id).owner == "wang"


def test_a_closed_one_is_only_opened_again(store, key):
    opened = tickets.open_ticket(MEI, store, key, "invoice", "lead", "")
    tickets.close(MEI, store, opened.ticket_id, "")
    for call in (
        lambda: tickets.take(WANG, store, opened.ticket_id),
        lambda: tickets.note(WANG, store, opened.ticket_id, "x"),
        lambda: tickets.hand_over(WANG, store, opened.ticket_id, "cs", ""),
        lambda: tickets.close(WANG, store, opened.ticket_id, ""),
    ):
        with pytest.raises(Stale):
            call()
    assert tickets.reopen(MEI, store, opened.ticket_id, "又来问了").state == OPEN
    with pytest.raises(Stale):
        tickets.reopen(MEI, store, opened.ticket_id, "")


def test_an_answered_question_is_counted_and_waits_for_nobody(store, key):
    counted = tickets.asked_for_progress(MEI, store, key)
    assert (counted.kind, counted.state, counted.handovers, counted.team) == ("order_progress", CLOSED, 0, "cs")
    assert tickets.listing(MEI, store) == []


def test_who_may_not_changes_nothing_and_is_noted(store, key):
    for call in (
        lambda: tickets.open_ticket(NUMBERS, store, key, "other", "cs", ""),
        lambda: tickets.listing(NUMBERS, store),
        lambda: tickets.close(NUMBERS, store, "x", ""),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert tickets.listing(MEI, store) == []
    assert audit_trail.page(BOSS, store, Wanted(outcome="denied"))[1] == 3


def test_what_is_unknown_is_named(store, key):
    for call, error in (
        (lambda: tickets.open_ticket(MEI, store, 1, "other", "cs", ""), NotFound),
        (lambda: tickets.open_ticket(MEI, store, key, "gossip", "cs", ""), BadRequest),
        (lambda: tickets.open_ticket(MEI, store, key, "other", "analyst", ""), BadRequest),
        (lambda: tickets.take(MEI, store, "nothing"), NotFound),
    ):
        with pytest.raises(error):
            call()
    opened = tickets.open_ticket(MEI, store, key, "other", "cs", "")
    with pytest.raises(BadRequest):
        tickets.note(MEI, store, opened.ticket_id, "  ")
    with pytest.raises(BadRequest):
        tickets.hand_over(MEI, store, opened.ticket_id, "cs", "")
