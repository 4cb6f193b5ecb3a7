"""Regions: the spellings real files mix become one name, and a district never becomes a city."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.region import (
    CITY_NAMES,
    CITY_PROVINCE,
    MUNICIPALITIES,
    PROVINCE_NAMES,
    REGIONS,
    canonical_city,
    canonical_province,
    cities_of,
)


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("浙江省", "浙江"),
        ("浙江", "浙江"),
        (" 浙江省 ", "浙江"),
        ("内蒙", "内蒙古"),
        ("内蒙古", "内蒙古"),
        ("内蒙古自治区", "内蒙古"),
        ("上海市", "上海"),
        ("上海", "上海"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("宁夏回族自治区", "宁夏"),
        ("西藏自治区", "西藏"),
        ("香港特别行政区", "香港"),
        ("香港", "香港"),
        ("澳门特别行政区", "澳门"),
        ("台湾省", "台湾"),
        ("黑龙江省", "黑龙江"),
        ("吉林省", "吉林"),
    ],
)
def test_every_spelling_of_a_province_becomes_its_short_name(written: str, short: str) -> None:
    assert canonical_province(written) == short


@pytest.mark.parametrize("written", ["", None, "****", "杭州市", "海南州", "SP", "河南蒙古族自治县", "吉林市"])
def test_what_is_no_province_gives_none(written: str | None) -> None:
    assert canonical_province(written) is None


@pytest.mark.parametrize(
    ("written", "province", "city"),
    [
        ("杭州", None, "杭州市"),
        ("杭州市", "浙江省", "杭州市"),
        ("市辖区", "上海市", "上海市"),
        ("上海", None, "上海市"),
        ("上海市", "上海", "上海市"),
        ("县", "重庆", "重庆市"),
        ("朝阳区", "北京", "北京市"),
        ("北京郊区", None, "北京市"),
        ("恩施州", "湖北", "恩施土家族苗族自治州"),
        ("海南州", "青海省", "海南藏族自治州"),
        ("兴安盟", None, "兴安盟"),
        ("济源", "河南", "济源市"),
        ("吉林", "吉林", "吉林市"),
        ("朝阳", "辽宁", "朝阳市"),
    ],
)
def test_a_city_gets_its_full_name(written: str, province: str | None, city: str) -> None:
    assert canonical_city(written, province) == city


@pytest.mark.parametrize(
    ("written", "province"),
    [
        ("朝阳区", None),
        ("朝阳区", "辽宁"),
        ("市辖区", None),
        ("杭州市", "江苏"),
        ("海南", "青海"),
        ("", None),
        ("嘉义", None),
    ],
)
def test_a_district_or_a_doubtful_short_name_is_no_city(written: str, province: str | None) -> None:
    assert canonical_city(written, province) is None


def test_the_34_provinces_lie_in_eight_areas_and_four_are_municipalities() -> None:
    assert len(REGIONS) == 34
    assert len(set(REGIONS.values())) == 8
    assert REGIONS["浙江"] == "华东"
    assert set(MUNICIPALITIES) == {"北京", "天津", "上海", "重庆"}
    assert "杭州市" in cities_of("浙江")
    assert cities_of("Bavaria") == ()


@given(st.sampled_from(sorted(PROVINCE_NAMES)))
def test_a_canonical_province_stays_itself(spelling: str) -> None:
    short = canonical_province(spelling)
    assert short is not None
    assert canonical_province(short) == short


@given(st.sampled_from(sorted(CITY_NAMES)))
def test_a_canonical_city_stays_itself_and_lies_in_its_province(spelling: str) -> None:
    city = canonical_city(spelling)
    assert city is not None
    assert canonical_city(city) == city
    assert canonical_city(spelling, CITY_PROVINCE[city]) == city


@pytest.mark.shared
def test_every_province_of_the_real_report_is_known(shared: Path) -> None:
    with (shared / "data" / "tmall_order_report.csv").open(encoding="utf-8") as file:
        written = {row["收货地址 "] for row in csv.DictReader(file)}
    assert {canonical_province(text) for text in written} <= set(REGIONS)
    assert len(written) == len({canonical_province(text) for text in written}) == 29
