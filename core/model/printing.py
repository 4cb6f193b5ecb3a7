"""The words of printing: how a printer is reached, what it understands, what paper it has, how a job fares."""

from core.i18n import N_

RAW, IPP = "raw", "ipp"
KINDS: dict[str, str] = {RAW: N_("Network printer (TCP, usually port 9100)"), IPP: N_("CUPS queue (IPP)")}

PDF, ZPL, ESCPOS, TEXT = "pdf", "zpl", "escpos", "text"
LANGUAGES: dict[str, str] = {
    PDF: N_("PDF (office printers)"),
    ZPL: N_("ZPL (label printers)"),
    ESCPOS: N_("ESC/POS (receipt printers)"),
    TEXT: N_("Plain text"),
}
PAPERS: dict[str, tuple[str, ...]] = {
    PDF: ("a4", "a5", "100x150"),
    ZPL: ("100x50", "60x40", "80x50"),
    ESCPOS: ("80x50", "60x40"),
    TEXT: ("a4",),
}
"""Paper by language, the first one is the default; millimetres, wide × high."""

WAITING, SENDING, PRINTED, FAILED, UNKNOWN, VOID = "waiting", "sending", "printed", "failed", "unknown", "void"
STATES: dict[str, str] = {
    WAITING: N_("Waiting to be printed"),
    SENDING: N_("On its way to the printer"),
    PRINTED: N_("Printed"),
    FAILED: N_("Not printed"),
    UNKNOWN: N_("Not known whether it was printed"),
    VOID: N_("Nothing left to print"),
}

PICK_LIST, LABEL, TEST = "pick_list", "label", "test"
DOCUMENTS: dict[str, str] = {PICK_LIST: N_("Pick list"), LABEL: N_("Labels"), TEST: N_("Test print")}
