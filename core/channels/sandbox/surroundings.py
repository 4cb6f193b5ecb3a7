"""The rest of a seller's world under `/sandbox/...`: shops, truth, warehouse stock, robots, couriers, products."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import orjson

from core.channels import signatures
from core.channels.sandbox import courier_push
from core.channels.sandbox.courier import CUSTOMER, KDNIAO_ID, KDNIAO_KEY, KEY, Pushes, kdniao, kuaidi100, subscribe
from core.channels.sandbox.gate import Call
from core.channels.sandbox.goods import catalogue
from core.channels.sandbox.texts import iso
from core.channels.sandbox.truth import truth
from core.channels.sandbox.world import warehouses

if TYPE_CHECKING:
    from core.channels.sandbox.server import Sandbox

ROBOT_SECRETS = {"dingtalk": "SECsandbox", "feishu": "sandbox-feishu"}
_GATES = {"taobao": "/router/rest", "jd": "/routerjson", "doudian": "", "pinduoduo": "/api/router", "wechat": ""}
Reply = tuple[int, Any]


class Surroundings:
    """Answers everything that is not a gateway."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._told: list[int] = []
        self.pushes = Pushes()

    def answer(self, call: Call) -> Reply:
        """Status and body for a path below `/sandbox`."""
        path = call.path.strip("/")
        reads = {
            "shops": self.shops,
            "truth": self.truth,
            "stock": self.stock,
            "products": self.products,
            "health": lambda: {"status": "ok", "now": iso(self._sandbox.now())},
        }
        if call.verb == "GET" and path in reads:
            return 200, reads[path]()
        if path.startswith("robot"):
            return 200, {"messages": self._sandbox.diary.messages} if call.verb == "GET" else self.robot(call)
        if path.startswith("courier/"):
            return self._courier(call, path.removeprefix("courier/"))
        if path in ("pause", "resume") and call.verb == "POST":
            self._sandbox.world.paused = path == "pause"
            return 200, {"paused": self._sandbox.world.paused, "now": iso(self._sandbox.world.now)}
        return 404, {"error": "not_found", "message": f"nothing at /sandbox/{path}"}

    def shops(self) -> dict[str, Any]:
        """Everything needed to connect, each shop also valid as a `[[shops]]` table of config.toml."""
        box = self._sandbox
        rows = []
        for shop in box.world.shops.values():
            grant = box.tokens.grants[shop.name]
            rows.append(
                {
                    "shop": shop.name,
                    "channel": shop.channel,
                    "gateway": f"{box.url}/{shop.channel}{_GATES[shop.channel]}",
                    "app_key": shop.app_key,
                    "app_secret": shop.app_secret,
                    "access_token": grant.newest,
                    "refresh_token": grant.refresh[-1],
                    "shop_id": shop.shop_id,
                    "title": shop.title,
                    **({"service_id": shop.shop_id} if shop.channel == "doudian" else {}),
                }
            )
        return {
            "shops": rows,
            "warehouses": warehouses(),
            "printers": [{"name": "sandbox", "host": box.host, "port": box.port + 1}],
            "couriers": self._couriers(),
            "robots": [
                {"name": name, "url": f"{box.url}/sandbox/robot", "secret": secret}
                for name, secret in ROBOT_SECRETS.items()
            ],
        }

    def _couriers(self) -> list[dict[str, str]]:
        url = f"{self._sandbox.url}/sandbox/courier"
        return [
            {
                "name": "kuaidi100",
                "url": f"{url}/poll/query.do",
                "subscribe_url": f"{url}/poll",
                "customer": CUSTOMER,
                "key": KEY,
            },
            {
                "name": "kdniao",
                "url": f"{url}/Ebusiness/EbusinessOrderHandle.aspx",
                "subscribe_url": f"{url}/api/dist",
                "ebusiness_id": KDNIAO_ID,
                "app_key": KDNIAO_KEY,
            },
        ]

    def truth(self) -> dict[str, Any]:
        """As `core.channels.sandbox.truth.truth`: orders are fragments for orjson."""
        return truth(self._sandbox.world, self._sandbox.diary)

    def stock(self) -> dict[str, Any]:
        """What a WMS tells: on-hand pieces by warehouse."""
        shelves = self._sandbox.world.stock.on_hand
        rows = [
            {"warehouse": name, "sku": code, "qty": qty}
            for name, shelf in shelves.items()
            for code, qty in shelf.items()
        ]
        return {"stock": rows, "at": iso(self._sandbox.world.now)}

    def products(self) -> dict[str, Any]:
        """The seller's catalogue: weight in grams, price in fen, sets with their parts."""
        return {
            "products": [
                {
                    "sku": sku.code,
                    "barcode": sku.barcode,
                    "title": sku.title,
                    "spec": sku.spec,
                    "spu": sku.spu,
                    "category": sku.category,
                    "supplier": sku.supplier,
                    "price_fen": sku.price_fen,
                    "weight_g": sku.weight_g,
                    "is_gift": sku.gift,
                    "components": [{"sku": code, "qty": pieces} for code, pieces in sku.components],
                    "listings": [
                        {"shop": shop.name, "goods_id": str(listing.goods_id), "sku_id": str(listing.sku_id)}
                        for shop in self._sandbox.world.shops.values()
                        if (listing := shop.listings.get(sku.code))
                    ],
                }
                for sku in catalogue().values()
            ]
        }

    def robot(self, call: Call) -> dict[str, Any]:
        """A group robot: told apart by body and query; a given signature must be right; 20 messages a minute."""
        now = self._sandbox.now()
        try:
            body = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            return {"errcode": 40035, "errmsg": "invalid json"}
        feishu = "msg_type" in body
        if feishu and body.get("sign") and not _feishu_sign_is_right(body, now):
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if not feishu and "sign" in call.query and not _dingtalk_sign_is_right(call.query, now):
            return {"errcode": 310000, "errmsg": "sign not match"}
        self._told = [at for at in self._told if at > now - 60]
        if len(self._told) >= (100 if feishu else 20):
            return (
                {"code": 11232, "msg": "rate limit"}
                if feishu
                else {"errcode": 45009, "errmsg": "api freq out of limit"}
            )
        if not feishu and body.get("msgtype") not in body:
            return {"errcode": 40008, "errmsg": "invalid message type"}
        self._told.append(now)
        kind = "feishu" if feishu else "dingtalk" if "access_token" in call.query else "wecom"
        self._sandbox.diary.messages.append({"kind": kind, "body": body, "received_at": iso(now)})
        return {"code": 0, "msg": "success", "data": {}} if feishu else {"errcode": 0, "errmsg": "ok"}

    def _due_pushes(self, all_again: bool) -> list[tuple[str, dict[str, str]]]:
        return self.pushes.due(self._sandbox.world, self._sandbox.now(), all_again=all_again)

    def _courier(self, call: Call, path: str) -> Reply:
        if path == "poll/query.do":
            return 200, kuaidi100(self._sandbox.world, call.form, self._sandbox.now())
        if path == "poll":
            return 200, subscribe(self.pushes, call.form)
        if path in ("kdniao", "api/dist") or path.startswith("Ebusiness/"):
            back = call.query.get("callback", "")
            return 200, kdniao(self._sandbox.world, call.form, self._sandbox.now(), self.pushes, back)
        if path == "push" and call.verb == "POST":
            return 200, {"pushed": courier_push.push(self._due_pushes(call.query.get("all") == "1"))}
        return 404, {"result": False, "returnCode": "404", "message": "not found"}


def _feishu_sign_is_right(body: dict[str, Any], now: int) -> bool:
    stamp = str(body.get("timestamp", ""))
    fresh = stamp.isdigit() and abs(int(stamp) - now) <= 3600
    return fresh and signatures.same(str(body["sign"]), signatures.feishu(stamp, ROBOT_SECRETS["feishu"]))


def _dingtalk_sign_is_right(query: dict[str, str], now: int) -> bool:
    stamp = query.get("timestamp", "")
    fresh = stamp.isdigit() and abs(int(stamp) // 1000 - now) <= 3600
    return fresh and signatures.same(quote_plus(query["sign"]), signatures.dingtalk(stamp, ROBOT_SECRETS["dingtalk"]))
