"""JD POP through JOS. Facts and their sources: docs/connectors.md."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from connectors.gateway import AUTHORISE, CHINA, Fault, Gateway, Listing, Refusal, china_text, count_of, rows_of
from core.channels import signatures
from core.channels.base import (
    TOGETHER,
    Authorised,
    Company,
    Dispatch,
    Page,
    Request,
    Setting,
    StockLevel,
    TokenState,
    Window,
    in_seconds,
)
from core.errors import BadRequest, NeedsPerson
from core.i18n import N_

GATEWAY = "https://api.jd.com/routerjson"
OAUTH = "https://open-oauth.jd.com/oauth2/refresh_token"
CONSENT = "https://open-oauth.jd.com/oauth2/to_login"
ORDER_ROWS, REFUND_ROWS = 100, 50
ORDER_CAP, REFUND_CAP = 10_000, 5000  # refunds: pageIndex ends at 100
ORDER_STATES = (
    "NOT_PAY,WAIT_SELLER_STOCK_OUT,WAIT_SELLER_DELIVERY,WAIT_GOODS_RECEIVE_CONFIRM,FINISHED_L,TRADE_CANCELED,LOCKED,"
    "POP_ORDER_PAUSE,PAUSE,DELIVERY_RETURN"
)
ORDER_FIELDS = (
    "orderId,venderId,orderType,payType,orderTotalPrice,orderSellerPrice,orderPayment,actualPay,shouldPay,freightPrice,"
    "sellerDiscount,orderState,orderStateRemark,orderStartTime,orderEndTime,paymentConfirmTime,modified,waybill,"
    "logisticsId,orderRemark,venderRemark,pin,open_id_buyer,xid_buyer,parentOrderId,directParentOrderId,returnOrder,"
    "storeOrder,storeId,orderSource,consigneeInfo,itemInfoList,couponDetailList"
)
OPEN_REFUNDS = frozenset({"0", "1", "3", "5", "7", "8", "10"})


class Jd(Gateway):
    """One JD POP shop."""

    channel = "jd"
    title = N_("JD")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", "secret"),
        Setting("access_token", N_("Access token"), "secret", granted=True),
        Setting("refresh_token", N_("Refresh token"), "secret", required=False),
        Setting("expires_at", N_("Authorised until"), required=False, help=N_("For example 2027-01-31T12:00:00+08:00")),
        Setting("reauthorise_by", N_("Authorise again by"), required=False),
        Setting("gateway", N_("Gateway address"), "url", default=GATEWAY),
        Setting(
            "oauth",
            N_("Address of the token call"),
            "url",
            required=False,
            help=N_("Empty: JD's own; beside another gateway its oauth2/refresh_token."),
        ),
        AUTHORISE,
        Setting("order_states", N_("Order states to ask for"), default=ORDER_STATES),
        Setting("store_id", N_("Warehouse id of the stock figures"), default="0"),
    )
    grants_codes = True
    max_window = timedelta(days=28)  # "a month"
    overlap = timedelta(minutes=3)
    history = timedelta(days=90)
    mappings: ClassVar[dict[str, str]] = {"orders": "jd.orders", "refunds": "jd.refunds"}
    stock_ids = ("platform_sku",)
    several_parcels: ClassVar[str] = TOGETHER
    couriers: ClassVar[dict[str, str]] = {
        "SF": "467",
        "ZTO": "1499",
        "YTO": "463",
        "YUNDA": "1327",
        "STO": "470",
        "JD": "2087",
        "EMS": "465",
        "DBKD": "3046",
    }
    faults: ClassVar[Mapping[str, Fault]] = {
        "2": Fault.RATE,
        "5": Fault.SETUP,
        "8": Fault.CLOCK,
        "11": Fault.SETUP,
        "12": Fault.SETUP,
        "14": Fault.SETUP,
        "15": Fault.SETUP,
        "19": Fault.TOKEN,
        "21": Fault.SETUP,
        "24": Fault.SETUP,
        "65": Fault.AGAIN,
        "67": Fault.AGAIN,
    }

    def _request(self, method: str, params: Mapping[str, Any]) -> Request:
        now = self._now().astimezone(CHINA)
        form = {
            "method": method,
            "app_key": self.value("app_key"),
            "access_token": self.value("access_token"),
            "timestamp": f"{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03d}+0800",
            "v": "2.0",
            "360buy_param_json": json.dumps(params, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        }
        return Request(self._gateway, form={**form, "sign": signatures.jd_md5(form, self.value("app_secret"))})

    def _refusal(self, payload: Mapping[str, Any]) -> Refusal | None:
        error = payload.get("error_response")
        if isinstance(error, dict):
            return Refusal(str(error.get("code")), str(error.get("zh_desc") or error.get("en_desc") or ""))
        if "_responce" not in "".join(payload):  # the token call speaks plainly
            return Refusal(str(payload["code"]), str(payload.get("msg") or "")) if "code" in payload else None
        result = self._result(payload)
        if str(result.get("code", "0")) != "0":
            return Refusal(str(result["code"]), str(result.get("zh_desc") or result.get("en_desc") or ""))
        for inner in result.values():
            verdict = inner.get("apiResult", inner) if isinstance(inner, dict) else {}
            if isinstance(verdict, dict) and verdict.get("success") is False:
                said = verdict.get("chineseErrCode") or verdict.get("englishErrCode") or verdict.get("message") or ""
                return Refusal(str(verdict.get("numberCode") or verdict.get("errorCode") or ""), str(said))
        return None

    def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        found = next((v for k, v in payload.items() if k.endswith(("_responce", "_response"))), payload)
        return found if isinstance(found, dict) else {}

    # -- in ------------------------------------------------------------------------------------------------------
    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        if entity == "orders":
            for piece in self._pieces(window, self.max_window):
                read = self._numbered(
                    piece,
                    self._order_page,
                    lambda row: row.get("orderId"),
                    size=ORDER_ROWS,
                    backward=False,
                    cap=ORDER_CAP,
                )
                for rows in read:
                    yield self.page(entity, rows)
        elif entity == "refunds":
            yield from self._refund_pages(window)
        else:
            raise self._unknown_entity(entity)

    def _order_page(self, piece: Window, place: int, count: bool) -> Listing:
        found = self.call(
            "jingdong.pop.order.enSearch",
            {
                "start_date": china_text(piece.since),
                "end_date": china_text(piece.until),
                "order_state": self.value("order_states"),
                "optional_fields": "orderId" if count else ORDER_FIELDS,
                "page": str(place + 1),
                "page_size": str(ORDER_ROWS),
                "sortType": 0,  # anything but 1: ascending
                "dateType": 0,  # anything but 1: by the time of change
            },
        ).get("searchorderinfo_result", {})
        return Listing(rows_of(found.get("orderInfoList")), count_of(found.get("orderTotal")))

    def _refund_pages(self, window: Window) -> Iterator[Page]:
        """Applications made, then applications decided in the window: JD has no time of change for them."""
        for start, end in (("applyTimeStart", "applyTimeEnd"), ("checkTimeStart", "checkTimeEnd")):

            def ask(piece: Window, place: int, count: bool, start: str = start, end: str = end) -> Listing:
                del count  # the page itself is small enough
                found = self._applications(
                    {
                        start: china_text(piece.since),
                        end: china_text(piece.until),
                        "pageIndex": place + 1,
                        "pageSize": REFUND_ROWS,
                    }
                )
                return Listing(rows_of(found.get("result")), count_of(found.get("totalCount")))

            for piece in self._pieces(window, self.max_window):
                read = self._numbered(
                    piece, ask, lambda row: row.get("id"), size=REFUND_ROWS, backward=False, cap=REFUND_CAP
                )
                for rows in read:
                    yield self.page("refunds", rows)

    def _applications(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return self.call("jingdong.pop.afs.soa.refundapply.queryPageList", params).get("queryResult", {})

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        if entity == "refunds":
            rows: list[dict[str, Any]] = []
            for start in range(0, len(external_nos), REFUND_ROWS):
                part = external_nos[start : start + REFUND_ROWS]
                found = self._applications({"ids": ",".join(part), "pageIndex": 1, "pageSize": REFUND_ROWS})
                rows += rows_of(found.get("result"))
            return self.page(entity, rows)
        orders = (self._order(number) for number in external_nos)
        return self.page(entity, [order for order in orders if order])

    def _order(self, number: str) -> dict[str, Any] | None:
        result = self.call("jingdong.pop.order.enGet", {"order_id": _id(number), "optional_fields": ORDER_FIELDS})
        found = (result.get("orderDetailInfo") or {}).get("orderInfo")
        return found if isinstance(found, dict) and found.get("orderId") else None

    def open_refunds(self, platform_nos: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for number in platform_nos:
            rows = rows_of(
                self._applications({"orderId": _id(number), "pageIndex": 1, "pageSize": REFUND_ROWS}).get("result")
            )
            words = [str(row.get("status")) for row in rows if str(row.get("status")) in OPEN_REFUNDS]
            if words:
                found[number] = words[0]
        return found

    # -- out -----------------------------------------------------------------------------------------------------
    def _hello(self) -> str:
        now = self._now()
        total = self._order_page(Window(now - timedelta(minutes=1), now), 0, True).total
        return f"orderTotal={total}"

    def _ship(self, dispatch: Dispatch) -> None:
        """All waybills of the order in one call: a bar stands between carriers, a comma within one."""
        numbers: dict[str, list[str]] = {}
        for courier, number in ((dispatch.courier, dispatch.tracking_no), *dispatch.further):
            numbers.setdefault(courier, []).append(number)
        self.call(
            "jingdong.pop.order.shipment",
            {
                "orderId": _id(dispatch.platform_no),
                "logiCoprId": "|".join(numbers),
                "logiNo": "|".join(",".join(each) for each in numbers.values()),
            },
            repeatable=False,
        )

    def _waybills(self, platform_no: str) -> set[str]:
        """JD writes the numbers of one carrier with a comma, of several with a bar between them."""
        order = self._order(platform_no) or {}
        return {number for number in str(order.get("waybill") or "").replace("|", ",").split(",") if number}

    def set_stock(self, levels: Sequence[StockLevel]) -> None:
        for level in levels:
            if not level.platform_sku:
                raise BadRequest(
                    N_("{sku} has no SKU id of {channel}."),
                    N_("Pull an order with it, or enter the SKU id."),
                    sku=level.sku,
                    channel=self.word,
                )
            figure = {"incrStockNum": level.qty} if level.relative else {"stockNum": level.qty}
            stock = {"skuId": _id(level.platform_sku), "storeId": _id(self.value("store_id")), **figure}
            key = level.key or f"{self._now():%Y%m%d%H%M%S%f}-{level.platform_sku}"
            result = self.call(
                "jingdong.ware.stock.sku.set",
                {"req": {"updateModel": 2 if level.relative else 1, "stockRfId": key, "skuStocks": [stock]}},
                repeatable=not level.relative or bool(level.key),
            )
            self._check_stock(level, result)

    def read_stock(self, level: StockLevel) -> int | None:
        result = self.call("jingdong.ware.stock.sku.query", {"skuIds": level.platform_sku})
        rows = rows_of((result.get("returnType") or {}).get("obj"))
        return next((int(row["stockNum"]) for row in rows if str(row.get("skuId")) == level.platform_sku), None)

    def _check_stock(self, level: StockLevel, result: Mapping[str, Any]) -> None:
        told = ((result.get("returnType") or {}).get("obj") or {}).get("updateStockResult")
        for row in rows_of(told):
            if row.get("success") is False:
                raise NeedsPerson(
                    N_("{channel} did not take the stock of {sku}: {said}"),
                    channel=self.word,
                    sku=level.sku,
                    said=str(row.get("message") or ""),
                )

    def companies(self) -> tuple[Company, ...]:
        rows = rows_of(self.call("jingdong.get.vender.all.delivery.company", {}).get("deliveryList"))
        return tuple(Company(str(row.get("id")), str(row.get("name"))) for row in rows)

    # -- token ---------------------------------------------------------------------------------------------------
    def refresh(self) -> TokenState | None:
        if not self.value("refresh_token"):
            return None
        return self._new_token(self._state(self._token_call("refresh_token", self.value("refresh_token"))))

    def authorise_url(self, state: str, callback: str) -> str:
        asked = {"app_key": self.value("app_key"), "response_type": "code", "redirect_uri": callback}
        return self._consent_page(CONSENT, "/routerjson", {**asked, "state": state, "scope": "snsapi_base"})

    def exchange_code(self, code: str) -> Authorised:
        token = self._token_call("code", code)
        return Authorised(self._state(token), str(token.get("user_nick") or token.get("uid") or ""))

    def _token_call(self, name: str, proof: str) -> dict[str, Any]:
        """JD's two token calls: by a code, which works once, or by a refresh token."""
        kind, path = ("authorization_code", "access_token") if name == "code" else ("refresh_token", "refresh_token")
        address = self.value("oauth") or (
            OAUTH if self._gateway == GATEWAY else f"{self._gateway.rsplit('/', 1)[0]}/oauth2/refresh_token"
        )
        request = Request(
            f"{address.rsplit('/', 1)[0]}/{path}",
            "GET",
            params={
                "app_key": self.value("app_key"),
                "app_secret": self.value("app_secret"),
                "grant_type": kind,
                name: proof,
            },
        )
        token = self.http.exchange(lambda: request, self._read, repeatable=name != "code")
        if not token.get("access_token"):
            raise self._without_token()
        return token

    def _state(self, token: Mapping[str, Any]) -> TokenState:
        renewing = str(token.get("refresh_token") or self.value("refresh_token"))
        return TokenState(
            access_token=str(token["access_token"]),
            refresh_token=renewing,
            expires_at=in_seconds(token.get("expires_in")),
            refreshable=bool(renewing),
        )


def _id(text: str) -> int | str:
    """JD wants its ids as numbers in the JSON; anything else goes as it is and is refused by JD in its own words."""
    return int(text) if text.isdigit() else text
