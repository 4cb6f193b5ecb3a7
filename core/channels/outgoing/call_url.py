"""Message kind `call_url`: a POST of JSON to an address an operator set. Body: url, event, channel, shop, orders."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.channels.http import Answer, Http, Request, Throttle
from core.errors import BadSetup, NeedsPerson
from core.i18n import N_
from core.store import Cursor
from core.store.outbox import Row

if TYPE_CHECKING:
    from core.channels.deliver import Sending

KIND = "call_url"


def send(sending: "Sending", row: Row) -> str:
    """Post the message; the key goes with it as `Idempotency-Key`. Any 2xx is well."""
    del sending
    url = str(row.body["url"])
    if not url.startswith(("https://", "http://")):
        raise BadSetup(N_("{url} is no address to call."), N_("It begins with https://."), url=url)
    said = {name: row.body[name] for name in ("event", "channel", "shop", "orders")} | {"key": row.key}
    http = Http(Throttle(10.0), attempts=1)
    try:
        return http.exchange(lambda: _request(url, said, row.key), _read)
    finally:
        http.close()


def _request(url: str, said: Mapping[str, object], key: str) -> Request:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return Request(url, headers=headers, body=json.dumps(said, ensure_ascii=False))


def _read(answer: Answer) -> str:
    if not 200 <= answer.status < 300:
        raise NeedsPerson(
            N_("The other system refused it (HTTP {status})."), N_("Ask those who run it."), status=answer.status
        )
    return str(answer.status)


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """Nothing follows."""
    del cursor, rows
