"""Pinduoduo. Facts and their sources: docs/connectors.md."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.gateway import AUTHORISE, Fault, Gateway, Listing, Refusal, count_of, epoch, rows_of
from core.channels import signatures
from core.channels.base import (
    AFTERWARDS,
    Authorised,
    Company,
    Dispatch,
    Page,
    Request,
    Setting,
    StockLevel,
    Throttle,
    TokenState,
    Window,
    in_seconds,
)
from core.errors import BadRequest, NeedsPerson
from core.i18n import N_

GATEWAY = "https://gw-api.pinduoduo.com/api/router"
CONSENT = "https://fuwu.pinduoduo.com/service-market/auth"
PAGE_ROWS = 100
CAP_ROWS = 5000
REFUND_CALLS_PER_SECOND = 9.8  # 100 in 10 s are allowed: 98 and the one that may come at once
SENT_IN_PARTS = 1  # extra_track_type; 2 is goods sent again, 3 a gift
LIST_LAG = 180  # seconds: what changed within the last three minutes may still be missing in the list
ALL_ORDERS, ALL_REFUNDS, LUCKY_OR_NOT, ALL_AFTER_SALES = 5, 5, 0, 1
OPEN_REFUNDS = frozenset({"2", "3", "4", "5", "6", "7", "8", "31"})  # of after_sales_status
_TOKEN_CALLS = frozenset({"pdd.pop.auth.token.create", "pdd.pop.auth.token.refresh"})


class Pinduoduo(Gateway):
    """One Pinduoduo shop."""

    channel = "pinduoduo"
    title = N_("Pinduoduo")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("app_key", "client_id"),
        Setting("app_secret", "client_secret", "secret"),
        Setting("access_token", N_("Access token"), "secret", granted=True),
        Setting("refresh_token", N_("Refresh token"), "secret", required=False),
        Setting("expires_at", N_("Authorised until"), required=False, help=N_("For example 2027-01-31T12:00:00+08:00")),
        Setting("reauthorise_by", N_("Authorise again by"), required=False),
        Setting("gateway", N_("Gateway address"), "url", default=GATEWAY),
        AUTHORISE,
        Setting(
            "lag_seconds",
            N_("Leave out the newest seconds"),
            "integer",
            required=False,
            help=N_("Pinduoduo's list is complete after about 180 s. Empty: 180 at the real gateway, else 0."),
        ),
    )
    grants_codes = True
    max_window = timedelta(minutes=30)
    overlap = timedelta(minutes=6)  # the three minutes of the list's lag and three of our own
    settle = timedelta(seconds=LIST_LAG)
    history = timedelta(days=90)
    calls_per_second = 40.0  # 3,000 in 60 s are allowed
    mappings: ClassVar[dict[str, str]] = {"orders": "pinduoduo.orders", "refunds": "pinduoduo.refunds"}
    stock_ids = ("spu",)
    several_parcels: ClassVar[str] = AFTERWARDS
    couriers: ClassVar[dict[str, str]] = {
        "SF": "44",
        "ZTO": "115",
        "YTO": "85",
        "YUNDA": "121",
        "STO": "1",
        "JD": "120",
        "EMS": "118",
        "JTSD": "384",
        "DBKD": "131",
        "CNSD": "132",
    }
    faults: ClassVar[Mapping[str, Fault]] = {
        "10000": Fault.PERSON,
        "10001": Fault.PERSON,
        "10016": Fault.SETUP,
        "10017": Fault.SETUP,
        "10019": Fault.TOKEN,
        "20004": Fault.SETUP,
        "20005": Fault.SETUP,
        "20031": Fault.TOKEN,
        "20032": Fault.TOKEN,
        "20034": Fault.SETUP,
        "50000": Fault.AGAIN,
        "50002": Fault.PERSON,
        "52001": Fault.AGAIN,
        "52002": Fault.AGAIN,
        "52003": Fault.AGAIN,
        "52004": Fault.AGAIN,
        "52101": Fault.RATE,
        "52102": Fault.AGAIN,
        "52103": Fault.AGAIN,
        "70031": Fault.RATE,
        "70032": Fault.RATE,
        "70033": Fault.RATE,
        "70034": Fault.RATE,
        "70035": Fault.RATE,
        "70036": Fault.RATE,
    }

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._refund_pace = Throttle(REFUND_CALLS_PER_SECOND, burst=1)

    def _request(self, method: str, params: Mapping[str, Any]) -> Request:
        form = {
            "type": method,
            "client_id": self.value("app_key"),
            "timestamp": epoch(self._now()),
            "data_type": "JSON",
            "version": "V1",
            **{name: value for name, value in params.items() if value not in (None, "")},
        }
        if method not in _TOKEN_CALLS:
            form["access_token"] = self.value("access_token")
        texts = signatures.pinduoduo_texts(form)
        return Request(self._gateway, form={**texts, "sign": signatures.pinduoduo_md5(texts, self.value("app_secret"))})

    def _refusal(self, payload: Mapping[str, Any]) -> Refusal | None:
        error = payload.get("error_response")
        if not isinstance(error, dict):
            return None
        said = str(error.get("sub_msg") or error.get("error_msg") or "")
        return Refusal(str(error.get("error_code")), said, str(error.get("sub_code") or ""))

    def _fault(self, refusal: Refusal) -> Fault:
        # The sub code repeats the code or names a business rule; only the code decides.
        return self.faults.get(refusal.code, Fault.PERSON)

    def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return next((v for k, v in payload.items() if k.endswith("_response") and isinstance(v, dict)), {})

    def _settling(self) -> timedelta:
        said = self.value("lag_seconds")
        if said.isdigit():
            return timedelta(seconds=int(said))
        return self.settle if self._gateway == GATEWAY else timedelta(0)

    # -- in ------------------------------------------------------------------------------------------------------
    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        if entity == "orders":
            ask, name = self._order_page, lambda row: row.get("order_sn")
        elif entity == "refunds":
            ask, name = self._refund_page, lambda row: row.get("id")
        else:
            raise self._unknown_entity(entity)
        for piece in self._pieces(window, self.max_window):
            for rows in self._numbered(piece, ask, name, size=PAGE_ROWS, backward=True, cap=CAP_ROWS):
                yield self.page(entity, rows)

    def _order_page(self, piece: Window, place: int, count: bool) -> Listing:
        found = self.call(
            "pdd.order.number.list.increment.get",
            {
                "start_updated_at": epoch(piece.since),
                "end_updated_at": epoch(piece.until),
                "order_status": ALL_ORDERS,
                "refund_status": ALL_REFUNDS,
                "is_lucky_flag": LUCKY_OR_NOT,
                "page": place + 1,
                "page_size": PAGE_ROWS,
                "use_has_next": not count,
            },
        )
        total = count_of(found["total_count"]) if "total_count" in found else None
        return Listing(rows_of(found.get("order_sn_list")), total)

    def _refund_page(self, piece: Window, place: int, count: bool) -> Listing:
        del count  # each page carries the total
        return self._after_sales(epoch(piece.since), epoch(piece.until), place + 1)

    def _after_sales(self, since: int, until: int, page: int, order_sn: str = "") -> Listing:
        self._refund_pace.wait()
        found = self.call(
            "pdd.refund.list.increment.get",
            {
                "after_sales_status": ALL_AFTER_SALES,
                "after_sales_type": ALL_AFTER_SALES,
                "start_updated_at": since,
                "end_updated_at": until,
                "page": page,
                "page_size": PAGE_ROWS,
                "order_sn": order_sn,
            },
        )
        return Listing(rows_of(found.get("refund_list")), count_of(found.get("total_count")))

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        """Orders by number; refunds by the numbers of their orders.

        The list of refunds takes an order's number, but only with a span of half an hour: asked for are the last one, and
        the one around the order's last change, which a refund's change is.
        """
        if entity == "orders":
            orders = (self._order(number) for number in external_nos)
            return self.page(entity, [order for order in orders if order])
        found: dict[str, dict[str, Any]] = {}
        for number in external_nos:
            for since, until in self._spans(number):
                found |= {str(row.get("id")): row for row in self._after_sales(since, until, 1, number).rows}
        return self.page(entity, list(found.values()))

    def _spans(self, number: str) -> list[tuple[int, int]]:
        span, now = int(self.max_window.total_seconds()), epoch(self._now())
        latest = (now - span, now)
        try:
            said = str((self._order(number) or {}).get("updated_at"))
            changed = datetime.strptime(f"{said}+0800", "%Y-%m-%d %H:%M:%S%z")
        except ValueError:
            return [latest]
        middle = epoch(changed)
        around = (middle - span // 2, min(middle + span // 2, now))
        return [latest] if around[0] >= latest[0] or around[1] <= around[0] else [latest, around]

    def _order(self, number: str) -> dict[str, Any] | None:
        found = self.call("pdd.order.information.get", {"order_sn": number}).get("order_info")
        return found if isinstance(found, dict) else None

    def open_refunds(self, platform_nos: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for number in platform_nos:
            order = self._order(number) or {}
            status = str(order.get("after_sales_status") or "0")
            if status in OPEN_REFUNDS or str(order.get("refund_status")) in ("2", "3"):
                found[number] = status
        return found

    # -- out -----------------------------------------------------------------------------------------------------
    def _hello(self) -> str:
        now = self._now()
        total = self._order_page(Window(now - timedelta(minutes=1), now), 0, True).total
        return f"total_count={total or 0}"

    def _ship(self, dispatch: Dispatch) -> None:
        if dispatch.extra:
            self._add_parcel(dispatch)
            return
        answer = self.call(
            "pdd.logistics.online.send",
            {
                "order_sn": dispatch.platform_no,
                "logistics_id": dispatch.courier,
                "tracking_number": dispatch.tracking_no,
            },
            repeatable=False,
        )
        self._must(answer, dispatch.platform_no)

    def _add_parcel(self, dispatch: Dispatch) -> None:
        """A further waybill of an order sent in parts: the platform shows it to the buyer beside the first.

        Source: pdd.order.upload.extra.logistics in the platform's own SDKs; the order's detail does not give it back, so a
        repeated call relies on the platform taking the same waybill twice.
        """
        answer = self.call(
            "pdd.order.upload.extra.logistics",
            {
                "order_sn": dispatch.platform_no,
                "extra_track_type": SENT_IN_PARTS,
                "extra_track_list": [
                    {
                        "shipping_id": int(code) if (code := dispatch.courier).isdigit() else code,
                        "tracking_number": dispatch.tracking_no,
                    }
                ],
            },
            repeatable=True,
        )
        if answer.get("success") is False or answer.get("is_success") is False:
            self._must({"is_success": False}, dispatch.platform_no)

    def _must(self, answer: Mapping[str, Any], number: str) -> None:
        if answer.get("is_success") is False:
            raise NeedsPerson(N_("{platform} did not accept {number}."), platform=self.word, number=number)

    def _waybills(self, platform_no: str) -> set[str]:
        number = str((self._order(platform_no) or {}).get("tracking_number") or "")
        return {number} if number else set()

    def set_stock(self, levels: Sequence[StockLevel]) -> None:
        for level in levels:
            if not level.spu:
                raise BadRequest(
                    N_("{sku} has no product id of {channel}."),
                    N_("Pull an order with it, or enter the product id."),
                    sku=level.sku,
                    channel=self.word,
                )
            answer = self.call(
                "pdd.goods.quantity.update",
                {
                    "goods_id": level.spu,
                    "sku_id": level.platform_sku,
                    "outer_id": "" if level.platform_sku else level.sku,
                    "quantity": level.qty,
                    "update_type": 2 if level.relative else 1,
                },
                repeatable=not level.relative,
            )
            self._must(answer, level.sku)

    def companies(self) -> tuple[Company, ...]:
        rows = rows_of(self.call("pdd.logistics.companies.get", {}).get("logistics_companies"))
        return tuple(
            Company(str(row.get("id")), str(row.get("logistics_company"))) for row in rows if row.get("available") != 0
        )

    # -- token ---------------------------------------------------------------------------------------------------
    def refresh(self) -> TokenState | None:
        if not self.value("refresh_token"):
            return None
        asked = {"refresh_token": self.value("refresh_token")}
        return self._new_token(self._state(self._exchange("pdd.pop.auth.token.refresh", asked, repeatable=True)))

    def authorise_url(self, state: str, callback: str) -> str:
        asked = {"response_type": "code", "client_id": self.value("app_key"), "redirect_uri": callback}
        return self._consent_page(CONSENT, "/api/router", {**asked, "state": state})

    def exchange_code(self, code: str) -> Authorised:
        token = self._exchange("pdd.pop.auth.token.create", {"code": code}, repeatable=False)
        return Authorised(self._state(token), str(token.get("owner_name") or token.get("owner_id") or ""))

    def _state(self, token: Mapping[str, Any]) -> TokenState:
        if not token.get("access_token"):
            raise self._without_token()
        renewing, ends = str(token.get("refresh_token") or self.value("refresh_token")), token.get("expires_in")
        return TokenState(
            access_token=str(token["access_token"]),
            refresh_token=renewing,
            expires_at=in_seconds(ends),
            refreshable=bool(renewing),
            reauthorise_by=in_seconds(token.get("refresh_token_expires_in")),
        )
