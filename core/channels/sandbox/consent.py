"""The platforms' authorisation pages: the seller agrees, the browser goes back with a code and the state as it was.

Doudian sends to the callback that stands in the app's own set-up (its console); the pretend console is a field of the
page. The others take `redirect_uri` from the address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.channels.sandbox.gate import Tokens
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.world import World

# The real platforms' own paths; below /{channel} as well as at the root.
PAGES = {
    "taobao": "/authorize",
    "jd": "/oauth2/to_login",
    "doudian": "/authorize",
    "pinduoduo": "/service-market/auth",
}
_APP = {"taobao": "client_id", "jd": "app_key", "doudian": "service_id", "pinduoduo": "client_id"}
_TITLES = {"taobao": "淘宝开放平台", "jd": "京东开放平台", "doudian": "抖店开放平台", "pinduoduo": "拼多多开放平台"}
CONSOLE = "http://localhost:8501/oauth/callback"
_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color-scheme:light dark}"
    "h1{font-size:1.3rem}button{font:inherit;padding:.5rem 1.4rem;margin-right:.6rem}input{font:inherit;width:100%}"
    "small{opacity:.7}"
)


@dataclass(slots=True)
class Consent:
    """The pages of all platforms. `console` is what stands as callback in the set-up of Doudian's apps."""

    world: World
    tokens: Tokens
    now: Callable[[], int]
    console: str = CONSOLE

    def routes(self) -> list[Route]:
        """The pages; before the gateways, whose paths are wider."""
        found = []
        for channel, path in PAGES.items():
            serve = self._page(channel)
            places = [f"/{channel}{path}", *([path] if path != "/authorize" else [])]
            found += [Route(place, serve, methods=["GET", "POST"]) for place in places]
        return found

    def _page(self, channel: str) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            query = dict(request.query_params)
            shop = self._shop(channel, query)
            if shop is None:
                return _shown(channel, "<p>应用不存在，请检查应用标识。</p>", 400)
            if request.method == "GET":
                return _shown(channel, self._form(channel, shop))
            async with request.form() as form:
                answer = {name: str(value) for name, value in form.items()}
            return self._back(channel, shop, query, answer)

        return serve

    def _shop(self, channel: str, query: Mapping[str, str]) -> Shop | None:
        wanted = query.get(_APP[channel], "")
        for shop in self.world.shops.values():
            if shop.channel == channel and wanted == (shop.shop_id if channel == "doudian" else shop.app_key):
                return shop
        return None

    def _form(self, channel: str, shop: Shop) -> str:
        console = (
            f"<p><label>应用后台登记的回调地址<input name=console value='{escape(self.console, quote=True)}'></label></p>"
            if channel == "doudian"
            else ""
        )
        return (
            f"<p>应用申请访问店铺 <b>{escape(shop.title)}</b> 的订单、售后、库存与物流数据。</p><form method=post>{console}"
            "<button name=answer value=yes>同意授权</button><button name=answer value=no>拒绝</button></form>"
        )

    def _back(self, channel: str, shop: Shop, query: Mapping[str, str], answer: Mapping[str, str]) -> Response:
        if channel == "doudian":
            self.console = answer.get("console") or self.console
        callback = self.console if channel == "doudian" else query.get("redirect_uri", "")
        if urlsplit(callback).scheme not in ("http", "https"):
            return _shown(channel, "<p>redirect_uri 与应用登记的回调地址不一致。</p>", 400)
        told = {"state": query["state"]} if "state" in query else {}
        if answer.get("answer") == "yes":
            told = {"code": self.tokens.new_code(shop, self.now()), **told}
        else:
            told = {"error": "access_denied", "error_description": "用户取消授权", **told}
        return RedirectResponse(f"{callback}{'&' if '?' in callback else '?'}{urlencode(told)}", 302)


def _shown(channel: str, body: str, status: int = 200) -> HTMLResponse:
    page = (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>{_TITLES[channel]}</title><style>{_STYLE}</style>"
        f"<h1>{_TITLES[channel]} · 授权</h1>{body}<p><small>沙箱：演示用的模拟平台。</small></p></html>"
    )
    return HTMLResponse(page, status)
