"""How bytes get to a printer. Each way raises `Partly` only when something may have come out: then a person decides."""

from collections.abc import Callable
from typing import Protocol

from core.channels.printers import ipp, raw
from core.channels.printers.partly import Partly
from core.errors import BadSetup
from core.i18n import N_
from core.model.printing import IPP, RAW
from core.store.printers import Printer

__all__ = ["Partly", "Way", "way_of"]


class Way(Protocol):
    """One way to a printer."""

    def send(self, printer: Printer, content: bytes, name: str, begin: Callable[[str], None]) -> str:
        """Send the job. Calls `begin` with its number there ("" for none) right before the first byte leaves; TryAgain before
        it, Partly after it."""
        ...

    def has(self, printer: Printer, ticket: str) -> bool | None:
        """Whether the job of this number has arrived there; None where it cannot tell."""
        ...


_WAYS: dict[str, Way] = {RAW: raw, IPP: ipp}


def way_of(printer: Printer) -> Way:
    """The way to a printer."""
    if printer.kind not in _WAYS:
        raise BadSetup(
            N_("The printer {name} is of a kind this version does not know."), N_("Set it up again."), name=printer.name
        )
    return _WAYS[printer.kind]
