"""What persons do with policies and rate cards: gaps are seen, examples must pass, trials write nothing, changes are diffed."""

from datetime import timedelta

import pytest

from core import clock
from core.decide.routing.rate_card import findings, read_rate_card
from core.decide.warehouse import assign
from core.errors import BadRequest, NotAllowed
from core.people.actor import person
from core.people.vault import open_vault
from core.services import rate_cards, reference, routing
from core.settings import Settings
from core.store import Store
from core.store.warehouses import Warehouse
from tests.routing_store import JX, NOON, SEED, SEED_SENTENCE, SZ, ZONE, ask, furnish, order, publish

ADMIN, CS, LEAD = person("admin", "admin"), person("cs", "cs"), person("lead", "lead")
DAY = clock.business_day(NOON, ZONE)
EXAMPLE = {
    "given": {"province": "浙江", "stock": {JX: 1, SZ: 9}, "freight_fen": {"SF": 800, "ZTO": 300}},
    "expect": {"warehouse": JX, "courier": "SF", "code": None},
}


def card(*brackets: dict, regions: list[str] | None = None) -> dict:
    return {
        "kind": "rate_card", "name": f"{JX}/SF", "warehouse": JX, "courier": "SF",
        "lanes": [{"regions": regions or ["浙江"], "lead_days": 1.5, "brackets": list(brackets)}],
    }  # fmt: skip


def codes(body: dict) -> list[tuple[str, int, int]]:
    return [(one.code, one.from_g, one.upto_g) for one in findings(read_rate_card(body)) if one.code != "MISSING"]


def test_a_card_shows_its_gaps_and_overlaps() -> None:
    whole = (
        {"upto_g": 1000, "first_fee_fen": 500},
        {"first_g": 1000, "first_fee_fen": 500, "step_g": 500, "step_fee_fen": 100},
    )
    assert codes(card(*whole)) == []
    assert codes(card({"upto_g": 1000, "first_fee_fen": 500}, {"from_g": 2000, "first_fee_fen": 900})) == [
        ("GAP", 1000, 2000)
    ]
    assert codes(card({"upto_g": 2000, "first_fee_fen": 5}, {"from_g": 1000, "upto_g": 3000, "first_fee_fen": 9})) == [
        ("OVERLAP", 1000, 2000), ("NO_OPEN_END", 3000, 0),
    ]  # fmt: skip
    assert codes(card({"first_fee_fen": 5}, {"upto_g": 3000, "first_fee_fen": 9}))[0][0] == "AFTER_OPEN_END"
    assert codes(card(whole[1], regions=["浙江", "浙江省"])) == [("TWICE", 0, 0)]


def test_a_weight_in_a_gap_is_not_carried() -> None:
    lane = read_rate_card(card({"upto_g": 1000, "first_fee_fen": 500}, {"from_g": 2000, "first_fee_fen": 900})).lanes[0]
    assert [lane.fee(grams) for grams in (1000, 1001, 2000, 2001)] == [500, None, None, 900]


def test_a_card_with_gaps_goes_live_only_with_a_word_and_one_with_overlaps_never(store: Store) -> None:
    furnish(store, {(JX, "A"): 1})
    gap = rate_cards.save(ADMIN, store, card({"upto_g": 1000, "first_fee_fen": 500}, regions=["浙江"]))
    with pytest.raises(BadRequest, match="缺口"):
        rate_cards.publish(ADMIN, store, gap.name, gap.version)
    live = rate_cards.publish(ADMIN, store, gap.name, gap.version, seen=["NO_OPEN_END", "MISSING"])
    assert live.state == "published"
    twice = rate_cards.save(ADMIN, store, card({"first_fee_fen": 5}, {"first_fee_fen": 6}))
    with pytest.raises(BadRequest, match="不能发布"):
        rate_cards.publish(ADMIN, store, twice.name, twice.version, seen=["OVERLAP", "AFTER_OPEN_END", "MISSING"])


def test_a_rate_file_names_what_is_wrong_in_it_and_becomes_cards(store: Store) -> None:
    furnish(store, {(JX, "A"): 1})
    text = "仓库,快递公司,省份,截止重量(g),首重(g),首重价,续重(g),续重价,时效\n"
    good = (
        text
        + "嘉兴仓,顺丰,浙江省,1000,,5.00,,,1.5\n嘉兴仓,顺丰,浙江,,1000,5,1000,0.9,1.5\n嘉兴仓,SF,新疆,,1000,12,1000,8,4\n"
    )
    found = rate_cards.read_file(ADMIN, store, good.encode(), "rates.csv")
    assert found.wrong == () and len(found.bodies) == 1
    lanes = read_rate_card(found.bodies[0]).lanes
    assert [lane.fee(3000) for lane in lanes] == [680, 2800]
    bad = rate_cards.read_file(ADMIN, store, (text + "月球仓,顺丰,火星,,,-1,,,x\n").encode(), "rates.csv")
    assert [(one.row, one.column) for one in bad.wrong] == [
        (2, "warehouse"), (2, "region"), (2, "first_fee"), (2, "lead_days"),
    ]  # fmt: skip


def test_a_policy_whose_example_fails_does_not_go_live_and_exactly_eight_yuan_keeps_sf(store: Store) -> None:
    furnish(store, {(JX, "A"): 1, (SZ, "A"): 1}, policy=None)
    over = {**EXAMPLE, "given": {**EXAMPLE["given"], "freight_fen": {"SF": 801, "ZTO": 300}}}
    bad = routing.save(ADMIN, store, {**SEED, "examples": [EXAMPLE, over]})
    with pytest.raises(BadRequest, match="例子 2"):
        routing.publish(ADMIN, store, bad.name, bad.version)
    good = {**over, "expect": {"courier": "ZTO", "code": "PRICE_CAP_DOWNGRADE"}}
    fine = routing.save(ADMIN, store, {**SEED, "examples": [EXAMPLE, good]})
    assert routing.publish(ADMIN, store, fine.name, fine.version).state == "published"
    row = routing.policies(ADMIN, store)[0]
    assert (row.in_force, row.live, row.sentences[0].count("8")) == (True, 1, 1)


def test_a_policy_that_names_a_strange_warehouse_is_refused(store: Store) -> None:
    furnish(store, {(JX, "A"): 1}, policy=None)
    body = {**SEED, "rules": [], "otherwise": {"tiers": [["WH-MARS"]]}}
    with pytest.raises(BadRequest, match="WH-MARS"):
        routing.save(ADMIN, store, body)


def test_a_trial_compares_both_policies_on_the_days_orders_and_writes_nothing(store: Store) -> None:
    furnish(store, {(JX, "A"): 5, (SZ, "A"): 5}, sf_fen=600)
    for key in range(1, 5):
        order(store, key, [("A", 1)])
    assign(store, [1, 2, 3, 4], ZONE)
    before = ask(store, "SELECT * FROM parcels ORDER BY ALL"), store.version
    body = {**SEED, "couriers": [{"courier": "SF", "price_cap_fen": 500}, {"courier": "ZTO"}]}
    found = routing.try_out(ADMIN, store, body, zone=ZONE, first=DAY, last=DAY)
    assert (found.orders, found.changed_count) == (4, 4)
    assert (found.a.freight_fen, found.b.freight_fen) == (2400, 1200)
    assert (found.b.downgrades, found.b.by_warehouse[JX], found.b.mean_days) == (4, 4, 1.5)
    assert (ask(store, "SELECT * FROM parcels ORDER BY ALL"), store.version) == before


def test_open_orders_follow_a_new_policy_only_after_the_difference_was_shown(store: Store, settings: Settings) -> None:
    furnish(store, {(JX, "A"): 2, (SZ, "A"): 2})
    for key in (1, 2, 3):
        order(store, key, [("A", 1)])
    assign(store, [1, 2, 3], ZONE)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'PICKING' WHERE order_key = 1")
    rule = {**SEED["rules"][0], "then": {"tiers": [[SZ], [JX]], "mode": "strict", "on_short": "hold"}}
    publish(store, "routing", {**SEED, "rules": [rule]})
    vault = open_vault(settings)
    shown = routing.propose(LEAD, store, vault, zone=ZONE, mode="direct", only_better=False)
    assert [(change.order_key, change.before, change.parcels[0].warehouse) for change in shown.changes] == [
        (2, (JX,), SZ)
    ]
    assert routing.take(LEAD, store, shown) == ([2], [])
    assert ask(store, "SELECT order_key, warehouse FROM orders ORDER BY 1") == [(1, JX), (2, SZ), (3, SZ)]
    assert ask(store, "SELECT sum(qty)::INTEGER FROM reservations WHERE state = 'active' AND warehouse = ?", SZ) == [
        (2,)
    ]
    assert routing.take(LEAD, store, shown) == ([], [2])  # it no longer stands as it was shown


def test_optimising_saves_where_it_can_and_says_how_far_from_the_best(store: Store, settings: Settings) -> None:
    policy = {
        "kind": "routing",
        "name": "p",
        "mode": "live",
        "otherwise": {"tiers": [[SZ]]},
        "time_value_fen_per_day": 0,
    }
    furnish(store, {(JX, "A"): 9, (SZ, "A"): 9}, policy=policy)
    with store.write() as cursor:
        cursor.execute("DELETE FROM documents WHERE name = ?", [f"{SZ}/ZTO"])
    for key in (1, 2, 3):
        order(store, key, [("A", 1)])
    assign(store, [1, 2, 3], ZONE)
    publish(store, "routing", {**policy, "otherwise": {}})
    shown = routing.propose(LEAD, store, open_vault(settings), zone=ZONE, mode="prices", seconds=5, most=2)
    assert (len(shown.changes), shown.saving_fen, shown.looked_at) == (2, 600, 3)  # SF 6.00 -> ZTO 3.00, two at most
    assert shown.gap is not None and shown.gap < 0.001


def test_areas_are_the_operators_own(store: Store) -> None:
    furnish(store, {(JX, "A"): 1, (SZ, "A"): 1})
    assert reference.save_areas(ADMIN, store, {"浙江": "江浙沪"}) == 1
    order(store, 1, [("A", 1)])
    assign(store, [1], ZONE)
    assert ask(store, "SELECT rules FROM decisions")[0][0] == "[]"  # Zhejiang is no part of the area any more
    with pytest.raises(BadRequest):
        reference.save_areas(ADMIN, store, {"浙江": "湖北"})


def test_a_warehouse_past_its_cut_off_gets_nothing_that_must_leave_today(store: Store) -> None:
    furnish(store, {(JX, "A"): 3, (SZ, "A"): 3})
    with clock.frozen(NOON + timedelta(hours=5)):  # 17:00 in Shanghai
        reference.save_warehouse(ADMIN, store, Warehouse(JX, "嘉兴仓", "浙江", "嘉兴市", cutoff="16:00"))
        for key in (1, 2):
            order(store, key, [("A", 1)])
        with store.write() as cursor:
            cursor.execute("UPDATE orders SET ship_by = ? WHERE order_key = 1", [NOON + timedelta(hours=6)])
        assign(store, [1, 2], ZONE)
    assert ask(store, "SELECT order_key, warehouse FROM orders ORDER BY 1") == [(1, SZ), (2, JX)]


def test_roles_without_the_right_see_and_change_nothing(store: Store) -> None:
    furnish(store, {(JX, "A"): 1})
    with pytest.raises(NotAllowed):
        routing.policies(CS, store)
    with pytest.raises(NotAllowed):
        routing.save(LEAD, store, SEED)
    assert ask(store, "SELECT count(*) FROM audit WHERE outcome = 'denied'") == [(2,)]
    assert SEED_SENTENCE.startswith("华东")
