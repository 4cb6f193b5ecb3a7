"""Reasons of the mapping's checks are put into words when they are read, in the reader's language."""

import copy
from typing import Any

import pytest

from core.errors import BadRequest
from core.i18n import speaking
from core.mapping.document import parse
from core.mapping.said import Said
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
