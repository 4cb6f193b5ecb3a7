"""Readers of messy files: whatever a seller's export looks like becomes one plain table, or a clear refusal."""

from pathlib import Path

from core.errors import BadRequest
from core.i18n import N_
from core.mapping.readers.delimited import read_delimited
from core.mapping.readers.parquet import read_parquet
from core.mapping.readers.records import read_json, read_ndjson
from core.mapping.readers.table import ROW, Problem, Table
from core.mapping.readers.workbook import read_workbook

__all__ = ["ROW", "Problem", "Table", "file_bytes", "read_table"]


def read_table(
    source: Path | str | bytes, name: str = "", *, sheet: str | None = None, limit: int | None = None
) -> Table:
    """The table in a file, by its content rather than its name.

    `limit` reads about that many rows of a csv (for a look at it). Raises BadRequest with the next step for a missing,
    empty, protected, broken or unreadable file.
    """
    raw = source if isinstance(source, bytes) else file_bytes(Path(source))
    name = (name or (str(source) if not isinstance(source, bytes) else "")).lower()
    if not raw.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise BadRequest(N_("The file is empty."), N_("Export it again and look at it before sending it."))
    if raw.startswith(b"PAR1"):
        return read_parquet(raw)
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return _workbook(raw, sheet)
    _refuse_known_others(raw)
    head = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if name.endswith((".ndjson", ".jsonl")):
        return read_ndjson(raw)
    if head.startswith((b"{", b"[{", b"[ {", b"[\n", b"[\r")) or name.endswith(".json"):
        return read_json(raw)
    return read_delimited(raw, limit=limit)


def file_bytes(path: Path) -> bytes:
    """The content of a file. Raises BadRequest naming it when it cannot be read."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadRequest(N_("There is no file {path}."), N_("Check its path."), path=str(path)) from error
    except OSError as error:
        raise BadRequest(
            N_("The file {path} cannot be read: {cause}"),
            N_("Check its rights."),
            path=path.name,
            cause=str(error.strerror),
        ) from error


def _workbook(raw: bytes, sheet: str | None) -> Table:
    if raw.startswith(b"PK") and b"xl/" not in raw and b"content.xml" not in raw:
        raise BadRequest(N_("This is a zip archive, not a table."), N_("Unpack it and send the file inside."))
    return read_workbook(raw, sheet=sheet, format="xlsx" if raw.startswith(b"PK") else "xls")


def _refuse_known_others(raw: bytes) -> None:
    head = raw[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml")):
        raise BadRequest(
            N_("This is a web page or XML saved under another name, not a table."),
            N_("Open it in a spreadsheet and save it as xlsx or csv."),
        )
    if head.startswith((b"%pdf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise BadRequest(
            N_("This is no table but another kind of file."),
            N_("Give the export as csv, xlsx, xls, json, ndjson or parquet."),
        )
