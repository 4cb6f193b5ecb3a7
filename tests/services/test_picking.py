"""Waves by rule, printed once, settled by a person where nobody else can tell."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from core import clock
from core.errors import BadRequest, NotAllowed, NotFound
from core.model.printing import FAILED, IPP, LABEL, PRINTED, UNKNOWN, WAITING, ZPL
from core.people.actor import person
from core.services import picking, printers
from core.services.picking import WaveRule
from core.settings import Settings
from core.store import Store, outbox, print_jobs
from core.store.printers import Printer
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.packers import LI
from tests.paper import text_of
from tests.payloads import rows
from tests.printing import job, pretend, printer_of, send

ZONE = "Asia/Shanghai"
LENA = person("lena", "lead")
ONE = [{"id": "1", "sku": "A", "qty": 1}]
TWO = [{"id": "1", "sku": "A", "qty": 1}, {"id": "2", "sku": "B", "qty": 1}]


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    publish_flow(store, STRAIGHT)
    return Shop(store, settings)


def wave_of(store: Store) -> dict[str, str]:
    """platform_no -> wave."""
    return dict(rows(store, "SELECT platform_no, wave FROM slips WHERE state = 'made' ORDER BY 1"))


def slips_of(store: Store) -> list[str]:
    return [row[0] for row in rows(store, "SELECT slip_no FROM slips WHERE state = 'made' ORDER BY 1")]


def test_slips_fill_waves_up_to_the_rule_and_later_ones_join_the_open_one(shop: Shop) -> None:
    picking.keep_rule(LENA, shop.store, WaveRule(most=2))
    shop.orders("1", "2", "3")
    shop.drain()
    shop.orders("4", "5")
    shop.drain()
    assert sorted(list(wave_of(shop.store).values()).count(wave) for wave in set(wave_of(shop.store).values())) == [
        1,
        2,
        2,
    ]
    assert rows(shop.store, "SELECT count(*) FROM waves") == [(3,)]


def test_single_items_and_couriers_go_into_waves_of_their_own(shop: Shop) -> None:
    picking.keep_rule(LENA, shop.store, WaveRule(by_courier=True, single_first=True, cutoffs={"SF": "16:30"}))
    shop.orders("1", "2", lines=ONE)
    shop.orders("3", "4", lines=TWO)
    with shop.store.write() as cursor:
        cursor.execute("UPDATE orders SET courier = CASE WHEN platform_no IN ('1', '3') THEN 'SF' ELSE 'YTO' END")
    shop.drain()
    assert len(set(wave_of(shop.store).values())) == 4
    found = {(wave.courier, wave.kind): wave for wave in picking.waves_of(LI, shop.store)}
    assert set(found) == {("SF", "single"), ("SF", "mixed"), ("YTO", "single"), ("YTO", "mixed")}
    leaves = found["SF", "single"].leaves_at
    assert leaves is not None and leaves.astimezone(ZoneInfo(ZONE)).time() == time(16, 30) and leaves > clock.now()
    assert found["YTO", "mixed"].leaves_at is None
    assert [wave.courier for wave in picking.waves_of(LI, shop.store)][:2] == ["SF", "SF"]


def test_after_the_cut_off_the_wave_leaves_tomorrow(shop: Shop) -> None:
    picking.keep_rule(LENA, shop.store, WaveRule(by_courier=True, cutoffs={"SF": "16:30"}))
    shop.orders("1")
    with shop.store.write() as cursor:
        cursor.execute("UPDATE orders SET courier = 'SF'")
    with clock.frozen(datetime(2026, 11, 20, 9, tzinfo=UTC)):  # five in the afternoon in Shanghai
        shop.drain()
    assert rows(shop.store, "SELECT leaves_at FROM waves") == [(datetime(2026, 11, 21, 8, 30, tzinfo=UTC),)]


def test_a_person_gathers_what_is_ready_and_counts_stay_exact(shop: Shop) -> None:
    shop.orders("1", "2", "3")
    shop.drain()
    assert [(group["warehouse"], group["single"], group["slips"]) for group in picking.ready(LI, shop.store)] == [
        ("", False, 3)
    ]
    wave, many = picking.make_wave(LI, shop.store, ZONE, warehouse="", most=2)
    assert many == 2 and list(wave_of(shop.store).values()).count(wave) == 2
    assert picking.mark_picked(LI, shop.store, wave) == 2 and picking.mark_picked(LI, shop.store, wave) == 0
    found = {each.wave: each for each in picking.waves_of(LI, shop.store)}
    assert (found[wave].slips, found[wave].unpicked, found[wave].unprinted) == (2, 0, 2)
    assert picking.make_wave(LI, shop.store, ZONE, warehouse="", most=50)[1] == 1
    with pytest.raises(BadRequest):
        picking.make_wave(LI, shop.store, ZONE, warehouse="nowhere")
    assert rows(shop.store, "SELECT count(*) FROM order_events WHERE event = 'slip_picked'") == [(2,)]


def test_a_frozen_order_is_counted_and_not_gathered(shop: Shop) -> None:
    shop.orders("1", "2")
    shop.drain()
    with shop.store.write() as cursor:
        cursor.execute("UPDATE orders SET held = true WHERE platform_no = '1'")
    (wave,) = picking.waves_of(LI, shop.store)
    assert (wave.slips, wave.held) == (2, 1)
    assert picking.make_wave(LI, shop.store, ZONE, warehouse="")[1] == 1


def test_a_second_print_must_be_asked_for_as_a_reprint(shop: Shop, settings: Settings) -> None:
    shop.orders("1")
    shop.drain()
    with pretend() as paper:
        printer_of(shop.store, paper.port)
        first = picking.send(LI, shop.store, "P1", slips_of(shop.store))
        send(shop.store, settings, first)
        with pytest.raises(BadRequest):
            picking.send(LI, shop.store, "P1", slips_of(shop.store))
        send(shop.store, settings, picking.send(LI, shop.store, "P1", slips_of(shop.store), reprint=True))
        send(shop.store, settings, picking.send(LI, shop.store, "P1", slips_of(shop.store), document=LABEL))
    assert [b"reprint=yes" in sent for sent in paper.jobs] == [False, True, False]
    with pytest.raises(NotFound):
        picking.send(LI, shop.store, "P9", slips_of(shop.store))
    with pytest.raises(NotFound):
        picking.send(LI, shop.store, "P1", ["P000000-000000"])


def test_a_download_is_marked_as_a_reprint_from_the_second_on(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    first, second = (picking.download(LI, shop.store, ZONE, slips_of(shop.store)) for _time in range(2))
    assert "补打" not in text_of(first.content) and "补打" in text_of(second.content)
    labels = picking.download(LI, shop.store, ZONE, slips_of(shop.store), document=LABEL)
    assert labels.pages == 1 and labels.content.startswith(b"%PDF")


@pytest.mark.parametrize("came_out", [True, False])
def test_a_person_settles_a_job_that_broke_off(shop: Shop, settings: Settings, *, came_out: bool) -> None:
    shop.orders("1")
    shop.drain()
    with pretend() as paper:
        printer_of(shop.store, paper.port)
        key = picking.send(LI, shop.store, "P1", slips_of(shop.store))
        with shop.store.write() as cursor:
            print_jobs.end(cursor, [key], UNKNOWN, "broken")
        assert picking.jobs(LI, shop.store)[0].state == UNKNOWN
        again = picking.settle(LI, shop.store, key, came_out=came_out)
        assert (
            job(shop.store, key).state == (PRINTED if came_out else FAILED) and job(shop.store, key).settled_by == "li"
        )
        assert (again == "") is came_out
        if again:
            assert job(shop.store, again).state == WAITING and job(shop.store, again).reprint
            send(shop.store, settings, again)
        assert len(paper.jobs) == (0 if came_out else 1)
    with pytest.raises(BadRequest):
        picking.settle(LI, shop.store, key, came_out=True)
    assert rows(shop.store, "SELECT count(*) FROM slips WHERE printed_at IS NOT NULL") == [(1,)]


def test_a_wave_is_found_by_what_stands_on_paper(shop: Shop) -> None:
    shop.orders("1", "2")
    shop.drain()
    (wave,) = picking.waves_of(LI, shop.store)
    for text in (wave.wave, "1", slips_of(shop.store)[1]):
        assert [found.wave for found in picking.waves_of(LI, shop.store, text=text)] == [wave.wave]
    assert picking.waves_of(LI, shop.store, text="9") == []
    assert [row["platform_no"] for row in picking.slips_of(LI, shop.store, wave.wave)] == ["1", "2"]


def test_places_are_kept_by_warehouse_and_stand_on_the_pick_list(shop: Shop) -> None:
    with shop.store.write() as cursor:
        cursor.execute("UPDATE stock_levels SET warehouse = 'W1'")
    assert picking.keep_places(LI, shop.store, "W1", [("A", "B-02-11"), ("B", "")]) == 1
    assert [(sku, place) for sku, _title, place in picking.places(LI, shop.store, "W1")] == [
        ("A", "B-02-11"),
        ("B", ""),
    ]
    shop.orders("1", depot="W1")
    shop.drain()
    assert "B-02-11" in text_of(picking.download(LI, shop.store, ZONE, slips_of(shop.store)).content)
    assert picking.keep_places(LI, shop.store, "W1", [("A", "")]) == 1
    with pytest.raises(BadRequest):
        picking.keep_places(LI, shop.store, "W1", [("A", "x" * 41)])


def test_rules_are_set_by_a_lead_only_and_checked(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        picking.keep_rule(LI, shop.store, WaveRule())
    for wrong in (WaveRule(most=0), WaveRule(cutoffs={"SF": "25:00"})):
        with pytest.raises(BadRequest):
            picking.keep_rule(LENA, shop.store, wrong)
    picking.keep_rule(LENA, shop.store, WaveRule("W1", single_first=True, most=30))
    assert picking.rules(LI, shop.store)["W1"].most == 30
    picking.drop_rule(LENA, shop.store, "W1")
    assert list(picking.rules(LI, shop.store)) == [""]


def test_a_printer_is_set_up_by_form_and_tried_out(shop: Shop, settings: Settings) -> None:
    with pretend() as paper:
        printers.save(LENA, shop.store, Printer("P1", "127.0.0.1", paper.port, language=ZPL, paper="60x40"), new=True)
        with pytest.raises(BadRequest):
            printers.save(LENA, shop.store, Printer("P1", "127.0.0.1", 9100), new=True)
        key = printers.try_out(LI, shop.store, "P1")
        send(shop.store, settings, key)
        assert paper.jobs[0].startswith(b"^XA")
    found = printers.job(LI, shop.store, key)
    assert found is not None and found.state == PRINTED
    for wrong in (
        Printer("", "h", 9100), Printer("P2", "", 9100), Printer("P2", "http://h/", 9100), Printer("P2", "h", 0),
        Printer("P2", "h", 9100, language=ZPL, paper="a4"), Printer("P2", "h", 631, kind=IPP),
    ):  # fmt: skip
        with pytest.raises(BadRequest):
            printers.save(LENA, shop.store, wrong, new=True)
    with pytest.raises(NotAllowed):
        printers.save(LI, shop.store, Printer("P2", "h", 9100), new=True)
    printers.remove(LENA, shop.store, "P1")
    assert printers.listing(LI, shop.store) == []


def test_a_refused_job_is_tried_again_on_demand(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    with pretend() as paper:
        printer_of(shop.store, paper.port)
        key = picking.send(LI, shop.store, "P1", slips_of(shop.store))
    assert picking.retry(LI, shop.store, key) is False
    with shop.store.write() as cursor:
        cursor.execute("UPDATE outbox SET state = 'dead'")
    assert picking.jobs(LI, shop.store)[0].state == FAILED and picking.job_counts(LI, shop.store) == {FAILED: 1}
    assert picking.retry(LI, shop.store, key) is True
    assert [row.state for row in outbox.listing(shop.store, "print")] == ["waiting"]
