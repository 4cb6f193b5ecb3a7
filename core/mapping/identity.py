"""A person's value typed or imported by hand, in the two forms the store keeps of it: the keyed hash and the masked text.

The same SQL makes them as when orders are taken in, so a typed phone meets the stored ones in any spelling.
"""

from collections.abc import Mapping, Sequence

from core.mapping.people import three_forms
from core.store import Store

PLACE = ("province", "city", "district")


def identify(
    store: Store, pads: tuple[bytes, bytes], field: str, rows: Sequence[Mapping[str, str]]
) -> list[tuple[str | None, str]]:
    """(keyed hash, masked text) of each row's person field; no hash for a value that is masked, encrypted or no value.

    A row of an address holds `province`, `city`, `district` and `address`; any other row its one field. `pads`: the
    vault's.
    """
    columns = [*PLACE, field] if field == "address" else [field]
    unnested = ", ".join(f"unnest(${name}::VARCHAR[]) AS {name}" for name in columns)
    forms = three_forms(f"SELECT unnest($place::BIGINT[]) AS place, {unnested}", columns)
    outer, inner = pads[1], pads[0]
    values = {name: [row.get(name) or None for row in rows] for name in columns}
    with store.read() as cursor:
        found = cursor.execute(
            f"SELECT {field}_key, {field} FROM ({forms}) ORDER BY place",
            {"outer": outer, "inner": inner, "place": list(range(len(rows))), **values},
        ).fetchall()
    return [(key, shown or "") for key, shown in found]
