"""Reasons of the mapping's checks are put into words when they are read, in the reader's language."""

import copy
from typing import Any

import pytest

from core.errors import BadRequest, TryAgain
from core.i18n import N_, speaking
from core.mapping.document import parse
from core.mapping.said import Said, kept, kept_whole, unpacked, unpacked_whole
from core.model.fields import Catalogue
from tests.mapping.test_document import GOOD


def _refusal(target: int, convert: list[dict[str, Any]]) -> Said:
    body = copy.deepcopy(GOOD)
    body["fields"][target]["convert"] = convert
    with pytest.raises(BadRequest) as refused:
        parse(body, Catalogue())
    return refused.value.values["why"]


@pytest.mark.parametrize(
    ("target", "convert", "zh", "en"),
    [
        (2, [], "请选择单位：元或分", "choose the unit: yuan or fen"),
        (2, [{"do": "integer"}], "“整数”的结果不是金额（分）", "“Whole number” gives no Amount (fen)"),
        (2, [{"do": "yuan"}, {"do": "trim"}], "“元转分”之后不能再接转换", "nothing can follow “Yuan to fen”"),
        (
            3,
            [{"do": "split", "by": "-"}],
            "请填写参数 第几段（0 为首段，-1 为末段）",
            "fill in the parameter Part (0 = first, -1 = last)",
        ),
        (3, [{"do": "regex", "pattern": "a", "group": 3}], "表达式只有 0 个分组", "the pattern has 0 groups"),
    ],
)
def test_a_refusal_reads_in_the_language_of_whoever_reads_it(
    target: int, convert: list[dict[str, Any]], zh: str, en: str
) -> None:
    why = _refusal(target, convert)
    with speaking("zh"):
        assert str(why) == zh
    with speaking("en"):
        assert str(why) == en


def test_an_error_is_kept_once_and_read_in_either_language() -> None:
    error = TryAgain(
        N_("The pull of {shop} failed: {cause}"), N_("Look at the log; the next pull goes on from the cursor."),
        shop="京东一店", cause="text {of} the platform\nin two lines",
    )  # fmt: skip
    with speaking("zh"):
        message, hint = kept(error)
        whole = kept_whole(error)
        assert (unpacked(message), unpacked(hint)) == (error.message, error.hint)
        assert unpacked_whole(whole) == str(error)
    with speaking("en"):
        assert unpacked(message).startswith("The pull of 京东一店 failed: text {of} the platform")
        assert unpacked_whole(whole) == str(error)


def test_a_value_may_be_named_like_anything() -> None:
    assert str(Said("{text}", text="x")) == "x"


def test_a_text_stored_before_reads_as_it_is() -> None:
    assert unpacked_whole("店铺已停用 请联系平台") == "店铺已停用 请联系平台"


def test_long_words_of_the_other_side_are_cut_and_the_rest_still_reads() -> None:
    error = TryAgain(N_("The pull of {shop} failed: {cause}"), shop="京东一店", cause="x" * 9000)
    with speaking("en"):
        assert unpacked(kept(error, most=400)[0]) == f"The pull of 京东一店 failed: {'x' * 400}"
