"""The starter mappings of the five platforms: each sample, as the connector hands it over, becomes exactly its order."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.channels.base import Connector, Window
from core.channels.intake import Batch, take_in
from core.mapping.starter import install_starters
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store

CHANNELS = ("taobao", "jd", "doudian", "pinduoduo", "wechat")
FOLDER = Path(__file__).resolve().parents[2] / "data" / "mappings"
WINDOW = Window(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))
NOW = datetime(2026, 11, 22, 2, 31, tzinfo=UTC)
_LISTS = {  # the calls of one pull, in their order, as samples
    ("taobao", "orders"): ["taobao/order_list_count", "taobao/order_list"],
    ("jd", "orders"): ["jd/order_list"],
    ("doudian", "orders"): ["doudian/order_list"],
    ("pinduoduo", "orders"): ["pinduoduo/order_list_count", "pinduoduo/order_list"],
    ("wechat", "orders"): ["wechat_store/order_list", "wechat_store/order_detail"],
    ("taobao", "refunds"): ["taobao/refund_list_counted", "taobao/refund_list"],
    ("jd", "refunds"): ["jd/refund_list", "jd/refund_list"],
    ("doudian", "refunds"): ["doudian/refund_list"],
    ("pinduoduo", "refunds"): ["pinduoduo/refund_list", "pinduoduo/refund_list"],
    ("wechat", "refunds"): ["wechat_store/refund_list", "wechat_store/refund_detail"],
}


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def ready(store: Store) -> Store:
    install_starters(store)
    return store


def _rows(store: Store, sql: str, *values: Any) -> list[dict[str, Any]]:
    with store.read() as cursor:
        found = cursor.execute(sql, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    "path", [path for c in CHANNELS for path in sorted(FOLDER.glob(f"{c}.*.json"))], ids=lambda path: path.stem
)
def test_every_example_in_a_starter_mapping_holds(ready: Store, vault: Vault, path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    channel, entity = document["channel"], document["entity"]
    assert document["examples"]
    table, key = ("orders", "platform_no") if entity == "orders" else ("refunds", "refund_no")
    for example in document["examples"]:
        done = take_in(ready, vault, Batch(channel, "demo", entity, "pull", [json.dumps(example["body"])]))
        assert (done.rejects, done.inserted) == ((), 1)
        expect = dict(example["expect"])
        lines = expect.pop("lines", [])
        (row,) = _rows(ready, f"SELECT * FROM {table} WHERE {key} = ?", expect[key])
        assert {name: _plain(row[name]) for name in expect} == expect
        kept = _rows(ready, "SELECT * FROM order_lines WHERE platform_no = ? ORDER BY line_no", row["platform_no"])
        for line in lines:
            (found,) = [k for k in kept if k["line_no"] == line["line_no"]]
            assert {name: found[name] for name in line} == line
        assert not lines or len(kept) == len(lines)


@pytest.fixture
def pulled(
    platform: Any, connect: Callable[..., Connector], sample: Callable[[str], Any], ready: Store, vault: Vault
) -> Callable[[str, str], Any]:
    """Pull a channel's samples through its connector into the pool."""

    def pull(channel: str, entity: str) -> Any:
        answers = iter(_LISTS[channel, entity])

        def answer(_asked: Any) -> Any:
            name = next(answers)
            if name.endswith("_counted"):
                return {"refunds_receive_get_response": {"total_results": 1}}
            return sample(f"{name}_response.json")

        platform.answer = answer
        with clock.frozen(NOW):
            bodies = [body for page in connect(channel).pull(entity, WINDOW) for body in page.bodies]
        return take_in(ready, vault, Batch(channel, "demo", entity, "pull", bodies))

    return pull


def test_the_same_basket_on_five_platforms_is_the_same_to_the_fen(ready: Store, pulled: Any) -> None:
    for channel in CHANNELS:
        assert pulled(channel, "orders").rejects == ()
    rows = _rows(
        ready,
        "SELECT channel, status, held, paid_fen, goods_fen, discount_fen, shipping_fen FROM orders "
        "WHERE status = 'PAID' AND NOT held ORDER BY channel",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("doudian", "PAID", False, 24800, 25800, 1000, 0),
        ("jd", "PAID", False, 23725, 25790, 1065, 0),
        ("pinduoduo", "PAID", False, 23725, 25790, 2065, 0),
        ("taobao", "PAID", False, 23725, 25790, 1065, 0),
        ("wechat", "PAID", False, 24800, 25800, 1000, 0),
    ]
    lines = _rows(
        ready,
        "SELECT channel, sku, sum(qty)::BIGINT AS qty FROM order_lines JOIN orders USING (order_key, channel) "
        "WHERE status = 'PAID' AND NOT held GROUP BY ALL ORDER BY ALL",
    )
    hoodie, socks = "KZ-2201-BLK-L", "WZ-01-GRY"
    assert [tuple(line.values()) for line in lines] == [
        *(("doudian", sku, qty) for sku, qty in ((hoodie, 2), (socks, 1))),
        *(("jd", sku, qty) for sku, qty in ((hoodie, 2), (socks, 1))),
        *(("pinduoduo", sku, qty) for sku, qty in ((hoodie, 2), (socks, 1))),
        *(("taobao", sku, qty) for sku, qty in ((hoodie, 2), (socks, 1))),
        ("wechat", hoodie, 2),
    ]


def test_a_platforms_own_hold_freezes_the_order(ready: Store, pulled: Any) -> None:
    for channel in ("jd", "pinduoduo", "taobao"):
        pulled(channel, "orders")
    held = _rows(ready, "SELECT channel, platform_no, status FROM orders WHERE held ORDER BY channel")
    assert [tuple(row.values()) for row in held] == [
        ("jd", "300123450001", "PAID"),
        ("pinduoduo", "261122-318273645900002", "PAID"),
    ]
    closed = _rows(ready, "SELECT status FROM orders WHERE platform_no = '2381045600999456001'")
    assert closed == [{"status": "CANCELLED"}]


def test_refunds_arrive_with_the_platforms_own_word(ready: Store, pulled: Any) -> None:
    for channel in CHANNELS:
        pulled(channel, "orders")
        assert pulled(channel, "refunds").rejects == ()
    rows = _rows(
        ready,
        "SELECT channel, platform_no, line_no, refund_type, refund_status, refund_fen FROM refunds ORDER BY channel",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("doudian", "6921377343921159820", "6921377343921159821", "REFUND_ONLY", "6", 24800),
        ("jd", "300123450001", None, "REFUND_ONLY", "0", 12900),
        ("pinduoduo", "261122-318273645900001", None, "REFUND_ONLY", "2", 21820),
        ("taobao", "2381045600123456789", "2381045600123456789", "REFUND_ONLY", "WAIT_SELLER_AGREE", 22800),
        ("wechat", "3705115058471208928", None, "REFUND_ONLY", "MERCHANT_PROCESSING", 24800),
    ]


def test_pulling_the_same_again_changes_nothing(ready: Store, pulled: Any) -> None:
    for channel in CHANNELS:
        first, second = pulled(channel, "orders"), pulled(channel, "orders")
        assert (second.inserted, second.updated, second.unchanged) == (0, 0, first.inserted)


@pytest.mark.parametrize(
    ("changed", "status", "held"),
    [
        ({"confirm_status": 0}, "UNPAID", False),
        ({"confirm_status": 2}, "CANCELLED", False),
        ({"risk_control_status": 1}, "PAID", True),
        ({"order_tag_list": [{"name": "ship_hold", "value": 1}]}, "PAID", True),
        ({"order_tag_list": [{"name": "ship_hold", "value": 0}]}, "PAID", False),
        ({"order_tag_list": None}, "PAID", False),
        ({"refund_status": 4}, "CANCELLED", False),
        ({"refund_status": 2}, "PAID", False),
        ({"order_status": 2}, "SHIPPED", False),
        ({"order_status": 3}, "COMPLETED", False),
    ],
)
def test_pinduoduos_status_is_read_from_several_fields(
    ready: Store, vault: Vault, sample: Any, changed: dict[str, Any], status: str, held: bool
) -> None:
    order = sample("pinduoduo/order_detail_response.json")["order_info_get_response"]["order_info"] | changed
    done = take_in(ready, vault, Batch("pinduoduo", "demo", "orders", "pull", [json.dumps(order)]))
    assert done.rejects == ()
    assert _rows(ready, "SELECT status, held FROM orders") == [{"status": status, "held": held}]


def test_a_status_nobody_knows_is_rejected_by_name(ready: Store, vault: Vault, sample: Any) -> None:
    order = sample("taobao/order_detail_response.json")["trade_fullinfo_get_response"]["trade"] | {"status": "NEW_WORD"}
    done = take_in(ready, vault, Batch("taobao", "demo", "orders", "pull", [json.dumps(order)]))
    assert [(reject.field, reject.value) for reject in done.rejects] == [("status", "NEW_WORD")]


def test_pinduoduos_gifts_are_lines_too(ready: Store, vault: Vault, sample: Any) -> None:
    order = sample("pinduoduo/order_detail_response.json")["order_info_get_response"]["order_info"]
    gift = order["item_list"][1] | {"outer_id": "GIFT-1", "goods_price": "0.00", "goods_count": 3}
    bodies = [json.dumps(order | {"gift_list": [gift]}), json.dumps(order | {"gift_list": None, "order_sn": "2"})]
    assert take_in(ready, vault, Batch("pinduoduo", "demo", "orders", "pull", bodies)).rejects == ()
    lines = _rows(ready, "SELECT line_no, qty, is_gift FROM order_lines WHERE platform_no <> '2' ORDER BY line_no")
    assert [tuple(line.values()) for line in lines] == [
        ("GIFT-1-3", 3, True),
        ("KZ-2201-BLK-L-1", 2, None),
        ("WZ-01-GRY-2", 1, None),
    ]
    assert _rows(ready, "SELECT count(*) AS n FROM order_lines WHERE platform_no = '2'") == [{"n": 2}]
