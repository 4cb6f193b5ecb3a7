"""Everything of one store into another of any kind: table by table, each proven, to be taken up again where it broke off.

What is done stands in the target's `store_moves`; as long as a row is there the target is opened for nothing else.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from core import clock
from core.errors import BadRequest, BadSetup
from core.i18n import N_
from core.settings import Settings
from core.store.backup import BATCH_ROWS, tables
from core.store.engines import SPACE, Cursor, engine_of
from core.store.store import Store, open_store

MOVES = "store_moves"
_OWN = (MOVES, "schema_steps", "leases", "store_writes", "job_asks")  # what each store knows of itself
_INCOMING = "rows_of_the_other_store"
Tell = Callable[[str, int, int, int], object]


@dataclass(frozen=True, slots=True)
class Moved:
    """`tables`: rows by table, all proven by count and sum. `kept`: tables that an earlier run had moved already."""

    source: str
    target: str
    tables: dict[str, int]
    kept: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Proof:
    rows: int
    sum: str


def transfer(source: Settings, target: Settings, tell: Tell) -> Moved:
    """Copy all tables of the source into the target, which is empty or was left half-filled by the same source.

    `tell(table, its place, how many tables, rows)` is called after each table. The source is only read. Raises
    BadRequest where the target holds something else or the two are one, BadSetup where a table came out otherwise,
    TryAgain while a process has one of the two.
    """
    began = time.monotonic()
    if engine_of(source).shown == engine_of(target).shown:
        raise BadRequest(N_("Both names mean the same store."), N_("Name another one to move to."))
    with _opened(source) as old, _opened(target) as new:
        _begin(old, new)
        done, kept = _done(new), 0
        with old.read() as cursor:
            names = [name for name in tables(cursor) if name not in _OWN]
        moved: dict[str, int] = {}
        for place, name in enumerate(names, 1):
            columns = _columns(old, new, name)
            wanted = _proof(old, name, [_quoted(column) for column in columns])
            if done.get(name) == wanted:
                kept += 1
            else:
                wanted = _move(old, new, name, columns, wanted)
            moved[name] = wanted.rows
            tell(name, place, len(names), wanted.rows)
        with new.write() as cursor:
            cursor.execute(f"DELETE FROM {MOVES}")
        with new.read() as cursor:
            new.engine.checkpoint(cursor)
        return Moved(old.url, new.url, moved, kept, time.monotonic() - began)


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings, half_filled=True)
    try:
        yield store
    finally:
        store.close()


def _begin(old: Store, new: Store) -> None:
    """Write down in the target that it is being filled. BadRequest unless it is empty or is filled from this source."""
    with old.read() as cursor:
        half = cursor.execute(f"SELECT source FROM {MOVES} WHERE table_name = ''").fetchone()
    if half:
        raise BadRequest(
            N_("The store {url} is itself only half-filled."),
            N_("Finish that move first: migrate-store {source} {url}"),
            url=old.url,
            source=half[0],
        )
    with new.read() as cursor:
        under_way = cursor.execute(f"SELECT source FROM {MOVES} WHERE table_name = ''").fetchone()
        held = [] if under_way else [name for name in tables(cursor) if name not in _OWN and _has_rows(cursor, name)]
    if held or (under_way and under_way[0] != old.url):
        raise BadRequest(
            N_("The store {url} is not empty."),
            N_("Name a new file or an empty database; nothing was changed."),
            url=new.url,
        )
    if not under_way:
        with new.write() as cursor:
            cursor.execute(f"INSERT INTO {MOVES} VALUES ('', ?, NULL, NULL, ?)", [old.url, clock.now()])


def _has_rows(cursor: Cursor, table: str) -> bool:
    return cursor.execute(f"SELECT 1 FROM {_quoted(table)} LIMIT 1").fetchone() is not None


def _done(new: Store) -> dict[str, _Proof]:
    with new.read() as cursor:
        rows = cursor.execute(
            f"SELECT table_name, row_count, row_sum FROM {MOVES} WHERE table_name <> '' AND row_count IS NOT NULL"
        ).fetchall()
    return {name: _Proof(count, total) for name, count, total in rows}


def _columns(old: Store, new: Store, table: str) -> list[str]:
    """The source's columns; own fields the target does not have yet are added to it."""
    wanted, known = _kinds(old, table), _kinds(new, table)
    strange = [name for name, kind in wanted.items() if known.get(name, kind) != kind]
    if not known or strange or not known.keys() <= wanted.keys():
        raise BadSetup(
            N_("The table {table} of the store {url} is not of this version."),
            N_("Make a back-up, then write to the maintainers with this line."),
            table=table,
            url=old.url,
        )
    with new.write() as cursor:
        for name in wanted.keys() - known.keys():
            cursor.execute(f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(name)} {wanted[name]}")
    return list(wanted)


def _kinds(store: Store, table: str) -> dict[str, str]:
    with store.read() as cursor:
        return dict(
            cursor.execute(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ? AND table_name = ? "
                "ORDER BY column_index",
                [SPACE, table],
            ).fetchall()
        )


def _proof(store: Store, table: str, listed: Sequence[str]) -> _Proof:
    """Rows and the sum of their hashes over these expressions: equal for equal rows in any order, in any store."""
    with store.read() as cursor:
        row = cursor.execute(
            f"SELECT count(*), coalesce(sum(hash({', '.join(listed)})::HUGEINT), 0)::VARCHAR FROM {_quoted(table)}"
        ).fetchone()
    assert row is not None
    return _Proof(int(row[0]), str(row[1]))


def _move(old: Store, new: Store, table: str, columns: Sequence[str], wanted: _Proof) -> _Proof:
    """One table in one transaction; its proof. BadSetup where what arrived is not what was sent."""
    names = [_quoted(column) for column in columns]
    with new.write() as cursor, old.read() as reading:
        cursor.execute(f"DELETE FROM {_quoted(table)}")
        rows = reading.execute(f"SELECT {', '.join(names)} FROM {_quoted(table)}").to_arrow_reader(BATCH_ROWS)
        cursor.register(_INCOMING, rows)
        cursor.execute(f"INSERT INTO {_quoted(table)} ({', '.join(names)}) SELECT {', '.join(names)} FROM {_INCOMING}")
        cursor.unregister(_INCOMING)
    arrived = _proof(new, table, names)
    if arrived != wanted and not new.engine.keeps_nul:
        kinds = _kinds(old, table)
        bare = [f"replace({_quoted(c)}, chr(0), '')" if kinds[c] == "VARCHAR" else _quoted(c) for c in columns]
        if _proof(old, table, bare) == arrived:
            return _note(new, table, old.url, wanted)
    if arrived != wanted:
        raise BadSetup(
            N_("The table {table} came out otherwise than it was sent."),
            N_("Move again; if it stays so, write to the maintainers with this line."),
            table=table,
        )
    return _note(new, table, old.url, wanted)


def _note(new: Store, table: str, source: str, proof: _Proof) -> _Proof:
    with new.write() as cursor:
        cursor.execute(f"DELETE FROM {MOVES} WHERE table_name = ?", [table])
        cursor.execute(
            f"INSERT INTO {MOVES} VALUES (?, ?, ?, ?, ?)", [table, source, proof.rows, proof.sum, clock.now()]
        )
    return proof


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
