"""Runs a compiled mapping over the batch in `intake_bodies`: fills `staged` and `staged_lines` for the pool to merge."""

from core.mapping.compile import ROWS, Program, bound
from core.mapping.people import key_columns, three_forms
from core.model.fields import Level
from core.people.vault import Vault
from core.store.store import Cursor

# The key of an order: first 63 bits of the md5 of its three names. Joins use it, the names stay the truth.
ORDER_KEY = "(md5_number_lower($channel || chr(31) || $shop || chr(31) || platform_no) >> 1)::BIGINT"


ROW_COUNTS = f"SELECT place, count(*) AS rows FROM {ROWS} GROUP BY place"
"""SQL: how many file rows each mapped payload holds; only for documents of file rows."""


def stage(cursor: Cursor, program: Program, vault: Vault, channel: str, shop: str) -> None:
    """One row a payload in `staged`, one a line in `staged_lines`; their column `failed` says whether anything failed."""
    if program.prepare:
        cursor.execute(program.prepare, dict(program.prepare_values))
    main = program.main
    sql, values = three_forms(main.lean, main.columns), dict(main.values)
    if key_columns(main.columns):
        inner, outer = vault.pads
        values |= {"inner": inner, "outer": outer}
    clock = "refund_updated_at" if main.level is Level.REFUND else "platform_updated_at"
    has_clock = clock in main.columns
    extra = (
        ""
        if has_clock and main.level is Level.ORDER
        else f", {clock if has_clock else 'NULL::TIMESTAMPTZ'} AS platform_updated_at"
    )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE staged AS SELECT *, {ORDER_KEY} AS order_key{extra} FROM ({sql})",
        values | {"channel": channel, "shop": shop},
    )
    if program.lines is not None:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE staged_lines AS {program.lines.lean}", dict(program.lines.values))


def tell_problems(cursor: Cursor, program: Program) -> bool:
    """Make `staged_problems` (place, row_no, field, value, reason) of what failed; False where nothing did.

    What is not readable at all leaves `staged` without a problem of a field.
    """
    lines = "" if program.lines is None else " UNION ALL SELECT 1 FROM staged_lines WHERE failed"
    row = cursor.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM staged WHERE failed OR readable IS DISTINCT FROM true{lines})"
    ).fetchone()
    if not row or not row[0]:
        return False
    cursor.execute("DELETE FROM staged WHERE NOT readable")
    failed = ["SELECT place FROM staged WHERE failed"]
    if program.lines is not None:
        failed.append("SELECT place FROM staged_lines WHERE failed")
    listed = " UNION ".join(failed)
    row = cursor.execute(f"SELECT count(*) FROM ({listed})").fetchone()
    if not row or not row[0]:
        return False
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE failed_places AS {listed}")
    told = [compiled for compiled in (program.main, program.lines) if compiled is not None]
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE staged_problems (place INTEGER, row_no BIGINT, field VARCHAR, value VARCHAR, "
        "reason VARCHAR)"
    )
    for compiled in told:
        within = f"SELECT * FROM ({compiled.problems}) WHERE place IN (SELECT place FROM failed_places)"
        cursor.execute(f"INSERT INTO staged_problems {within}", bound(within, compiled.values))
    return True
