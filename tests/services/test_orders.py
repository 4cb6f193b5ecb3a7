"""The pool for a person: found by any number, filtered by any field, masked, and only what the role may see."""

from datetime import UTC, datetime

import pytest

from core import clock
from core.errors import BadRequest, NotAllowed
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import orders
from core.services.order_query import OrderQuery
from core.settings import Settings
from core.store import Store
from core.store.orders_query import Filter, Sort
from core.store.tags import Tag, insert
from tests.factories import fill, granted

ADMIN, CS, WAREHOUSE = person("ann", "admin"), person("carl", "cs"), granted("wang", "warehouse", "orders.view")
ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def pool(store: Store, vault: Vault) -> Store:
    fill(store, vault, 240, until=NOW)
    return store


def _found(pool: Store, vault: Vault, text: str) -> tuple[list[str], str]:
    page = orders.search(ADMIN, pool, vault, OrderQuery(text, columns=("platform_no",)))
    return sorted(row["platform_no"] for row in page.rows), page.found_by


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2600000000000120", "platform_no"),
        ("ZT73000000120", "tracking_no"),
        ("R2600000000000120", "refund_no"),
        ("buyer_120", "buyer_id"),
        ("mk120", "merge_key"),
        ("2600000000000120-1", "line_no"),
        ("13800000120", "phone"),
        ("+86 138-0000-0120", "phone"),
        ("0120", "last_four"),
        ("２６０００００００００００１２０", "platform_no"),
    ],
)
def test_an_order_is_found_by_any_of_its_numbers(pool: Store, vault: Vault, text: str, kind: str) -> None:
    assert _found(pool, vault, text) == (["2600000000000120"], kind)


def test_an_order_of_a_shop_that_left_the_list_is_found_too(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        cursor.execute("DELETE FROM shops")
    assert _found(pool, vault, "2600000000000007") == (["2600000000000007"], "platform_no")


def test_a_recipient_is_found_by_the_whole_name_and_by_the_masked_one(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        cursor.execute(
            "UPDATE orders SET recipient_key = ? WHERE platform_no = '2600000000000010'", [vault.keyed("王芳")]
        )
    assert _found(pool, vault, "王芳") == (["2600000000000010"], "recipient")
    masked, kind = _found(pool, vault, "王**")
    assert (len(masked), kind) == (24, "masked_name")


def test_a_text_that_is_nothing_finds_nothing(pool: Store, vault: Vault) -> None:
    assert _found(pool, vault, "x' OR '1'='1") == ([], "")


def test_filters_of_order_line_and_refund_fields_work_together(pool: Store, vault: Vault) -> None:
    with pool.read() as cursor:
        wanted = cursor.execute(
            "SELECT count(*) FROM orders o WHERE channel = 'doudian' AND paid_fen >= 10000 AND EXISTS "
            "(SELECT 1 FROM order_lines l WHERE l.order_key = o.order_key AND l.qty > 1)"
        ).fetchone()
    assert wanted is not None and wanted[0] > 0
    query = OrderQuery(
        filters=(Filter("channel", "in", ["doudian"]), Filter("paid_fen", "ge", 10000), Filter("qty", "gt", 1))
    )
    assert orders.count(ADMIN, pool, vault, query) == (wanted[0], "")


@pytest.mark.parametrize("wanted", [True, False])
def test_a_yes_or_no_filter_and_its_opposite_make_the_whole(pool: Store, vault: Vault, wanted: bool) -> None:
    for field in ("held", "refund_open", "is_presale"):
        one = orders.count(ADMIN, pool, vault, OrderQuery(filters=(Filter(field, "eq", wanted),)))[0]
        other = orders.count(ADMIN, pool, vault, OrderQuery(filters=(Filter(field, "eq", not wanted),)))[0]
        assert 0 < one < 240 and one + other == 240


def test_an_own_field_filters_shows_and_sorts(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        cursor.execute(
            "INSERT INTO own_fields VALUES ('x_grade', 'text', 'order', '等级', 'Grade', '[]', '', NULL, false, 1, now())"
        )
        cursor.execute("ALTER TABLE orders ADD COLUMN x_grade VARCHAR")
        cursor.execute("UPDATE orders SET x_grade = 'A' WHERE platform_no LIKE '%5'")
    page = orders.search(
        ADMIN,
        pool,
        vault,
        OrderQuery(filters=(Filter("x_grade", "eq", "A"),), sort=(Sort("x_grade"),), columns=("x_grade",)),
    )
    assert page.total == 24 and {row["x_grade"] for row in page.rows} == {"A"}


def test_pages_of_a_sorted_list_cover_every_order_once_from_both_ends(pool: Store, vault: Vault) -> None:
    numbers = []
    for offset in range(0, 240, 50):
        query = OrderQuery(sort=(Sort("status"),), columns=("platform_no", "status"), offset=offset, limit=50)
        numbers += [row["platform_no"] for row in orders.search(ADMIN, pool, vault, query).rows]
    assert len(numbers) == len(set(numbers)) == 240


def test_empty_values_come_last_either_way_also_on_the_far_half(pool: Store, vault: Vault) -> None:
    for descending in (True, False):
        query = OrderQuery(sort=(Sort("courier", descending),), columns=("courier",), offset=190, limit=50)
        assert all(row["courier"] is None for row in orders.search(ADMIN, pool, vault, query).rows[-5:])


def test_a_count_follows_the_next_commit(pool: Store, vault: Vault) -> None:
    held = OrderQuery(filters=(Filter("held", "eq", True),))
    before = orders.count(ADMIN, pool, vault, held)[0]
    with pool.write() as cursor:
        cursor.execute("UPDATE orders SET held = true WHERE platform_no = '2600000000000001'")
    assert orders.count(ADMIN, pool, vault, held)[0] == before + 1


@pytest.mark.parametrize("name", ["password_hash", "order_key; DROP TABLE orders", '" OR 1=1 --', "digest"])
def test_a_name_outside_the_catalogue_is_refused_everywhere(pool: Store, vault: Vault, name: str) -> None:
    for query in (
        OrderQuery(filters=(Filter(name, "eq", "1"),)),
        OrderQuery(sort=(Sort(name),)),
    ):
        with pytest.raises(BadRequest):
            orders.search(ADMIN, pool, vault, query)


def test_a_value_is_data_and_never_sql(pool: Store, vault: Vault) -> None:
    query = OrderQuery(filters=(Filter("shop", "eq", "' OR true --"), Filter("buyer_note", "contains", "%' OR 1=1")))
    assert orders.count(ADMIN, pool, vault, query)[0] == 0


def test_the_warehouse_sees_filters_and_sorts_no_amount(pool: Store, vault: Vault) -> None:
    page = orders.search(WAREHOUSE, pool, vault, OrderQuery(columns=("platform_no", "paid_fen")))
    assert set(page.rows[0]) == {"order_key", "platform_no"}
    for query in (OrderQuery(filters=(Filter("paid_fen", "gt", 1),)), OrderQuery(sort=(Sort("paid_fen"),))):
        with pytest.raises(NotAllowed):
            orders.search(WAREHOUSE, pool, vault, query)
    with pytest.raises(NotAllowed):
        orders.search(WAREHOUSE, pool, vault, OrderQuery(filters=(Filter("line_paid_fen", "gt", 1),)))


def test_the_grid_gives_a_block_with_text_keys_and_local_times(pool: Store, vault: Vault) -> None:
    request = {
        "startRow": 0,
        "endRow": 5,
        "sortModel": [{"colId": "paid_at", "sort": "desc"}],
        "view": {"channel": ["taobao", "jd"], "by": "paid_at", "from": "2026-11-21", "to": "2026-11-22"},
    }
    with clock.frozen(NOW):
        answer = orders.grid(CS, pool, vault, request, zone=ZONE)
    with pool.read() as cursor:
        total = cursor.execute(
            "SELECT count(*) FROM orders WHERE channel IN ('taobao', 'jd') AND paid_at >= '2026-11-20 16:00:00+00'"
        ).fetchone()
    assert answer["total"] == (total or [0])[0] and len(answer["rows"]) == 5
    first = answer["rows"][0]
    assert isinstance(first["order_key"], str) and first["paid_at"] == "2026-11-22 12:00:00"
    assert "*" in first["phone"] and "*" in first["recipient"]


@pytest.mark.parametrize(
    "request_",
    [
        {"startRow": -1, "endRow": 10},
        {"startRow": "0", "endRow": 10},
        {"startRow": 0, "endRow": 10, "view": {"unknown": 1}},
        {"startRow": 0, "endRow": 10, "view": {"more": [{"field": "paid_fen", "op": "ge", "value": "abc"}]}},
        {"startRow": 0, "endRow": 10, "view": {"from": "yesterday"}},
        {"startRow": 0, "endRow": 10, "view": {"status": "PAID"}},
    ],
)
def test_a_wrong_grid_request_is_refused_in_words(pool: Store, vault: Vault, request_: dict) -> None:
    with pytest.raises(BadRequest) as refused:
        orders.grid(ADMIN, pool, vault, request_, zone=ZONE)
    assert refused.value.message and refused.value.hint


def test_tagging_changes_what_lacks_the_tag_with_one_event_each_and_comes_off_again(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        insert(cursor, Tag("vip", "贵宾", "VIP", "purple"))
    jd = OrderQuery(filters=(Filter("channel", "in", ["jd"]),))
    assert orders.tag(ADMIN, pool, vault, jd, "vip") == 40
    assert orders.tag(ADMIN, pool, vault, jd, "vip") == 0
    tagged = OrderQuery(filters=(Filter("tags", "has", "vip"),))
    assert orders.count(ADMIN, pool, vault, tagged)[0] == 40
    assert orders.tag(ADMIN, pool, vault, jd, "vip", put=False) == 40
    assert orders.count(ADMIN, pool, vault, tagged)[0] == 0
    with pool.read() as cursor:
        events = dict(
            cursor.execute("SELECT event, count(*) FROM order_events WHERE reason = 'vip' GROUP BY event").fetchall()
        )
        audited = cursor.execute("SELECT count(*) FROM audit WHERE action = 'orders.tag'").fetchone()
    assert events == {"order_tagged": 40, "order_untagged": 40} and audited == (3,)


def test_a_role_without_the_right_tags_nothing(pool: Store, vault: Vault) -> None:
    with pool.write() as cursor:
        insert(cursor, Tag("vip", "贵宾", "VIP", "purple"))
    with pytest.raises(NotAllowed):
        orders.tag(CS, pool, vault, OrderQuery(), "vip")
    with pool.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders WHERE tags IS NOT NULL").fetchone() == (0,)


def test_an_unknown_tag_is_refused(pool: Store, vault: Vault) -> None:
    with pytest.raises(BadRequest):
        orders.tag(ADMIN, pool, vault, OrderQuery(), "nothing")


def test_picked_orders_are_exactly_those(pool: Store, vault: Vault) -> None:
    some = orders.search(ADMIN, pool, vault, OrderQuery(limit=3)).rows
    keys = [str(row["order_key"]) for row in some]
    assert orders.count(ADMIN, pool, vault, orders.by_keys(keys))[0] == 3
