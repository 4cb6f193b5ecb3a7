"""Services that tell where parcels are: found by themselves among the connectors, called with their opened accounts.

A service is a module of `connectors` with the names of `Service`; a new one is one file.
"""

import importlib
import json
import logging
import pkgutil
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Protocol, runtime_checkable

import connectors as package
from core.channels.base import Setting
from core.channels.http import Http, Throttle
from core.errors import BadRequest, NeedsPerson
from core.i18n import N_
from core.model.parcels import Asked, Track
from core.people.vault import Vault
from core.store import Store, courier_codes
from core.store.tracking_accounts import Account

logger = logging.getLogger(__name__)
CALLS_PER_SECOND = 10.0
_throttles: dict[str, Throttle] = {}
_lock = threading.Lock()


@runtime_checkable
class Service(Protocol):
    """What a module of a service has. `COURIERS`: our courier code -> its own."""

    KIND: str
    TITLE: str
    SETTINGS: tuple[Setting, ...]
    COURIERS: Mapping[str, str]
    LEAST_PAUSE: timedelta

    def query(self, values: Mapping[str, str], http: Http, asked: Asked) -> Track:
        """What is known of one waybill."""
        ...

    def subscribe(self, values: Mapping[str, str], http: Http, asked: Asked, callback: str) -> None:
        """Have changes pushed."""
        ...

    def read_push(self, values: Mapping[str, str], form: Mapping[str, str]) -> list[Track]:
        """The tracks of a push whose signature is right; raises otherwise."""
        ...

    def push_answer(self, values: Mapping[str, str]) -> str:
        """The JSON that the service wants to hear."""
        ...


@cache
def services() -> dict[str, Service]:
    """The services by name. A broken file is logged and left out."""
    found: dict[str, Service] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        try:
            module = importlib.import_module(f"{package.__name__}.{entry.name}")
        except Exception:  # the registry of connectors tells the same
            logger.exception("the connector %s cannot be loaded", entry.name)
            continue
        if isinstance(module, Service):
            found[module.KIND] = module
    return found


def service(kind: str) -> Service:
    """The service of that name. BadRequest for an unknown one."""
    found = services().get(kind)
    if found is None:
        raise BadRequest(N_("There is no tracking service {kind}."), N_("Choose one of the list."), kind=kind)
    return found


def opened(vault: Vault, account: Account) -> dict[str, str]:
    """The account's settings with its secrets in clear and the defaults filled in. Keep them in memory only."""
    secrets = json.loads(vault.open_text(account.secrets)) if account.secrets else {}
    typed = {**account.settings, **secrets}
    return {s.name: str(typed.get(s.name) or s.default) for s in service(account.kind).SETTINGS}


def company_of(store: Store, kind: str, courier: str) -> str:
    """The service's code of a courier, as the operator has set it or as the service has it; "" for none.

    The courier may be written by our code or by its name.
    """
    with store.read() as cursor:
        own = courier_codes.codes(cursor)
        named = {each.title: each.courier for each in courier_codes.couriers(cursor)}
    code = named.get(courier, courier)
    return own.get((code, kind), "") or service(kind).COURIERS.get(code, "")


def query(vault: Vault, account: Account, company: str, tracking_no: str, phone_tail: str, order_no: str = "") -> Track:
    """Ask an account for one waybill. Raises the service's words."""
    if not company:
        raise unknown_courier(account)
    http = _http(vault, account)
    try:
        return service(account.kind).query(
            opened(vault, account), http, Asked(company, tracking_no, phone_tail, order_no)
        )
    finally:
        http.close()


def subscribe(vault: Vault, account: Account, wanted: Sequence[Asked]) -> None:
    """Have the changes of waybills pushed to the account's address. Raises at the first that is refused."""
    http, values = _http(vault, account), opened(vault, account)
    try:
        for each in wanted:
            service(account.kind).subscribe(values, http, each, account.callback)
    finally:
        http.close()


def unknown_courier(account: Account) -> NeedsPerson:
    """The error for a courier that a service has no code for."""
    return NeedsPerson(
        N_("{account} has no code for this courier."),
        N_("Set it on the page Routing under Couriers."),
        account=account.name,
    )


def _http(vault: Vault, account: Account) -> Http:
    with _lock:
        throttle = _throttles.setdefault(account.name, Throttle(CALLS_PER_SECOND))
    http = Http(throttle, attempts=2)
    values = opened(vault, account)
    http.hide(values[s.name] for s in service(account.kind).SETTINGS if s.kind == "secret")
    return http
