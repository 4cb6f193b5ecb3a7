"""Person data in three forms, as SQL: a masked text to show, a keyed hash to join by, the originals to be sealed.

A value that arrives masked, encrypted or plainly wrong has no hash: it would join strangers.
"""

from collections.abc import Collection

from core.mapping.wordsteps import narrow, phone_bare, phone_digits

PERSON = ("buyer_name", "recipient", "phone", "address")
KEYS = tuple(f"{name}_key" for name in PERSON)
_EXTENSION = "(?:[-,#转][0-9]{1,6})?"
# Ciphertexts of platforms: Doudian ##name and $$phone, Pinduoduo ~…~; masks hold an asterisk.
_SECRET = "'^(?:##|[$][$]|~|#)|^[^ ]{65,}$'"


def _open(value: str) -> str:
    return f"NOT contains({value}, '*') AND NOT regexp_matches({value}, {_SECRET})"


def _keyed(value: str) -> str:
    """SQL of `Vault.keyed`: HMAC-SHA256 by its two pads, bound as $outer and $inner."""
    return f"sha256($outer || unhex(sha256($inner || encode({value}))))"


def three_forms(mapped: str, columns: Collection[str]) -> str:
    """SQL: the mapped relation with masked texts in place, and `*_key`, `phone_last4`, `person` (JSON or NULL) added.

    `columns` are the names of the relation's targets. Binds $outer and $inner (`Vault.pads`) if `needs_pads`.
    """
    present = [name for name in PERSON if name in columns]
    if not present:
        return mapped
    # The phone is bared in two steps, so that the first is computed once.
    inner = f"SELECT *, {phone_bare('phone')} AS phone_plain FROM ({mapped})" if "phone" in present else mapped
    digits = f", {phone_digits('phone_plain')} AS phone_bare" if "phone" in present else ""
    bare = "".join(f", {_folded(name, columns)} AS {name}_bare" for name in present if name != "phone")
    whole = ", ".join(f"{name} := {name}" for name in present)
    hidden = ", ".join(f"{_MASKS[name]} AS {name}" for name in present)
    keys = ", ".join(f"{_key(name)} AS {name}_key" for name in present)
    last = f", nullif(regexp_extract(phone_bare, '([0-9]{{4}}){_EXTENSION}$', 1), '') AS phone_last4"
    bares = ", ".join([*(f"{name}_bare" for name in present), *(["phone_plain"] if "phone" in present else [])])
    return (
        f"SELECT * EXCLUDE ({bares}) REPLACE ({hidden}), {keys}{last if 'phone' in present else ''}, "
        f"CASE WHEN coalesce({', '.join(present)}) IS NOT NULL THEN to_json(struct_pack({whole}))::VARCHAR END AS person "
        f"FROM (SELECT *{digits}{bare} FROM ({inner}))"
    )


def key_columns(columns: Collection[str]) -> tuple[str, ...]:
    """The names `three_forms` adds beside `person`."""
    keys = tuple(f"{name}_key" for name in PERSON if name in columns)
    return (*keys, "phone_last4") if "phone" in columns else keys


def _folded(name: str, columns: Collection[str]) -> str:
    """SQL: the text equal values share: no blanks, no full-width signs, capitals. An address counts with its place."""
    parts = [part for part in ("province", "city", "district") if part in columns] if name == "address" else []
    text = f"concat_ws('|', {', '.join([*parts, name])})" if parts else name
    folded = f"upper(regexp_replace({narrow(text)}, '\\s+', '', 'g'))"
    return f"CASE WHEN {_open(name)} THEN {folded} END"


def _key(name: str) -> str:
    if name == "phone":
        number = f"regexp_full_match(phone_bare, '[0-9]{{7,15}}{_EXTENSION}') AND replace(phone_bare, phone_bare[1], '') <> ''"
        return f"CASE WHEN {number} THEN {_keyed('phone_bare')} END"
    return f"CASE WHEN {name}_bare <> '' THEN {_keyed(f'{name}_bare')} END"


_NAME = "CASE WHEN contains({0}, '*') THEN {0} WHEN {1} THEN {0}[1] || '**' WHEN {0} IS NOT NULL THEN '***' END"
_MASKS = {
    "buyer_name": _NAME.format("buyer_name", _open("buyer_name")),
    "recipient": _NAME.format("recipient", _open("recipient")),
    "phone": (
        "CASE WHEN contains(phone, '*') THEN phone "
        f"WHEN regexp_full_match(phone_bare, '[0-9]{{11,15}}{_EXTENSION}') "
        f"THEN regexp_replace(phone_bare, '^([0-9]{{3}})[0-9]+([0-9]{{4}}){_EXTENSION}$', '\\1****\\2') "
        "WHEN regexp_full_match(phone_bare, '[0-9]{7,10}') THEN phone_bare[:3] || '****' || phone_bare[-2:] "
        "WHEN phone IS NOT NULL THEN '***' END"
    ),
    "address": (
        "CASE WHEN contains(address, '*') THEN address "
        f"WHEN {_open('address')} THEN address[:least(4, length(address) // 2)] || '***' "
        "WHEN address IS NOT NULL THEN '***' END"
    ),
}
