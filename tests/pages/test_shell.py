"""The frame: language, search from every page, log-out, the demonstration's banner."""

from contextlib import suppress
from types import SimpleNamespace

import pytest
import streamlit as st

from core.errors import NotAllowed
from core.people.actor import person
from core.store import Store, facts
from core.ui import session
from tests.factories import fill


def test_a_search_on_another_page_opens_the_pool_with_it(served: Store, vault, open_page) -> None:
    fill(served, vault, 60)
    app = open_page("overview", language="en")
    app.text_input(key="search_everywhere").set_value(" 2600000000000060 ").run()
    assert "2600000000000060" in app.query_params["q"]
    assert app.text_input(key="f_q").value == "2600000000000060"


def test_without_a_login_there_is_only_the_way_to_it(served: Store, open_page, monkeypatch) -> None:
    app = open_page("overview", language="en")
    monkeypatch.setattr(session, "identify", lambda: None)
    app.run()
    assert not app.exception and len(app.info) == 1 and not app.text_input


def test_the_banner_says_what_ending_the_demonstration_removes_before_it_does(served: Store, open_page) -> None:
    facts.put(served, "demo", "on")
    app = open_page("overview", language="en")
    assert any("Demonstration data" in m.value for m in app.markdown)
    app.button(key="end_demo").click().run()
    assert any("own shops stay" in m.value for m in app.markdown)
    assert any(b.label == "Remove the demonstration data" for b in app.button)
    assert facts.get(served, "demo") == "on"


@pytest.mark.parametrize(("role", "page"), [("warehouse", "picking"), ("analyst", "overview"), ("cs", "orders")])
def test_every_role_is_told_that_the_data_is_pretended(served: Store, open_page, role: str, page: str) -> None:
    facts.put(served, "demo", "on")
    app = open_page(page, role=role, language="en")
    assert any("Demonstration data" in text.value for text in app.markdown)


def test_only_who_may_can_end_the_demonstration(served: Store, open_page) -> None:
    facts.put(served, "demo", "on")
    assert "end_demo" not in {b.key for b in open_page("overview", role="cs", language="en").button}


@pytest.mark.parametrize("after", ["ended", "demoted"])
def test_a_part_that_refreshes_draws_the_whole_page_when_the_rights_changed(after: str, open_page, monkeypatch) -> None:
    app = open_page("overview", role="lead")
    before, now = person("lead", "lead"), None if after == "ended" else person("lead", "cs")
    monkeypatch.setattr(session, "identify", lambda: now)
    monkeypatch.setattr(session, "get_script_run_ctx", lambda **_more: SimpleNamespace(fragment_ids_this_run=["live"]))
    monkeypatch.setattr(st, "session_state", {"drawn_for": app.session_state["drawn_for"]})
    assert app.session_state["drawn_for"] == (before.account, before.permissions)
    asked: list[str] = []
    monkeypatch.setattr(st, "rerun", lambda scope: asked.append(scope))
    with suppress(NotAllowed):
        session.actor()
    assert asked == ["app"]
    monkeypatch.setattr(session, "identify", lambda: before)
    session.actor()
    assert asked == ["app"]
