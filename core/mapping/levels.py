"""Maps what a warehouse tells (stock levels, outbound records) with the same documents and compiler as orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.mapping.compile import compile_document
from core.mapping.document import parse
from core.model.fields import SQL_TYPES, Catalogue
from core.model.level_fields import CATALOGUES
from core.store import Cursor

BODIES, MAPPED = "level_bodies", "level_mapped"  # temporary tables of the caller's transaction


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be mapped. `place` counts the bodies from 0."""

    place: int
    field: str
    value: str
    reason: str


def map_levels(cursor: Cursor, body: Mapping[str, Any], bodies: Sequence[str], zone: str) -> list[Problem]:
    """Map JSON bodies into the temporary table MAPPED: place and one column for every field of the entity's catalogue.

    Bodies with a problem, or that are no JSON object, stand in the answer and not in the table.
    """
    entity = str(body["entity"])
    document = parse(body, Catalogue())
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {BODIES} AS SELECT (generate_subscripts(b, 1) - 1)::INTEGER AS place, "
        "unnest(b) AS body FROM (SELECT ?::VARCHAR[] AS b)",
        [list(bodies)],
    )
    main = compile_document(document, zone, BODIES).main
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE level_all AS {main.select}", dict(main.values))
    columns = ", ".join(
        f.name if f.name in main.columns else f"NULL::{SQL_TYPES[f.kind]} AS {f.name}"
        for f in CATALOGUES[entity].fields
    )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {MAPPED} AS SELECT place, {columns} FROM level_all WHERE problems IS NULL"
    )
    rows = cursor.execute(
        "SELECT place, p.field, p.value, p.reason FROM (SELECT place, unnest(problems) AS p FROM level_all) "
        "UNION ALL SELECT place, '', left(body, 200), 'unreadable' FROM "
        f"{BODIES} WHERE place NOT IN (SELECT place FROM level_all) ORDER BY 1"
    ).fetchall()
    return [Problem(place, field, value or "", reason) for place, field, value, reason in rows]
