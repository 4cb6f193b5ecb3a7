"""Pages run by Streamlit's own test runner: a real store, the real frame, a person of a role."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from streamlit.runtime.pages_manager import PagesManager  # noqa: F401 - loads the runtime before the first test
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core import i18n, runtime
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.settings import ROOT, Settings
from core.store import Store
from core.ui import session

RunPage = Callable[..., AppTest]


@pytest.fixture
def served(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The process serves the test's store."""
    monkeypatch.setattr(runtime, "_settings", settings)
    monkeypatch.setattr(runtime, "_store", store)
    monkeypatch.setattr(runtime, "_vault", None)
    yield store


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def open_page(served: Store, monkeypatch: pytest.MonkeyPatch) -> RunPage:
    """`open_page("orders", role="cs", language="en", q="…")`: the page as that person sees it, after its first run."""

    def run(
        name: str, *, role: str = "admin", language: str = "zh", rights: str = "", **params: str | list[str]
    ) -> AppTest:
        actor = person(role, role, language=language)
        actor = replace(actor, permissions=actor.permissions | set(rights.split()))
        monkeypatch.setattr(session, "identify", lambda: actor)
        monkeypatch.setattr(i18n, "_default", language)  # the runner formats choices outside the page's run
        app = AppTest.from_file(str(ROOT / "core" / "ui" / "entry.py"), default_timeout=30)
        app._page_hash = calc_hash(name)  # switch_page knows page files only; these pages are functions
        for key, value in params.items():
            app.query_params[key] = value
        return app.run()

    return run
