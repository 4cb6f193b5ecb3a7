"""Slips as a printer's job: plain text pages in UTF-8, with the job's key where a spooler finds it."""

from collections.abc import Sequence

from core.i18n import _
from core.store.slips import Slip

WIDTH = 64
_FORM_FEED = "\f"


def job(listed: Sequence[Slip], key: str, *, reprint: bool = False) -> bytes:
    """The bytes of one job: a PJL header naming key and orders, then a page a slip."""
    numbers = ",".join(slip.platform_no for slip in listed)
    mark = f"danliu key={key} orders={numbers} reprint={'yes' if reprint else 'no'}"
    head = f'\x1b%-12345X@PJL JOB NAME="{key}"\r\n@PJL COMMENT {mark}\r\n'
    pages = _FORM_FEED.join(page(slip, reprint=reprint) for slip in listed)
    return (head + pages + f"{_FORM_FEED}\x1b%-12345X@PJL EOJ\r\n").encode()


def page(slip: Slip, *, reprint: bool = False) -> str:
    """One slip: its number, order, warehouse and wave, then what to pick."""
    title = _("Pick list {number}").format(number=slip.slip_no) + (f" {_('(reprint)')}" if reprint else "")
    rows = [
        title,
        _("Order {number} · {shop}").format(number=slip.platform_no, shop=slip.shop),
        _("Warehouse {warehouse} · wave {wave}").format(warehouse=slip.warehouse or "-", wave=slip.wave),
        "-" * WIDTH,
    ]
    for line in slip.lines:
        gift = f" [{_('Gift')}]" if line.get("gift") else ""
        rows.append(
            f"{line.get('qty') or 1:>4} × {line.get('sku') or ''} {line.get('title') or ''} {line.get('spec') or ''}{gift}".rstrip()
        )
    return "\r\n".join([*rows, "-" * WIDTH, ""])
