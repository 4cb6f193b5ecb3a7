"""The guided start is ticked by the store alone; the process sheet is the published flow."""

from core import clock
from core.flow.document import install_flow
from core.people.actor import person
from core.people.vault import open_vault
from core.services import guide
from core.settings import Settings
from core.store import Store, documents
from tests.factories import fill

LEAD, CS = person("leo", "lead"), person("mei", "cs")


def ticks(store: Store) -> list[str]:
    return [step.name for step in guide.steps(LEAD, store) if step.done]


def connect(store: Store, shop: str, *, demo: bool) -> None:
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO shops (shop, channel, state, demo, created_at) VALUES (?, 'jd', 'live', ?, ?)",
            [shop, demo, clock.now()],
        )


def test_an_empty_store_has_no_tick(store: Store) -> None:
    assert ticks(store) == []


def test_demonstration_shops_and_their_orders_tick_nothing_but_the_flow(store: Store, settings: Settings) -> None:
    connect(store, "jd-main", demo=True)
    fill(store, open_vault(settings), 20)
    with store.write() as cursor:
        cursor.execute("DELETE FROM orders WHERE shop <> 'jd-main'")
        cursor.execute("DELETE FROM shops WHERE NOT coalesce(demo, false)")
        cursor.execute("UPDATE orders SET slip_at = now(), shipped_at = now()")
    install_flow(store)
    assert ticks(store) == []


def test_own_orders_that_flow_tick_all_five(store: Store, settings: Settings) -> None:
    connect(store, "jd-main", demo=False)
    assert ticks(store) == ["connect"]
    fill(store, open_vault(settings), 20)
    with store.write() as cursor:
        cursor.execute("DELETE FROM rejects")
    assert "map" in ticks(store) and "publish" not in ticks(store)
    install_flow(store)
    with store.write() as cursor:
        cursor.execute("DELETE FROM order_lines")  # no code that nobody knows
        cursor.execute("UPDATE orders SET slip_at = now()")
    assert ticks(store) == ["connect", "map", "check", "publish", "watch"]


def test_the_sheet_has_each_station_once_in_the_walks_order_with_its_exits(store: Store) -> None:
    install_flow(store)
    (sheet,) = guide.sheets(CS, store)
    body = documents.all_published(store, "flow")[0].body
    assert sorted(stop.number for stop in sheet.stops) == list(range(1, len(body["nodes"]) + 1))
    assert {stop.label for stop in sheet.stops} == {node["label"] for node in body["nodes"]}
    assert sheet.stops[0].label == "新订单" and sheet.stops[0].exits == ((sheet.stops[0].exits[0][0], 2),)
    assert sum(len(stop.exits) for stop in sheet.stops) == len({(e["from"], e["outcome"]) for e in body["edges"]})


def test_without_a_live_flow_there_is_no_sheet(store: Store) -> None:
    assert guide.sheets(CS, store) == []
