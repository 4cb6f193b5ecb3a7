"""WeChat's stores (channels ec). Facts and their sources: docs/connectors.md."""

import hashlib
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.gateway import CHINA, RENEW_BEFORE, Fault, Gateway, Refusal, epoch, rows_of
from core.channels import signatures
from core.channels.base import (
    BY_LINES,
    Company,
    Dispatch,
    DispatchLine,
    Page,
    PushAnswer,
    PushMessage,
    Request,
    Setting,
    StockLevel,
    TokenState,
    Window,
    in_seconds,
)
from core.errors import BadRequest, NeedsPerson
from core.i18n import N_

GATEWAY = "https://api.weixin.qq.com"
PAGE_ROWS = 100
DETAILS_AT_ONCE = 4
SELF_POSTED = 1
NEXT_KEY_MISMATCH = "606006"
REFUND_WINDOW = timedelta(hours=24)
CLOSED_REFUNDS = frozenset(
    {
        "MERCHANT_REFUND_SUCCESS",
        "MERCHANT_RETURN_SUCCESS",
        "USER_CANCELD",
        "MERCHANT_REJECT_REFUND",
        "MERCHANT_REJECT_RETURN",
        "RETURN_CLOSED",
    }
)


class Wechat(Gateway):
    """One WeChat store."""

    channel = "wechat"
    title = N_("WeChat store")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("app_key", "AppID"),
        Setting("app_secret", "AppSecret", "secret"),
        Setting("push_token", N_("Token of the message push"), "secret", required=False),
        Setting("encoding_aes_key", "EncodingAESKey", "secret", required=False),
        Setting("access_token", N_("Access token"), "secret", required=False, help=N_("Fetched by itself.")),
        Setting("expires_at", N_("Authorised until"), required=False, help=N_("Kept by itself.")),
        Setting("gateway", N_("Gateway address"), "url", default=GATEWAY),
    )
    max_window = timedelta(days=7)
    overlap = timedelta(minutes=3)
    history = timedelta(days=90)
    calls_per_second = 100.0  # 10,000 a minute and API are allowed
    mappings: ClassVar[dict[str, str]] = {"orders": "wechat.orders", "refunds": "wechat.refunds"}
    stock_ids = ("spu", "platform_sku")
    several_parcels: ClassVar[str] = BY_LINES
    couriers: ClassVar[dict[str, str]] = {
        code: code for code in ("SF", "ZTO", "YTO", "YUNDA", "STO", "JD", "EMS", "JTSD", "DBKD", "CNSD", "ZJS")
    }
    faults: ClassVar[Mapping[str, Fault]] = {
        "-1": Fault.AGAIN,
        "40001": Fault.TOKEN,
        "40014": Fault.TOKEN,
        "42001": Fault.TOKEN,
        "41001": Fault.TOKEN,
        "40013": Fault.SETUP,
        "40125": Fault.SETUP,
        "40164": Fault.SETUP,
        "43002": Fault.SETUP,
        "45009": Fault.RATE,
        "45011": Fault.RATE,
        "45035": Fault.SETUP,
        "47001": Fault.PERSON,
        "48001": Fault.SETUP,
        "61004": Fault.SETUP,
        "10020112": Fault.RATE,
        "31042": Fault.PERSON,
    }

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._gateway = self._gateway.removesuffix("/channels/ec")

    def _request(self, method: str, params: Mapping[str, Any]) -> Request:
        """`method` is the path; nothing is signed."""
        query = {} if method.startswith("cgi-bin/") else {"access_token": self.value("access_token")}
        body = json.dumps(params, ensure_ascii=False, separators=(",", ":"))
        return Request(
            f"{self._gateway}/{method}", params=query, body=body, headers={"Content-Type": "application/json"}
        )

    def _refusal(self, payload: Mapping[str, Any]) -> Refusal | None:
        code = str(payload.get("errcode") or 0)
        if code == "0":
            return None
        wait = {"45009": self._until_midnight(), "45011": 2.0}.get(code)
        return Refusal(code, str(payload.get("errmsg") or ""), wait=wait)

    def _until_midnight(self) -> float:
        """Seconds until the daily quota is fresh."""
        now = self._now().astimezone(CHINA)
        midnight = datetime(now.year, now.month, now.day, tzinfo=CHINA) + timedelta(days=1)
        return (midnight - now).total_seconds()

    def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return dict(payload)

    # -- in ------------------------------------------------------------------------------------------------------
    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        if entity == "orders":
            longest, ids, detail = self.max_window, self._order_ids, self._order
        elif entity == "refunds":
            longest, ids, detail = REFUND_WINDOW, self._refund_ids, self._refund
        else:
            raise self._unknown_entity(entity)
        for piece in self._pieces(window, longest):
            for numbers in self._by_cursor(piece, ids):
                yield self._details(entity, numbers, detail)

    def _by_cursor(
        self, piece: Window, ask: Callable[[Window, str], tuple[list[str], str, bool]]
    ) -> Iterator[list[str]]:
        """The ids of a window, page by page. A cursor the platform no longer knows makes the window start again."""
        key, used, restarts = "", set[str](), 0
        while True:
            try:
                numbers, following, more = ask(piece, key)
            except NeedsPerson as error:
                if NEXT_KEY_MISMATCH not in str(error.values.get("code", "")) or not key or restarts:
                    raise
                key, used, restarts = "", set(), restarts + 1
                continue
            if numbers:
                yield numbers
            if not more or not following or following in used:
                return
            used.add(following)
            key = following

    def _order_ids(self, piece: Window, key: str) -> tuple[list[str], str, bool]:
        span = {"start_time": epoch(piece.since), "end_time": epoch(piece.until)}
        found = self.call(
            "channels/ec/order/list/get", {"update_time_range": span, "page_size": PAGE_ROWS, "next_key": key}
        )
        return _texts(found.get("order_id_list")), str(found.get("next_key") or ""), bool(found.get("has_more"))

    def _refund_ids(self, piece: Window, key: str) -> tuple[list[str], str, bool]:
        span = {"begin_update_time": epoch(piece.since), "end_update_time": epoch(piece.until)}
        found = self.call("channels/ec/aftersale/getaftersalelist", span | {"next_key": key})
        ids = _texts(found.get("after_sale_order_id_list"))
        return ids, str(found.get("next_key") or ""), bool(found.get("has_more"))

    def _details(self, entity: str, numbers: Sequence[str], detail: Callable[[str], dict[str, Any] | None]) -> Page:
        """The list has ids only: one call each, a few at a time."""
        with ThreadPoolExecutor(DETAILS_AT_ONCE, thread_name_prefix="wechat") as pool:
            found = list(pool.map(detail, numbers))
        return self.page(entity, [row for row in found if row])

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        return self._details(entity, external_nos, self._order if entity == "orders" else self._refund)

    def _order(self, number: str) -> dict[str, Any] | None:
        found = self.call("channels/ec/order/get", {"order_id": number}).get("order")
        return found if isinstance(found, dict) else None

    def _refund(self, number: str) -> dict[str, Any] | None:
        found = self.call("channels/ec/aftersale/getaftersaleorder", {"after_sale_order_id": number})
        order = found.get("after_sale_order")
        return order if isinstance(order, dict) else None

    def open_refunds(self, platform_nos: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for number in platform_nos:
            after = (self._order(number) or {}).get("aftersale_detail") or {}
            for row in rows_of(after.get("aftersale_order_list")):
                refund = self._refund(str(row.get("aftersale_order_id") or row.get("after_sale_order_id"))) or {}
                if refund.get("status") and refund["status"] not in CLOSED_REFUNDS:
                    found[number] = str(refund["status"])
        return found

    # -- out -----------------------------------------------------------------------------------------------------
    def _hello(self) -> str:
        now = self._now()
        numbers, _key, _more = self._order_ids(Window(now - timedelta(minutes=1), now), "")
        return f"errmsg=ok, order_id_list={len(numbers)}"

    def _ship(self, dispatch: Dispatch) -> None:
        goods = [
            {"product_id": line.spu, "sku_id": line.platform_sku, "product_cnt": line.qty}
            for line in dispatch.lines
            if line.spu and line.platform_sku
        ]
        if not dispatch.split or len(goods) != len(dispatch.lines):
            goods = self._goods_of(dispatch.platform_no, dispatch.lines if dispatch.split else ())
        parcel = {
            "delivery_id": dispatch.courier,
            "waybill_id": dispatch.tracking_no,
            "deliver_type": SELF_POSTED,
            "product_infos": goods,
        }
        self.call(
            "channels/ec/order/delivery/send",
            {"order_id": dispatch.platform_no, "delivery_list": [parcel]},
            repeatable=False,
        )

    def _goods_of(self, platform_no: str, wanted: Sequence[DispatchLine] = ()) -> list[dict[str, Any]]:
        """The order's goods by the platform's ids: those of the lines, or all. NeedsPerson for a line it does not have."""
        told = rows_of(((self._order(platform_no) or {}).get("order_detail") or {}).get("product_infos"))
        rows = {
            f"{row.get('sku_code') or ''}-{place}": row for place, row in enumerate(told, 1)
        }  # as our line numbers are
        chosen = [(rows[line.line_no], line.qty) for line in wanted if line.line_no in rows]
        if len(chosen) < len(wanted):
            codes = {str(row.get("sku_code") or ""): row for row in told}
            chosen = [(codes[line.sku], line.qty) for line in wanted if line.sku in codes]
        if len(chosen) < len(wanted):
            raise NeedsPerson(
                N_("{platform} does not know the goods of this parcel of {number}."),
                N_("Tell the platform by hand, then leave this message."),
                platform=self.word,
                number=platform_no,
            )
        return [
            {"product_id": row.get("product_id"), "sku_id": row.get("sku_id"), "product_cnt": qty or row.get("sku_cnt")}
            for row, qty in (chosen if wanted else [(row, 0) for row in told])
        ]

    def _waybills(self, platform_no: str) -> set[str]:
        info = ((self._order(platform_no) or {}).get("order_detail") or {}).get("delivery_info") or {}
        return {str(row["waybill_id"]) for row in rows_of(info.get("delivery_product_info")) if row.get("waybill_id")}

    def set_stock(self, levels: Sequence[StockLevel]) -> None:
        """Differences are added or subtracted, which WeChat advises; a figure is set."""
        for level in levels:
            if not (level.spu and level.platform_sku):
                raise BadRequest(
                    N_("{sku} has no product id of {channel}."),
                    N_("Pull an order with it, or enter the product id."),
                    sku=level.sku,
                    channel=self.word,
                )
            kind = 3 if not level.relative else (1 if level.qty >= 0 else 2)
            self.call(
                "channels/ec/product/stock/update",
                {
                    "product_id": level.spu,
                    "sku_id": level.platform_sku,
                    "diff_type": kind,
                    "num": abs(level.qty) if level.relative else level.qty,
                },
                repeatable=not level.relative,
            )

    def read_stock(self, level: StockLevel) -> int | None:
        found = self.call("channels/ec/product/stock/get", {"product_id": level.spu, "sku_id": level.platform_sku})
        told = (found.get("data") or {}).get("normal_stock_num")
        return None if told is None else int(told)

    def companies(self) -> tuple[Company, ...]:
        found = self.call("channels/ec/order/deliverycompanylist/new/get", {"ewaybill_only": False})
        return tuple(
            Company(str(row.get("delivery_id")), str(row.get("delivery_name") or row.get("delivery_id")))
            for row in rows_of(found.get("company_list"))
        )

    # -- push ----------------------------------------------------------------------------------------------------
    def verify_push(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str] | None = None) -> bool:
        asked, token = dict(query or {}), self.value("push_token")
        stamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
        if not token or not (asked.get("signature") or asked.get("msg_signature")):
            return super().verify_push(headers, body, query)
        if asked.get("msg_signature"):
            ours = signatures.wechat_msg_signature(token, stamp, nonce, str(_fields(body).get("Encrypt", "")))
            return signatures.same(ours, asked["msg_signature"])
        return not self.value("encoding_aes_key") and signatures.same(
            signatures.wechat_url_check(token, stamp, nonce), asked["signature"]
        )

    def answer_check(self, query: Mapping[str, str]) -> PushAnswer | None:
        token = self.value("push_token")
        ours = signatures.wechat_url_check(token, query.get("timestamp", ""), query.get("nonce", ""))
        if not token or not signatures.same(ours, query.get("signature", "")):
            return None
        return PushAnswer(query.get("echostr", ""), "text/plain")

    def read_push(self, body: bytes) -> list[PushMessage]:
        event = _fields(body)
        if event.get("Encrypt"):
            try:
                plain, appid = signatures.wechat_decrypt(self.value("encoding_aes_key"), str(event["Encrypt"]))
            except ValueError as error:
                raise BadRequest(
                    N_("The pushed message cannot be decrypted."), N_("Compare the EncodingAESKey.")
                ) from error
            if appid != self.value("app_key"):
                raise BadRequest(N_("The pushed message is for another AppID."))
            event = _fields(plain.encode("utf-8"))
        if "external_nos" in event:
            return super().read_push(body)
        topic = str(event.get("Event") or "")
        inner: dict[str, Any] = next((value for value in event.values() if isinstance(value, dict)), {})
        refund, order = inner.get("after_sale_order_id"), inner.get("order_id")
        if not topic.startswith("channels_ec_") or not (refund or order):
            return []
        number = str(refund or order)
        said = f"{event.get('FromUserName', '')}|{event.get('CreateTime', '')}|{topic}|{number}"
        known = hashlib.sha256(said.encode("utf-8")).hexdigest()
        return [PushMessage(known, topic, "refunds" if refund else "orders", (number,))]

    def push_answer(self) -> PushAnswer:
        return PushAnswer("success", "text/plain")

    # -- token ---------------------------------------------------------------------------------------------------
    def token_state(self) -> TokenState:
        return TokenState(
            access_token=self.value("access_token"), expires_at=self._instant("expires_at"), refreshable=True
        )

    def _renew_in_time(self) -> None:
        state = self.token_state()
        soon = state.expires_at is not None and state.expires_at - self._now() < RENEW_BEFORE / 6
        if not state.access_token or soon:
            with self._renewing:
                if self.value("access_token") == state.access_token:
                    self.refresh()

    def _renewed_since(self, token: str) -> bool:
        """As above; by force (20 times a day) only when the platform hands out the very token that died."""
        if super()._renewed_since(token) and self.value("access_token") == token:
            with self._renewing:
                self._take(self._stable_token(force=True))
        return self.value("access_token") != token

    def refresh(self) -> TokenState:
        """The stable token, made from AppID and AppSecret: nobody needs to authorise anything."""
        return self._take(self._stable_token(force=False))

    def _take(self, token: Mapping[str, Any]) -> TokenState:
        if not token.get("access_token"):
            raise NeedsPerson(N_("{channel} gave no new token."), channel=self.word)
        return self._new_token(
            TokenState(
                access_token=str(token["access_token"]),
                expires_at=in_seconds(token.get("expires_in")),
                refreshable=True,
            )
        )

    def _stable_token(self, *, force: bool) -> dict[str, Any]:
        asked = {
            "grant_type": "client_credential",
            "appid": self.value("app_key"),
            "secret": self.value("app_secret"),
            "force_refresh": force,
        }
        return self._exchange("cgi-bin/stable_token", asked, repeatable=True)


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _fields(body: bytes) -> dict[str, Any]:
    """The fields of a pushed message, JSON or XML as the operator chose. Raises BadRequest for neither."""
    text = body.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text) if text.startswith("{") else _xml(ET.fromstring(text))
    except (ValueError, RecursionError, ET.ParseError) as error:
        raise BadRequest(N_("The pushed message is neither JSON nor XML.")) from error
    return found if isinstance(found, dict) else {}


def _xml(node: ET.Element) -> dict[str, Any] | str:
    return {child.tag: _xml(child) for child in node} if len(node) else (node.text or "")
