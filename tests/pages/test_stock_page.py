"""The page Stock: empty states, the waterfall, refused pushes, settings with their effect, doubts, the simulator."""

from streamlit.testing.v1 import AppTest

from core.people.actor import person
from core.services import stock_settings
from core.stock.policy import StockPolicy
from core.store import Store, outbox
from core.store.outbox import Fate, Message
from tests.stock.rooms import NOON, levels, order, rows

ADMIN = person("admin", "admin", language="en")


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)])


def keys(page: AppTest) -> set[str]:
    return {b.key for b in page.button if b.key}


def test_an_empty_store_says_what_to_do_on_every_tab(open_page) -> None:
    for part, text in (
        ("available", "No stock yet."),
        ("pushes", "Nothing has been pushed yet."),
        ("settings", "these are the defaults"),
        ("simulator", "Nothing is written."),
        ("drift", "No level is in doubt."),
    ):
        page = open_page("stock", language="en", part=part)
        assert not page.exception and not page.error
        assert text in said(page)


def test_a_sku_tells_how_its_figure_comes_about(open_page, store: Store) -> None:
    levels(store, {("jx", "A"): 10, ("jx", "B"): 1})
    order(store, 1, [("A", 3), ("B", 2)])
    page = open_page("stock", language="en")
    assert list(page.dataframe[0].value["sku"]) == ["B", "A"]  # sold out first
    assert list(page.dataframe[0].value["available"]) == [0, 7]
    page.selectbox(key="stock_sku").select("B").run()
    assert not page.exception
    assert "1 pieces more are asked for" in page.warning[0].value
    page.toggle(key="stock_short").set_value(True).run()
    assert list(page.dataframe[0].value["sku"]) == ["B"]


def test_a_count_is_entered_in_a_dialog(open_page, store: Store) -> None:
    page = open_page("stock", language="en")
    page.button(key="stock_count").click().run()
    assert not page.exception
    assert {field.key for field in page.text_input} >= {"stock_count_warehouse", "stock_count_sku"}
    assert "stock_count_save" in keys(page)


def test_settings_say_what_they_change_before_they_count(open_page, store: Store) -> None:
    levels(store, {("jx", "A"): 10})
    page = open_page("stock", language="en", part="settings")
    assert "stock_publish" not in keys(page)
    page.toggle(key="stock_v0_pushing").set_value(True).run()
    assert "This changes" in page.info[0].value
    page.button(key="stock_publish").click().run()
    assert not page.exception
    assert "stock_publish_confirm" in keys(page)
    stock_settings.publish(ADMIN, store, StockPolicy(mode="share", shares={"jd": 60}, priority="jd", buffer="formula"))
    page = open_page("stock", language="en", part="settings")
    assert not page.exception and not page.error
    assert "40 % are left: they go to the channel that comes first." in said(page)
    assert page.number_input(key="stock_v1_share_jd").value == 60


def test_who_may_only_look_changes_nothing(open_page, store: Store) -> None:
    levels(store, {("jx", "A"): 10})
    levels(store, {("jx", "A"): -1}, NOON.replace(hour=6))
    page = open_page("stock", language="en", role="cs", part="settings")
    assert page.toggle(key="stock_v0_pushing").disabled
    page = open_page("stock", language="en", role="cs", part="drift")
    assert "cannot be true" in page.warning[0].value
    assert not {key for key in keys(page) if key.startswith("doubt_")}


def test_a_doubt_is_settled_with_a_click(open_page, store: Store) -> None:
    levels(store, {("jx", "A"): 10})
    levels(store, {("jx", "A"): -1}, NOON.replace(hour=6))
    page = open_page("stock", language="en", part="drift")
    (yes,) = [key for key in keys(page) if key.startswith("doubt_yes")]
    page.button(key=yes).click().run()
    assert not page.exception
    assert rows(store, "SELECT on_hand FROM stock_levels") == [(0,)]
    assert not page.warning


def test_a_refused_figure_shows_the_platforms_words(open_page, store: Store) -> None:
    with store.write() as cursor:
        outbox.put(cursor, [Message("stock_push", "jd", "s", "A", "k", {"sku": "A", "shown": 3})])
    (row,) = outbox.claim(store, 1)
    with store.write() as cursor:
        outbox.settle(cursor, [Fate(row.outbox_id, outbox.DEAD, error="SKU 不存在", hint="Enter the SKU id.")])
    page = open_page("stock", language="en", part="pushes")
    assert not page.exception
    assert list(page.dataframe[1].value["error"]) == ["SKU 不存在"]


def test_the_simulator_draws_its_curves(open_page) -> None:
    page = open_page("stock", language="en", part="simulator")
    page.button(key="simulate_start").click().run()
    assert not page.exception
    assert "made-up day" in page.info[0].value
    assert page.dataframe[0].value["setting"][0] == "By hand: 10 min, 1 h, 4 h, daily"
