"""Lets browsers keep what never changes: files whose name holds a hash of their content.

Streamlit sends a component's files with neither age nor tag, so that the order grid's script (1.3 MB packed) would be
packed and sent anew for every visit of the pool; the pages' HTML also asks for it in advance.
"""

import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime

_HASHED = re.compile(r"^/component/[\w.]+/static/.*\.[0-9a-f]{8,}\.(js|css)$")
_GRID = "/component/st_aggrid.AgGrid.agGrid"


class Lasting:
    """A pure ASGI middleware that only adds a header to good answers for hashed names."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _HASHED.match(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["cache-control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self._app(scope, receive, kept)


@cache
def grid_script() -> str:
    """The address of the order grid's script; "" when the component's files are not where they used to be."""
    found = find_spec("st_aggrid")
    folders = (
        [Path(place) / "frontend" / "build" for place in (found.submodule_search_locations or [])] if found else []
    )
    scripts = [path for folder in folders for path in folder.glob("static/js/main.*.js")]
    return f"{_GRID}/static/js/{scripts[0].name}" if len(scripts) == 1 else ""


def served_grid_script() -> str:
    """The same, once the server knows the component; "" before, when it would answer 404."""
    grid = sys.modules.get("core.ui.grid")  # imported in advance, in a thread: too slow for here
    if grid is None or not Runtime.exists():
        return ""
    grid.make_known()
    return grid_script()
