"""Doudian (Douyin's shops). Facts and their sources: docs/connectors.md."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from connectors.gateway import AUTHORISE, Fault, Gateway, Listing, Refusal, count_of, epoch, rows_of
from core.channels import signatures
from core.channels.base import (
    BY_LINES,
    Authorised,
    Company,
    Dispatch,
    Page,
    PushAnswer,
    PushMessage,
    Request,
    Setting,
    StockLevel,
    TokenState,
    Window,
    header,
    in_seconds,
)
from core.errors import BadRequest, BadSetup, NeedsPerson
from core.i18n import N_

GATEWAY = "https://openapi-fxg.jinritemai.com"
CONSENT = "https://fuwu.jinritemai.com/authorize"
PAGE_ROWS = 100
ORDER_CAP, REFUND_CAP = 10_000, 50_000  # page * size must stay below
ITEMS_A_CALL = 50
REFRESH_LIVES = 14 * 24 * 3600  # seconds
REFUND_TAGS = range(200, 228)  # of the pushes; 1xx are orders
ORDER_TAGS = range(100, 127)
OPEN_REFUNDS = frozenset({"6", "7", "8", "11", "27", "29"})


class Doudian(Gateway):
    """One Doudian shop."""

    channel = "doudian"
    title = N_("Doudian")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", "secret"),
        Setting("access_token", N_("Access token"), "secret", required=False, granted=True),
        Setting("refresh_token", N_("Refresh token"), "secret", required=False),
        Setting(
            "shop_id",
            N_("Shop id on the platform"),
            required=False,
            help=N_("For a shop's own app: with it the token is made without a person."),
        ),
        Setting("expires_at", N_("Authorised until"), required=False, help=N_("For example 2027-01-31T12:00:00+08:00")),
        Setting("reauthorise_by", N_("Authorise again by"), required=False),
        Setting("gateway", N_("Gateway address"), "url", default=GATEWAY),
        Setting(
            "service_id",
            N_("Service id"),
            required=False,
            help=N_("For authorising in the browser: the id of the app's service in Doudian's service market."),
        ),
        AUTHORISE,
    )
    grants_codes = True
    max_window = timedelta(days=7)
    overlap = timedelta(minutes=3)
    history = timedelta(days=90)
    calls_per_second = 20.0
    mappings: ClassVar[dict[str, str]] = {"orders": "doudian.orders", "refunds": "doudian.refunds"}
    several_parcels: ClassVar[str] = BY_LINES
    couriers: ClassVar[dict[str, str]] = {
        "SF": "shunfeng",
        "ZTO": "zhongtong",
        "YTO": "yuantong",
        "YUNDA": "yunda",
        "STO": "shentong",
        "JD": "jd",
        "EMS": "ems",
        "JTSD": "jtexpress",
        "DBKD": "debangwuliu",
        "CNSD": "youzhengguonei",
    }
    faults: ClassVar[Mapping[str, Fault]] = {
        "isv.access-token-expired": Fault.TOKEN,
        "isv.access-token-no-existed": Fault.TOKEN,
        "isv.signature-invalid": Fault.SETUP,
        "isv.timestamp-invalid": Fault.CLOCK,
        "10001": Fault.PERSON,
        "20000": Fault.AGAIN,
        "20001": Fault.AGAIN,
        "30001": Fault.SETUP,
        "30002": Fault.SETUP,
        "40001": Fault.SETUP,
        "40003": Fault.SETUP,
        "40004": Fault.PERSON,
        "50001": Fault.SETUP,
        "50002": Fault.PERSON,
        "60000": Fault.RATE,
        "70000": Fault.SETUP,
        "80000": Fault.SETUP,
        "90000": Fault.AGAIN,
    }

    def _request(self, method: str, params: Mapping[str, Any]) -> Request:
        """`method` is the path without its first slash, as in `order/searchList`."""
        body = signatures.doudian_param_json(params)
        dotted, app_key, stamp = method.replace("/", "."), self.value("app_key"), str(epoch(self._now()))
        query = {
            "method": dotted,
            "app_key": app_key,
            "access_token": "" if method.startswith("token/") else self.value("access_token"),
            "timestamp": stamp,
            "v": "2",
            "sign": signatures.doudian(app_key, dotted, body, stamp, self.value("app_secret")),
            "sign_method": "hmac-sha256",
        }
        headers = {"Content-Type": "application/json;charset=UTF-8", "x-open-no-old-err-code": "1"}
        return Request(f"{self._gateway}/{method}", params=query, body=body, headers=headers)

    def _refusal(self, payload: Mapping[str, Any]) -> Refusal | None:
        code = str(payload.get("code"))
        if code == "10000":
            return None
        said = str(payload.get("sub_msg") or payload.get("msg") or "")
        return Refusal(code, said, str(payload.get("sub_code") or ""))

    def _fault(self, refusal: Refusal) -> Fault:
        # "40003 isv.something of this order" is a matter of the order, not of the set-up.
        if refusal.code == "40003" and refusal.sub and refusal.sub not in self.faults:
            return Fault.PERSON
        return super()._fault(refusal)

    def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """`data`; a bare list (the courier companies) under the name `list`."""
        found = payload.get("data")
        if isinstance(found, list):
            return {"list": found}
        return found if isinstance(found, dict) else {}

    # -- in ------------------------------------------------------------------------------------------------------
    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        if entity == "orders":
            ask, name, cap = self._order_page, lambda row: row.get("order_id"), ORDER_CAP
        elif entity == "refunds":
            ask, name, cap = self._refund_page, _refund_no, REFUND_CAP
        else:
            raise self._unknown_entity(entity)
        for piece in self._pieces(window, self.max_window):
            for rows in self._numbered(piece, ask, name, size=PAGE_ROWS, backward=False, cap=cap):
                yield self.page(entity, rows)

    def _order_page(self, piece: Window, place: int, count: bool) -> Listing:
        found = self.call(
            "order/searchList",
            {
                "update_time_start": epoch(piece.since),
                "update_time_end": epoch(piece.until),
                "order_by": "update_time",
                "order_asc": True,
                "page": place,
                "size": 1 if count else PAGE_ROWS,
            },
        )
        return Listing(rows_of(found.get("shop_order_list")), count_of(found.get("total")))

    def _refund_page(self, piece: Window, place: int, count: bool) -> Listing:
        found = self.call(
            "afterSale/List",
            {
                "update_start_time": epoch(piece.since),
                "update_end_time": epoch(piece.until),
                "order_by": ["update_time asc"],
                "page": place,
                "size": 1 if count else PAGE_ROWS,
            },
        )
        return Listing(rows_of(found.get("items")), count_of(found.get("total")))

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        rows: list[dict[str, Any]] = []
        for number in external_nos:
            if entity == "orders":
                order = self._order(number)
                rows += [order] if order else []
            else:
                found = self.call("afterSale/List", {"aftersale_id": number, "page": 0, "size": PAGE_ROWS})
                rows += [row for row in rows_of(found.get("items")) if _refund_no(row) == number]
        return self.page(entity, rows)

    def _order(self, number: str) -> dict[str, Any] | None:
        found = self.call("order/orderDetail", {"shop_order_id": number}).get("shop_order_detail")
        return found if isinstance(found, dict) else None

    def open_refunds(self, platform_nos: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for number in platform_nos:
            answer = self.call("afterSale/List", {"order_id": number, "page": 0, "size": PAGE_ROWS})
            for row in rows_of(answer.get("items")):
                mine = str((row.get("order_info") or {}).get("shop_order_id")) == number
                status = str((row.get("aftersale_info") or {}).get("aftersale_status"))
                if mine and status in OPEN_REFUNDS:
                    found[number] = status
        return found

    # -- out -----------------------------------------------------------------------------------------------------
    def _hello(self) -> str:
        now = self._now()
        total = self._order_page(Window(now - timedelta(minutes=1), now), 0, True).total
        return f"total={total}"

    def _ship(self, dispatch: Dispatch) -> None:
        if dispatch.split and dispatch.lines:
            inside = [{"shipped_order_id": line.line_no, "shipped_num": line.qty} for line in dispatch.lines]
            self.call(
                "order/logisticsAddSinglePack",
                {
                    "order_id_list": [dispatch.platform_no],
                    "shipped_order_info": inside,
                    "company_code": dispatch.courier,
                    "logistics_code": dispatch.tracking_no,
                    "request_id": dispatch.key or f"{dispatch.platform_no}-{dispatch.tracking_no}",
                    "is_refund_reject": False,
                },
                repeatable=True,  # the platform knows the request_id
            )
            return
        self.call(
            "order/logisticsAdd",
            {
                "order_id": dispatch.platform_no,
                "company_code": dispatch.courier,
                "logistics_code": dispatch.tracking_no,
                "is_refund_reject": False,  # while a refund is open the platform refuses: its own gate behind ours
            },
            repeatable=False,
        )

    def _waybills(self, platform_no: str) -> set[str]:
        parcels = rows_of((self._order(platform_no) or {}).get("logistics_info"))
        return {str(parcel["tracking_no"]) for parcel in parcels if parcel.get("tracking_no")}

    def set_stock(self, levels: Sequence[StockLevel]) -> None:
        """Up to 50 SKUs a call when all platform ids are known, else one by one through the seller's code."""
        for relative in (False, True):
            known = [x for x in levels if x.relative is relative and x.spu and x.platform_sku]
            for start in range(0, len(known), ITEMS_A_CALL):
                self._set_many(known[start : start + ITEMS_A_CALL], relative)
        for level in levels:
            if not (level.spu and level.platform_sku):
                self._set_one(level)

    def _set_many(self, levels: Sequence[StockLevel], relative: bool) -> None:
        items = [{"product_id": _id(x.spu), "sku_id": _id(x.platform_sku), "stock_num": x.qty} for x in levels]
        key = levels[0].key or f"{self._now():%Y%m%d%H%M%S%f}-{levels[0].platform_sku}"
        params = {"items": items, "idempotent_id": key, "incremental": relative}
        self._once(lambda: self.call("sku/syncStockBatchMultiProducts", params))

    def _set_one(self, level: StockLevel) -> None:
        if not level.sku and not level.platform_sku:
            raise BadRequest(N_("A stock figure without a SKU."))
        which = {"sku_id": _id(level.platform_sku)} if level.platform_sku else {"code": level.sku}
        params = {
            **which,
            **({"product_id": _id(level.spu)} if level.spu else {}),
            "stock_num": level.qty,
            "incremental": level.relative,
            "idempotent_id": level.key or f"{self._now():%Y%m%d%H%M%S%f}-{level.platform_sku or level.sku}",
        }
        self._once(lambda: self.call("sku/syncStock", params))

    def read_stock(self, level: StockLevel) -> int | None:
        which = {"sku_id": _id(level.platform_sku)} if level.platform_sku else {"code": level.sku}
        told = self.call("sku/stockNum", which).get("stock_num")
        return None if told is None else int(told)

    @staticmethod
    def _once(send: Callable[[], object]) -> None:
        """Send with an idempotency id: "this id is known" after a lost answer means that it is done."""
        try:
            send()
        except NeedsPerson as error:
            if "isv.idempotent-id-existed" not in str(error.values.get("code", "")):
                raise

    def companies(self) -> tuple[Company, ...]:
        rows = rows_of(self.call("order/logisticsCompanyList", {}).get("list"))
        return tuple(Company(str(row.get("code")), str(row.get("name"))) for row in rows)

    # -- push ----------------------------------------------------------------------------------------------------
    def verify_push(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str] | None = None) -> bool:
        sign = header(headers, "event-sign")
        if not sign:
            return super().verify_push(headers, body, query)
        app = header(headers, "app-id")
        ours = signatures.doudian_push(self.value("app_key"), body, self.value("app_secret"))
        return app in ("", self.value("app_key")) and signatures.same(ours, sign.lower())

    def read_push(self, body: bytes) -> list[PushMessage]:
        """Each message of the array names an order or a refund; tags that concern neither are passed over."""
        try:
            messages = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadRequest(N_("The pushed message is not JSON.")) from error
        if isinstance(messages, dict):
            return super().read_push(body)
        found: list[PushMessage] = []
        for message in rows_of(messages):
            data = _data_of(message)
            tag = count_of(message.get("tag"))
            entity, number = "", None
            if tag in REFUND_TAGS:
                entity, number = "refunds", data.get("aftersale_id")
            elif tag in ORDER_TAGS:
                entity, number = "orders", data.get("p_id")
            if entity and number:
                found.append(PushMessage(str(message.get("msg_id")), str(tag), entity, (str(number),)))
        return found

    def push_answer(self) -> PushAnswer:
        return PushAnswer('{"code":0,"msg":"success"}')

    # -- token ---------------------------------------------------------------------------------------------------
    def token_state(self) -> TokenState:
        state = super().token_state()
        if not self.value("shop_id"):
            return state
        return TokenState(state.access_token, state.refresh_token, state.expires_at, refreshable=True)

    def refresh(self) -> TokenState | None:
        """By the refresh token (14 days); a shop's own app makes a new token when that one is dead too."""
        refresh, shop_id = self.value("refresh_token"), self.value("shop_id")
        token: dict[str, Any] = {}
        if refresh:
            try:
                params = {"refresh_token": refresh, "grant_type": "refresh_token"}
                token = self._exchange("token/refresh", params, repeatable=True)
            except NeedsPerson:
                if not shop_id:
                    raise
        if not token and shop_id:
            params = {"code": "", "grant_type": "authorization_self", "shop_id": shop_id}
            token = self._exchange("token/create", params, repeatable=True)
        if not token.get("access_token"):
            return None
        return self._new_token(self._state(token))

    def authorise_url(self, state: str, callback: str) -> str:
        """Doudian knows the callback from the app's own set-up."""
        del callback
        if not self.value("service_id"):
            raise BadSetup(N_("{setting} is empty."), N_("Fill it in on the Channels page."), setting="service_id")
        return self._consent_page(CONSENT, "", {"service_id": self.value("service_id"), "state": state})

    def exchange_code(self, code: str) -> Authorised:
        asked = {"code": code, "grant_type": "authorization_code"}
        token = self._exchange("token/create", asked, repeatable=False)
        if not token.get("access_token"):
            raise self._without_token()
        granted, wanted = str(token.get("shop_id") or ""), self.value("shop_id")
        if wanted and granted and granted != wanted:
            raise NeedsPerson(
                N_("{channel} granted another shop: {granted}, not {wanted}."),
                N_("Log in there with the account of this shop, then authorise again."),
                channel=self.word,
                granted=f"{token.get('shop_name') or ''} ({granted})".strip(),
                wanted=wanted,
            )
        return Authorised(self._state(token), str(token.get("shop_name") or granted))

    def _state(self, token: Mapping[str, Any]) -> TokenState:
        renewing = str(token.get("refresh_token") or self.value("refresh_token"))
        return TokenState(
            access_token=str(token["access_token"]),
            refresh_token=renewing,
            expires_at=in_seconds(token.get("expires_in")),
            refreshable=True,
            reauthorise_by=None if self.value("shop_id") else in_seconds(REFRESH_LIVES),
        )


def _refund_no(row: Mapping[str, Any]) -> str:
    return str((row.get("aftersale_info") or {}).get("aftersale_id"))


def _data_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """`data` is JSON in a text; some tags send the object itself."""
    data = message.get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return {}
    return data if isinstance(data, dict) else {}


def _id(text: str) -> int | str:
    return int(text) if text.isdigit() else text
