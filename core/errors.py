"""Errors named by what to do next. Each says the cause and the next step in the reader's words.

`message` and `hint` are gettext messages (English source text); values go into `values` and are filled in after
translation, so that one error reads well in both languages.
"""

from typing import Any, ClassVar

from core.i18n import _


class DanliuError(Exception):
    """A failure a person or a job can act upon. `code` is stable and shown by `--json`."""

    code: ClassVar[str] = "failed"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", **values: Any) -> None:
        super().__init__(message)
        self._message, self._hint, self.values = message, hint, values

    @property
    def source(self) -> tuple[str, str]:
        """Message and hint before translation and without their values: what is stored to be read in any language."""
        return self._message, self._hint

    @property
    def message(self) -> str:
        return _(self._message).format(**self.values)

    @property
    def hint(self) -> str:
        return _(self._hint).format(**self.values) if self._hint else ""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class TryAgain(DanliuError):
    """A passing fault: the same call may succeed later. `after_seconds` is the wait the other side asked for."""

    code = "try_again"

    def __init__(self, message: str, hint: str = "", *, after_seconds: float | None = None, **values: Any) -> None:
        super().__init__(message, hint, **values)
        self.after_seconds = after_seconds


class NeedsPerson(DanliuError):
    """Nobody but a person can decide or mend this; it waits in a queue."""

    code = "needs_person"


class BadSetup(DanliuError):
    """A setting, credential or document is wrong: it fails the same way until it is changed."""

    code = "bad_setup"
    exit_status = 2


class BadRequest(BadSetup):
    """The request itself is wrong: unknown name, unreadable file, invalid document."""

    code = "bad_request"


class NotAllowed(DanliuError):
    """The actor lacks the permission. The attempt is audited and changes nothing."""

    code = "not_allowed"


class Stale(DanliuError):
    """Somebody else changed it first: look again, then decide."""

    code = "stale"


class NotFound(DanliuError):
    """No such thing (any more)."""

    code = "not_found"
    exit_status = 2
