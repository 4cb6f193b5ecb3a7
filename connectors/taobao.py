"""Taobao and Tmall through TOP. Facts and their sources: docs/connectors.md."""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import unquote

from connectors.gateway import AUTHORISE, Fault, Gateway, Listing, Refusal, china_text, count_of, rows_of
from core.channels import signatures
from core.channels.base import (
    BY_LINES,
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

logger = logging.getLogger(__name__)

GATEWAY = "https://gw.api.taobao.com/router/rest"
CONSENT = "https://oauth.taobao.com/authorize"
PAGE_ROWS = 100
CAP_ROWS = 5000  # more than this in a window: halve it, deep pages are slow
SKUS_A_CALL = 20
TRADE_FIELDS = (
    "tid,tid_str,status,type,payment,total_fee,post_fee,discount_fee,adjust_fee,received_payment,num,created,pay_time,"
    "modified,end_time,consign_time,buyer_nick,buyer_open_uid,buyer_message,has_buyer_message,seller_memo,seller_flag,"
    "receiver_name,receiver_mobile,receiver_phone,receiver_address,receiver_state,receiver_city,receiver_district,"
    "receiver_town,receiver_zip,oaid,step_trade_status,shipping_type,promise_collect_time,is_free_gift,has_gift,"
    "gift_mids,orders"
)
REFUND_FIELDS = (
    "refund_id,tid,oid,status,refund_fee,total_fee,payment,created,modified,good_status,has_good_return,reason,desc,"
    "title,num,sid,company_name,outer_id,order_status,refund_phase,refund_version,dispute_type,buyer_open_uid"
)
OPEN_REFUNDS = frozenset(
    {"WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS", "SELLER_REFUSE_BUYER"}
)
_TOKEN_CALLS = frozenset({"taobao.top.auth.token.create", "taobao.top.auth.token.refresh"})
_LISTS = {
    "orders": ("taobao.trades.sold.increment.get", TRADE_FIELDS, "trades", "trade", "tid"),
    "refunds": ("taobao.refunds.receive.get", REFUND_FIELDS, "refunds", "refund", "refund_id"),
}


class Taobao(Gateway):
    """One Taobao or Tmall shop."""

    channel = "taobao"
    title = N_("Taobao/Tmall")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", "secret"),
        Setting("access_token", N_("Access token (SessionKey)"), "secret", granted=True),
        Setting(
            "refresh_token",
            N_("Refresh token"),
            "secret",
            required=False,
            help=N_("Only apps of the service market can renew. A seller's own app is authorised again by a person."),
        ),
        Setting("expires_at", N_("Authorised until"), required=False, help=N_("For example 2027-01-31T12:00:00+08:00")),
        Setting("reauthorise_by", N_("Authorise again by"), required=False),
        Setting("gateway", N_("Gateway address"), "url", default=GATEWAY),
        AUTHORISE,
        Setting("sign_method", N_("Signature"), "choice", default="md5", choices=("md5", "hmac", "hmac-sha256")),
    )
    grants_codes = True
    max_window = timedelta(days=1)
    overlap = timedelta(minutes=3)
    history = timedelta(days=90)
    mappings: ClassVar[dict[str, str]] = {"orders": "taobao.orders", "refunds": "taobao.refunds"}
    stock_ids = ("spu",)
    several_parcels: ClassVar[str] = BY_LINES
    couriers: ClassVar[dict[str, str]] = {
        "SF": "SF",
        "ZTO": "ZTO",
        "YTO": "YTO",
        "YUNDA": "YUNDA",
        "STO": "STO",
        "JD": "JD",
        "EMS": "EMS",
        "DBKD": "DBKD",
        "JTSD": "HTKY",
        "CNSD": "POSTB",
    }
    faults: ClassVar[Mapping[str, Fault]] = {
        "7": Fault.RATE,
        "10": Fault.AGAIN,
        "11": Fault.SETUP,
        "12": Fault.SETUP,
        "13": Fault.SETUP,
        "21": Fault.SETUP,
        "22": Fault.SETUP,
        "23": Fault.SETUP,
        "24": Fault.SETUP,
        "25": Fault.SETUP,
        "26": Fault.TOKEN,
        "27": Fault.TOKEN,
        "28": Fault.SETUP,
        "29": Fault.SETUP,
        "30": Fault.SETUP,
        "31": Fault.CLOCK,
        "32": Fault.SETUP,
        "40": Fault.SETUP,
        "41": Fault.SETUP,
    }

    def _request(self, method: str, params: Mapping[str, Any]) -> Request:
        form = {
            "method": method,
            "app_key": self.value("app_key"),
            "timestamp": china_text(self._now()),
            "v": "2.0",
            "format": "json",
            "sign_method": self.value("sign_method"),
            **{name: str(value) for name, value in params.items() if value not in (None, "")},
        }
        if method not in _TOKEN_CALLS:
            form["session"] = self.value("access_token")
        sign = signatures.taobao_sign(form, self.value("app_secret"))
        return Request(self._gateway, form={**form, "sign": sign or ""})

    def _refusal(self, payload: Mapping[str, Any]) -> Refusal | None:
        error = payload.get("error_response")
        if not isinstance(error, dict):
            return None
        said = str(error.get("sub_msg") or error.get("msg") or "")
        ban = re.search(r"for (\d+) more second", said)
        return Refusal(
            str(error.get("code")), said, str(error.get("sub_code") or ""), float(ban.group(1)) if ban else None
        )

    def _fault(self, refusal: Refusal) -> Fault:
        if refusal.code == "15" or refusal.code not in self.faults:  # a remote service: isp.* is its fault, isv.* ours
            return Fault.AGAIN if refusal.sub.startswith("isp.") else Fault.PERSON
        return super()._fault(refusal)

    def _result(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return next((v for k, v in payload.items() if k.endswith("_response") and isinstance(v, dict)), {})

    # -- in ------------------------------------------------------------------------------------------------------
    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        if entity not in _LISTS:
            raise self._unknown_entity(entity)
        method, fields, outer, inner, name = _LISTS[entity]

        def ask(piece: Window, place: int, count: bool) -> Listing:
            result = self.call(
                method,
                {
                    "fields": name if count else fields,
                    "start_modified": china_text(piece.since),
                    "end_modified": china_text(piece.until),
                    "page_no": place + 1,
                    "page_size": PAGE_ROWS,
                    "use_has_next": "false" if count else "true",
                },
            )
            total = count_of(result["total_results"]) if "total_results" in result else None
            return Listing(rows_of((result.get(outer) or {}).get(inner)), total)

        for piece in self._pieces(window, self.max_window):
            read = self._numbered(piece, ask, lambda row: row.get(name), size=PAGE_ROWS, backward=True, cap=CAP_ROWS)
            for rows in read:
                yield self.page(entity, rows)

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        found: list[dict[str, Any]] = []
        for number in external_nos:
            try:
                if entity == "orders":
                    found.append(self._trade(number, TRADE_FIELDS))
                else:
                    result = self.call("taobao.refund.get", {"fields": REFUND_FIELDS, "refund_id": number})
                    found.append(result["refund"])
            except (NeedsPerson, KeyError) as error:
                if isinstance(error, NeedsPerson) and not _gone(error):
                    raise
        return self.page(entity, found)

    def _trade(self, tid: str, fields: str) -> dict[str, Any]:
        return self.call("taobao.trade.fullinfo.get", {"fields": fields, "tid": tid})["trade"]

    def open_refunds(self, platform_nos: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for tid in platform_nos:
            lines = rows_of((self._trade(tid, "tid,status,orders").get("orders") or {}).get("order"))
            words = [str(line.get("refund_status")) for line in lines if line.get("refund_status") in OPEN_REFUNDS]
            if words:
                found[tid] = words[0]
        return found

    # -- out -----------------------------------------------------------------------------------------------------
    def _hello(self) -> str:
        now = self._now()
        since = china_text(now - timedelta(minutes=1))
        window = {"fields": "tid", "start_modified": since, "end_modified": china_text(now), "page_size": 1}
        result = self.call("taobao.trades.sold.increment.get", window | {"use_has_next": "false", "page_no": 1})
        return f"total_results={count_of(result.get('total_results'))}"

    def _ship(self, dispatch: Dispatch) -> None:
        parts = [line.line_no for line in dispatch.lines] if dispatch.split else []
        result = self.call(
            "taobao.logistics.offline.send",
            {
                "tid": dispatch.platform_no,
                "out_sid": dispatch.tracking_no,
                "company_code": dispatch.courier,
                "is_split": "1" if parts else "0",
                "sub_tid": ",".join(parts),
            },
            repeatable=False,
        )
        if not (result.get("shipping") or {}).get("is_success"):
            raise NeedsPerson(
                N_("{platform} did not accept the dispatch of {number}."),
                platform=self.word,
                number=dispatch.platform_no,
            )

    def _waybills(self, platform_no: str) -> set[str]:
        lines = rows_of((self._trade(platform_no, "tid,orders").get("orders") or {}).get("order"))
        return {str(line["invoice_no"]) for line in lines if line.get("invoice_no")}

    def set_stock(self, levels: Sequence[StockLevel]) -> None:
        groups: dict[tuple[str, bool, bool], list[StockLevel]] = defaultdict(list)
        for level in levels:
            if not level.spu:
                raise BadRequest(
                    N_("{sku} has no product id of {channel}."),
                    N_("Pull an order with it, or enter the product id."),
                    sku=level.sku,
                    channel=self.word,
                )
            groups[level.spu, bool(level.platform_sku), level.relative].append(level)
        for (spu, by_id, relative), group in groups.items():
            name = "skuid_quantities" if by_id else "outerid_quantities"
            for start in range(0, len(group), SKUS_A_CALL):
                part = group[start : start + SKUS_A_CALL]
                pairs = ";".join(f"{level.platform_sku if by_id else level.sku}:{level.qty}" for level in part)
                self.call(
                    "taobao.skus.quantity.update",
                    {"num_iid": spu, name: pairs, "type": "2" if relative else "1"},
                    repeatable=not relative,
                )

    def read_stock(self, level: StockLevel) -> int | None:
        result = self.call("taobao.item.skus.get", {"fields": "sku_id,outer_id,quantity", "num_iids": level.spu})
        for row in rows_of((result.get("skus") or {}).get("sku")):
            if level.sku == row.get("outer_id") or (
                level.platform_sku and level.platform_sku == str(row.get("sku_id"))
            ):
                return int(row["quantity"])
        return None

    def companies(self) -> tuple[Company, ...]:
        result = self.call("taobao.logistics.companies.get", {"fields": "id,code,name,reg_mail_no"})
        rows = rows_of((result.get("logistics_companies") or {}).get("logistics_company"))
        return tuple(Company(str(r.get("code")), str(r.get("name")), str(r.get("reg_mail_no") or "")) for r in rows)

    # -- token ---------------------------------------------------------------------------------------------------
    def refresh(self) -> TokenState | None:
        """A new token for apps of the service market; None for a seller's own app: a person authorises it again."""
        if not self.value("refresh_token"):
            return None
        asked = {"refresh_token": self.value("refresh_token")}
        try:
            result = self._exchange("taobao.top.auth.token.refresh", asked, repeatable=True)
        except NeedsPerson as error:
            logger.info("%s: Taobao renews no token of this app: %s", self.shop, error.message)
            self._values["refresh_token"] = ""  # so that nobody hopes for it again
            return None
        token = _token_of(result)
        return self._new_token(
            TokenState(
                access_token=str(token.get("access_token") or ""),
                refresh_token=str(token.get("refresh_token") or self.value("refresh_token")),
                expires_at=in_seconds(token.get("expires_in")),
                refreshable=True,
                reauthorise_by=in_seconds(token.get("re_expires_in")),
            )
        )

    def authorise_url(self, state: str, callback: str) -> str:
        asked = {"response_type": "code", "client_id": self.value("app_key"), "redirect_uri": callback}
        return self._consent_page(CONSENT, "/router/rest", {**asked, "state": state, "view": "web"})

    def exchange_code(self, code: str) -> Authorised:
        """A seller's own app gets a token of fixed length: `re_expires_in` 0 says that nothing renews it."""
        token = _token_of(self._exchange("taobao.top.auth.token.create", {"code": code}, repeatable=False))
        if not token.get("access_token"):
            raise self._without_token()
        renewable, ends = count_of(token.get("re_expires_in")), in_seconds(token.get("expires_in"))
        state = TokenState(
            access_token=str(token["access_token"]),
            refresh_token=str(token.get("refresh_token") or "") if renewable else "",
            expires_at=ends,
            refreshable=bool(renewable),
            reauthorise_by=in_seconds(renewable) if renewable else ends,
        )
        return Authorised(state, unquote(str(token.get("taobao_user_nick") or "")))


def _token_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """The token in the answer of TOP's token calls, which hide it as JSON in a text."""
    told = result.get("token_result")
    return json.loads(told) if isinstance(told, str) else dict(told or result)


def _gone(error: NeedsPerson) -> bool:
    """Whether the refusal says that there is no such trade or refund (`isv.trade-not-exist` and its like)."""
    return "not-exist" in str(error.values.get("code", "")) or "not-found" in str(error.values.get("code", ""))
