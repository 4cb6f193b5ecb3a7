"""xlsx, xls, xlsb, ods: the sheet that holds the table; typed dates become texts, numbers exact texts."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import python_calamine

from core.errors import BadRequest
from core.i18n import N_, _
from core.mapping.headers import known_header
from core.mapping.readers.finish import finished
from core.mapping.readers.layout import find_layout
from core.mapping.readers.table import Table

_EXACT = 1e15  # a spreadsheet keeps 15 digits; the digits after them are lost


def read_workbook(raw: bytes, *, sheet: str | None = None, format: str = "xlsx") -> Table:
    """The table of a workbook: of the named sheet, else of the sheet whose rows look most like an export."""
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise _locked()
    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        names = [sheet] if sheet else list(book.sheet_names)
        grids = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except python_calamine.PasswordError as error:
        raise _locked() from error
    except python_calamine.WorksheetNotFound as error:
        raise BadRequest(
            N_("The workbook has no sheet {sheet}."), N_("Choose one of its sheets."), sheet=str(sheet)
        ) from error
    except Exception as error:
        raise BadRequest(
            N_("The workbook cannot be opened: {cause}"),
            N_("Open it in a spreadsheet and save it again as xlsx."),
            cause=str(error)[:200],
        ) from error
    filled = {name: grid for name, grid in grids.items() if any(any(cell != "" for cell in row) for row in grid)}
    if not filled:
        raise BadRequest(N_("The file is empty."), N_("Export it again and look at it before sending it."))
    chosen = max(filled, key=lambda name: (_known(filled[name]), -list(filled).index(name)))
    others = [name for name in filled if name != chosen]
    return _table(filled[chosen], chosen, others, format)


def _known(grid: list[list[Any]]) -> int:
    return max(sum(isinstance(cell, str) and known_header(cell) for cell in row) for row in grid[:20])


def _table(grid: list[list[Any]], sheet: str, others: list[str], format: str) -> Table:
    head = [[cell_text(cell) for cell in row] for row in grid[:60]]
    layout = find_layout(head)
    width = len(layout.columns)
    columns = list(zip(*grid, strict=True)) if grid else []
    cells = [_column(columns[place]) for place in range(width)]
    names = [f"f{place}" for place in range(width)]
    notes = [_("Other sheets were not read: {sheets}.").format(sheets=", ".join(others))] if others else []
    return finished(
        layout.columns,
        pa.table(cells, names),
        pa.array(range(1, len(grid) + 1), pa.int64()),
        layout,
        format=format,
        sheet=sheet,
        notes=notes,
    )


def _column(cells: tuple[Any, ...]) -> pa.Array:
    """A column as text. Midnight comes as a mere day: among instants it is written as one."""
    instants = any(isinstance(cell, datetime) for cell in cells)
    return pa.array(
        [
            cell
            if isinstance(cell, str)
            else f"{cell.isoformat()} 00:00:00"
            if instants and type(cell) is date
            else cell_text(cell)
            for cell in cells
        ],
        pa.string(),
    )


def cell_text(cell: Any) -> str:
    """A typed cell as text. A whole number from 10^15 on has lost digits: it is written so that it is found as such."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            return f"{cell:.14E}"
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def _locked() -> BadRequest:
    return BadRequest(
        N_("The workbook is protected by a password."),
        N_(
            "Open it with the password, then File, Info, Protect Workbook, Encrypt with Password: empty the field, save, send it again."
        ),
    )
