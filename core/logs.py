"""Logs as JSON lines on standard error, with secrets, tokens and phones masked whoever wrote the line.

Names and addresses cannot be recognised in free text: a payload or a person's record is never logged at all.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

_SECRET_NAMES = (
    r"[\w-]*(?:password|passwd|secret|token|cookie|authorization|api_?key|app_?key|access_?key|session_?key)[\w-]*"
    r"|sign|signature|session|sid"
)
_QUOTED = re.compile(rf"""(?i)(["'](?:{_SECRET_NAMES})["']\s*[:=,]\s*)(["'])(?:\\.|(?!\2).)*\2""")
_BARE = re.compile(
    rf"(?i)(?<![\w\"'])((?:{_SECRET_NAMES})\s*[=:]\s*)(?!\*\*\*)(?:Bearer\s+|Basic\s+)?[^\s&\"',;}}\])]+"
)
_BEARER = re.compile(r"(?i)\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_PHONE = re.compile(r"(?<![\d.])(1[3-9]\d)\d{4}(\d{4})(?![\d.]*\d)")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def masked(text: str) -> str:
    """The text with secrets by their names, bearer tokens and mobile numbers made unreadable."""
    text = _QUOTED.sub(r"\1\2***\2", text)
    text = _BARE.sub(r"\1***", text)
    text = _BEARER.sub(r"\1 ***", text)
    return _PHONE.sub(r"\1****\2", text)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, what `extra` held, error (the traceback)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD and not name.startswith("_"):
                line[name] = value if isinstance(value, int | float | None) else masked(str(value))
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: int = logging.INFO) -> None:
    """Send this process's own lines (INFO) and the libraries' warnings to standard error as JSON lines."""
    target = logging.StreamHandler(sys.stderr)
    target.setFormatter(JsonLines())
    logging.root.handlers[:] = [target]
    logging.root.setLevel(logging.WARNING)
    for own in ("core", "connectors", "pages", "app"):
        logging.getLogger(own).setLevel(level)
    # A job that is still running when its time comes again is expected, not worth a line each second.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # The warming thread imports pages outside of any browser session; Streamlit remarks on it at each decorator.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    adopt()


def adopt() -> None:
    """Make the handlers that libraries gave their own loggers write JSON lines too."""
    for name in list(logging.root.manager.loggerDict):
        for target in logging.getLogger(name).handlers:
            target.setFormatter(JsonLines())
