"""Mapping documents in words: a chain as a chip, an entry as a sentence, two versions as a list of differences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.i18n import _, language
from core.mapping.converters import CONVERTERS
from core.model.fields import Catalogue, Field, Level
from core.model.lifecycle import BY_NAME
from core.services.mapping_edit import entry_of, sources_of, target_id


def chip(steps: Sequence[Mapping[str, Any]]) -> str:
    """A chain of converters in a few words: "Yuan to fen", "Constant CNY"."""
    return " → ".join(_step(step) for step in steps)


def _step(step: Mapping[str, Any]) -> str:
    name = str(step.get("do"))
    converter = CONVERTERS.get(name)
    label = _(converter.label) if converter else name
    first = next((value for key, value in step.items() if key != "do"), None)
    if isinstance(first, dict):
        return f"{label} ({len(first)})"
    if isinstance(first, list):
        first = ", ".join(str(item) for item in first)
    return f"{label} {first}" if first not in (None, "") else label


def target_label(catalogue: Catalogue, target: str) -> str:
    """The label of a target id, with its name."""
    level, _bar, name = target.partition("|")
    field = catalogue.find(name, Level(level)) if level in [known.value for known in Level] else None
    return f"{field.title(language(), _)} ({name})" if isinstance(field, Field) else name


def entry_words(entry: Mapping[str, Any]) -> str:
    """Where an entry's value comes from and what is done to it."""
    sources = " / ".join(sources_of(entry))
    chain = chip(entry.get("convert", []))
    return " · ".join(part for part in (sources, chain) if part) or "–"


def status_words(meaning: Mapping[str, Any] | None) -> str:
    """What a platform's status word means."""
    if not meaning:
        return "–"
    status = str(meaning.get("status"))
    said = _("keep ours") if status == "keep" else _(BY_NAME[status].label) if status in BY_NAME else status
    return f"{said} + {_('held')}" if meaning.get("held") else said


def differences(catalogue: Catalogue, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What the new document does otherwise than the old one, a sentence each; empty when nothing."""
    said: list[str] = []
    targets = [target_id(body, entry) for body in (old, new) for entry in body.get("fields", [])]
    for target in dict.fromkeys(targets):
        before, after = entry_of(old, target), entry_of(new, target)
        label = target_label(catalogue, target)
        if before is None and after is not None:
            said.append(_("{field}: new, from {now}").format(field=label, now=entry_words(after)))
        elif before is not None and after is None:
            said.append(_("{field}: no longer filled (was {was})").format(field=label, was=entry_words(before)))
        elif before and after and _meaning(before) != _meaning(after):
            said.append(
                _("{field}: {was} becomes {now}").format(field=label, was=entry_words(before), now=entry_words(after))
            )
    said += _words_changed(old.get("statuses", {}), new.get("statuses", {}))
    for key, label in (("lines", _("list of lines")), ("granularity", _("granularity")), ("channel", _("channel"))):
        if old.get(key) != new.get(key):
            said.append(f"{label}: {old.get(key) or '–'} → {new.get(key) or '–'}")
    if old.get("examples", []) != new.get("examples", []):
        was, now = len(old.get("examples", [])), len(new.get("examples", []))
        said.append(_("examples changed ({was} → {now})").format(was=was, now=now))
    return said


def _meaning(entry: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    return sources_of(entry), list(entry.get("convert", []))


def _words_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    for word in dict.fromkeys((*old, *new)):
        if old.get(word) != new.get(word):
            yield _("status word {word}: {was} → {now}").format(
                word=word, was=status_words(old.get(word)), now=status_words(new.get(word))
            )
