"""`demo --sandbox URL`: fills a store with everything needed to work against a running sandbox. Contracts §5."""

from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.channels.demo import ask
from core.cli.command import Command
from core.decide.promotion.book import KIND as ACTIVITY
from core.decide.promotion.book import install_activities
from core.decide.risk import KIND as RISK
from core.decide.starter import install_rules
from core.flow.document import KIND as FLOW
from core.flow.document import install_flow
from core.i18n import N_
from core.mapping.document import KIND as MAPPING
from core.mapping.starter import AUTHOR, install_starters
from core.people.actor import SYSTEM
from core.services import demo
from core.settings import Settings
from core.store import documents


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--sandbox", required=True, metavar="URL")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:  # noqa: ARG001 - one shape for all commands
    sample = ask(arguments.sandbox)
    store, vault = runtime.store(), runtime.vault()
    install_starters(store)
    install_rules(store)
    install_activities(store)
    install_flow(store)
    kinds = (MAPPING, RISK, ACTIVITY, FLOW)
    published = [each for kind in kinds for each in documents.listing(store, kind) if each.author == AUTHOR]
    return {**demo.begin(SYSTEM, store, vault, sample), "documents": len(published)}


COMMAND = Command("demo", N_("Fill the store from a running sandbox."), _arguments, _run)
