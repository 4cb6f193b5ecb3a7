"""The settings of a station: each one typed, so that the form beside the drawing and the check in Python are one thing.

Values in a document are JSON; `read` gives them in computing form (conditions as trees, money in fen).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import DanliuError
from core.i18n import _
from core.model.fields import Catalogue
from core.rules.condition import read as read_condition

KINDS = ("text", "integer", "minutes", "money", "boolean", "choice", "choices", "texts", "condition", "branches")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `kind` is of KINDS; `choices` are (value, label) pairs; money is in fen, minutes are whole.

    `source` names where the form finds values to choose from: channels shops statuses tags roles robots fields
    warehouses couriers events; "" for none.
    """

    name: str
    label: str
    kind: str = "text"
    default: Any = None
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one setting, in the reader's words."""

    setting: str
    message: str


def read(
    declared: Sequence[Setting], given: Mapping[str, Any], catalogue: Catalogue
) -> tuple[dict[str, Any], list[Wrong]]:
    """The settings in computing form, and what is wrong with them."""
    values: dict[str, Any] = {}
    wrong = [
        Wrong(name, _("There is no setting {name} here.").format(name=name))
        for name in given
        if name not in {setting.name for setting in declared}
    ]
    for setting in declared:
        raw = given.get(setting.name, setting.default)
        if raw in (None, "", [], {}):
            if setting.required:
                wrong.append(Wrong(setting.name, _("Fill in “{label}”.").format(label=_(setting.label))))
            values[setting.name] = [] if setting.kind in ("choices", "texts", "branches") else None
            continue
        try:
            values[setting.name] = _READERS[setting.kind](setting, raw, catalogue)
        except (DanliuError, _NotThat) as error:
            values[setting.name] = None
            wrong.append(Wrong(setting.name, f"{_(setting.label)}: {error}"))
    return values, wrong


class _NotThat(Exception):
    """A value of the wrong type or outside its bounds; its text is what the person reads."""


def _whole(setting: Setting, raw: Any, catalogue: Catalogue) -> int:
    del catalogue
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _NotThat(_("a whole number is needed"))
    if setting.least is not None and raw < setting.least:
        raise _NotThat(_("at least {least}").format(least=setting.least))
    if setting.most is not None and raw > setting.most:
        raise _NotThat(_("at most {most}").format(most=setting.most))
    return raw


def _text(setting: Setting, raw: Any, catalogue: Catalogue) -> str:
    del setting, catalogue
    if not isinstance(raw, str):
        raise _NotThat(_("a text is needed"))
    return raw.strip()


def _boolean(setting: Setting, raw: Any, catalogue: Catalogue) -> bool:
    del setting, catalogue
    if not isinstance(raw, bool):
        raise _NotThat(_("yes or no is needed"))
    return raw


def _choice(setting: Setting, raw: Any, catalogue: Catalogue) -> str:
    text = _text(setting, raw, catalogue)
    if setting.choices and text not in dict(setting.choices):
        raise _NotThat(_("“{text}” is none of the choices").format(text=text))
    return text


def _several(setting: Setting, raw: Any, catalogue: Catalogue) -> list[str]:
    if not isinstance(raw, list):
        raise _NotThat(_("a list is needed"))
    return [_choice(setting, each, catalogue) for each in raw]


def _condition(setting: Setting, raw: Any, catalogue: Catalogue) -> Any:
    return read_condition(raw, catalogue, place=setting.name)


def _branches(setting: Setting, raw: Any, catalogue: Catalogue) -> list[dict[str, Any]]:
    if not isinstance(raw, list):
        raise _NotThat(_("a list is needed"))
    found: list[dict[str, Any]] = []
    for each in raw:
        if not isinstance(each, dict) or set(each) - {"outcome", "label", "when"} or not each.get("outcome"):
            raise _NotThat(_("a branch has an outcome, a label and a condition"))
        if each["outcome"] in {b["outcome"] for b in found} | {"otherwise"}:
            raise _NotThat(_("the outcome {name} is there twice").format(name=each["outcome"]))
        when = read_condition(each.get("when"), catalogue, place=f"{setting.name}.{each['outcome']}")
        found.append(
            {"outcome": str(each["outcome"]), "label": str(each.get("label") or each["outcome"]), "when": when}
        )
    return found


_READERS = {
    "text": _text, "integer": _whole, "minutes": _whole, "money": _whole, "boolean": _boolean, "choice": _choice,
    "choices": _several, "texts": _several, "condition": _condition, "branches": _branches,
}  # fmt: skip
