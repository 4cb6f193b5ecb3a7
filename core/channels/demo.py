"""Asks a running sandbox what its pretend seller has: shops, warehouses, printers, products, stock."""

import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.channels.http import Answer, Http, Request
from core.errors import BadRequest, TryAgain
from core.i18n import N_

SILENT = threading.Event()
"""Set while this process's own pretend platforms do not answer yet: their shops wait with pulling instead of failing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the sandbox told, in its own words (contracts §5)."""

    shops: list[dict[str, Any]]
    warehouses: list[dict[str, Any]]
    printers: list[dict[str, Any]]
    products: list[dict[str, Any]]
    stock: list[dict[str, Any]]
    stock_at: str
    couriers: tuple[dict[str, Any], ...] = ()


def ask(address: str) -> Sample:
    """Read a sandbox. BadRequest for an address that is none, TryAgain while nobody answers there."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise BadRequest(N_("{address} is no sandbox's address."), N_("Write it as http://host:port."), address=address)
    http = Http()
    try:
        shops = _get(http, address, "shops")
        products = _get(http, address, "products", optional=True).get("products", [])
        stock = _get(http, address, "stock")
    finally:
        http.close()
    return Sample(
        shops["shops"],
        shops.get("warehouses", []),
        shops.get("printers", []),
        products,
        stock.get("stock", []),
        str(stock.get("at", "")),
        tuple(shops.get("couriers", ())),
    )


def _get(http: Http, address: str, what: str, *, optional: bool = False) -> dict[str, Any]:
    def read(answer: Answer) -> dict[str, Any]:
        if optional and answer.status == 404:
            return {}
        if answer.status != 200:
            raise TryAgain(N_("The sandbox at {address} answers HTTP {status}."), address=address, status=answer.status)
        return answer.object()

    return http.exchange(lambda: Request(f"{address.rstrip('/')}/sandbox/{what}", "GET"), read)
