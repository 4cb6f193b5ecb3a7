"""Whoever sees some shops only sees nothing of the others, through no service: generated over all of core/services.

Three proofs: no service answers such an actor with a store that is not bound to the scope; no service that takes an
order's key acts on or tells an order outside; no service that can be called at all names an outside order in its answer.
"""

import inspect
from collections.abc import Callable
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
    return [name for name, function in SERVICES.items() if set(KEYS) & set(inspect.signature(function).parameters)]


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
            answer = function(SCOPED, store, **arguments(function, vault, key))
        except (NotFound, NotAllowed):
            continue
        except DanliuError as error:
            wrong.append(f"{name} went as far as: {error.message}")
        else:
            if MARK in repr(answer) or answer not in ([], {}, None, "", (0, [], {}), ([], [])):
                wrong.append(f"{name} told {answer!r:.200}")
    assert not wrong
    assert everything(whole) == before


def arguments(function: Callable[..., Any], vault: Vault, key: int) -> dict[str, Any]:
    """A believable value for each argument the function needs, by the argument's name."""
    known: dict[str, Any] = {
        "order_key": key, "order_keys": [key], "vault": vault, "zone": "Asia/Shanghai", "settings": Settings(demo=False),
        "query": OrderQuery(), "text": MARK, "document": {}, "request": {"startRow": 0, "endRow": 100, "view": {}},
        "field": "platform_no", "form": "csv", "stage": "payment", "ticket_id": f"t{key}", "days": 7, "reason": "",
        "kind": "order_progress", "team": "warehouse", "note": "", "to": "PICKING", "scope": "all", "why": "", "values": {},
        "warehouse": "WH-SZ", "take": "ours", "question": "?", "act_id": "a", "sku": "A",
    }  # fmt: skip
    needed = list(inspect.signature(function).parameters.values())[2:]
    return {p.name: known.get(p.name, Nonsense("nonsense")) for p in needed if p.default is p.empty}


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
    } <= set(answered)


def test_the_same_questions_do_name_them_to_whoever_sees_everything(house: tuple[Store, Vault]) -> None:
    """The counter-proof: the mark would be seen."""
    whole, vault = house
    everybody, key = Actor("all", "admin", IN_PART), outside_key(whole)
    for name in (
        "orders.search",
        "orders.grid",
        "export.export",
        "lookup.find",
        "board.cards",
        "review.queue",
        "tickets.listing",
    ):
        answer = SERVICES[name](everybody, whole, **arguments(SERVICES[name], vault, key))
        assert MARK in repr(answer) or MARK.encode() in answer.content, name
