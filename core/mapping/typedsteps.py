"""Converters that end a chain with a typed value: money, numbers, booleans, instants, days. Exact or failed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.i18n import N_
from core.mapping.converter import Build, Converter, Given, Parameter, texts
from core.mapping.said import Refused
from core.mapping.wordsteps import narrowed
from core.model.fields import Kind

_NOTHING = "('', '-', '--')"
# Amounts as texts: thousands commas only where thousands are; decimals beyond the second only when zero.
_GROUPED = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
_YUAN = r"[+-]?[0-9]{1,13}(?:\.[0-9]{0,2}0*)?"
_WHOLE = r"[+-]?[0-9]{1,18}(?:\.0*)?"
TRUE = ("true", "1", "yes", "y", "t", "是", "有", "真")
FALSE = ("false", "0", "no", "n", "f", "否", "无", "假")
NO_INSTANT = ("", "0", "-", "--", "0001-01-01 00:00:00", "0001-01-01", "0000-00-00 00:00:00", "0000-00-00")
# An earlier year is a pattern that read something else, such as a year of two digits; China has had one offset since.
_EARLIEST = "TIMESTAMP '1992-01-01'"
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", *_FORMATS)


def _bare(value: str, pattern: str, build: Build) -> str:
    """A column with an amount's digits (no currency sign, unit, thousands commas or blanks around).

    NULL where the text looks like `pattern` as it is: then nothing is cleaned, and the text itself is to be read.
    """

    def clean(text: str) -> str:
        bare = f"trim(regexp_replace(trim({narrowed(text)}), '^(?:[¥￥]|CNY|RMB) *| *元$', '', 'g'))"
        return f"CASE WHEN NOT regexp_full_match({text}, '{pattern}') THEN {bare} END"

    def ungrouped(text: str) -> str:
        return f"CASE WHEN regexp_full_match({text}, '{_GROUPED}') THEN replace({text}, ',', '') ELSE {text} END"

    return build.each(value, clean, ungrouped)


def _amount(exact: str, pattern: str) -> Callable[[str, Given, Build], str]:
    """SQL of a number that must look like `pattern`."""

    def write(value: str, _given: Given, build: Build) -> str:
        bare = _bare(value, pattern, build)
        return exact.format(
            f"CASE WHEN {bare} IS NULL THEN {value} WHEN regexp_full_match({bare}, '{pattern}') THEN {bare} END"
        )

    return write


def _amount_failed(pattern: str) -> Callable[[str, str, Given, Build], str]:
    def write(value: str, result: str, _given: Given, build: Build) -> str:
        return f"{result} IS NULL AND {_bare(value, pattern, build)} NOT IN {_NOTHING}"

    return write


# '1.' and '1.50000' are decimals to DuckDB as well; 13 digits before the point times 100 fit DECIMAL(18,2), so nothing
# rounds and nothing overflows: a cast that raised would lose the whole batch.
_FEN_OF_YUAN = "CAST(CAST({0} AS DECIMAL(18, 2)) * 100 AS BIGINT)"
_WHOLE_NUMBER = "CAST({0} AS BIGINT)"
_REAL = r"[+-]?[0-9]{1,17}(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?"
_DECIMAL = r"[+-]?[0-9]{1,12}(?:\.[0-9]{0,6}0*)?"


def _times(value: str, given: Given, build: Build) -> str:
    """Exact decimal product, as text without idle zeros, for `integer`, `yuan` or `fen` to read."""
    factor = f"{build.bind(str(given['factor']))}::DECIMAL(18, 6)"
    product = f"(CAST({{0}} AS DECIMAL(18, 6)) * {factor})::VARCHAR"
    return f"regexp_replace({_amount(product, _DECIMAL)(value, given, build)}, '\\.?0+$', '')"


def _check_times(given: Given) -> None:
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", str(given["factor"])):
        raise Refused(N_("the factor is no number with at most 12 digits before and 6 after the point"))


def _boolean(value: str, given: Given, build: Build) -> str:
    yes = build.bind([word.lower() for word in texts(given.get("true")) or TRUE])
    told = f"list_contains({yes}::VARCHAR[], lower(trim({value})))"
    if given.get("true") and "false" not in given:
        return f"CASE WHEN {value} IS NOT NULL THEN {told} END"
    no = build.bind([word.lower() for word in texts(given.get("false")) or FALSE])
    return f"CASE WHEN {told} THEN true WHEN list_contains({no}::VARCHAR[], lower(trim({value}))) THEN false END"


def _epoch(per_second: int) -> Callable[[str, Given, Build], str]:
    """SQL of an instant from a count since 1970, between 1973-03-03 and 2286 so that seconds and ms never mix up."""
    low, high = 10**8 * per_second, 10**10 * per_second

    def write(value: str, _given: Given, build: Build) -> str:
        count = build.column(f"TRY_CAST(regexp_replace({value}, '\\.0+$', '') AS BIGINT)")
        return (
            f"CASE WHEN {count} >= {low} AND {count} < {high} "
            f"THEN make_timestamptz({count} * {1_000_000 // per_second}) END"
        )

    return write


def _no_instant(value: str, result: str, _given: Given, build: Build) -> str:
    nothing = build.bind(list(NO_INSTANT))  # a list: DuckDB would make a join of every long IN
    return f"{result} IS NULL AND NOT list_contains({nothing}::VARCHAR[], trim({value}))"


@cache
def fixed_offset(zone: str) -> timedelta | None:
    """The zone's offset when it is the same in every week from 1992 to 2037 (true of China), else None."""
    place, day = ZoneInfo(zone), datetime(1992, 1, 1, tzinfo=UTC)
    offsets = {(day + timedelta(days=7 * week)).astimezone(place).utcoffset() for week in range(52 * 46)}
    return offsets.pop() if len(offsets) == 1 else None


def _instant(zone: str, build: Build) -> Callable[[str], str]:
    """SQL: a local timestamp of the zone as an aware instant; by plain arithmetic where the offset never changes."""
    offset = fixed_offset(zone)

    def write(local: str) -> str:
        if offset is None:
            instant = f"timezone({build.bind(zone)}, {local})"
        else:
            instant = f"make_timestamptz(epoch_us({local}) - {int(offset.total_seconds()) * 1_000_000})"
        return f"CASE WHEN {local} >= {_EARLIEST} THEN {instant} END"

    return write


def _datetime(value: str, given: Given, build: Build) -> str:
    patterns = texts(given.get("pattern"))
    aware = [pattern for pattern in patterns if "%z" in pattern or "%Z" in pattern]
    local = [pattern for pattern in patterns if pattern not in aware]
    options: list[str] = []
    if local or not patterns:
        formats = build.bind(local or list(_FORMATS))
        instant = _instant(given.get("zone") or build.zone, build)
        options.append(build.each(value, lambda text: f"try_strptime({text}, {formats})", instant))
    options.extend(f"try_strptime({value}, {build.bind(pattern)})" for pattern in aware)
    if not patterns:
        offset = "[T ][0-9:.]+ *(?:Z|[+-][0-9]{2}:?(?:[0-9]{2})?)$"
        options.append(f"CASE WHEN regexp_matches({value}, '{offset}') THEN TRY_CAST({value} AS TIMESTAMPTZ) END")
    return f"coalesce({', '.join(options)})" if len(options) > 1 else options[0]


def _check_datetime(given: Given) -> None:
    zone = given.get("zone")
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise Refused(N_("there is no time zone {name}"), name=zone) from error
    _check_date(given)


def _date(value: str, given: Given, build: Build) -> str:
    parsed = build.column(f"try_strptime({value}, {build.bind(texts(given.get('pattern')) or list(_DAYS))})")
    return f"CASE WHEN {parsed} >= {_EARLIEST} THEN CAST({parsed} AS DATE) END"


def _check_date(given: Given) -> None:
    for pattern in texts(given.get("pattern")):
        if "%" not in pattern:
            raise Refused(N_("the pattern {name} holds no % code"), name=pattern)


def _sum_fen(value: str, _given: Given, _build: Build) -> str:
    """All items of a list, each a whole number of fen; one that is none makes the whole sum fail."""
    item = '"?[+-]?[0-9]{1,17}"?'  # from_json alone would round 1.5 to 2
    total = f"""list_sum(TRY(from_json({value}, '["BIGINT"]')))"""
    return f"CASE WHEN regexp_full_match({value}, '\\[{item}(?:,{item})*\\]') THEN TRY_CAST({total} AS BIGINT) END"


_PATTERN = Parameter("pattern", N_("Pattern"), "texts", required=False)

TYPED: tuple[Converter, ...] = (
    Converter(
        "yuan",
        N_("Yuan to fen"),
        _amount(_FEN_OF_YUAN, _YUAN),
        gives=Kind.MONEY,
        reason=N_("no amount in yuan with at most two decimals"),
        failed=_amount_failed(_YUAN),
    ),
    Converter(
        "fen",
        N_("Fen"),
        _amount(_WHOLE_NUMBER, _WHOLE),
        gives=Kind.MONEY,
        reason=N_("no whole number of fen"),
        failed=_amount_failed(_WHOLE),
    ),
    Converter("sum_fen", N_("Sum of fen"), _sum_fen, gives=Kind.MONEY, reason=N_("no list of whole numbers of fen")),
    Converter(
        "integer",
        N_("Whole number"),
        _amount(_WHOLE_NUMBER, _WHOLE),
        gives=Kind.INTEGER,
        reason=N_("no whole number"),
        failed=_amount_failed(_WHOLE),
    ),
    Converter(
        "number",
        N_("Number"),
        _amount("CAST({0} AS DOUBLE)", _REAL),
        gives=Kind.NUMBER,
        reason=N_("no number"),
        failed=_amount_failed(_REAL),
    ),
    Converter(
        "times",
        N_("Multiply"),
        _times,
        (Parameter("factor", N_("Factor"), "number"),),
        reason=N_("no number"),
        failed=_amount_failed(_DECIMAL),
        check=_check_times,
    ),
    Converter(
        "boolean",
        N_("Yes or no"),
        _boolean,
        (
            Parameter("true", N_("Words for yes"), "texts", required=False),
            Parameter("false", N_("Words for no"), "texts", required=False),
        ),
        gives=Kind.BOOLEAN,
        reason=N_("neither yes nor no"),
    ),
    Converter(
        "epoch_s",
        N_("Seconds since 1970"),
        _epoch(1),
        gives=Kind.DATETIME,
        reason=N_("no count of seconds since 1970"),
        failed=_no_instant,
    ),
    Converter(
        "epoch_ms",
        N_("Milliseconds since 1970"),
        _epoch(1000),
        gives=Kind.DATETIME,
        reason=N_("no count of milliseconds since 1970"),
        failed=_no_instant,
    ),
    Converter(
        "datetime",
        N_("Date and time"),
        _datetime,
        (_PATTERN, Parameter("zone", N_("Time zone"), required=False)),
        gives=Kind.DATETIME,
        reason=N_("no date and time of this pattern"),
        failed=_no_instant,
        check=_check_datetime,
    ),
    Converter(
        "date",
        N_("Date"),
        _date,
        (_PATTERN,),
        gives=Kind.DATE,
        reason=N_("no date of this pattern"),
        failed=_no_instant,
        check=_check_date,
    ),
)
