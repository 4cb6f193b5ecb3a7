"""A recipient or an address corrected by a person: the three forms of the new values, written as the intake writes them."""

import json
from collections.abc import Mapping

from core.mapping.people import three_forms
from core.people.vault import Vault
from core.store import Cursor, order_detail

PLACE = ("province", "city", "district")
FIELDS = ("recipient", "phone", *PLACE, "address")


def change(cursor: Cursor, vault: Vault, order_key: int, values: Mapping[str, str]) -> list[str]:
    """Write the values over the order's; fields not named stay. Returns the fields that were given."""
    given = {name: values[name].strip() for name in FIELDS if values.get(name, "").strip()}
    if not given:
        return []
    cipher = order_detail.person_cipher(cursor, order_key)
    known = json.loads(vault.open_text(cipher)) if cipher else {}
    row = cursor.execute("SELECT province, city, district FROM orders WHERE order_key = ?", [order_key]).fetchone()
    place = {**dict(zip(PLACE, row or (None,) * 3, strict=True)), **{n: given[n] for n in PLACE if n in given}}
    person = {**known, **{name: given[name] for name in ("recipient", "phone", "address") if name in given}}
    names = [name for name in ("recipient", "phone", "address") if person.get(name)]
    columns = [*PLACE, *names]
    mapped = f"(SELECT {', '.join(f'${name}::VARCHAR AS {name}' for name in columns)})"
    inner, outer = vault.pads
    bound = {**place, **{name: str(person[name]) for name in names}, "inner": inner, "outer": outer}
    found = cursor.execute(f"SELECT * FROM ({three_forms(mapped, columns)})", bound)
    titles = [column[0] for column in found.description]
    made = dict(zip(titles, found.fetchone() or (), strict=True))
    made.pop("person")
    sets = ", ".join(f"{name} = ?" for name in made)
    cursor.execute(f"UPDATE orders SET {sets} WHERE order_key = ?", [*made.values(), order_key])
    cursor.execute("DELETE FROM order_persons WHERE order_key = ?", [order_key])
    sealed = vault.seal_text(json.dumps(person, ensure_ascii=False))
    cursor.execute("INSERT INTO order_persons VALUES (?, ?)", [order_key, sealed])
    return list(given)
