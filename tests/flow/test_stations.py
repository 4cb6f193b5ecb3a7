"""One suite over every station of the palette: what each declares, and that it loses and doubles no order."""

import pytest

from core import clock
from core.flow.graph import Node
from core.flow.registry import stations
from core.flow.setting import KINDS, read
from core.flow.station import GROUPS, Context, Station
from core.flow.walk import complete
from core.i18n import catalogue
from core.model.fields import Catalogue
from core.settings import Settings
from core.store import Store
from tests.flow_orders import Shop
from tests.payloads import rows

ZH = catalogue("zh")
GIVEN = {
    "branch": {
        "branches": [{"outcome": "big", "label": "Big", "when": {"field": "paid_fen", "op": "gt", "value": 200000}}]
    },
    "set_tag": {"tag": "vip"},
    "set_field": {"field": "x_note", "value": "seen"},
    "notify": {"robots": ["group"], "title": "New orders"},
    "call_url": {"url": "https://example.com/hook"},
}
PALETTE = {
    "trigger", "branch", "refund_gate", "risk", "promotion", "limit", "reserve", "route", "merge", "split", "hold", "review",
    "approval", "wait", "set_tag", "set_field", "pick_list", "print", "notify", "call_url", "dispatch", "archive",
}  # fmt: skip


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    with store.write() as cursor:
        cursor.execute("INSERT INTO own_fields (name, kind, level, label_zh, label_en, retired, place) VALUES ('x_note', 'text', 'order', '备注', 'Note', false, 1)")  # fmt: skip
        cursor.execute("ALTER TABLE orders ADD COLUMN x_note VARCHAR")
        cursor.execute("INSERT INTO status_tags VALUES ('vip', '贵宾', 'VIP', 'blue', 1, false)")
    shop = Shop(store, settings, stock=3)
    shop.orders("1", "2", "3")
    shop.orders("4", state="sent")
    shop.refund("2")
    return shop


def context(shop: Shop, station: Station, cursor, keys: list[int]) -> tuple[Context, Node]:
    given = GIVEN.get(station.kind, {})
    values, wrong = read(station.settings, given, Catalogue())
    assert wrong == [] or station.kind == "set_field"
    now = clock.now()
    node = Node("n", station, values, given)
    entered = dict.fromkeys(keys, now)
    return Context(
        shop.store, shop.vault, shop.settings, values, "f", 1, "n", now, given, cursor, entered=entered
    ), node


def test_the_palette_has_every_station_of_the_process() -> None:
    assert set(stations()) == PALETTE


@pytest.mark.parametrize("kind", sorted(PALETTE))
def test_what_a_station_declares_can_be_shown_in_both_languages(kind: str) -> None:
    station = stations()[kind]
    outcomes = station.outcomes_of(GIVEN.get(kind, {}))
    assert station.group in GROUPS and station.help and outcomes
    assert len({outcome.name for outcome in outcomes}) == len(outcomes)
    assert all(setting.kind in KINDS for setting in station.settings)
    words = [station.title, station.help, *(s.label for s in station.settings), *(o.label for o in station.outcomes)]
    assert [word for word in words if word not in ZH] == []
    assert read(station.settings, {s.name: s.default for s in station.settings if s.default is not None}, Catalogue())[
        1
    ] == [] or any(s.required for s in station.settings)


@pytest.mark.parametrize("kind", sorted(PALETTE))
def test_a_station_moves_or_rests_every_order_once_and_twice_does_no_harm(shop: Shop, kind: str) -> None:
    station = stations()[kind]
    keys = [shop.key(no) for no in "1234"]
    said = []
    for _time in range(2):
        with shop.store.write() as cursor:
            here, node = context(shop, station, cursor, keys)
            moves = station.decide(here, keys)
            complete(node, keys, moves, here)
            said.append({outcome: sorted(moved) for outcome, moved in moves.items() if moved})
    if kind not in ("reserve", "route", "pick_list", "dispatch"):  # the second time they find their work done
        assert said[0] == said[1]
    doubled = rows(
        shop.store, "SELECT order_key, event, reason, count(*) FROM order_events GROUP BY ALL HAVING count(*) > 1"
    )
    assert doubled == []
    assert rows(shop.store, "SELECT key FROM outbox GROUP BY key HAVING count(*) > 1") == []


@pytest.mark.parametrize("kind", sorted(PALETTE))
def test_what_a_station_foresees_writes_nothing(shop: Shop, kind: str) -> None:
    station = stations()[kind]
    keys = [shop.key(no) for no in "1234"]
    version = shop.store.version
    with shop.store.read() as cursor:
        here, node = context(shop, station, cursor, keys)
        complete(node, keys, station.foresee(here, keys), here)
    assert shop.store.version == version


@pytest.mark.parametrize("kind", sorted(PALETTE))
def test_what_a_station_took_it_gives_back_and_twice_does_no_harm(shop: Shop, kind: str) -> None:
    station = stations()[kind]
    keys = [shop.key(no) for no in "13"]
    with shop.store.write() as cursor:
        here, _node = context(shop, station, cursor, keys)
        station.decide(here, keys)
    for _time in range(2):
        with shop.store.write() as cursor:
            here, _node = context(shop, station, cursor, keys)
            station.undo(here, keys)
    assert rows(shop.store, "SELECT 1 FROM slips WHERE state = 'made'") == []
    assert rows(shop.store, "SELECT 1 FROM reservations WHERE state = 'active'") == [] or kind not in (
        "reserve",
        "route",
    )
