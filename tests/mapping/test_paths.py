"""Paths are read as people write them."""

import pytest

from core.mapping.paths import parse


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", "0", "b")),
        ("a[*]", ("a", "*")),
        ("a[*].b", ("a", "*", "b")),
        ('"a.b".c', ("a.b", "c")),
        ("订单.编号", ("订单", "编号")),
        ("a[1][2]", ("a", "1", "2")),
    ],
)
def test_a_path_is_keys(text: str, keys: tuple[str, ...]) -> None:
    assert parse(text, rows=False, line=False).keys == keys


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "a[x]", "a[0", 'a"b', "^a", "#"])
def test_a_broken_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text, rows=False, line=False)


def test_a_line_field_may_read_the_order_and_its_own_position() -> None:
    assert parse("^a.b", rows=False, line=True).from_order
    assert parse("#", rows=False, line=True).position


def test_a_header_is_one_key_whatever_it_holds() -> None:
    assert parse("^收货地址 [省].市", rows=True, line=True).keys == ("^收货地址 [省].市",)


def test_any_key_can_be_addressed() -> None:
    assert parse('"a/b~c".d', rows=False, line=False).pointer == "/a~1b~0c/d"
