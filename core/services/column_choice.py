"""Which column of a person's file is which of ours: guessed by its headers, chosen by form, remembered for the next file."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from core.errors import BadRequest
from core.i18n import N_, _
from core.mapping.readers import read_table
from core.people.actor import Actor
from core.people.guard import require
from core.services.table_file import Row
from core.settings import ROOT
from core.store import Store, facts

HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    kind: {name: tuple(titles) for name, titles in columns.items()}
    for kind, columns in json.loads((ROOT / "data" / "reference" / "purchase_headers.json").read_text("utf-8")).items()
}
_PERMISSION = {"purchases": "suppliers.edit", "freight_bills": "freight.edit"}
_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d-%b-%y", "%d-%b-%Y", "%m/%d/%Y", "%d.%m.%Y")
_EXCEL_BEGINS = date(1899, 12, 30)


def guess(
    actor: Actor, store: Store, kind: str, content: bytes, name: str
) -> tuple[list[str], dict[str, str]]:  # fmt: skip
    """(the file's columns, our name -> the column it seems to be, or ""). What was chosen for such a file before wins."""
    require(actor, store, _PERMISSION.get(kind, "suppliers.edit"), kind)
    columns = list(read_table(content, name, limit=50).columns)
    plain = {_plain(column): column for column in columns}
    kept = json.loads(facts.get(store, f"columns_{kind}", "{}"))
    found = {}
    for ours, titles in HEADERS[kind].items():
        before = kept.get(ours, "")
        known = [plain[_plain(title)] for title in (ours, *titles) if _plain(title) in plain]
        found[ours] = before if before in columns else known[0] if known else ""
    return columns, found


def headers(kind: str, chosen: Mapping[str, str], needed: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What `table_file.rows` takes for the chosen columns. BadRequest where a needed one is not chosen."""
    for ours in needed:
        if not chosen.get(ours):
            raise BadRequest(
                N_("No column is chosen for {column}."),
                N_("Choose it above."),
                column=" / ".join(HEADERS[kind][ours][:2]),
            )
    return {ours: (column,) for ours, column in chosen.items() if column and ours in HEADERS[kind]}


def remember(store: Store, kind: str, chosen: Mapping[str, str]) -> None:
    """Propose the same columns for the next file. Within the caller's transaction."""
    facts.put(store, f"columns_{kind}", json.dumps(dict(chosen), ensure_ascii=False))


def day(row: Row, name: str) -> date | None:
    """A day as files write it: 2026-11-30, 2026/11/30, 30-Nov-26, 11/30/2026 or a spreadsheet's number; else noted as wrong."""
    text = row.text(name)
    if not text:
        return None
    if re.fullmatch(r"[1-6]\d{4}(\.\d+)?", text):
        return _EXCEL_BEGINS + timedelta(days=int(float(text)))
    for form in _FORMS:
        try:
            return datetime.strptime(text.split(" ")[0].split("T")[0], form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    row.note(name, _("no day, such as 2026-11-30"))
    return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().replace("_", " ").split())
