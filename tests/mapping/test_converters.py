"""Each converter, exactly."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NO_YUAN = "no amount in yuan with at most two decimals"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("200.07", 20007), ("1,234.5", 123450), ("1,234,567", 123456700), ("0元", 0), ("-14.55", -1455), ("¥12", 1200),
        ("￥ 3.1", 310), (" 5 ", 500), ("12.50000", 1250), ("7.", 700), ("１２．５", 1250), ("+3", 300), (19.9, 1990),
        (0.1, 10), (100, 10000), ("9999999999999.99", 999999999999999), ("CNY 8", 800),
    ],
)  # fmt: skip
def test_yuan_becomes_exact_fen(convert, text, fen) -> None:
    assert convert("paid_fen", [{"do": "yuan"}], text) == (fen, "")


@pytest.mark.parametrize("text", ["", "-", "--", None, " ", "元"])
def test_no_amount_is_none_and_no_failure(convert, text) -> None:
    assert convert("paid_fen", [{"do": "yuan"}], text) == (None, "")


@pytest.mark.parametrize("text", ["1.005", "abc", "1,23", "12,3456", "1e3", "1.2.3", "没有申请退款", "1" * 14, "NaN"])
def test_what_is_no_exact_amount_fails(convert, text) -> None:
    assert convert("paid_fen", [{"do": "yuan"}], text) == (None, NO_YUAN)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-(10**14), 10**14), st.booleans())
def test_every_amount_survives_with_and_without_commas(convert, fen, commas) -> None:
    yuan = Decimal(fen) / 100
    assert convert("paid_fen", [{"do": "yuan"}], f"{yuan:,.2f}" if commas else f"{yuan:.2f}") == (fen, "")


@pytest.mark.parametrize(("text", "value"), [("20007", 20007), (20007, 20007), ("20007.0", 20007), ("1,000", 1000)])
def test_fen_are_whole(convert, text, value) -> None:
    assert convert("paid_fen", [{"do": "fen"}], text) == (value, "")
    assert convert("x_integer", [{"do": "integer"}], text) == (value, "")


@pytest.mark.parametrize("text", ["200.07", "9" * 19, "x"])
def test_no_whole_number_fails(convert, text) -> None:
    assert convert("paid_fen", [{"do": "fen"}], text) == (None, "no whole number of fen")
    assert convert("x_integer", [{"do": "integer"}], text) == (None, "no whole number")


def test_fen_of_a_list_are_added(convert) -> None:
    steps = [{"do": "sum_fen"}]
    assert convert("paid_fen", steps, [100, "250", -50]) == (300, "")
    assert convert("paid_fen", steps, [100, 1.5]) == (None, "no list of whole numbers of fen")


def test_numbers_are_read_as_numbers(convert) -> None:
    assert convert("x_number", [{"do": "number"}], "1,234.5") == (1234.5, "")
    assert convert("x_number", [{"do": "number"}], "2.5e-3") == (0.0025, "")
    assert convert("x_number", [{"do": "number"}], "inf") == (None, "no number")


def test_a_factor_is_applied_exactly(convert) -> None:
    kilograms = [{"do": "times", "factor": 1000}, {"do": "integer"}]
    assert convert("x_integer", kilograms, "0.35") == (350, "")
    assert convert("x_integer", kilograms, "1.0005") == (None, "no whole number")
    assert convert("x_integer", [{"do": "times", "factor": 10}, {"do": "integer"}], "100") == (1000, "")
    assert convert("x_integer", kilograms, "-") == (None, "")
    assert convert("paid_fen", [{"do": "times", "factor": "0.01"}, {"do": "yuan"}], "1999") == (1999, "")


@pytest.mark.parametrize(
    ("text", "value"), [("是", True), ("否", False), ("TRUE", True), (1, True), (False, False), ("", None)]
)
def test_words_for_yes_and_no(convert, text, value) -> None:
    assert convert("is_presale", [{"do": "boolean"}], text) == (value, "")


def test_own_words_for_yes_make_all_others_no(convert) -> None:
    assert convert("is_presale", [{"do": "boolean", "true": ["预售"]}], "预售") == (True, "")
    assert convert("is_presale", [{"do": "boolean", "true": ["预售"]}], "现货") == (False, "")
    strict = [{"do": "boolean", "true": ["预售"], "false": ["现货"]}]
    assert convert("is_presale", strict, "别的") == (None, "neither yes nor no")


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        ([{"do": "datetime", "pattern": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"}], "2026-11-22 10:02:11"),
        ([{"do": "datetime"}], "2026/11/22 10:02:11"),
        ([{"do": "datetime"}], "2026-11-22T10:02:11+08:00"),
        ([{"do": "datetime"}], "2026-11-22T02:02:11Z"),
        ([{"do": "datetime", "pattern": "%Y-%m-%dT%H:%M:%S%z"}], "2026-11-22T04:02:11+02:00"),
        ([{"do": "datetime", "pattern": ["%d.%m.%Y", "%d.%m.%Y %H:%M:%S"]}], "22.11.2026 10:02:11"),
        ([{"do": "datetime", "pattern": "%Y-%m-%d %H:%M:%S", "zone": "Europe/Berlin"}], "2026-11-22 03:02:11"),
        ([{"do": "epoch_s"}], 1795312931),
        ([{"do": "epoch_s"}], "1795312931.0"),
        ([{"do": "epoch_ms"}], "1795312931000"),
    ],
)
def test_instants_are_aware_and_utc(convert, steps, value) -> None:
    assert convert("paid_at", steps, value) == (datetime(2026, 11, 22, 2, 2, 11, tzinfo=UTC), "")


def test_a_zone_with_summer_time_is_kept(convert) -> None:
    berlin = [{"do": "datetime", "pattern": "%Y-%m-%d %H:%M:%S", "zone": "Europe/Berlin"}]
    assert convert("paid_at", berlin, "2026-07-22 10:00:00") == (datetime(2026, 7, 22, 8, tzinfo=UTC), "")


@pytest.mark.parametrize("text", ["", "0", 0, "0001-01-01 00:00:00", "0000-00-00 00:00:00", "--"])
def test_a_platforms_way_to_say_no_time_is_none(convert, text) -> None:
    for steps in ([{"do": "datetime"}], [{"do": "epoch_s"}], [{"do": "epoch_ms"}]):
        assert convert("paid_at", steps, text) == (None, "")


def test_what_is_no_time_fails(convert) -> None:
    assert convert("paid_at", [{"do": "datetime"}], "Date Not Captured") == (None, "no date and time of this pattern")
    assert convert("paid_at", [{"do": "datetime"}], "26-11-22 10:00:00") == (None, "no date and time of this pattern")
    assert convert("paid_at", [{"do": "epoch_s"}], "1795312931000") == (None, "no count of seconds since 1970")
    assert convert("paid_at", [{"do": "epoch_ms"}], "1795312931") == (None, "no count of milliseconds since 1970")


def test_days(convert) -> None:
    assert convert("deliver_on", [{"do": "date"}], "2026-11-22") == (date(2026, 11, 22), "")
    assert convert("deliver_on", [{"do": "date"}], "2026/11/22 10:00:00") == (date(2026, 11, 22), "")
    assert convert("deliver_on", [{"do": "date", "pattern": "%d-%b-%y"}], "2-Jun-26") == (date(2026, 6, 2), "")
    assert convert("deliver_on", [{"do": "date"}], "soon") == (None, "no date of this pattern")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('="35153131473293579"', "35153131473293579"), ("'13900000000", "13900000000"), ("\t6917926768823643751", "6917926768823643751"),
        ("2209-1\t", "2209-1"), ("\u3000ＡＢ１２\u3000", "AB12"), ("\ufeffx", "x"), ('="', '="'), ("   ", None),
    ],
)  # fmt: skip
def test_export_marks_are_cleaned(convert, text, clean) -> None:
    assert convert("x_text", [{"do": "clean"}], text) == (clean, "")


@pytest.mark.parametrize(
    ("steps", "value", "text"),
    [
        ([{"do": "trim"}], "  a b \n", "a b"),
        ([{"do": "lower"}], "ÄB", "äb"),
        ([{"do": "split", "by": "-", "index": 0}], "260101-5", "260101"),
        ([{"do": "split", "by": "-", "index": -1}], "a-b-c", "c"),
        ([{"do": "split", "by": "-", "index": 5}], "a-b", None),
        ([{"do": "join", "by": ";"}], ["a", "", "b"], "a;b"),
        ([{"do": "first"}], ["", "b", "c"], "b"),
        ([{"do": "null_if", "values": ["NO_REFUND", 0]}], "0", None),
        ([{"do": "null_if", "values": "x"}], "y", "y"),
        ([{"do": "cut_prefix", "text": "No:"}], "No:YT123", "YT123"),
        ([{"do": "cut_prefix", "text": "No:"}], "YT123", "YT123"),
        ([{"do": "cut_suffix", "text": "A"}], "6917926768823643751A", "6917926768823643751"),
        ([{"do": "regex", "pattern": r"(\d{6})-\d+", "group": 1}], "260101-123", "260101"),
        ([{"do": "regex", "pattern": r"\d+"}], "abc", None),
        ([{"do": "regex", "pattern": r"\d+", "missing": "keep"}], "abc", "abc"),
        ([{"do": "lookup", "table": {"1": "one"}, "otherwise": "{value}"}], "2", "2"),
        ([{"do": "lookup", "table": {"1": "one"}, "otherwise": "other"}], "2", "other"),
        ([{"do": "lookup", "table": {"1": "one"}, "otherwise": None}], "2", None),
        ([{"do": "lookup", "table": {"1": None}}], 1, None),
        ([{"do": "template", "text": "{id}/{value}"}], "v", "1/v"),
        ([{"do": "province"}], "内蒙古自治区", "内蒙古"),
        ([{"do": "province"}], "California", "California"),
        ([{"do": "province"}], "****", None),
        ([{"do": "city"}], "杭州", "杭州市"),
        ([{"do": "phone"}], "+86 138-0000-1111", "13800001111"),
        ([{"do": "phone"}], "１３８００００１１１１", "13800001111"),
        ([{"do": "phone"}], "(0571) 8888 1234", "057188881234"),
        ([{"do": "phone"}], "13800001111-1234", "13800001111-1234"),
        ([{"do": "phone"}], "*******8000", "*******8000"),
    ],
)
def test_text_converters(convert, steps, value, text) -> None:
    assert convert("x_text", steps, value) == (text, "")


def test_a_word_that_is_in_no_table_fails(convert) -> None:
    assert convert("x_text", [{"do": "lookup", "table": {"1": "one"}}], "2") == (None, "the word is not in the table")
    pattern = [{"do": "regex", "pattern": "x", "missing": "fail"}]
    assert convert("x_text", pattern, "abc") == (None, "the pattern was not found")


def test_a_choice_takes_its_choices_only(convert) -> None:
    assert convert("x_choice", [], "red") == ("red", "")
    assert convert("x_choice", [], "green") == ("green", "not one of the choices")


def test_an_unknown_status_word_is_named(convert) -> None:
    assert convert("status", [{"do": "status"}], "paid") == ("PAID", "")
    assert convert("status", [{"do": "status"}], "part") == (None, "")
    assert convert("status", [{"do": "status"}], "FOO") == (None, "unknown status word")
    assert convert("status", [{"do": "status"}], "") == (None, "a required value is missing")


@pytest.mark.parametrize("value", ["2381045600123456789", 2381045600123456789, 123456789012345678901234567890])
def test_a_long_id_keeps_all_its_digits(convert, value) -> None:
    assert convert("platform_no", [{"do": "text"}], value) == (str(value), "")


@pytest.mark.parametrize("value", ["2.38105E+18", "1e3", 2.3810456001234567e18, 1e300])
def test_an_id_that_was_rounded_is_refused(convert, value) -> None:
    assert convert("platform_no", [{"do": "text"}], value)[1] == "the id was rounded"


def test_a_hexadecimal_id_is_no_rounded_number(convert) -> None:
    assert convert("platform_no", [], "00e481f51cbdc54678b7cc49136f2d6a") == ("00e481f51cbdc54678b7cc49136f2d6a", "")
