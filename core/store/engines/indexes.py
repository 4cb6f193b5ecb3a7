"""What a store in PostgreSQL looks up by, table by table. The file needs none of it: it skips by the least and greatest.

Each index costs every write of its table, so only columns stand here that bound a read beside a growing store.
"""

from core.store.engines.engine import SPACE, Cursor

INDEXES: dict[str, tuple[str, ...]] = {
    "orders": ("order_key", "pool_at", "changed_at", "ordered_at", "platform_no", "phone_key", "tracking_no"),
    "order_lines": ("order_key",),
    "order_persons": ("order_key",),
    "order_events": ("order_key", "happened_at"),
    "refunds": ("order_key", "changed_at"),
    "raw_payloads": ("order_key", "digest"),
    "raw_batches": ("batch_id",),
    "rejects": ("state",),
    "inbox": ("state",),
    "outbox": ("outbox_id", "state", "key"),
    "decisions": ("order_key", "decided_at"),
    "reservations": ("order_key", "state"),
    "flow_tokens": ("order_key", "state", "changed_at"),
    "flow_ends": ("order_key",),
    "slips": ("order_key", "slip_no", "made_at"),
    "parcels": ("order_key",),
    "parcel_lines": ("order_key",),
}
_COLUMNS = """
SELECT c.relname, a.attname, a.atttypid IN ('varchar'::regtype, 'text'::regtype) AS is_text,
  coalesce(l.collname, '') AS collation FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
_KNOWN = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"


def make(cursor: Cursor) -> int:
    """Make what is missing; how many were made. A large table cannot be written meanwhile."""
    columns = {(table, column): (is_text, how) for table, column, is_text, how in _asked(cursor, _COLUMNS)}
    known = {row[0] for row in _asked(cursor, _KNOWN)}
    made = 0
    for table, wanted in INDEXES.items():
        for column in wanted:
            name = f"{table}_by_{column}"
            if name in known or (table, column) not in columns:
                continue
            is_text, how = columns[table, column]
            if is_text and how != "C":
                # DuckDB compares texts by their signs and asks for just that; an index in another order would not serve it.
                _run(cursor, f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE VARCHAR COLLATE "C"')
            _run(cursor, f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
            made += 1
    return made


def _asked(cursor: Cursor, query: str) -> list[tuple[object, ...]]:
    return cursor.execute(f"SELECT * FROM postgres_query('{SPACE}', $${query}$$)").fetchall()


def _run(cursor: Cursor, statement: str) -> None:
    cursor.execute(f"CALL postgres_execute('{SPACE}', $${statement}$$)")
