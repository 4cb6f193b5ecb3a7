"""Slips as plain text pages in UTF-8, for printers that know nothing else."""

from core.i18n import _
from core.warehouse.sheet import Sheet

WIDTH = 64


def page(sheet: Sheet, *, reprint: bool = False) -> str:
    """One slip: its number, order, warehouse and wave, then what to pick."""
    marks = [_("(reprint)")] * reprint + [f"[{_('FROZEN – do not pick')}]"] * sheet.held
    rows = [
        " ".join([_("Pick list {number}").format(number=sheet.slip_no), *marks]),
        _("Order {number} · {shop}").format(number=sheet.platform_no, shop=sheet.shop),
        _("Warehouse {warehouse} · wave {wave}").format(warehouse=sheet.warehouse or "-", wave=sheet.wave),
        "-" * WIDTH,
    ]
    for line in sheet.lines:
        gift = f" [{_('Gift')}]" if line.gift else ""
        where = f"{line.location} " if line.location else ""
        rows.append(f"{line.qty:>4} × {where}{line.sku} {line.title} {line.spec}{gift}".rstrip())
    return "\r\n".join([*rows, "-" * WIDTH, ""])
