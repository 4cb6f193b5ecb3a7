"""The page Parcels: empty, troubles first, one parcel's story, settling, services by form."""

from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from core import clock
from core.flow import on_the_road
from core.model.parcels import Scan, Track
from core.store import Store

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)])


def keys(page: AppTest) -> set[str]:
    return {b.key for b in page.button if b.key}


def fill(store: Store) -> None:
    with store.write() as cursor:
        for key in range(3):
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, shipped_at, changed_at) "
                "VALUES (?, 'jd', 's', ?, 'SHIPPED', 'SF', ?, ?, ?)",
                [key, f"N{key}", f"SF00000{key}", NOW, NOW],
            )
    with clock.frozen(NOW):
        on_the_road.watch(store)
        on_the_road.take(store, "k", [Track("SF000001", "returning", (Scan(NOW, "收件人拒收", "returning", "上海"),))])
        on_the_road.take(store, "k", [Track("SF000002", "delivered", (Scan(NOW, "已签收", "delivered"),))])


def test_an_empty_page_says_what_will_stand_here(open_page) -> None:
    page = open_page("parcels", language="en")
    assert not page.exception and not page.error
    assert "No parcel is on the road." in said(page)
    page = open_page("parcels", language="en", part="services")
    assert "No service is set up yet." in said(page)
    assert "tracking_add_kuaidi100" in keys(page)


def test_troubles_come_first_and_everything_is_a_part_away(open_page, store: Store) -> None:
    fill(store)
    for language in ("zh", "en"):
        page = open_page("parcels", language=language)
        assert not page.exception and not page.error
        assert list(page.dataframe[0].value["tracking_no"]) == ["SF000001"]
    page.segmented_control(key="parcels_part").set_value("all").run()
    assert list(page.dataframe[0].value["tracking_no"]) == ["SF000001", "SF000000", "SF000002"]
    page.text_input(key="parcels_text").set_value("N2").run()
    assert list(page.dataframe[0].value["state"]) == ["Delivered"]


def test_customer_service_sets_up_nothing(open_page, store: Store) -> None:
    page = open_page("parcels", language="en", role="cs", part="services")
    assert not page.exception
    assert "tracking_add_kuaidi100" not in keys(page)
    assert page.number_input(key="policy_stuck").disabled
