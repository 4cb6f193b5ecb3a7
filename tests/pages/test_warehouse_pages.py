"""The pages Picking and Packing: empty states, waves and their print, printers by form, a doubt settled, the desk's buttons."""

import pytest
from streamlit.testing.v1 import AppTest

from core.model.printing import UNKNOWN
from core.people.actor import person
from core.people.permissions import of_role
from core.services import packing, picking
from core.settings import Settings
from core.store import Store, print_jobs, printers, warehouses
from core.store.printers import Printer
from core.store.warehouses import Warehouse
from core.ui.components import scanner
from core.ui.registry import entries_for
from tests.packers import LI, Room
from tests.payloads import rows


@pytest.fixture
def room(store: Store, settings: Settings) -> Room:
    return Room(store, settings, "1", "2", "3")


def said(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.warning]
    return "\n".join(str(part.value) for part in parts)


def keys(page: AppTest) -> set[str]:
    return {button.key for button in page.button if button.key}


def test_an_empty_store_says_what_to_do_on_every_tab(open_page) -> None:
    for name, part, text in (
        ("picking", "waves", "No wave is open."),
        ("picking", "jobs", "Nothing has been printed yet."),
        ("picking", "places", "No warehouse is known yet."),
        ("picking", "printers", "No printer is set up."),
        ("picking", "rules", "When couriers fetch"),
        ("packing", "desk", "0 to pack"),
        ("packing", "packed", "Nothing has been packed today."),
        ("packing", "settings", "Goods of 1,000 g"),
    ):
        page = open_page(name, language="en", part=part)
        assert not page.exception and not page.error, (name, part)
        assert text in said(page), (name, part)


def test_a_wave_offers_printing_and_is_marked_as_picked(open_page, room: Room) -> None:
    with room.store.write() as cursor:
        printers.save(cursor, Printer("P1", "127.0.0.1", 9))
    (wave,) = picking.waves_of(LI, room.store)
    page = open_page("picking", role="warehouse", language="en")
    assert "**3** slips are not printed yet" in said(page)
    page.button(key=f"print_{wave.wave}").click().run()
    assert not page.exception and {"print_go", "print_make"} <= keys(page)
    page = open_page("picking", role="warehouse", language="en")
    page.button(key=f"picked_{wave.wave}").click().run()
    assert rows(room.store, "SELECT count(*) FROM slips WHERE picked_by = 'warehouse'") == [(3,)]


def test_making_a_wave_says_what_it_will_gather(open_page, room: Room) -> None:
    page = open_page("picking", language="en")
    page.button(key="wave_make").click().run()
    assert not page.exception and "3 slips fit; the most urgent 3 go into the new wave." in said(page)
    assert "make_go" in keys(page)


def test_a_job_that_broke_off_is_settled_by_a_click(open_page, room: Room) -> None:
    with room.store.write() as cursor:
        printers.save(cursor, Printer("P1", "127.0.0.1", 9))
    key = picking.send(LI, room.store, "P1", [room.slip("1")])
    with room.store.write() as cursor:
        print_jobs.end(cursor, [key], UNKNOWN, "reset")
    page = open_page("picking", role="warehouse", language="en", part="jobs")
    assert "Did this come out?" in said(page) and "broke off" in said(page)
    page.button(key=f"yes_{key}").click().run()
    assert rows(room.store, "SELECT state, settled_by FROM print_jobs") == [("printed", "warehouse")]


def test_a_printer_is_set_up_by_a_lead_and_only_tried_by_the_warehouse(open_page, store: Store) -> None:
    page = open_page("picking", role="lead", language="en", part="printers")
    page.button(key="printer_add").click().run()
    assert not page.exception and {"printer__name", "printer__host"} <= {field.key for field in page.text_input}
    with store.write() as cursor:
        printers.save(cursor, Printer("Label 1", "127.0.0.1", 9))
    page = open_page("picking", role="warehouse", language="en", part="printers")
    assert "try_Label 1" in keys(page) and keys(page).isdisjoint({"printer_add", "change_Label 1", "remove_Label 1"})
    page.button(key="try_Label 1").click().run()
    assert not page.exception and rows(store, "SELECT document FROM print_jobs") == [("test",)]


def test_the_desk_shows_what_is_missing_and_puts_aside(open_page, room: Room) -> None:
    packing.scan(LI, room.store, "1")
    mine = packing.present(LI, room.store)
    assert mine is not None and mine.packing is not None
    with room.store.write() as cursor:
        cursor.execute("UPDATE packings SET account = 'warehouse', scanned = ?", [f'{{"{room.shop.key("1")}/1": 1}}'])
    page = open_page("packing", role="warehouse", language="en")
    assert not page.exception and "Expected 1,200 g" in said(page) and "**Order 1**" in said(page)
    page.button(key="packing_aside").click().run()
    assert rows(room.store, "SELECT account, state FROM packings") == [("", "open")]


def test_the_rules_are_read_only_for_the_warehouse(open_page, store: Store) -> None:
    with store.write() as cursor:
        warehouses.save_warehouses(cursor, [Warehouse("W1", "杭州仓")])
    for name, part in (("picking", "rules"), ("packing", "settings")):
        page = open_page(name, role="warehouse", language="en", part=part)
        assert not page.exception and "your role does not change them" in said(page)
    page = open_page("packing", role="lead", language="en", part="settings")
    page.toggle(key="packing_weigh").set_value(False).run()
    page.button(key="packing_save").click().run()
    assert packing.rules(LI, store).weigh is False


def test_the_warehouse_may_pick_and_pack_and_nothing_else() -> None:
    assert of_role("warehouse") == {"outbound.update", "own.account", "help.view"}
    pages = {entry.page.name for entry in entries_for(person("li", "warehouse"))}
    assert pages == {"picking", "packing", "help"}


def test_css_and_js_are_texts_and_not_taken_for_paths() -> None:
    for name in ("scanner.css", "scanner.js"):
        assert "\n" in (scanner.ASSETS / name).read_text(encoding="utf-8").strip()
