"""A queue of CUPS by IPP (RFC 8010, 8011). It gives every job a number before the document goes out, and tells later whether
the document of that number arrived: a broken line leaves no doubt. http://HOST:PORT/printers/QUEUE.
"""

import itertools
import struct
from collections.abc import Callable, Iterator, Sequence

import requests

from core.channels.printers.partly import Partly
from core.errors import BadSetup, TryAgain
from core.i18n import N_
from core.model.printing import PDF, TEXT
from core.store.printers import Printer

SECONDS = 20.0
_CREATE_JOB, _SEND_DOCUMENT, _CANCEL_JOB, _GET_JOB = 0x0005, 0x0006, 0x0008, 0x0009
_OPERATION, _END = b"\x01", b"\x03"
_INTEGER, _BOOLEAN, _ENUM, _KEYWORD, _NAME, _URI, _CHARSET, _LANGUAGE, _MIME = (
    0x21,
    0x22,
    0x23,
    0x44,
    0x42,
    0x45,
    0x47,
    0x48,
    0x49,
)
_FORMATS = {PDF: "application/pdf", TEXT: "text/plain"}
_NOT_FOUND, _TIMES_OUT = 0x0406, 0x0500
_Wanted = tuple[int, str, object]
_WHO: _Wanted = (_NAME, "requesting-user-name", "danliu")
_numbers = itertools.count(1)


def send(printer: Printer, content: bytes, name: str, begin: Callable[[str], None]) -> str:
    """Give the job to the queue: its number there. A queue that refuses has taken nothing."""
    try:
        opened = _call(printer, _CREATE_JOB, [_WHO, (_NAME, "job-name", name)], b"")
    except requests.RequestException as error:
        raise _away(printer, str(error)) from error
    _check(printer, opened)
    ticket = next((str(value) for key, value in attributes(opened) if key == "job-id"), "")
    begin(ticket)
    wanted = [
        (_INTEGER, "job-id", int(ticket)), _WHO,
        (_MIME, "document-format", _FORMATS.get(printer.language, "application/octet-stream")),
        (_BOOLEAN, "last-document", True),
    ]  # fmt: skip
    try:
        answer = _call(printer, _SEND_DOCUMENT, wanted, content)
    except requests.RequestException as error:
        if has(printer, ticket):
            return ticket
        raise Partly(str(error)) from error
    _check(printer, answer)
    return ticket


def has(printer: Printer, ticket: str) -> bool | None:
    """Whether the document of the job with this number has arrived; None when it cannot be asked now. One without is dropped."""
    if not ticket.isdigit():
        return None
    number: _Wanted = (_INTEGER, "job-id", int(ticket))
    try:
        answer = _call(
            printer, _GET_JOB, [number, _WHO, (_KEYWORD, "requested-attributes", "number-of-documents")], b""
        )
        found = [value for key, value in attributes(answer) if key == "number-of-documents"]
        if _status(answer) >= 0x0100 or not found:
            return None
        if found[0] == 0:
            _call(printer, _CANCEL_JOB, [number, _WHO], b"")
    except (requests.RequestException, BadSetup):
        return None
    return bool(found[0])


def _call(printer: Printer, operation: int, wanted: Sequence[_Wanted], content: bytes) -> bytes:
    address = f"{printer.host}:{printer.port}/printers/{printer.queue}"
    head = struct.pack(">bbhi", 1, 1, operation, next(_numbers) % 0x7FFFFFFF) + _OPERATION
    known: list[_Wanted] = [
        (_CHARSET, "attributes-charset", "utf-8"), (_LANGUAGE, "attributes-natural-language", "en"),
        (_URI, "printer-uri", f"ipp://{address}"),
    ]  # fmt: skip
    body = head + b"".join(_attribute(*one) for one in [*known, *wanted]) + _END + content
    answer = requests.post(f"http://{address}", data=body, headers={"Content-Type": "application/ipp"}, timeout=SECONDS)
    if answer.status_code != 200 or len(answer.content) < 8:
        raise BadSetup(
            N_("The print server of {name} refuses the call (HTTP {status})."), N_("Look at host, port and queue."),
            name=printer.name, status=answer.status_code,
        )  # fmt: skip
    return answer.content


def _attribute(tag: int, name: str, value: object) -> bytes:
    if tag == _INTEGER:
        raw = struct.pack(">i", value)
    else:
        raw = bytes([bool(value)]) if tag == _BOOLEAN else str(value).encode()
    return struct.pack(">bh", tag, len(name)) + name.encode() + struct.pack(">h", len(raw)) + raw


def attributes(answer: bytes) -> Iterator[tuple[str, object]]:
    """(name, value) of an answer, in order; further values of one name come under the same name."""
    place, name = 8, ""
    while place < len(answer) and answer[place] != _END[0]:
        tag = answer[place]
        if tag < 0x10:  # a new group
            place += 1
            continue
        (length,) = struct.unpack_from(">h", answer, place + 1)
        if length:
            name = answer[place + 3 : place + 3 + length].decode("utf-8", "replace")
        place += 3 + length
        (length,) = struct.unpack_from(">h", answer, place)
        raw = answer[place + 2 : place + 2 + length]
        place += 2 + length
        yield name, struct.unpack(">i", raw)[0] if tag in (_INTEGER, _ENUM) else raw.decode("utf-8", "replace")


def _status(answer: bytes) -> int:
    return struct.unpack_from(">h", answer, 2)[0]


def _check(printer: Printer, answer: bytes) -> None:
    status = _status(answer)
    if status < 0x0100:
        return
    said = next((str(value) for key, value in attributes(answer) if key == "status-message"), hex(status))
    if status == _NOT_FOUND:
        raise BadSetup(
            N_("The print server knows no queue {queue}."), N_("Look at its name in the printer's settings."),
            queue=printer.queue,
        )  # fmt: skip
    if status >= _TIMES_OUT:
        raise _away(printer, said)
    raise BadSetup(
        N_("The print server refuses the job: {cause}"), N_("Look at language and queue of the printer {name}."),
        cause=said, name=printer.name,
    )  # fmt: skip


def _away(printer: Printer, said: str) -> TryAgain:
    return TryAgain(
        N_("The printer {name} does not answer: {cause}"), N_("Look at its power and paper."), name=printer.name,
        cause=said,
    )  # fmt: skip
