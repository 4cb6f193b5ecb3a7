"""Person data in three forms, as SQL: a masked text to show, a keyed hash to join by, the originals to be sealed.

A value that arrives masked, encrypted or plainly wrong has no hash: it would join strangers.
"""

from collections.abc import Collection

from core.mapping.wordsteps import narrow, phone_bare, phone_digits

PERSON = ("buyer_name", "recipient", "phone", "address")
KEYS = tuple(f"{name}_key" for name in PERSON)
# The number itself: 7 to 15 digits, an extension cut off; NULL for what is masked, encrypted or no number.
_MAIN = (
    "CASE WHEN regexp_full_match(phone_bare, '[0-9]{7,15}') THEN phone_bare ELSE "
    "nullif(regexp_extract(phone_bare, '^([0-9]{7,15})[-,#转][0-9]{1,6}$', 1), '') END"
)

# A number of one digit only is a filler, and would join strangers.
_VARIED = "phone_main <> '' AND replace(phone_main, phone_main[1], '') <> ''"
_LAST_FOUR = (
    "CASE WHEN phone_main IS NOT NULL THEN phone_main[-4:] "
    "WHEN regexp_matches(phone, '[*][0-9]{4}$') THEN phone[-4:] END AS phone_last4"
)


def _open(value: str) -> str:
    """SQL: neither masked (an asterisk) nor a platform's cipher text (Doudian ##name, $$phone; Pinduoduo ~text~)."""
    begins = " OR ".join(f"starts_with({value}, '{sign}')" for sign in ("#", "~", "$$"))
    return f"NOT (contains({value}, '*') OR {begins} OR length({value}) > 64)"


def _keyed(value: str) -> str:
    """SQL of `Vault.keyed`: HMAC-SHA256 by its two pads, bound as $outer and $inner."""
    return f"sha256($outer || unhex(sha256($inner || encode({value}))))"


def three_forms(mapped: str, columns: Collection[str]) -> str:
    """SQL: the mapped relation with masked texts in place, and `*_key`, `phone_last4`, `person` (JSON or NULL) added.

    `columns` are the names of the relation's targets. Binds $outer and $inner (`Vault.pads`) where it adds any.
    """
    present = [name for name in PERSON if name in columns]
    if not present:
        return mapped
    # Each form reads columns that are computed once: a phone's digits; other texts as they compare, NULL unless open.
    # What is done to several of them is written once, over a list: planning costs by the expression.
    names = [name for name in present if name != "phone"]
    first = [f"CASE WHEN {_open(name)} THEN {_whole(name, columns)} END AS {name}_plain" for name in names]
    second = [_each([f"{name}_plain" for name in names], _folded("it"), "bare")] if names else []
    third: list[str] = []
    compared = [f"bare[{place}]" for place, _name in enumerate(names, 1)]
    spare = [*(f"{name}_plain" for name in names), *(["bare"] if names else []), "person_keys"]
    last: list[str] = []
    if "phone" in present:
        first.append(f"{phone_bare('phone')} AS phone_plain")
        second.append(f"{phone_digits('phone_plain')} AS phone_bare")
        third.append(f"{_MAIN} AS phone_main")
        compared.append(f"CASE WHEN {_VARIED} THEN phone_bare END")
        last.append(_LAST_FOUR)
        spare += ["phone_plain", "phone_bare", "phone_main"]
    keyed = _each(compared, f"CASE WHEN it <> '' THEN {_keyed('it')} END", "person_keys")
    layers = mapped
    for layer in (first, second, third, [keyed]):
        layers = f"SELECT *, {', '.join(layer)} FROM ({layers})" if layer else layers
    ordered = [*names, "phone"]
    keys = [f"person_keys[{ordered.index(name) + 1}] AS {name}_key" for name in present]
    hidden = ", ".join(f"{_MASKS[name]} AS {name}" for name in present)
    whole = ", ".join(f"{name} := {name}" for name in present)
    return (
        f"SELECT * EXCLUDE ({', '.join(spare)}) REPLACE ({hidden}), {', '.join([*keys, *last])}, "
        f"CASE WHEN coalesce({', '.join(present)}) IS NOT NULL THEN to_json(struct_pack({whole}))::VARCHAR END AS person "
        f"FROM ({layers})"
    )


def _each(values: Collection[str], sql: str, name: str) -> str:
    return f"list_transform([{', '.join(values)}], lambda it: {sql}) AS {name}"


def key_columns(columns: Collection[str]) -> tuple[str, ...]:
    """The names `three_forms` adds beside `person`."""
    keys = tuple(f"{name}_key" for name in PERSON if name in columns)
    return (*keys, "phone_last4") if "phone" in columns else keys


def _folded(value: str) -> str:
    """SQL: the form that equal texts share: no blanks, no full-width signs, no small Latin letters."""
    bare = f"replace({narrow(value)}, ' ', '')"
    return f"CASE WHEN regexp_matches({value}, '[ a-z\\x{{3000}}\\x{{FF01}}-\\x{{FF5E}}]') THEN upper({bare}) ELSE {value} END"


def _whole(name: str, columns: Collection[str]) -> str:
    """SQL: what equal persons share before folding. An address counts with its place."""
    parts = [part for part in ("province", "city", "district") if part in columns] if name == "address" else []
    return f"concat_ws('|', {', '.join([*parts, name])})" if parts else name


_NAME = (
    "CASE WHEN {0}_plain IS NOT NULL THEN {0}[1] || '**' WHEN contains({0}, '*') THEN {0} "
    "WHEN {0} IS NOT NULL THEN '***' END"
)
_MASKS = {
    "buyer_name": _NAME.format("buyer_name"),
    "recipient": _NAME.format("recipient"),
    "phone": (
        "CASE WHEN length(phone_main) >= 11 THEN phone_main[:3] || '****' || phone_main[-4:] "
        "WHEN phone_main IS NOT NULL THEN phone_main[:3] || '****' || phone_main[-2:] "
        "WHEN contains(phone, '*') THEN phone WHEN phone IS NOT NULL THEN '***' END"
    ),
    "address": (
        "CASE WHEN address_plain IS NOT NULL THEN address[:least(4, length(address) // 2)] || '***' "
        "WHEN contains(address, '*') THEN address "
        "WHEN address IS NOT NULL THEN '***' END"
    ),
}
