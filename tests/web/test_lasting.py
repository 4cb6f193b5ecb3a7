"""What never changes is kept by the browser, and nothing else."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.lasting import Lasting, grid_script


def _ask(path: str, status: int = 200) -> str:
    async def answer(_request) -> Response:
        return Response("x", status, headers={"cache-control": "public"})

    app = Starlette(routes=[Route("/{rest:path}", answer)], middleware=[Middleware(Lasting)])
    return TestClient(app).get(path).headers["cache-control"]


def test_a_file_with_a_hash_in_its_name_is_kept_for_a_year() -> None:
    assert _ask("/component/st_aggrid.AgGrid.agGrid/static/js/main.f4bb7ae6.js").endswith("immutable")


@pytest.mark.parametrize(
    "path", ["/component/x.y/index.html", "/api/orders", "/static/js/main.js", "/component/x/static/a.js"]
)
def test_everything_else_is_left_as_it_was(path: str) -> None:
    assert _ask(path) == "public"


def test_a_refusal_is_never_kept() -> None:
    assert _ask("/component/st_aggrid.AgGrid.agGrid/static/js/main.f4bb7ae6.js", 401) == "public"


def test_the_grids_script_is_found_in_the_installed_component() -> None:
    assert grid_script().startswith("/component/st_aggrid.AgGrid.agGrid/static/js/main.")
