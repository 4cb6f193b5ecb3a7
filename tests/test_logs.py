"""Logs: one JSON object a line, and nothing in it that opens a door or names a phone."""

import json
import logging

import pytest

from core.logs import JsonLines, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("order 2138123456781 stays", "order 2138123456781 stays"),
        ("?app_key=abc&sign=9F&method=x", "?app_key=***&sign=***&method=x"),
        ('{"access_token": "at-1", "tid": 5}', '{"access_token": "***", "tid": 5}'),
        ("{'app_secret': 's\\'x', 'n': 1}", "{'app_secret': '***', 'n': 1}"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
        ("sent Bearer abcdefghij", "sent Bearer ***"),
        ("cookie=danliu_login=abc; x=1", "cookie=***; x=1"),
        ("password: hunter2", "password: ***"),
        ("signed in, 3 sessions", "signed in, 3 sessions"),
        ("the design is done", "the design is done"),
    ],
)
def test_secrets_and_phones_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_line_is_json_with_what_extra_held_and_the_traceback() -> None:
    try:
        raise ValueError("token=abc of 13812345678")
    except ValueError:
        import sys

        record = logging.makeLogRecord(
            {"name": "core.x", "levelname": "ERROR", "msg": "pull %s", "args": ("失败",), "exc_info": sys.exc_info()}
        )
    record.shop, record.tries = "secret=s", 3
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["logger"], line["message"]) == ("error", "core.x", "pull 失败")
    assert (line["shop"], line["tries"]) == ("secret=***", 3)
    assert line["error"].endswith("ValueError: token=*** of 138****5678")
    assert "\n" not in JsonLines().format(record)
