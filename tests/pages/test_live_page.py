"""The page Live board: every number leads to exactly its orders; arranging; the wall screen; roles."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st

from core import clock
from core.people.actor import person
from core.services import live_board, orders
from core.store import Store
from core.ui import address, session
from core.ui.live import arrange, charts, numbers, wall

ADMIN = person("admin", "admin", language="en")
ZONE = "Asia/Shanghai"


@pytest.fixture
def trade(store: Store) -> Store:
    now = clock.now()
    with store.write() as cursor:
        for key, (status, hours, held) in enumerate(
            [
                ("PAID", -1, ""),
                ("PAID", 2, "no_stock"),
                ("PICKING", 30, "person"),
                ("PACKED", 90, ""),
                ("SHIPPED", -9, ""),
            ]
        ):
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, status, paid_at, ordered_at, ship_by, held, "
                "held_reasons, pool_at, changed_at, is_presale) VALUES (?, 'jd', 's', ?, ?, ?, ?, ?, ?, ?, ?, ?, false)",
                [key, f"N{key}", status, now - timedelta(seconds=key), now, now + timedelta(hours=hours), bool(held),
                 f'["{held}"]' if held else "[]", now, now],
            )  # fmt: skip
        cursor.execute("INSERT INTO order_lines (order_key, sku, line_no) VALUES (1, 'A', '1')")
        cursor.execute("INSERT INTO stock_waits VALUES (1, 'A', 2, ?)", [now])
        cursor.execute(
            "INSERT INTO flow_tokens (order_key, parcel, flow, version, node, state, arrived_at) VALUES (0, '', 'f', 1, 'x', 'ready', ?)",
            [now],
        )
    return store


def behind(store: Store, vault, link: numbers.Link) -> int:
    """The orders on the page that a link opens, by way of the address as a browser would send it."""
    page, view = link
    assert page == "orders"
    st.query_params.from_dict(address.params_of(view))
    query = orders.query(ADMIN, store, address.read(), zone=ZONE)
    return orders.count(ADMIN, store, vault, query)[0]


def test_each_number_leads_to_exactly_its_orders(trade: Store, vault) -> None:
    board = live_board.present(ADMIN, trade, ZONE)
    bands = dict.fromkeys(("paid_to_slip_minutes.p50",), (None, 30.0))
    found = {
        name: numbers.number(name, board, bands) for name in ("late", "at_risk", "open", "held", "no_slip", "arrived")
    }
    assert {name: card["value"] for name, card in found.items()} == {
        "late": "1", "at_risk": "1", "open": "4", "held": "2", "no_slip": "4", "arrived": "5",
    }  # fmt: skip
    for name, card in found.items():
        assert behind(trade, vault, card["link"]) == int(card["value"]), name
    for name in ("stations", "countdown", "reasons", "statuses"):
        for row in charts.chart(name, board, ZONE)["rows"]:
            assert behind(trade, vault, row["link"]) == row["size"], (name, row["label"])
    (short,) = charts.chart("shorts", board, ZONE)["rows"]
    assert behind(trade, vault, short["link"]) == 1
    hours = charts.chart("arrivals", board, ZONE)
    assert sum(behind(trade, vault, link) for link in hours["links"] if link) == sum(n or 0 for n in hours["bars"]) == 5


def test_the_page_shows_the_board_with_its_buttons(open_page, trade: Store) -> None:
    page = open_page("live", language="en")
    assert not page.exception and not page.error
    assert {"live_arrange", "live_risk"} <= {button.key for button in page.button}
    page.button(key="live_arrange").click().run()
    assert not page.exception and "live_save" in {button.key for button in page.button}


def test_a_wall_screen_is_the_board_alone(open_page, store: Store) -> None:
    page = open_page("live", language="en", wall="1")
    assert not page.exception and "live_arrange" not in {button.key for button in page.button}


def test_ticked_cards_come_in_the_order_of_their_places() -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "shown": [True, False, True, True],
            "place": [2, 1, 1, None],
            "size": ["大", "小", "中", "小"],
            "name": list("abcd"),
        }
    )
    assert arrange.chosen(frame) == [
        {"card": "c", "size": "m"}, {"card": "a", "size": "l"}, {"card": "d", "size": "s"},
    ]  # fmt: skip


def test_a_link_leads_only_where_the_board_points(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = []
    monkeypatch.setattr(session, "link_to", lambda name: name)
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: gone.append((page, query_params)))
    for link in ("/orders?status=PAID&status=PACKED", "https://example.com/x", "/people", ""):
        wall.follow(link)
    assert gone == [("orders", {"status": ["PAID", "PACKED"]})]
    assert parse_qs(urlsplit("/orders?status=PAID&status=PACKED").query) == gone[0][1]
