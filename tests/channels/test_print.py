"""Printing once: a job that broke off under way is never repeated by itself."""

import socket

import pytest

from core.channels.printers import raw
from core.errors import BadSetup, NeedsPerson, TryAgain
from core.model.printing import ESCPOS, FAILED, LABEL, PRINTED, SENDING, TEST, UNKNOWN, VOID, WAITING, ZPL
from core.settings import Settings
from core.store import Store, print_jobs, slips
from core.store.print_jobs import Wanted
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.paper import codes, escpos_pictures, pages, text_of, zpl_pictures
from tests.payloads import rows
from tests.printing import DIES, job, message, pretend, printer_of, put, send


@pytest.fixture
def numbers(store: Store, settings: Settings) -> list[str]:
    """Two orders at their slips."""
    publish_flow(store, STRAIGHT)
    shop = Shop(store, settings)
    shop.orders("1", "2")
    shop.drain()
    return [row[0] for row in rows(store, "SELECT slip_no FROM slips ORDER BY 1")]


def _pdf(sent: bytes) -> bytes:
    return sent[sent.index(b"%PDF") : sent.rindex(b"%%EOF") + 5]


def test_a_pick_list_goes_out_once_with_its_key_and_every_bar_code(
    store: Store, settings: Settings, numbers: list[str]
) -> None:
    with pretend() as paper:
        printer_of(store, paper.port)
        key = put(store, *numbers)
        send(store, settings, key)
        assert job(store, key).state == PRINTED
        assert send(store, settings, key) == PRINTED  # a message that comes again, as after a killed delivery
    (sent,) = paper.jobs
    assert f"danliu key={key} orders=1,2 reprint=no".encode() in sent
    assert {code for page in pages(_pdf(sent)) for code in codes(page)} >= set(numbers)
    assert rows(store, "SELECT count(*) FROM order_events WHERE event = 'slip_printed'") == [(2,)]


def test_the_same_slips_put_twice_are_one_job_and_a_reprint_is_another(store: Store, numbers: list[str]) -> None:
    assert put(store, *numbers) == put(store, *numbers) != put(store, *numbers, reprint=True, again="r1")
    assert rows(store, "SELECT count(*) FROM print_jobs") == [(2,)]


def test_a_printer_that_dies_under_way_leaves_a_question_and_no_second_copy(
    store: Store, settings: Settings, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "SECONDS", 2.0)
    with pretend(DIES) as paper:
        printer_of(store, paper.port)
        key = put(store, *numbers)
        with pytest.raises(NeedsPerson):
            send(store, settings, key)
        assert job(store, key).state == UNKNOWN
        paper.how = "well"
        with pytest.raises(NeedsPerson):
            send(store, settings, key)
        assert paper.jobs == []


def test_a_process_killed_under_way_leaves_a_question(store: Store, settings: Settings, numbers: list[str]) -> None:
    with pretend() as paper:
        printer_of(store, paper.port)
        key = put(store, *numbers)
        with store.write() as cursor:
            print_jobs.begin(cursor, key, "")  # what stands there after a kill behind the first byte
        assert job(store, key).state == SENDING
        with pytest.raises(NeedsPerson):
            send(store, settings, key)
        assert job(store, key).state == UNKNOWN and paper.jobs == []


def test_a_printer_that_is_off_is_tried_again_and_nothing_is_lost(
    store: Store, settings: Settings, numbers: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    printer_of(store, port)
    key = put(store, *numbers)
    with pytest.raises(TryAgain):
        send(store, settings, key)
    assert job(store, key).state == WAITING and job(store, key).told
    with pretend() as paper:
        printer_of(store, paper.port)
        send(store, settings, key)
    assert job(store, key).state == PRINTED and len(paper.jobs) == 1


def test_void_slips_are_left_out_and_a_job_without_any_prints_nothing(
    store: Store, settings: Settings, numbers: list[str]
) -> None:
    with pretend() as paper:
        printer_of(store, paper.port)
        both, one = put(store, *numbers), put(store, numbers[0])
        with store.write() as cursor:
            slips.void(cursor, slips.keys_of(cursor, numbers[:1]), "test", job(store, one).made_at)
        assert send(store, settings, one) == VOID and job(store, one).state == VOID
        send(store, settings, both)
    assert numbers[0] not in text_of(_pdf(paper.jobs[0])) and numbers[1] in text_of(_pdf(paper.jobs[0]))
    assert rows(store, "SELECT printed_at IS NULL FROM slips ORDER BY slip_no") == [(True,), (False,)]


def test_a_frozen_order_is_printed_with_its_mark(store: Store, settings: Settings, numbers: list[str]) -> None:
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET held = true WHERE platform_no = '1'")
    with pretend() as paper:
        printer_of(store, paper.port)
        send(store, settings, put(store, *numbers))
    assert "已冻结" in text_of(_pdf(paper.jobs[0]))


def test_label_printers_get_a_label_a_slip(store: Store, settings: Settings, numbers: list[str]) -> None:
    with pretend() as paper:
        printer_of(store, paper.port, language=ZPL, paper="100x50")
        key = put(store, *numbers, document=LABEL)
        send(store, settings, key)
        printer_of(store, paper.port, language=ESCPOS, paper="80x50")
        send(store, settings, put(store, *numbers, document=LABEL, reprint=True, again="1"))
    zpl, escpos = paper.jobs
    assert [codes(picture) for picture in zpl_pictures(zpl)] == [[number] for number in numbers]
    assert [codes(picture) for picture in escpos_pictures(escpos)] == [[number] for number in numbers]
    assert f"key={key} orders=1,2 reprint=no".encode() in zpl and b"orders=1,2 reprint=yes" in escpos
    assert rows(store, "SELECT count(*) FROM slips WHERE printed_at IS NOT NULL") == [(0,)]


def test_a_test_print_needs_no_slip(store: Store, settings: Settings) -> None:
    with pretend() as paper:
        printer_of(store, paper.port)
        send(store, settings, put(store, document=TEST, again="now"))
    assert "TEST-0001" in text_of(_pdf(paper.jobs[0]))


def test_a_printer_that_is_gone_fails_the_job_with_a_next_step(
    store: Store, settings: Settings, numbers: list[str]
) -> None:
    key = put(store, *numbers)
    with pytest.raises(BadSetup):
        send(store, settings, key)
    assert job(store, key).state == FAILED and "P1" in job(store, key).told


def test_a_message_of_an_earlier_version_gets_its_job(store: Store, settings: Settings, numbers: list[str]) -> None:
    key = Wanted("P1", "W", tuple(numbers)).key
    put(store, *numbers)
    with store.write() as cursor:
        cursor.execute("DELETE FROM print_jobs")
    with pretend() as paper:
        printer_of(store, paper.port)
        assert message(store, key).key == key
        send(store, settings, key)
    assert job(store, key).state == PRINTED and len(paper.jobs) == 1
