"""The page After sales: empty, the queue, one case with the acts its lifecycle and the role allow."""

import pytest
from streamlit.testing.v1 import AppTest

from core.flow.after_sales import follow
from core.settings import Settings
from core.store import Store
from tests.flow_orders import Shop


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)])


def keys(page: AppTest) -> set[str]:
    return {b.key for b in page.button if b.key}


@pytest.fixture
def cases(store: Store, settings: Settings) -> Shop:
    shop = Shop(store, settings)
    shop.orders("N1", "N2")
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED'")
    shop.refund("N1")
    shop.refund("N2", "SUCCESS")
    with store.write() as cursor:
        cursor.execute("UPDATE refunds SET refund_type = 'RETURN_REFUND'")
    follow(store, None)
    return shop


def test_an_empty_page_says_how_cases_come(open_page) -> None:
    page = open_page("after_sales", language="en")
    assert not page.exception and not page.error
    assert "No after-sales case yet." in said(page)
    assert "case_new" in keys(page)


def test_the_queue_has_what_waits_for_us_first(open_page, cases: Shop) -> None:
    for language in ("zh", "en"):
        page = open_page("after_sales", language=language)
        assert not page.exception and not page.error
        assert list(page.dataframe[0].value["platform_no"]) == ["N1"]
    page.segmented_control(key="cases_part").set_value("under_way").run()
    assert list(page.dataframe[0].value["state"]) == ["Goods come back"]
    page = open_page("after_sales", language="en", show="ended")
    assert "No case is like this." in said(page)


def test_a_warehouse_account_opens_no_case(open_page, cases: Shop) -> None:
    page = open_page(
        "after_sales",
        language="en",
        role="warehouse",
        rights="after_sales.view after_sales.receive",
    )
    assert not page.exception
    assert "case_new" not in keys(page)
    assert "fen" not in page.dataframe[0].value
