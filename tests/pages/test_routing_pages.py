"""The pages Routing and Products: what each role sees, and that the seed's sentence is entered, published and obeyed."""

from streamlit.testing.v1 import AppTest

from core.decide.warehouse import assign
from core.people.actor import person
from core.services import routing
from core.store import Store
from tests.routing_store import JX, SEED_SENTENCE, SZ, ZONE, ask, furnish, order

PARTS = ("policies", "reasons", "whatif", "improve", "cards", "places", "regions", "couriers")


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)]).replace("\\", "")


def test_every_part_of_an_empty_store_says_what_to_do(open_page) -> None:
    for part in PARTS:
        page = open_page("routing", language="en", part=part)
        assert not page.exception and not page.error, part
    assert "No routing policy yet." in said(open_page("routing", language="en"))
    assert "No product yet." in said(open_page("products", language="en"))
    assert "Every SKU of the orders is known." in said(open_page("products", language="en", part="unknown"))


def test_the_seeds_sentence_is_entered_by_form_published_and_the_next_order_obeys(open_page, store: Store) -> None:
    furnish(store, {(JX, "A"): 1, (SZ, "A"): 5}, sf_fen=801, policy=None)
    page = open_page("routing")
    page.button(key="routing_new").click().run()
    page.text_input(key="routing1_name").input("华东").run()
    page.button(key="routing1_rule_add").click().run()
    page.multiselect(key="routing1_r1_regions").select("华东").run()
    page.multiselect(key="routing1_r1_tiers").set_value([JX, SZ]).run()
    page.number_input(key=f"routing1_r1_days_{JX}").set_value(1.5).run()
    page.number_input(key=f"routing1_r1_days_{SZ}").set_value(2.0).run()
    page.multiselect(key="routing1_couriers").set_value(["SF", "ZTO"]).run()
    page.number_input(key="routing1_cap_SF").set_value(8.0).run()
    assert not page.exception and not page.error
    assert SEED_SENTENCE in said(page)
    page.button(key="routing_save").click().run()
    assert not page.exception and not page.error
    routing.publish(person("admin", "admin"), store, "华东", 1)
    for key in (1, 2):
        order(store, key, [("A", 1)])
    assign(store, [1, 2], ZONE)
    assert ask(store, "SELECT warehouse, courier FROM orders ORDER BY order_key") == [(JX, "ZTO"), (SZ, "ZTO")]
    page = open_page("routing", part="reasons")
    sentences = list(page.dataframe[0].value["sentence"])
    assert any(text.startswith("嘉兴仓：华东规则第 1 级；顺丰 8.01 元 > 上限 8.00 元") for text in sentences)
    assert any(text.startswith("苏州仓：华东规则第 2 级") for text in sentences)


def test_who_may_not_change_sees_no_button_and_the_warehouse_sees_no_amount(open_page, store: Store) -> None:
    furnish(store, {(JX, "A"): 3, (SZ, "A"): 3})
    order(store, 1, [("A", 1)])
    assign(store, [1], ZONE)
    page = open_page("routing", role="warehouse", rights="routing.view")
    assert not page.exception
    assert not [b.key for b in page.button if b.key and b.key.startswith("routing_")]
    page = open_page("routing", role="warehouse", rights="routing.view", part="reasons")
    assert "元" not in page.dataframe[0].value["sentence"][0]
    page = open_page("products", role="cs", part="master")
    assert "product_new" not in {b.key for b in page.button}
