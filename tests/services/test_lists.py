import csv
import io

import pytest

from core.errors import BadRequest, NotAllowed
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import lists, rules
from core.services.lists import Added
from core.settings import Settings
from core.store import Store

ADMIN, LEAD, CS = (person(role, role) for role in ("admin", "lead", "cs"))


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def test_a_typed_phone_is_kept_as_hash_and_mask_in_any_spelling(store: Store, vault: Vault) -> None:
    typed = ["138 0013 8000", "+8613800138000", "１３８００１３８０００"]
    assert lists.add(ADMIN, store, vault, "黑名单", "phone", typed, note="刷单") == Added(1, 2, 0)
    (member,) = lists.members(LEAD, store, vault, "黑名单")
    assert (member.kind, member.value, member.shown, member.note) == (
        "phone", vault.keyed("13800138000"), "138****8000", "刷单",
    )  # fmt: skip
    with store.read() as cursor:
        (audited,) = cursor.execute("SELECT detail FROM audit WHERE action = 'lists.add'").fetchall()
    assert "13800138000" not in audited[0]


def test_masked_and_broken_values_are_refused_and_named_and_the_others_added(store: Store, vault: Vault) -> None:
    done = lists.add(ADMIN, store, vault, "l", "phone", ["138****8000", "", "13900139000", "abc"])
    assert done == Added(1, 0, 2, (1, 4))
    with pytest.raises(BadRequest):
        lists.add(ADMIN, store, vault, "l", "phone", ["138****8000"])


def test_an_address_needs_its_place_and_any_spelling_of_the_province_is_one(store: Store, vault: Vault) -> None:
    done = lists.add(
        ADMIN, store, vault, "l", "address",
        ["浙江|杭州|西湖区|文三路100号", "浙江省|杭州市|西湖区|文三路１００号", "文三路100号"],
    )  # fmt: skip
    assert done == Added(1, 1, 1, (3,))
    (member,) = lists.members(ADMIN, store, vault, "l")
    assert "100" not in member.shown


def test_a_member_is_found_by_its_phone_and_removed(store: Store, vault: Vault) -> None:
    lists.add(ADMIN, store, vault, "l", "phone", ["13800138000", "13900139000"])
    found = lists.members(ADMIN, store, vault, "l", text="13900139000")
    assert [member.shown for member in found] == ["139****9000"]
    assert lists.remove(ADMIN, store, "l", found) == 1
    assert lists.remove(ADMIN, store, "l", found) == 0
    assert [member.shown for member in lists.members(ADMIN, store, vault, "l")] == ["138****8000"]


def test_a_list_says_how_many_orders_carry_a_member(store: Store, vault: Vault) -> None:
    lists.make(ADMIN, store, "blacklist", "block")
    lists.add(ADMIN, store, vault, "blacklist", "phone", ["13800138000"])
    lists.add(ADMIN, store, vault, "blacklist", "buyer_id", ["b1", "b2"])
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, phone_key, buyer_id) VALUES (1, 'jd', ?, 'b1'), (2, 'jd', NULL, 'b2')",
            [vault.keyed("13800138000")],
        )
    assert [(row.name, row.purpose, row.members, row.orders) for row in lists.listing(LEAD, store)] == [
        ("blacklist", "block", 3, 2)
    ]


def test_a_file_is_one_value_a_line_in_either_encoding() -> None:
    assert lists.values_of_file("\ufeff13800138000\r\n\r\n 13900139000 ,note\n".encode()) == [
        "13800138000",
        "13900139000",
    ]
    assert lists.values_of_file("浙江|杭州|西湖区|文三路1号\n".encode("gb18030")) == ["浙江|杭州|西湖区|文三路1号"]


def test_an_export_is_masked_guarded_and_audited(store: Store, vault: Vault) -> None:
    lists.add(ADMIN, store, vault, "l", "phone", ["13800138000"])
    lists.add(ADMIN, store, vault, "l", "buyer_id", ["=cmd()"])
    rows = list(csv.reader(io.StringIO(lists.export(ADMIN, store, "l").decode("utf-8-sig"))))
    assert {row[1] for row in rows[1:]} == {"138****8000", "'=cmd()"}
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM audit WHERE action = 'lists.export'").fetchone() == (1,)


def test_a_list_that_a_published_rule_asks_for_cannot_be_removed(store: Store, vault: Vault) -> None:
    when = {"not": {"field": "phone", "op": "in_list", "value": "l"}}
    body = {
        "kind": "risk", "name": "t", "mode": "live", "hit": "all",
        "rules": [{"id": "a", "when": when, "then": {"action": "review"}}],
    }  # fmt: skip
    lists.add(ADMIN, store, vault, "l", "phone", ["13800138000"])
    rules.publish(ADMIN, store, vault, "risk", "t", rules.save(ADMIN, store, body).version)
    with pytest.raises(BadRequest, match="l"):
        lists.drop(ADMIN, store, "l")
    assert lists.drop(ADMIN, store, "other") == 0


@pytest.mark.parametrize("actor", [LEAD, CS])
def test_only_an_administrator_changes_a_list(store: Store, vault: Vault, actor) -> None:
    for call in (
        lambda: lists.make(actor, store, "l", "block"),
        lambda: lists.add(actor, store, vault, "l", "ip", ["1.2.3.4"]),
        lambda: lists.remove(actor, store, "l", []),
        lambda: lists.drop(actor, store, "l"),
        lambda: lists.export(actor, store, "l"),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert lists.listing(ADMIN, store) == []
