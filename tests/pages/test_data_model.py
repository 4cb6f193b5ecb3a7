"""The data model page: what each role sees, and that what it saves is there."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.model.fields import Field, Kind, Level
from core.people.actor import person
from core.services import data_model, tags
from core.services.data_model import FieldDraft
from core.store import Store, catalogue
from core.store.tags import Tag
from core.ui import session

ADMIN = person("admin", "admin", language="en")


@pytest.fixture
def draw(served: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """One form by itself: Streamlit's test runner closes a dialog at the next run."""
    monkeypatch.setattr(session, "identify", lambda: ADMIN)

    def run(form: str, *args: object) -> AppTest:
        def script(form: str, args: tuple) -> None:
            from core import i18n
            from core.ui.model import field_form, field_list, tag_list

            with i18n.speaking("en"):
                known = {
                    "add": field_form.add,
                    "change": field_form.change,
                    "rename": field_form.rename,
                    "retire": field_list._confirm_retire,
                    "tag": tag_list._form,
                }
                known[form](*args)

        return AppTest.from_function(script, default_timeout=20, args=(form, args)).run()

    return run


def _field(store: Store, name: str) -> Field:
    found = catalogue.load(store).find(name)
    assert found is not None
    return found


def test_a_new_store_shows_the_built_in_fields_and_says_what_own_fields_are_for(open_page) -> None:
    page = open_page("data_model", language="en")
    assert not page.exception and not page.error
    assert "Platform order no." in list(page.dataframe[0].value["title"])
    assert any("No field of your own yet" in c.value for c in page.caption)


def test_the_chosen_field_shows_its_use_and_what_can_be_done(open_page, served: Store) -> None:
    data_model.add_field(ADMIN, served, FieldDraft("x_a", Kind.TEXT, Level.ORDER, "甲", "First"))
    page = open_page("data_model", language="en")
    page.selectbox(key="model_field").select("order.x_a").run()
    assert any("`x_a`" in m.value for m in page.markdown)
    assert {"rename_field", "change_field", "retire_field"} <= {b.key for b in page.button}
    page.selectbox(key="model_field").select("order.shop").run()
    assert "retire_field" not in {b.key for b in page.button}


def test_a_field_added_in_the_form_is_in_the_catalogue(draw, served: Store) -> None:
    form = draw("add")
    form.text_input(key="field_zh").input("客户等级")
    form.text_input(key="field_name").input("x_grade")
    form.selectbox(key="field_kind").select(Kind.CHOICE).run()
    form.text_area(key="field_choices").input("A\nB").run()
    assert "`x_grade` is added to 0 Order rows" in form.info[0].value
    form.button(key="save_field").click().run()
    assert not form.exception and not form.error
    assert _field(served, "x_grade").choices == ("A", "B")


def test_a_bad_name_is_told_in_the_form_and_saves_nothing(draw, served: Store) -> None:
    form = draw("add")
    form.text_input(key="field_zh").input("客户等级")
    form.text_input(key="field_name").input("grade").run()
    form.button(key="save_field").click().run()
    assert "grade is no name for an own field" in form.error[0].value
    assert catalogue.load(served).find("grade") is None


def test_a_change_is_told_before_it_is_saved(draw, served: Store) -> None:
    wanted = FieldDraft("x_a", Kind.CHOICE, Level.ORDER, "甲", "First", ("A", "B"))
    form = draw("change", data_model.add_field(ADMIN, served, wanted))
    assert form.info[0].value == "Nothing changes yet."
    form.text_area(key="field_choices").input("A\nC")
    form.selectbox(key="field_required").select("PACKED").run()
    assert form.info[0].value == "Taken away: B. Added: C. Required from: Packed."
    form.button(key="save_field").click().run()
    assert (_field(served, "x_a").choices, _field(served, "x_a").required_when) == (("A", "C"), "PACKED")


def test_renaming_a_built_in_field_changes_its_words_only(draw, served: Store) -> None:
    form = draw("rename", _field(served, "shop"))
    form.text_input(key="field_zh").input("门店").run()
    form.button(key="save_label").click().run()
    assert _field(served, "shop").labels == {"zh": "门店"}


def test_retiring_says_what_leaves_before_it_does(draw, served: Store) -> None:
    form = draw("retire", data_model.add_field(ADMIN, served, FieldDraft("x_a", Kind.TEXT, Level.ORDER, "甲")))
    assert "Its 0 values stay" in form.markdown[0].value
    assert not _field(served, "x_a").retired
    form.button(key="confirm_retire").click().run()
    assert _field(served, "x_a").retired


def test_the_tags_tab_says_what_to_do_and_lists_tags(open_page, served: Store) -> None:
    page = open_page("data_model", language="en", part="tags")
    assert any("No tag yet" in m.value for m in page.markdown)
    tags.add_tag(ADMIN, served, Tag("vip", "贵宾", "VIP", "red"))
    page.run()
    assert "tag_vip_retire" in {b.key for b in page.button}
    page.button(key="tag_vip_1").click().run()
    assert not page.exception and not page.error


def test_a_tag_is_kept_by_its_form(draw, served: Store) -> None:
    form = draw("tag", None)
    form.text_input(key="tag_zh").input("贵宾")
    form.text_input(key="tag_en").input("VIP")
    form.text_input(key="tag_name").input("vip").run()
    form.button(key="save_tag").click().run()
    assert not form.exception and not form.error
    assert [row.tag for row in tags.listing(ADMIN, served)] == [Tag("vip", "贵宾", "VIP", "blue")]


def test_who_may_only_look_has_no_button_to_change(open_page, served: Store) -> None:
    tags.add_tag(ADMIN, served, Tag("vip", "贵宾", "VIP", "red"))
    for tab in ("fields", "tags"):
        page = open_page("data_model", role="analyst", language="en", part=tab)
        assert not page.error
        assert not {b.key for b in page.button if b.key} & {"add_field", "add_tag", "tag_vip_retire"}


def test_a_role_without_the_right_does_not_get_the_page(open_page) -> None:
    page = open_page("data_model", role="cs", language="en")
    assert not page.dataframe or "kind" not in page.dataframe[0].value
