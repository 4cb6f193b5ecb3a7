"""Two languages through gettext catalogues: the English source text is the key, `core/locale/<lang>/*.po` has the rest.

Catalogues are one .po a subject, merged when first used. The language is looked up per call: from the source that the
user interface installs (`set_source`), else from the context variable (`speaking`), else the configured default.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = {"zh": "中文", "en": "English"}
_LOCALE = Path(__file__).parent / "locale"
_speaking: ContextVar[str | None] = ContextVar("language", default=None)
_source: Callable[[], str | None] = lambda: None  # noqa: E731 - replaced once by the user interface
_default = "zh"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All translations of a language: source text (or `context\\x04text`) -> translation."""
    merged: dict[str, str] = {}
    for path in sorted((_LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file):
                if entry.id and isinstance(entry.id, str) and isinstance(entry.string, str) and entry.string:
                    merged[f"{entry.context}\x04{entry.id}" if entry.context else entry.id] = entry.string
    return merged


def set_source(source: Callable[[], str | None]) -> None:
    """The user interface tells here how to find the language of the person who is being served."""
    global _source
    _source = source


def set_default(language: str) -> None:
    """The configured language of people who have not chosen."""
    global _default
    _default = language if language in LANGUAGES else "zh"


def language() -> str:
    """The language of this call: `zh` or `en`."""
    found = _speaking.get() or _source()
    return found if found in LANGUAGES else _default


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak a language for the block: command line, jobs, messages to a person with a known language."""
    token = _speaking.set(chosen)
    try:
        yield
    finally:
        _speaking.reset(token)


def _(text: str) -> str:
    """The text in the language of this call; the English source text where it is English."""
    chosen = language()
    return text if chosen == "en" else catalogue(chosen).get(text, text)


def pgettext(context: str, text: str) -> str:
    """As `_`, for one English text that needs two translations."""
    chosen = language()
    return text if chosen == "en" else catalogue(chosen).get(f"{context}\x04{text}", text)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Marks a text for extraction without translating it now: for module-level records."""
    return text
