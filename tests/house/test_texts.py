"""Every text of the product speaks both languages, with one translation each and the same placeholders."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.i18n import catalogue
from core.model.fields import BUILT_IN, CHANNELS
from core.model.lifecycle import STATUSES
from core.people.permissions import PERMISSIONS, ROLES
from core.settings import ROOT
from tests.house.texts import sources, texts

ZH = catalogue("zh")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# What people read. The vocabulary of platforms and of messy files stands in connectors, mapping and channels.
# Benches make up orders, as the sandbox does: what stands in them is nobody's screen.
_MADE_UP = "core/cli/benches/"
_SPEAKING = ("pages", "core/ui", "core/web", "core/services", "core/jobs", "core/cli", "core/people", "core/insight")


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_text_has_a_chinese_translation() -> None:
    missing = [f"{_place(p, line)} {text!r}" for p in sources() for line, text in texts(p) if text and text not in ZH]
    assert not missing, "\n".join(missing)


def test_a_translation_has_the_placeholders_of_its_source() -> None:
    def names(text: str) -> set[str | None]:
        return {field for _literal, field, _spec, _conversion in string.Formatter().parse(text) if field is not None}

    wrong = []
    for path in sources():
        for line, text in texts(path):
            source = text.split("\x04")[-1]
            if text not in ZH or "{" not in source:
                continue
            try:
                same = names(source) == names(ZH[text])
            except ValueError:  # a text that shows braces, such as a pattern, is never formatted
                continue
            if not same:
                wrong.append(f"{_place(path, line)} {source!r} -> {ZH[text]!r}")
    assert not wrong, "\n".join(wrong)


def test_no_text_has_two_translations() -> None:
    found: dict[tuple[str | None, str], tuple[str, str]] = {}
    wrong = []
    for path in sorted((ROOT / "core" / "locale" / "zh").glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file):
                key = (entry.context, str(entry.id))
                before = found.setdefault(key, (path.name, str(entry.string)))
                if entry.id and before[1] != entry.string:
                    wrong.append(f"{key[1]!r}: {before[0]} {before[1]!r}, {path.name} {entry.string!r}")
    assert not wrong, "\n".join(wrong)


# What keeps its own signs inside a Chinese sentence: placeholders, code, addresses, times and numbers.
_SIGNS_OF_THEIR_OWN = re.compile(r"\{[^{}]*\}|`[^`]*`|\w+://\S*|duckdb:\S*")
_HALF_WIDTH = re.compile(r"(?<=[\u3400-\u9fff”}])[,;:!?]|[,;:!?](?=[\u3400-\u9fff“])|\([^()]*[\u3400-\u9fff][^()]*\)")


def test_a_chinese_sentence_has_chinese_punctuation() -> None:
    wrong = []
    for text in ZH.values():
        bare = _SIGNS_OF_THEIR_OWN.sub("}", str(text))
        if _CHINESE.search(bare) and _HALF_WIDTH.search(bare):
            wrong.append(text)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "label",
    sorted(
        {f.label for f in BUILT_IN}
        | {s.label for s in STATUSES}
        | set(CHANNELS.values())
        | set(ROLES.values())
        | {p.label for p in PERMISSIONS}
    ),
)
def test_a_status_field_channel_role_and_permission_has_its_word(label: str) -> None:
    assert label in ZH


def test_what_people_read_holds_no_chinese_outside_the_catalogues() -> None:
    wrong = []
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(_SPEAKING) or place.startswith(_MADE_UP):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CHINESE.search(node.value):
                wrong.append(f"{_place(path, node.lineno)} {node.value[:40]!r}")
    assert not wrong, "\n".join(wrong)
