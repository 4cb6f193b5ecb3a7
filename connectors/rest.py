"""Any system with a JSON interface, built wholly by form: a private mini-program, an ERP, a shop system of one's own.

The form says where the lists lie, how calls are proved, how pages follow each other and how a window of change is
asked for; the mapping says what the fields mean. Only http and https are spoken; redirects and other hosts are never
followed.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from core.channels.base import Answer, Check, Connector, Http, Page, Request, Setting, TokenState, Window, body_text
from core.channels.credentials import ENCODINGS, HASHES, KINDS, Credentials
from core.channels.http import Throttle
from core.channels.paging import MOST_PAGES, Reply, at, pager
from core.errors import BadSetup, DanliuError
from core.i18n import N_

PAGERS = ("none", "page", "offset", "cursor", "link", "next_url")
TIME_FORMATS = ("iso", "text", "epoch_s", "epoch_ms")
SAID_LIMIT = 300  # characters of the other side's words that are shown
_PATH = N_("A dotted path such as data.list; empty: the answer itself.")


class Rest(Connector):
    """One system reached by plain HTTP and JSON."""

    channel = "mini_program"
    title = N_("Any REST interface (mini-program, own system)")
    entities = ("orders", "refunds", "stock")
    mappings = {  # noqa: RUF012
        "orders": "mini_program.orders",
        "refunds": "mini_program.refunds",
        "stock": "wms.stock",
    }
    max_window = timedelta(days=1)
    settings = (
        Setting("address", N_("Address of the orders"), "url", help="https://shop.example/api/orders"),
        Setting("method", N_("Method"), "choice", default="GET", choices=("GET", "POST")),
        Setting("params", N_("Fixed parameters (JSON)"), "json", required=False),
        Setting("auth", N_("Signing in"), "choice", default="none", choices=KINDS),
        Setting("auth_name", N_("Name of the header or parameter"), required=False),
        Setting("app_key", N_("Key or user"), required=False),
        Setting("app_secret", N_("Secret, token or password"), "secret", required=False),
        Setting(
            "hmac_template",
            N_("Text to sign"),
            required=False,
            help=N_("May name {method} {path} {query} {body} {timestamp} {timestamp_ms} {nonce} {key} {secret}."),
        ),
        Setting("hmac_hash", N_("Hash"), "choice", default="sha256", choices=HASHES),
        Setting("hmac_encoding", N_("Signature as"), "choice", default="hex", choices=ENCODINGS),
        Setting("hmac_place", N_("Signature goes into"), "choice", default="header", choices=("header", "query")),
        Setting("key_name", N_("Name for the key"), required=False),
        Setting("timestamp_name", N_("Name for the timestamp"), required=False),
        Setting("nonce_name", N_("Name for the nonce"), required=False),
        Setting("paginator", N_("Pages"), "choice", default="none", choices=PAGERS),
        Setting("page_param", N_("Parameter of the page, offset or cursor"), required=False),
        Setting("page_start", N_("First page or offset"), "integer", required=False),
        Setting("size_param", N_("Parameter of the page's size"), required=False),
        Setting("page_size", N_("Rows a page"), "integer", default="50"),
        Setting("next_path", N_("Path to the next cursor or address"), required=False),
        Setting("list_path", N_("Path to the list"), required=False, help=_PATH),
        Setting("id_path", N_("Path to the number inside a row"), required=False, default="id"),
        Setting("updated_path", N_("Path to the time of change inside a row"), required=False),
        Setting("since_param", N_("Parameter: changed since"), required=False),
        Setting("until_param", N_("Parameter: changed until"), required=False),
        Setting("time_format", N_("Times are"), "choice", default="iso", choices=TIME_FORMATS),
        Setting("time_pattern", N_("Pattern of a text time"), default="%Y-%m-%d %H:%M:%S"),
        Setting("zone", N_("Time zone"), default="Asia/Shanghai"),
        Setting("ok_path", N_("Path to the answer's code"), required=False),
        Setting("ok_value", N_("The code when all is well"), required=False, default="0"),
        Setting("message_path", N_("Path to the answer's message"), required=False),
        Setting(
            "detail_address", N_("Address of one order ({id})"), "url", required=False, help="https://…/orders/{id}"
        ),
        Setting("detail_path", N_("Path to the order in that answer"), required=False, help=_PATH),
        Setting("refunds_address", N_("Address of the refunds"), "url", required=False),
        Setting("refunds_list_path", N_("Path to the list of refunds"), required=False, help=_PATH),
        Setting("stock_address", N_("Address of the stock levels"), "url", required=False),
        Setting("stock_list_path", N_("Path to the list of stock levels"), required=False, help=_PATH),
        Setting("calls_per_second", N_("Calls a second"), "integer", default="5"),
    )

    def __init__(
        self,
        shop: str,
        values: Mapping[str, str],
        http: Http,
        *,
        keep_token: Callable[[TokenState], None] | None = None,
    ) -> None:
        """Raises BadSetup for settings under which a reading could never work or never stop."""
        super().__init__(shop, values, http, keep_token=keep_token)
        for name in ("address", "detail_address", "refunds_address", "stock_address"):
            _check_address(name, self.value(name))
        self._credentials = Credentials(
            kind=self.value("auth"),
            name=self.value("auth_name"),
            key=self.value("app_key"),
            secret=self.value("app_secret"),
            template=self.value("hmac_template"),
            hash=self.value("hmac_hash"),
            encoding=self.value("hmac_encoding"),
            in_query=self.value("hmac_place") == "query",
            key_name=self.value("key_name"),
            timestamp_name=self.value("timestamp_name"),
            nonce_name=self.value("nonce_name"),
        )
        self._credentials.check()
        pager(self.value("paginator"), self._values)
        self._fixed = _fixed(self.value("params"))
        self._zone = _zone(self.value("zone"))
        rate = self.value("calls_per_second")
        self._throttle = Throttle(max(0.1, float(rate) if rate.replace(".", "", 1).isdigit() else 5.0))

    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        """The entity's rows, page by page; nothing where the form gives no address for it."""
        address = self._address(entity)
        if not address:
            return
        pages = pager(self.value("paginator"), self._values)
        step, last = pages.first(), None
        for _number in range(MOST_PAGES):
            params = self._fixed | self._window(window) | dict(step.params)
            url = step.url or address
            answer, headers = self._call(url, {} if step.url else params)
            rows = self._rows(answer, entity)
            texts = tuple(body_text(row) for row in rows)
            if texts and texts == last:
                raise BadSetup(
                    N_("The same page came twice."),
                    N_("Look at the paging settings: the parameter may have another name."),
                )
            last = texts
            if kept := tuple(text for row, text in zip(rows, texts, strict=True) if not self._older(row, window)):
                yield Page(self._detailed(kept, rows, entity), entity)
            following = pages.after(Reply(answer, headers, url, len(rows)))
            if following is None:
                return
            step = following
        raise BadSetup(N_("The list has no end."), N_("Look at the paging settings."))

    def fetch(self, entity: str, external_nos: Sequence[str]) -> Page:
        """The orders by the detail address; what answers 404 is left out. Raises BadRequest without such an address."""
        if entity != "orders" or not self.value("detail_address"):
            return super().fetch(entity, external_nos)
        found = (self._detail(number) for number in external_nos)
        return Page(tuple(text for text in found if text), entity)

    def test(self) -> Check:
        """Ask for the first page of the last hour, whatever is in it."""
        now = datetime.now(UTC)
        try:
            step = pager(self.value("paginator"), self._values).first()
            window = self._window(Window(now - timedelta(hours=1), now))
            answer, _headers = self._call(self.value("address"), self._fixed | window | dict(step.params))
            rows = self._rows(answer, "orders")
        except DanliuError as error:
            return Check(False, self.http.masked(error.message), error.hint)
        said = str(at(answer, self.value("message_path")) or "") if self.value("message_path") else ""
        return Check(True, self.http.masked(f"{said} HTTP 200, {len(rows)} × {{…}}".strip()))

    def _address(self, entity: str) -> str:
        return self.value("address" if entity == "orders" else f"{entity}_address")

    def _window(self, window: Window) -> dict[str, str]:
        names = ((self.value("since_param"), window.since), (self.value("until_param"), window.until))
        return {name: self._written(instant) for name, instant in names if name}

    def _written(self, instant: datetime) -> str:
        """An instant as the other side writes it; a span's ends are whole seconds."""
        kind = self.value("time_format")
        if kind == "epoch_s":
            return str(int(instant.timestamp()))
        if kind == "epoch_ms":
            return str(int(instant.timestamp() * 1000))
        local = instant.astimezone(self._zone)
        return local.strftime(self.value("time_pattern")) if kind == "text" else local.isoformat(timespec="seconds")

    def _read_time(self, value: Any) -> datetime | None:
        kind = self.value("time_format")
        try:
            if kind in ("epoch_s", "epoch_ms"):
                return datetime.fromtimestamp(float(value) / (1000 if kind == "epoch_ms" else 1), UTC)
            text = str(value)
            found = (
                datetime.strptime(text, self.value("time_pattern"))  # noqa: DTZ007 - the zone is put in below
                if kind == "text"
                else datetime.fromisoformat(text)
            )
        except (TypeError, ValueError, OverflowError, OSError):
            return None
        return found if found.tzinfo else found.replace(tzinfo=self._zone)

    def _older(self, row: Any, window: Window) -> bool:
        """Whether the row changed before the window: only where the other side cannot be asked for a window."""
        if self.value("since_param") or not self.value("updated_path"):
            return False
        changed = self._read_time(at(row, self.value("updated_path")))
        return changed is not None and changed < window.since

    def _rows(self, answer: Any, entity: str) -> list[Any]:
        path = self.value("list_path" if entity == "orders" else f"{entity}_list_path")
        found = at(answer, path)
        if isinstance(found, dict):
            return [found]
        if found is None and path:
            return []
        if not isinstance(found, list):
            raise BadSetup(
                N_("There is no list at {path}."), N_("Look at the path to the list."), path=path or "(answer)"
            )
        return found

    def _detailed(self, texts: tuple[str, ...], rows: list[Any], entity: str) -> tuple[str, ...]:
        if entity != "orders" or not self.value("detail_address"):
            return texts
        numbers = {body_text(row): at(row, self.value("id_path")) for row in rows}
        found = (self._detail(str(numbers[text])) for text in texts if numbers.get(text) not in (None, ""))
        return tuple(text for text in found if text)

    def _detail(self, number: str) -> str | None:
        url = self.value("detail_address").replace("{id}", quote(number, safe=""))
        answer, _headers = self._call(url, dict(self._fixed), missing=True)
        found = at(answer, self.value("detail_path"))
        return body_text(found) if isinstance(found, dict) else None

    def _call(self, url: str, params: Mapping[str, str], *, missing: bool = False) -> tuple[Any, Mapping[str, str]]:
        def build() -> Request:
            self._throttle.wait()
            if self.value("method") == "POST":
                body = json.dumps(dict(params), ensure_ascii=False, separators=(",", ":"))
                return self._credentials.signed(
                    Request(url, "POST", body=body, headers={"Content-Type": "application/json"})
                )
            return self._credentials.signed(Request(url, "GET", params=params, headers={"Accept": "application/json"}))

        return self.http.exchange(build, lambda answer: (self._read(answer, url, missing), answer.headers))

    def _read(self, answer: Answer, url: str, missing: bool) -> Any:
        if missing and answer.status == 404:
            return None
        if answer.status >= 300:
            raise self._refused(url, f"HTTP {answer.status} {answer.text}")
        value = answer.json()
        path = self.value("ok_path")
        if path and str(at(value, path)) != self.value("ok_value"):
            said = at(value, self.value("message_path")) if self.value("message_path") else answer.text
            raise self._refused(url, f"{at(value, path)} {said}")
        return value

    def _refused(self, url: str, said: str) -> BadSetup:
        return BadSetup(
            N_("{host} refuses: {said}"),
            N_("Look at the address, the key and the secret."),
            host=urlsplit(url).netloc.rsplit("@", 1)[-1],
            said=self.http.masked(said.strip())[:SAID_LIMIT],
        )


def _check_address(name: str, address: str) -> None:
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
        raise BadSetup(
            N_("{setting} is no http or https address."),
            N_("Write it as https://host/path, keys into their own settings."),
            setting=name,
        )


def _fixed(text: str) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadSetup(N_("The fixed parameters are no JSON object."), N_('Write {{"name": "value"}}.'))
    return {str(name): item if isinstance(item, str) else body_text(item) for name, item in value.items()}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadSetup(
            N_("There is no time zone {zone}."), N_("Use a name such as Asia/Shanghai."), zone=name
        ) from error
