"""`accounts`: the same as the page, for a machine without a browser and for an administrator who is locked out."""

from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.cli.command import Command
from core.errors import BadRequest
from core.i18n import N_
from core.people.actor import SYSTEM
from core.people.permissions import ROLES
from core.services import accounts
from core.settings import Settings

_ACTIONS = ("list", "add", "reset-password", "switch-off", "switch-on")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=_ACTIONS)
    parser.add_argument("account", nargs="?", default="")
    parser.add_argument("--name", default="")
    parser.add_argument("--role", choices=tuple(ROLES), default="cs")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:  # noqa: ARG001 - one shape for all commands
    store, account = runtime.store(), arguments.account
    if arguments.action == "list":
        rows = accounts.listing(SYSTEM, store)
        return {"accounts": [{"account": r.account, "role": r.role, "active": r.active} for r in rows]}
    if not account:
        raise BadRequest(N_("Which account?"), N_("Write its name after the action."))
    if arguments.action == "add":
        password = accounts.add(SYSTEM, store, account, arguments.name, arguments.role)
        return {"account": account, "role": arguments.role, "temporary_password": password}
    if arguments.action == "reset-password":
        return {"account": account, "temporary_password": accounts.reset_password(SYSTEM, store, account)}
    accounts.set_active(SYSTEM, store, account, active=arguments.action == "switch-on")
    return {"account": account, "active": arguments.action == "switch-on"}


COMMAND = Command("accounts", N_("List, add, switch off accounts; reset a password"), _arguments, _run)
