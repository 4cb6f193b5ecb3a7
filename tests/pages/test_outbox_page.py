"""The page Outbox: empty, refused messages with the platform's words, retry, leave with a reason, mend."""

from streamlit.testing.v1 import AppTest

from core.store import Store, outbox
from core.store.outbox import Fate, Message


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)])


def fill(store: Store) -> None:
    with store.write() as cursor:
        outbox.put(
            cursor,
            [
                Message("dispatch", "jd", "s", f"N{n}", str(n), {"order_key": n, "courier": "SF", "tracking_no": f"SF00000{n}"})
                for n in range(3)
            ],
        )  # fmt: skip
        outbox.put(cursor, [Message("notify", "", "robot", "Hello", "x", {"title": "t", "text": "u"})])
    taken = outbox.claim(store, 2)
    with store.write() as cursor:
        outbox.settle(cursor, [Fate(row.outbox_id, outbox.DEAD, error="订单已经关闭，不能发货") for row in taken])


def test_an_empty_outbox_says_what_will_stand_here(open_page) -> None:
    page = open_page("outbox", language="en")
    assert not page.exception and not page.error
    assert "Nothing has left the house yet." in said(page)


def test_refused_messages_come_first_with_the_platforms_words(open_page, store: Store) -> None:
    fill(store)
    for language in ("zh", "en"):
        page = open_page("outbox", language=language)
        assert not page.exception and not page.error
        shown = page.dataframe[0].value
        assert list(shown["subject"]) == ["N0", "N1"]
        assert list(shown["error"]) == ["订单已经关闭，不能发货"] * 2
    page.button(key="outbox_retry_all").click().run()
    assert not page.exception
    assert "outbox_all_do" in {b.key for b in page.button}


def test_the_filters_narrow_and_customer_service_has_no_buttons(open_page, store: Store) -> None:
    fill(store)
    page = open_page("outbox", language="en", role="cs", state="waiting")
    assert sorted(page.dataframe[0].value["subject"]) == ["Hello", "N2"]
    page.selectbox(key="outbox_kind_waiting").select("notify").run()
    assert list(page.dataframe[0].value["subject"]) == ["Hello"]
    page = open_page("outbox", language="en", role="cs")
    assert "outbox_retry" not in {b.key for b in page.button}
