"""What the product prints is understood by the sandbox's printer: key, orders, reprint, in every language a printer speaks."""

from typing import Any

import pytest

from core.channels import paper
from core.channels.sandbox.printer import Printer as Pretend
from core.model.printing import ESCPOS, LABEL, PDF, PICK_LIST, TEXT, ZPL
from core.store.printers import Printer
from tests.paper import codes, escpos_pictures, pages, sheets, zpl_pictures


class Diary:
    """As the sandbox's own: it notes what came."""

    def __init__(self) -> None:
        self.prints: list[dict[str, Any]] = []


def job(language: str, document: str, size: str, *, reprint: bool = False) -> bytes:
    listed = sheets(5)
    done = paper.made(
        listed,
        "0123456789abcdef01234567",
        document=document,
        language=language,
        paper=size,
        zone="Asia/Shanghai",
        reprint=reprint,
    )
    return paper.wrapped(
        Printer("P", "h", 9100, language=language, paper=size),
        done.content,
        listed,
        "0123456789abcdef01234567",
        reprint=reprint,
    )


@pytest.mark.parametrize(
    ("language", "document", "size"),
    [
        (PDF, PICK_LIST, "a4"),
        (PDF, LABEL, "100x50"),
        (ZPL, LABEL, "100x50"),
        (ESCPOS, LABEL, "80x50"),
        (TEXT, PICK_LIST, "a4"),
    ],
)
@pytest.mark.parametrize("reprint", [False, True])
def test_the_printer_learns_key_orders_and_reprint(language: str, document: str, size: str, *, reprint: bool) -> None:
    diary = Diary()
    Pretend(diary, None, lambda: 0).take(job(language, document, size, reprint=reprint))  # type: ignore[arg-type]
    (row,) = diary.prints
    assert row["key"] == "0123456789abcdef01234567" and row["reprint"] is reprint
    assert row["platform_nos"] == [sheet.platform_no for sheet in sheets(5)]


def test_every_label_decodes_in_every_language() -> None:
    wanted = [[sheet.slip_no] for sheet in sheets(5)]
    assert [codes(picture) for picture in zpl_pictures(job(ZPL, LABEL, "100x50"))] == wanted
    assert [codes(picture) for picture in escpos_pictures(job(ESCPOS, LABEL, "80x50"))] == wanted
    sent = job(PDF, LABEL, "100x50")
    assert [codes(page) for page in pages(sent[sent.index(b"%PDF") : sent.rindex(b"%%EOF") + 5])] == wanted
