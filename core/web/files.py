"""GET /assets/...: the product's own scripts, styles and pictures. Open: a login page and a manifest need them."""

from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import core.ui
from core.web.html import ASSETS

_WEEK = 7 * 86400


class Assets(StaticFiles):
    """Files of core/web/assets, then core/ui/assets. One asked for by its fingerprint (?v=) may be kept for a week."""

    def __init__(self) -> None:
        super().__init__(directory=ASSETS)
        self.all_directories = [ASSETS, Path(core.ui.__path__[0]) / "assets"]

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = f"public, max-age={_WEEK}, immutable" if b"v=" in scope.get("query_string", b"") else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


ROUTES = [Mount("/assets", Assets())]
