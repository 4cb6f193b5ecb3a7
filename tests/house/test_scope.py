"""Whoever sees some shops only sees nothing of the others, through no service: generated over all of core/services.

Three proofs: no service answers such an actor with a store that is not bound to the scope; no service that takes an
order's key acts on or tells an order outside; no service that can be called at all names an outside order in its answer.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Any

import pytest

from core.errors import DanliuError, NotAllowed, NotFound
from core.people.actor import Actor
from core.people.guard import seen_by
from core.people.roles import IN_PART
from core.people.vault import Vault, open_vault
from core.services.order_query import OrderQuery
from core.settings import Settings
from core.store import Store
from core.store.scope import Scope
from tests.factories import fill
from tests.house.test_rights import SERVICES, Nonsense, call, everything, permission_of

MINE = ("jd", "jd-main")
SCOPED = Actor("part", "own_part", IN_PART, "part", "", Scope(shops=frozenset({MINE})))
MARK = "OUTSIDE-ORDER"
KEYS = ("order_key", "order_keys")
OTHER_KEYS = ("packing_id", "track_id", "ids", "case_id", "intercept_id", "numbers")
"""What else names something of an order; of `ids` and `numbers` only where a narrowed role may call the service at all."""
WAREHOUSE = ("packing", "parcels", "after_sales", "intercepts", "picking", "printers")


@pytest.fixture
def house(store: Store, settings: Settings) -> tuple[Store, Vault]:
    """Orders of five shops, held and refunded, with tickets and places; those outside carry the mark in their number."""
    vault = open_vault(settings)
    fill(store, vault, 60, days=2)
    mine = "channel = 'jd' AND shop = 'jd-main'"
    with store.write() as cursor:
        for table in ("orders", "order_lines", "refunds", "order_events"):
            cursor.execute(f"UPDATE {table} SET platform_no = '{MARK}-' || platform_no WHERE NOT ({mine})")
        cursor.execute(
            "UPDATE orders SET held = true, held_reasons = '[\"risk_freeze\"]', status = 'PAID', tracking_no = "
            f"CASE WHEN {mine} THEN 'inside' ELSE '{MARK}' END"
        )
        cursor.execute(
            "INSERT INTO tickets (ticket_id, order_key, channel, shop, platform_no, kind, team, owner, state, handovers, "
            "opened_by, opened_team, opened_at) SELECT 't' || order_key, order_key, channel, shop, platform_no, 'progress', "
            "'cs', '', 'open', 0, 'x', 'cs', now() FROM orders"
        )
        listed = "order_key, channel, shop, platform_no"
        cursor.execute("DELETE FROM slips")
        cursor.execute(
            f"INSERT INTO slips ({listed}, slip_no, warehouse, wave, state, body, made_at, day, number) SELECT {listed}, "
            "'S' || order_key, 'WH-SZ', 'w', 'made', '{\"lines\": []}', now(), current_date, order_key FROM orders"
        )
        cursor.execute(
            f"INSERT INTO packings ({listed}, packing_id, slip_no, warehouse, state, account, scanned, weight_why, courier, "
            f"tracking_no, opened_at, changed_at, items) SELECT {listed}, 'p' || order_key, 'S' || order_key, 'WH-SZ', 'open', "
            "'part', '{}', '', 'SF', '', now(), now(), '[]' FROM orders"
        )
        cursor.execute("INSERT INTO packing_orders SELECT 'p' || order_key, order_key FROM orders")
        cursor.execute(
            f"INSERT INTO parcel_tracks ({listed}, track_id, warehouse, courier, tracking_no, state, trouble, settled, settled_by, "
            f"settled_why, left_at, last_words, last_place, scans, account, failures, error) SELECT {listed}, 'k' || order_key, "
            "'WH-SZ', 'SF', tracking_no, 'moving', 'stuck', '', '', '', now(), '', '', 1, '', 0, '' FROM orders"
        )
        cursor.execute(
            "INSERT INTO parcel_scans SELECT 'k' || order_key, order_key, now(), 'moving', platform_no, '' FROM orders"
        )
        cursor.execute(
            f"INSERT INTO after_sales_cases ({listed}, case_id, refund_no, kind, state, fen, reason, left_house, owner, opened_by, "
            f"opened_at, changed_at) SELECT {listed}, 'c' || order_key, '', 'RETURN_REFUND', 'returning', 100, platform_no, true, '', "
            "'x', now(), now() FROM orders"
        )
        cursor.execute(
            "INSERT INTO after_sales_lines SELECT 'c' || order_key, order_key, '1', 'A', platform_no, 1, 0, 0 FROM orders"
        )
        cursor.execute(
            "INSERT INTO print_jobs (job_key, document, printer, wave, slips, reprint, state, attempts, told, lost, made_by, made_at, "
            "changed_at) SELECT 'j' || order_key, 'pick_list', 'P', 'w', '[\"S' || order_key || '\"]', false, 'unknown', 1, "
            "platform_no, '', 'x', now(), now() FROM orders"
        )
        cursor.execute(
            f"INSERT INTO intercepts ({listed}, intercept_id, state, owner, whole, refund_fen, made_at) SELECT {listed}, 'i' || order_key, 'open', "
            "'', true, 100, now() FROM orders"
        )
        cursor.execute(
            f"INSERT INTO ticket_notes SELECT ticket_id, now(), 'x', 'note', '{MARK}', 'cs', 'cs' FROM tickets WHERE NOT ({mine})"
        )
    return store, vault


def outside_key(store: Store) -> int:
    with store.read() as cursor:
        row = cursor.execute(f"SELECT min(order_key) FROM orders WHERE starts_with(platform_no, '{MARK}')").fetchone()
    assert row is not None
    return row[0]


def test_no_service_answers_a_scoped_actor_through_the_whole_store(store: Store) -> None:
    answered = []
    for name, function in SERVICES.items():
        try:
            call(function, SCOPED, store)
        except ValueError as error:
            if "not bound" in str(error):
                continue
            answered.append(f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever came before the scope was looked at
            answered.append(f"{name}: {type(error).__name__}")
        else:
            answered.append(name)
    assert not answered


def by_key() -> list[str]:
    return [name for name, function in SERVICES.items() if _keys(name, function)]


def _keys(name: str, function: Callable[..., Any]) -> set[str]:
    named = set(inspect.signature(function).parameters)
    area = name.split(".")[0]
    also = {*OTHER_KEYS, "key"} if area in ("picking", "printers") else set(OTHER_KEYS) if area in WAREHOUSE else set()
    return named & {*KEYS, *also}


def test_there_are_services_by_key() -> None:
    assert len(by_key()) > 20


@pytest.mark.parametrize("area", sorted({name.split(".")[0] for name in by_key()}))
def test_no_service_tells_or_touches_an_order_outside_by_its_key(house: tuple[Store, Vault], area: str) -> None:
    whole, vault = house
    store, key = seen_by(SCOPED, whole), outside_key(whole)
    before, wrong = everything(whole), []
    for name in by_key():
        if name.split(".")[0] != area:
            continue
        function = SERVICES[name]
        try:
            answer = function(SCOPED, store, **arguments(function, vault, key, _keys(name, function)))
        except (NotFound, NotAllowed):
            continue
        except DanliuError as error:
            wrong.append(f"{name} went as far as: {error.message}")
        else:
            if MARK in repr(answer) or answer not in ([], {}, None, "", (0, [], {}), ([], [])):
                wrong.append(f"{name} told {answer!r:.200}")
    assert not wrong
    assert everything(whole) == before


def arguments(function: Callable[..., Any], vault: Vault, key: int, also: Collection[str] = ()) -> dict[str, Any]:
    """A believable value for each argument the function needs (and for `also`), by the argument's name."""
    known: dict[str, Any] = {
        "order_key": key, "order_keys": [key], "vault": vault, "zone": "Asia/Shanghai", "settings": Settings(demo=False),
        "query": OrderQuery(), "text": MARK, "document": {}, "request": {"startRow": 0, "endRow": 100, "view": {}},
        "field": "platform_no", "form": "csv", "stage": "payment", "ticket_id": f"t{key}", "days": 7, "reason": "",
        "kind": "order_progress", "team": "warehouse", "note": "", "to": "PICKING", "scope": "all", "values": {},
        "warehouse": "WH-SZ", "take": "ours", "question": "?", "act_id": "a", "sku": "A",
        "packing_id": f"p{key}", "track_id": f"k{key}", "ids": [f"k{key}"], "case_id": f"c{key}",
        "intercept_id": f"i{key}", "numbers": [f"S{key}"], "key": f"j{key}", "code": "A", "courier": "SF", "why": "w",
        "came_out": True, "wave": "w", "waybill": "SF1", "counted": {"1": (1, 0)}, "lines": [("A", 1)], "answer": "w",
        "part": "all", "number": f"{MARK}", "printer": "P", "pieces": {"1": 1},
    }  # fmt: skip
    needed = list(inspect.signature(function).parameters.values())[2:]
    return {p.name: known.get(p.name, Nonsense("nonsense")) for p in needed if p.default is p.empty or p.name in also}


def test_no_answer_of_any_service_names_an_order_outside(house: tuple[Store, Vault]) -> None:
    whole, vault = house
    store, key = seen_by(SCOPED, whole), outside_key(whole)
    answered, telling = [], []
    for name, function in SERVICES.items():
        asked = permission_of(function)
        if not asked or not asked <= IN_PART:
            continue
        try:
            answer = function(SCOPED, store, **arguments(function, vault, key))
        except Exception:  # noqa: BLE001 - refused, or the nonsense did not fit: nothing was told
            continue
        answered.append(name)
        told = getattr(answer, "content", b"")
        if MARK in repr(answer) or MARK.encode() in told:
            telling.append(name)
    assert not telling
    assert {
        "orders.search",
        "orders.grid",
        "export.export",
        "lookup.find",
        "board.cards",
        "review.queue",
        "tickets.listing",
        "parcels.listing",
        "picking.slips_of",
        "packing.present",
    } <= set(answered)


def test_the_same_questions_do_name_them_to_whoever_sees_everything(house: tuple[Store, Vault]) -> None:
    """The counter-proof: the mark would be seen."""
    whole, vault = house
    everybody, key = Actor("part", "admin", IN_PART), outside_key(whole)
    for name in (
        "orders.search",
        "orders.grid",
        "export.export",
        "lookup.find",
        "board.cards",
        "review.queue",
        "tickets.listing",
        "parcels.listing",
        "picking.slips_of",
        "packing.present",
    ):
        answer = SERVICES[name](everybody, whole, **arguments(SERVICES[name], vault, key))
        assert MARK in repr(answer) or MARK.encode() in getattr(answer, "content", b""), name
