"""The mapping page: board, form, status words, preview, versions; what each role may do there."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.channels.intake import Batch, take_in
from core.mapping.document import KIND
from core.mapping.starter import FOLDER, install_starters
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services import mapping_edit, mappings
from core.settings import Settings
from core.store import Store, documents, shops
from core.ui import session

ADMIN = person("admin", "admin", language="en")
TAOBAO: dict[str, Any] = json.loads((FOLDER / "taobao.orders.json").read_text(encoding="utf-8"))


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def ready(served: Store, vault: Vault) -> Store:
    """The starter mappings, and a Taobao shop with three payloads; the third has an unknown status word."""
    install_starters(served)
    with served.write() as cursor:
        shops.save(cursor, shops.Shop("taobao", "tm", "旗舰店", "taobao", {}))
    payload = TAOBAO["examples"][0]["body"]
    bodies = [json.dumps({**payload, "tid": n, "tid_str": str(n)}, ensure_ascii=False) for n in (1, 2)]
    bodies.append(json.dumps({**payload, "tid_str": "3", "status": "NEW_WORD"}, ensure_ascii=False))
    take_in(served, vault, Batch("taobao", "tm", "orders", "pull", bodies))
    return served


@pytest.fixture
def draw(ready: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """One dialog by itself: Streamlit's test runner closes a dialog at the next run."""
    monkeypatch.setattr(session, "identify", lambda: ADMIN)

    def run(form: str, body: dict[str, Any], *args: Any) -> AppTest:
        def script(form, body, args):  # its text runs by itself, without the names of this module
            import streamlit as st

            from core import i18n
            from core.ui.mapping import chain_form, versions_tab, work

            with i18n.speaking("en"):
                if "begun" not in st.session_state:
                    st.session_state["begun"] = True
                    here = work.of(body["name"])
                    work.load_samples(here)
                    here.put(body)
                here = work.of(body["name"])
                if form == "chain":
                    chain_form.draw(here, next(f for f in here.targets() if f.name == args[0]))
                else:
                    getattr(versions_tab, form)(here, *args)

        return AppTest.from_function(script, default_timeout=30, args=(form, body, args)).run()

    return run


def _words(page: AppTest) -> str:
    return "\n".join(e.value for kind in ("markdown", "caption", "warning", "error", "info") for e in page.get(kind))


def _board(page: AppTest) -> dict[str, Any]:
    """What the board was given."""
    (found,) = page.get("bidi_component")
    return json.loads(found.proto.json)


def test_without_a_choice_the_page_lists_the_mappings_and_says_what_to_do(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en")
    assert not page.exception and not page.error
    assert "taobao.orders" in list(page.dataframe[0].value["name"])
    assert "New from a sample" in _words(page)


def test_an_empty_store_shows_the_way_to_the_first_mapping(open_page, served: Store) -> None:
    page = open_page("mapping", language="en")
    assert not page.exception and not page.error
    page.selectbox(key="mapping_name").select("").run()
    assert any("Drop an export" in c.value for c in page.caption)


def test_a_link_from_a_shop_opens_its_mapping_on_its_own_payloads(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", channel="taobao", shop="tm")
    assert page.selectbox(key="mapping_name").value == "taobao.orders"
    board = _board(page)
    assert board["links"] == mapping_edit.links_of(TAOBAO)
    assert board["locked"] is False
    by_id = {field["id"]: field for field in board["source"]}
    assert by_id["order|payment"]["sample"] == "237.25"
    assert by_id["line|outer_sku_id"]["path"] == "orders.order[*]"
    required = {field["name"] for field in board["target"] if field["required"]}
    assert required == {"platform_no", "status"}


def test_a_finished_drag_changes_the_draft_and_an_illegal_one_is_put_back(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders")
    board = _board(page)
    links = {target: list(sources) for target, sources in board["links"].items()}
    links["order|ip"] = ["order|buyer_nick"]
    links["order|flag"] = ["line|oid"]
    page.session_state["board_taobao.orders"] = {"work": {"base": board["version"], "sent": 1, "links": links}}
    page.run()
    work = page.session_state["mapping_works"]["taobao.orders"]
    assert mapping_edit.entry_of(work.body, "order|ip") == {"target": "ip", "from": ["buyer_nick"], "convert": []}
    assert mapping_edit.entry_of(work.body, "order|flag") == mapping_edit.entry_of(TAOBAO, "order|flag")
    assert _board(page)["version"] == board["version"] + 1
    assert "not saved" in _words(page)
    newest = documents.newest(ready, KIND, "taobao.orders")
    assert newest is not None and newest.body == TAOBAO


def test_a_drag_on_links_that_are_out_of_date_changes_nothing(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders")
    page.session_state["board_taobao.orders"] = {"work": {"base": 0, "sent": 1, "links": {}}}
    page.run()
    assert not page.session_state["mapping_works"]["taobao.orders"].changed


def test_unknown_status_words_of_the_payloads_are_listed(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders", part="statuses")
    assert "Unknown words in the payloads: NEW_WORD (1)" in _words(page)
    frame = page.get("arrow_data_frame") or page.dataframe
    assert frame


def test_the_preview_counts_what_maps_and_says_why_the_rest_does_not(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders", part="preview")
    assert {metric.label: metric.value for metric in page.metric} == {
        "Map": "2",
        "Would be rejected": "1",
        "Lines": "6",
    }
    failures = page.dataframe[0].value
    assert list(failures["before"]) == ["NEW_WORD"]


def test_a_field_without_a_unit_is_a_problem_and_keeps_the_draft_from_being_saved(draw, ready: Store) -> None:
    body = deepcopy(TAOBAO)
    entry = mapping_edit.entry_of(body, "order|paid_fen")
    assert entry is not None
    entry["convert"] = []
    drawer = draw("chain", body, "paid_fen")
    assert any("choose the unit: yuan or fen" in e.value for e in drawer.error)
    (add,) = [s for s in drawer.selectbox if s.label == "Add a converter"]
    add.select("fen").run()
    assert drawer.session_state["mapping_works"]["taobao.orders"].body["fields"][9]["convert"] == [{"do": "fen"}]
    assert any("237.25" in str(row) for row in drawer.dataframe[0].value.to_dict("records"))


def test_a_constant_is_set_without_a_source(draw, ready: Store) -> None:
    drawer = draw("chain", TAOBAO, "currency")
    (value,) = [t for t in drawer.text_input if t.label.startswith("Value")]
    value.input("USD").run()
    work = drawer.session_state["mapping_works"]["taobao.orders"]
    assert mapping_edit.entry_of(work.body, "order|currency") == {
        "target": "currency",
        "convert": [{"do": "constant", "value": "USD"}],
    }


def test_saving_and_publishing_tell_the_difference_first(draw, ready: Store) -> None:
    body = deepcopy(TAOBAO)
    entry = mapping_edit.entry_of(body, "order|currency")
    assert entry is not None
    entry["convert"] = [{"do": "constant", "value": "USD"}]
    dialog = draw("save", body)
    assert any("Currency (currency)" in m.value and "USD" in m.value for m in dialog.markdown)
    dialog.button(key="confirm_save").click().run()
    newest = documents.newest(ready, KIND, "taobao.orders")
    assert newest is not None and (newest.version, newest.state) == (2, "draft")
    dialog = draw("publish", body)
    assert any("From the next batch on version 2 maps for: tm." in m.value for m in dialog.markdown)
    dialog.button(key="confirm_publish").click().run()
    live = documents.published(ready, KIND, "taobao.orders")
    assert live is not None and live.version == 2


def test_the_versions_tell_what_each_changed_and_history_can_be_mapped_again(open_page, draw, ready: Store) -> None:
    body = deepcopy(TAOBAO)
    entry = mapping_edit.entry_of(body, "order|currency")
    assert entry is not None
    entry["convert"] = [{"do": "constant", "value": "USD"}]
    mappings.publish(ADMIN, ready, "taobao.orders", mappings.save_draft(ADMIN, ready, body).version)
    page = open_page("mapping", language="en", mapping="taobao.orders", part="versions")
    assert {"back_1", "remap_taobao_tm"} <= {b.key for b in page.button}
    assert "Currency (currency)" in _words(page)
    dialog = draw("_remap", body, "taobao", "tm")
    dialog.button(key="confirm_remap").click().run()
    assert not dialog.exception and not dialog.error
    assert "2 mapped, 2 changed" in dialog.success[0].value


def test_the_plain_form_maps_the_same_document(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders")
    page.segmented_control(key="mapping_way").set_value("form").run()
    assert not page.exception and not page.error
    (choice,) = [m for m in page.multiselect if m.label == "IP address"]
    choice.select("order|buyer_nick").run()
    work = page.session_state["mapping_works"]["taobao.orders"]
    assert mapping_edit.entry_of(work.body, "order|ip") == {"target": "ip", "from": ["buyer_nick"], "convert": []}


def test_who_may_only_look_sees_a_locked_board_and_no_stored_payload(open_page, ready: Store) -> None:
    page = open_page("mapping", role="lead", language="en", mapping="taobao.orders")
    assert not page.exception and not page.error
    assert _board(page)["locked"] is True
    assert not {b.key for b in page.button if b.key} & {"save_draft", "publish"}
    assert page.session_state["mapping_works"]["taobao.orders"].origin == "examples"


def test_a_role_without_the_right_does_not_get_the_page(open_page, ready: Store) -> None:
    page = open_page("mapping", role="warehouse", language="en")
    assert not [s for s in page.selectbox if s.key == "mapping_name"]


def test_the_lines_of_a_payload_are_chosen_by_their_path(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders")
    (lines,) = [s for s in page.selectbox if s.label == "Order lines at"]
    assert lines.value == "orders.order"
    assert "promotion_details.promotion_detail" in lines.options
    lines.select("promotion_details.promotion_detail").run()
    work = page.session_state["mapping_works"]["taobao.orders"]
    assert work.body["lines"] == "promotion_details.promotion_detail"
    assert not page.exception


def test_a_copy_begins_a_mapping_of_its_own_that_is_not_stored_yet(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders", part="versions")
    (name,) = [t for t in page.text_input if t.label == "Name"]
    name.input("jd.orders").run()
    assert page.button(key="copy").disabled
    name.input("taobao.outlet").run()
    page.button(key="copy").click().run()
    assert page.selectbox(key="mapping_name").value == "taobao.outlet"
    assert "not saved yet" in _words(page)
    assert documents.newest(ready, KIND, "taobao.outlet") is None


def test_the_examples_are_shown_with_what_they_expect_and_an_emptied_one_is_told(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders", part="examples")
    assert not page.exception
    count = len(TAOBAO["examples"])
    assert _words(page).count("**Example ") == count
    frame = page.get("arrow_data_frame")[0].value if page.get("arrow_data_frame") else page.dataframe[0].value
    assert set(frame.columns) >= {"Order or line", "Field", "Expected", "Now"}
    next(button for button in page.button if button.label == "Remove").click().run()
    assert not page.exception and _words(page).count("**Example ") == count - 1


def test_a_pasted_payload_becomes_an_example_without_anybodys_name(open_page, ready: Store) -> None:
    page = open_page("mapping", language="en", mapping="taobao.orders", part="examples")
    payload = {**TAOBAO["examples"][0]["body"], "receiver_name": "李小红"}
    next(a for a in page.text_area if str(a.key).startswith("new_example")).set_value(json.dumps(payload))
    page.button(key="new_example_add").click().run()
    assert not page.exception and not page.error
    assert _words(page).count("**Example ") == len(TAOBAO["examples"]) + 1
    assert "李小红" not in str([area.value for area in page.text_area])
