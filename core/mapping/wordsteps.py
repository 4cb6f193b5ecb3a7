"""Converters of texts: cleaning, cutting, joining, looking up, and names of people's things in one spelling."""

import re

from core.i18n import N_
from core.mapping.converter import Build, Converter, Given, Parameter, texts
from core.mapping.said import Refused
from core.model.fields import Kind
from core.model.region import CITY_NAMES, PROVINCE_NAMES
from core.store import patterns

# Full-width forms (U+FF01..U+FF5E) stand exactly 0xFEE0 above ASCII: the part of NFKC that exports and forms contain.
WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)) + " "
_BLANKS = " \t\r\n\u3000\u00a0\ufeff"
_BLANK = r"[ \t\r\n\x{3000}\x{a0}\x{feff}]"
_PAIR = Parameter("text", N_("Text"))


def narrowed(value: str) -> str:
    """SQL: full-width letters, digits and signs as ordinary ones, of a text that is likely to have some."""
    wide, ordinary = WIDE.replace("'", "''"), NARROW.replace("'", "''")
    return f"translate({value}, '{wide}', '{ordinary}')"


def narrow(value: str) -> str:
    """SQL: full-width letters, digits and signs as ordinary ones; untouched (and cheap) where there are none."""
    return (
        f"CASE WHEN regexp_matches({value}, '[\\x{{FF01}}-\\x{{FF5E}}\\x{{3000}}]') "
        f"THEN {narrowed(value)} ELSE {value} END"
    )


def stripped(value: str) -> str:
    """SQL: without blanks of any kind at both ends; NULL when nothing is left. Trimming is dear, looking first is not."""
    return f"CASE WHEN regexp_matches({value}, '^{_BLANK}|{_BLANK}$') THEN nullif(trim({value}, '{_BLANKS}'), '') WHEN {value} <> '' THEN {value} END"


def _clean(value: str, _given: Given, build: Build) -> str:
    # ="351…" (spreadsheet formula), '139… (text mark), a TAB before or after: how exports keep long numbers whole.
    inner = build.column(f"""regexp_replace(trim({value}, '{_BLANKS}'), '^="(.*)"$', '\\1', 's')""")
    return stripped(build.column(narrow(f"ltrim({inner}, '''')")))


def _split(value: str, given: Given, build: Build) -> str:
    index = int(given["index"])
    place = index + 1 if index >= 0 else index
    return stripped(build.column(f"string_split({value}, {build.bind(given['by'])})[{place}]"))


def _join(value: str, given: Given, build: Build) -> str:
    items = f"list_filter({_items(value)}, lambda item: item <> '')"
    return f"nullif(array_to_string({items}, {build.bind(given['by'])}), '')"


def _items(value: str) -> str:
    return f"""CASE WHEN {value} LIKE '[%' THEN TRY(from_json({value}, '["VARCHAR"]')) ELSE [{value}] END"""


def _first(value: str, _given: Given, _build: Build) -> str:
    return f"list_filter({_items(value)}, lambda item: trim(item) <> '')[1]"


def _regex(value: str, given: Given, build: Build) -> str:
    found = f"nullif(regexp_extract({value}, {build.bind(given['pattern'])}, {int(given.get('group', 0))}), '')"
    return f"coalesce({found}, {value})" if given.get("missing", "null") == "keep" else found


def _regex_failed(value: str, result: str, given: Given, _build: Build) -> str:
    return f"{value} IS NOT NULL AND {result} IS NULL" if given.get("missing") == "fail" else "false"


def _check_regex(given: Given) -> None:
    pattern = given["pattern"]
    if (cause := patterns.refusal(pattern)) is not None:
        raise Refused(N_("the pattern cannot be read: {cause}"), cause=cause)
    most = min(patterns.group_count(pattern), patterns.MOST_GROUP)
    if not 0 <= int(given.get("group", 0)) <= most:
        raise Refused(N_("the pattern has {n} groups"), n=most)
    if given.get("missing", "null") not in ("null", "fail", "keep"):
        raise Refused(N_("missing is null, fail or keep"))


def _lookup(value: str, given: Given, build: Build) -> str:
    word, found = build.table(value, {str(k): None if v is None else str(v) for k, v in given["table"].items()})
    if "otherwise" not in given:
        return word
    other = given["otherwise"]
    if other == "{value}":
        rest = value
    elif other is None:
        rest = "NULL"
    else:
        rest = f"{build.bind(str(other))}::VARCHAR"
    return f"CASE WHEN {value} IS NULL THEN NULL WHEN {found} THEN {word} ELSE {rest} END"


def _lookup_failed(value: str, _result: str, given: Given, build: Build) -> str:
    if "otherwise" in given:
        return "false"
    _word, found = build.table(value, {str(k): None if v is None else str(v) for k, v in given["table"].items()})
    return f"{value} IS NOT NULL AND NOT ({found})"


def _status(value: str, _given: Given, build: Build) -> str:
    return build.status(value)[0]


def _status_failed(value: str, _result: str, _given: Given, build: Build) -> str:
    return f"{value} IS NOT NULL AND NOT ({build.status(value)[1]})"


def _null_if(value: str, given: Given, build: Build) -> str:
    return f"CASE WHEN NOT list_contains({build.bind(texts(given['values']))}::VARCHAR[], {value}) THEN {value} END"


def _cut_prefix(value: str, given: Given, build: Build) -> str:
    cut = build.bind(given["text"])
    return f"nullif(CASE WHEN starts_with({value}, {cut}) THEN {value}[{len(given['text']) + 1}:] ELSE {value} END, '')"


def _cut_suffix(value: str, given: Given, build: Build) -> str:
    cut, long = build.bind(given["text"]), len(given["text"])
    return f"nullif(CASE WHEN ends_with({value}, {cut}) THEN {value}[:-{long + 1}] ELSE {value} END, '')"


TEMPLATE_NAME = re.compile(r"\{([^{}]+)\}")


def _template(value: str, given: Given, build: Build) -> str:
    """Pieces in braces: a target of the document, else a path; {#} the line's position, {value} the value so far."""
    text, parts, pieces, place = given["text"], [], [], 0
    for found in TEMPLATE_NAME.finditer(text):
        if found.start() > place:
            parts.append(f"{build.bind(text[place : found.start()])}::VARCHAR")
        piece = value if found[1] == "value" else build.piece(found[1])
        pieces.append(piece)
        parts.append(f"coalesce({piece}::VARCHAR, '')")
        place = found.end()
    if place < len(text):
        parts.append(f"{build.bind(text[place:])}::VARCHAR")
    present = " OR ".join(f"{piece} IS NOT NULL" for piece in pieces) or "true"
    return f"CASE WHEN {present} THEN nullif({' || '.join(parts)}, '') END"


# A privacy number with its extension (13800001111-1234) keeps the sign before the extension.
_EXTENDED = "1[3-9][0-9]{9}[-,#转][0-9]{1,6}"


def phone_bare(value: str) -> str:
    """SQL: a phone number without blanks, brackets, full-width digits and +86; `phone_digits` takes it from here."""
    bare = f"regexp_replace({narrow(value)}, '[\\s()（）.]', '', 'g')"
    home = f"regexp_replace({bare}, '^(?:\\+|00)?86-?(1[3-9][0-9]|0[1-9][0-9])', '\\1')"
    return f"CASE WHEN regexp_full_match({value}, '[0-9]{{7,11}}') THEN {value} ELSE {home} END"


def phone_digits(bare: str) -> str:
    """SQL: the number without dashes too, except before an extension; masked and encrypted ones as they are."""
    return (
        f"nullif(CASE WHEN contains({bare}, '-') AND NOT regexp_full_match({bare}, '{_EXTENDED}') "
        f"THEN replace({bare}, '-', '') ELSE {bare} END, '')"
    )


def _region(names: dict[str, str]):
    def write(value: str, _given: Given, build: Build) -> str:
        bare = build.column(f"replace({narrow(value)}, ' ', '')")
        word, _found = build.table(bare, names)
        # An unknown name stays to be seen; a masked one is no name.
        return f"coalesce({word}, CASE WHEN NOT contains({value}, '*') THEN {value} END)"

    return write


TEXTS: tuple[Converter, ...] = (
    Converter("text", N_("Text as it is"), lambda value, _given, _build: value, never_fails=True),
    Converter(
        "trim", N_("Without blanks at both ends"), lambda v, _g, build: build.each(v, stripped), never_fails=True
    ),
    Converter("clean", N_("Clean up export marks"), _clean, never_fails=True),
    Converter("upper", N_("Capital letters"), lambda value, _given, _build: f"upper({value})", never_fails=True),
    Converter("lower", N_("Small letters"), lambda value, _given, _build: f"lower({value})", never_fails=True),
    Converter("first", N_("First non-empty item"), _first, never_fails=True),
    Converter(
        "split",
        N_("Part of a split text"),
        _split,
        (Parameter("by", N_("Split by")), Parameter("index", N_("Part (0 = first, -1 = last)"), "integer")),
        never_fails=True,
    ),
    Converter("join", N_("Join all items"), _join, (Parameter("by", N_("Join by")),), never_fails=True),
    Converter(
        "regex",
        N_("Extract by regular expression"),
        _regex,
        (
            Parameter("pattern", N_("Pattern")),
            Parameter("group", N_("Group"), "integer", required=False, default=0),
            Parameter("missing", N_("Where nothing is found (null, fail, keep)"), required=False, default="null"),
        ),
        reason=N_("the pattern was not found"),
        failed=_regex_failed,
        check=_check_regex,
    ),
    Converter(
        "lookup",
        N_("Look up in a table"),
        _lookup,
        (
            Parameter("table", N_("Table"), "table"),
            Parameter("otherwise", N_("Otherwise"), "any", required=False),
        ),
        reason=N_("the word is not in the table"),
        failed=_lookup_failed,
    ),
    Converter(
        "null_if",
        N_("Empty for these values"),
        _null_if,
        (Parameter("values", N_("Values"), "texts"),),
        never_fails=True,
    ),
    Converter("cut_prefix", N_("Cut off a beginning"), _cut_prefix, (_PAIR,), never_fails=True),
    Converter("cut_suffix", N_("Cut off an end"), _cut_suffix, (_PAIR,), never_fails=True),
    Converter("template", N_("Put together"), _template, (Parameter("text", N_("Template")),), never_fails=True),
    Converter(
        "phone", N_("Phone number"), lambda v, _g, build: phone_digits(build.column(phone_bare(v))), never_fails=True
    ),
    Converter("province", N_("Province name"), _region(PROVINCE_NAMES), never_fails=True),
    Converter("city", N_("City name"), _region(CITY_NAMES), never_fails=True),
    Converter(
        "status",
        N_("Status by the table of words"),
        _status,
        reason=N_("unknown status word"),
        failed=_status_failed,
    ),
    Converter(
        "constant",
        N_("Constant"),
        lambda _value, given, build: build.bind(given["value"]),
        (Parameter("value", N_("Value"), "any"),),
        gives=None,
        never_fails=True,
    ),
)
assert all(converter.gives in (Kind.TEXT, None) for converter in TEXTS)
