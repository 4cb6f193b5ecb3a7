"""The page Promotions: what each role sees, and that what its forms save is there."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.decide import offers
from core.people.actor import person
from core.services import promotions
from core.store import Store, documents
from core.ui import session
from tests.promotion_orders import BUY_3_GET_1, NOON, ZONE, free, gift, order, publish

ADMIN = person("admin", "admin", language="en")
RUNNING = {**BUY_3_GET_1, "start_at": "2026-01-01T00:00:00", "end_at": "2099-01-01T00:00:00"}


def keys(page: AppTest) -> set[str]:
    return {b.key for b in page.button if b.key}


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)])


def test_an_empty_store_says_what_to_do_on_every_tab(open_page) -> None:
    assert "No activity yet." in said(open_page("promotions", language="en"))
    assert "No activity yet." in said(open_page("promotions", language="en", part="test"))
    assert "No gift yet." in said(open_page("promotions", language="en", part="gifts"))
    assert "Nothing to compare" in said(open_page("promotions", language="en", part="differences"))


def test_the_calendar_lists_activities_and_the_chosen_one_says_what_it_does(open_page, store: Store) -> None:
    publish(store, RUNNING)
    publish(store, {**RUNNING, "end_at": "2026-02-01T00:00:00", "id": "over", "name": "Over"})
    page = open_page("promotions", language="en")
    assert not page.exception and not page.error
    assert list(page.dataframe[0].value["phase"]) == ["Running", "Over"]
    page.selectbox(key="promotion").select("b3g1").run()
    assert "for every 3 pieces of CAT GIFT ×1 for nothing" in said(page).replace("\\", "")
    assert {"promo_change", "promo_end"} <= keys(page)
    page.selectbox(key="promotion").select("over").run()
    assert "promo_end" not in keys(page)


def test_a_new_activity_is_built_in_the_form_and_its_sentence_grows_with_it(open_page, store: Store) -> None:
    gift(store, 5)
    page = open_page("promotions", language="en")
    page.button(key="promo_new").click().run()
    assert not page.exception
    assert page.info[0].value == "Still to fill in: the gift"  # and neither button is offered
    assert "promo_save" not in keys(page)
    page.selectbox(key="promo1_gift_give_0_sku").select("GIFT").run()
    page.text_input(key="promo1_name").input("Three plus one").run()
    assert not page.error
    assert "for every 3 pieces of all goods GIFT ×1 for nothing" in said(page).replace("\\", "")
    page.button(key="promo_save").click().run()
    assert not page.exception
    (row,) = promotions.rows(ADMIN, store, zone=ZONE)
    assert (row.phase, row.body["name"], row.body["give"], row.body["buy"]) == (
        "draft",
        "Three plus one",
        {"GIFT": 1},
        3,
    )


@pytest.mark.parametrize(
    "kind", ["special_price", "nth_discount", "nth_free", "bundle", "full_reduce", "full_discount", "limit"]
)
def test_every_type_has_a_form(open_page, kind: str) -> None:
    page = open_page("promotions", language="en")
    page.button(key="promo_new").click().run()
    page.selectbox(key="promo1_kind").select(kind).run()
    assert not page.exception


BODIES = [
    RUNNING,
    {**RUNNING, "basis": "amount", "amount_of": "list", "repeat": False, "on_short": "substitute", "substitutes": ["B"],
     "per_customer_limit": 2, "ignore_exclusive": True, "priority": 2},
    {"id": "a", "type": "gift", "basis": "amount", "tiers": [{"threshold": 100, "gifts": {"G": 1, "H": 2}}]},
    {"id": "a", "type": "full_reduce", "tiers": [{"threshold": 100, "reduce": 10}, {"threshold": 200, "reduce": 30}],
     "max_discount": 500, "level": "platform", "group_id": "g", "group_mode": "best", "exclusive": "lines"},
    {"id": "a", "type": "full_reduce", "every": {"threshold": 3, "reduce": 1000, "max_times": 2}, "basis": "qty"},
    {"id": "a", "type": "full_discount", "basis": "qty", "tiers": [{"threshold": 3, "rate": "0.85"}]},
    {"id": "a", "type": "nth_discount", "n": 2, "rate": "0.5", "group": "scope", "max_times": 1,
     "scope": {"categories": ["c"], "exclude_skus": ["X"]}},
    {"id": "a", "type": "bundle", "set": {"A": 2, "B": 1}, "price": 9900},
    {"id": "a", "type": "special_price", "price": 1990, "max_qty_per_order": 3, "platforms": ["jd"]},
    {"id": "a", "type": "limit", "per": "buyer", "max_qty": 4, "exclude_regions": ["新疆"], "new_customer_only": True},
    {"id": "a", "type": "limit", "per": "region", "forbid": True, "regions": ["新疆", "西藏"]},
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_what_an_activity_says_comes_through_the_form_unchanged(open_page, store: Store, body: dict) -> None:
    wanted = {"name": "N", "note": "why", "mode": "off", **body}
    publish(store, wanted)
    page = open_page("promotions", language="en")
    page.selectbox(key="promotion").select(wanted["id"]).run()
    page.button(key="promo_change").click().run()
    assert not page.exception and not page.error
    page.button(key="promo_save").click().run()
    kept = documents.newest(store, "promotion_activity", wanted["id"])
    assert kept is not None and kept.version == 2
    defaults = {"basis": "qty" if kept.body["type"] == "gift" else "amount", "on_short": "partial", "repeat": True,
                "group": "sku", "amount_of": "paid"}  # fmt: skip
    assert {k: v for k, v in kept.body.items() if wanted.get(k, defaults.get(k)) != v} == {}
    assert set(wanted) <= set(kept.body)


def test_an_order_is_tested_with_the_reason_of_each_activity(open_page, store: Store) -> None:
    gift(store, 5)
    publish(store, RUNNING)
    publish(
        store, {"id": "jd", "name": "For JD", "type": "special_price", "price": 1, "platforms": ["jd"], "mode": "live"}
    )
    order(store, 1, ("CAT", 3, 5000))
    page = open_page("promotions", language="en", part="test")
    page.text_input(key="test_number").input("N1").run()
    assert not page.exception and not page.error
    assert any("GIFT" in s.value for s in page.success)
    assert "It is not for this platform." in said(page).replace("\\", "")
    assert free(store) == 5


def test_a_typed_order_is_tested_too(open_page, store: Store) -> None:
    publish(store, {"id": "half", "name": "Half", "type": "nth_discount", "n": 2, "rate": "0.5", "mode": "live"})
    order(store, 1, ("CAT", 1, 5000))
    page = open_page("promotions", language="en", part="test")
    page.segmented_control(key="test_way").set_value("typed").run()
    page.selectbox(key="test_lines_0_sku").select("CAT").run()
    page.number_input(key="test_lines_0_qty").set_value(2).run()
    assert not page.exception
    assert [m.value for m in page.metric] == ["¥200.00", "¥50.00", "¥150.00"]


def test_the_form_tries_past_orders_before_anything_is_saved(open_page, store: Store) -> None:
    from core import clock

    gift(store, 1)
    publish(store, {**RUNNING, "mode": "off"})
    now = clock.now()
    for key in (1, 2):
        order(store, key, ("CAT", 3, 5000), paid_at=now, status="SHIPPED")
    page = open_page("promotions", language="en")
    page.selectbox(key="promotion").select("b3g1").run()
    page.button(key="promo_change").click().run()
    page.button(key="promo1_try").click().run()
    assert not page.exception
    assert [m.value for m in page.metric] == ["2", "2", "¥0.00", "0"]
    assert any("GIFT: 2 needed, 1 in stock" in w.value.replace("\\", "") for w in page.warning)
    assert len(documents.history(store, "promotion_activity", "b3g1")) == 1


def test_price_differences_show_totals_and_rows(open_page, store: Store) -> None:
    from core import clock

    publish(store, {"id": "half", "name": "Half", "type": "nth_discount", "n": 2, "rate": "0.5", "mode": "live"})
    order(store, 1, ("CAT", 2, 1000), paid_at=clock.now())
    offers.decide(store, ZONE)
    page = open_page("promotions", language="en", part="differences")
    assert not page.exception and not page.error
    assert [m.value for m in page.metric] == ["1", "¥5.00", "¥0.00"]
    page.button(key="difference_export").click().run()
    assert not page.exception


def test_who_may_only_look_has_no_button_to_change(open_page, store: Store) -> None:
    gift(store, 1)
    publish(store, RUNNING)
    page = open_page("promotions", role="cs", language="en")
    page.selectbox(key="promotion").select("b3g1").run()
    assert not keys(page) & {"promo_new", "promo_change", "promo_end"}
    page = open_page("promotions", role="cs", language="en", part="gifts")
    assert not keys(page) & {"gift_new", "gift_more_GIFT"}


def test_the_page_speaks_chinese(open_page, store: Store) -> None:
    publish(store, RUNNING)
    page = open_page("promotions", language="zh")
    page.selectbox(key="promotion").select("b3g1").run()
    assert "每满 3 件送 GIFT ×1" in said(page).replace("\\", "")


@pytest.fixture
def draw(served: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """One dialog by itself: Streamlit's test runner closes a dialog at the next run."""
    monkeypatch.setattr(session, "identify", lambda: ADMIN)

    def run(form: str, *args: object) -> AppTest:
        def script(form: str, args: tuple) -> None:
            from core import i18n
            from core.services import promotions
            from core.store.gift_stock import Gift
            from core.ui import session
            from core.ui.promotions import activity_list, builder, gift_list

            with i18n.speaking("en"):
                if form in ("end", "back"):
                    row = promotions.rows(session.actor(), session.store(), zone=session.zone())[0]
                    draw = {"end": activity_list._confirm_end, "back": activity_list._confirm_roll_back}[form]
                    draw(row, *args)
                elif form == "publish":
                    builder._confirm(*args)
                else:
                    known = {"new": gift_list._form, "stock": gift_list._stock}
                    known[form](Gift(*args) if args else None)

        return AppTest.from_function(script, default_timeout=20, args=(form, args)).run()

    return run


def test_ending_says_what_happens_and_does_it(draw, store: Store) -> None:
    publish(store, RUNNING)
    form = draw("end")
    assert "Orders paid from this second on get nothing" in form.markdown[0].value
    form.button(key="promo_end_confirm").click().run()
    assert promotions.rows(ADMIN, store, zone=ZONE)[0].phase == "ended"


def test_rolling_back_shows_the_differences_first(draw, store: Store) -> None:
    publish(store, RUNNING)
    publish(store, {**RUNNING, "buy": 2})
    form = draw("back", 1)
    assert "for every 2 pieces" in form.markdown[0].value.replace("\\", "")
    form.button(key="promo_back_confirm").click().run()
    assert promotions.rows(ADMIN, store, zone=ZONE)[0].body["buy"] == 3


def test_publishing_says_the_sentence_first(draw, store: Store) -> None:
    form = draw("publish", RUNNING, ("careful",))
    assert form.warning[0].value == "careful"
    form.button(key="promo_publish_confirm").click().run()
    assert promotions.rows(ADMIN, store, zone=ZONE)[0].phase == "running"


def test_gifts_are_kept_by_form(draw, store: Store) -> None:
    form = draw("new")
    form.text_input(key="gift_sku").input("G")
    form.number_input(key="gift_qty").set_value(7).run()
    form.button(key="gift_save").click().run()
    assert free(store, "G") == 7
    form = draw("stock", "G", "", "", 7, NOON)
    form.number_input(key="gift_change").set_value(-2).run()
    form.button(key="gift_change_save").click().run()
    assert free(store, "G") == 5
