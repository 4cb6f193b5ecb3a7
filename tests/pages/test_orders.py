"""The page Orders as a person uses it: links, search, cards, one order, views, tags, export."""

import pytest

from core.people.actor import person
from core.services import views
from core.store import Store, shops
from core.store.orders_search import order_key
from core.store.tags import Tag, insert
from tests.factories import fill

KEY = str(order_key("taobao", "tm-flagship", "2600000000000060"))


@pytest.fixture
def pool(served: Store, vault) -> Store:
    fill(served, vault, 60)
    with served.write() as cursor:
        insert(cursor, Tag("vip", "贵宾", "VIP", "purple"))
    return served


def _button(app, label: str):
    return next(b for b in app.button if b.label == label)


def _address(app, name: str) -> list[str]:
    said = app.query_params.get(name, [])
    return said if isinstance(said, list) else [said]


def _count(app) -> str:
    return next(m.value for m in app.markdown if "order" in m.value and m.value.startswith("**")).split("**")[1]


def test_a_link_with_filters_shows_exactly_those_orders(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", channel=["jd", "doudian"])
    assert _count(app) == "20" and app.multiselect(key="f_channel").value == ["jd", "doudian"]


def test_the_address_follows_the_filters(pool: Store, open_page) -> None:
    app = open_page("orders", language="zh")
    app.multiselect(key="f_status").set_value(["PAID"]).run()
    assert _address(app, "status") == ["PAID"]
    app.button(key="f_clear").click().run()
    assert "status" not in app.query_params


def test_a_search_says_how_it_found(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", q="13800000060")
    assert any("found by Phone" in m.value for m in app.markdown) and _count(app) == "1"


def test_a_search_that_the_filters_hide_offers_itself_alone(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", q="13800000060", channel=["jd"])
    assert any("finds 1 orders" in i.value for i in app.info)
    _button(app, "Search without the filters").click().run()
    assert _count(app) == "1"


def test_cards_show_masked_persons_and_open_an_order(pool: Store, open_page) -> None:
    app = open_page("orders", language="en")
    app.segmented_control(key="orders_as").set_value("cards").run()
    _button(app, "Open").click().run()
    assert _address(app, "order") == [KEY] and not app.exception
    assert any("2600000000000060" in code.value for code in app.code)


def test_an_order_opens_by_its_link_and_its_person_by_right_only(pool: Store, open_page) -> None:
    app = open_page("orders", role="cs", language="en", order=KEY)
    app.segmented_control(key=f"part_{KEY}").set_value("person").run()
    app.button(key=f"person_{KEY}").click().run()
    assert "13800000060" in [code.value for code in app.code]
    app = open_page("orders", role="analyst", language="en", order=KEY)
    app.segmented_control(key=f"part_{KEY}").set_value("person").run()
    assert not [b for b in app.button if b.key == f"person_{KEY}"]


@pytest.mark.parametrize("part", ["lines", "facts", "person", "timeline", "raw"])
def test_every_part_of_an_order_shows(pool: Store, open_page, part: str) -> None:
    app = open_page("orders", language="zh", order=KEY)
    app.segmented_control(key=f"part_{KEY}").set_value(part).run()
    assert not app.exception and not app.error


def test_a_link_to_an_order_that_is_gone_says_so(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", order="12345")
    assert [error.value for error in app.error] == [
        "**There is no such order.**  \nSearch for it by any of its numbers."
    ]


def test_the_page_begins_with_the_default_view(pool: Store, open_page) -> None:
    views.save(person("admin", "admin"), pool, "mine", {"channel": ["jd"]}, zone="Asia/Shanghai", default=True)
    app = open_page("orders", language="en")
    assert _count(app) == "10" and _address(app, "channel") == ["jd"]


def test_a_view_keeps_the_order_of_its_rows_and_the_address_says_it(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", sort="-paid_fen,platform_no")
    app.text_input(key="view_name").set_value("dear first")
    _button(app, "Save").click().run()
    sort = [{"field": "paid_fen", "descending": True}, {"field": "platform_no", "descending": False}]
    assert views.find(person("admin", "admin"), pool, "dear first").body["sort"] == sort
    fresh = open_page("orders", language="en")
    fresh.button(key="view_dear first").click().run()
    assert _address(fresh, "sort") == ["-paid_fen,platform_no"]


def test_shops_show_their_titles(pool: Store, open_page) -> None:
    with pool.write() as cursor:
        shops.save(cursor, shops.Shop("jd", "jd-main", "萌宠京东店", "", {}))
    app = open_page("orders", language="en")
    assert "萌宠京东店" in app.multiselect(key="f_shop").options


def test_tagging_says_how_many_orders_and_which_before_it_acts(pool: Store, vault, open_page) -> None:
    app = open_page("orders", language="en", channel=["jd"])
    app.button(key="act_tag").click().run()
    assert any("10 orders get the tag VIP" in m.value for m in app.markdown)


def test_who_may_not_export_or_tag_sees_no_button_for_it(pool: Store, open_page) -> None:
    keys = {b.key for b in open_page("orders", role="cs", language="en").button}
    assert not {"act_export", "act_tag"} & keys


def test_an_export_says_how_many_orders_before_it_is_made(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", channel=["jd"])
    app.button(key="act_export").click().run()
    assert any(m.value.startswith("10 orders") for m in app.markdown)


def test_a_further_field_is_filtered_in_words(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", more='[{"field":"paid_fen","op":"ge","value":"200"}]')
    assert any(b.label == "Amount paid at least 200" for b in app.button)


def test_a_broken_link_is_refused_in_words_and_not_by_a_crash(pool: Store, open_page) -> None:
    app = open_page("orders", language="en", more='[{"field":"secret","op":"eq","value":"1"}]')
    assert not app.exception and "There is no field secret." in app.error[0].value
