"""What is wrong with a mapping, in the reader's words: the commonest refusals of the document checker, translated."""

import re

from core.i18n import N_, _
from core.mapping.converters import CONVERTERS
from core.model.fields import Kind
from core.ui.model.words import kind

# The checker's sentence -> ours. Groups named `kind` and `step` are said in words.
_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"^\w+ needs a converter to money$", N_("choose the unit: yuan or fen")),
        (r"^\w+ needs a converter to datetime$", N_("choose how the time is written")),
        (r"^\w+ needs a converter to (?P<kind>\w+)$", N_("needs a converter to: {kind}")),
        (r"^(?P<step>\w+) gives no (?P<kind>\w+)$", N_("“{step}” gives no {kind}")),
        (r"^nothing can follow (?P<step>\w+)$", N_("nothing can follow “{step}”")),
        (r"^it needs '(?P<name>\w+)'$", N_("fill in the parameter {name}")),
        (r"^without a source it begins with constant or template$", N_("choose a source, or a constant")),
        (r"^the field (?P<name>\w+) must be filled$", N_("the required field {name} is not mapped")),
        (r"^constant stands alone$", N_("a constant stands alone")),
        (r"^the converter status needs the table of words$", N_("the table of status words is empty")),
        (r"^the status ends with the converter status, or is a constant$", N_("the status needs the table of words")),
        (r"^it is one text or a list of texts$", N_("fill in at least one text")),
        (r"^it is no (?P<name>\w+)$", N_("the value does not fit: {name}")),
        (r"^a line field needs lines.*$", N_("the mapping has no list of lines")),
        (r"^the pattern '(?P<name>.*)' holds no % code$", N_("the pattern {name} holds no % code")),
        (r"^there is no time zone '(?P<name>.*)'$", N_("there is no time zone {name}")),
        (r"^there is no field '(?P<name>\w+)'.*$", N_("there is no field {name}")),
        (r"^factor is a number$", N_("the factor is no number")),
    )
)


def said(why: str) -> str:
    """A refusal in the reader's words; as the checker says it where it is none of the known ones."""
    for pattern, text in _KNOWN:
        found = pattern.match(why)
        if found:
            words = found.groupdict()
            if "kind" in words and words["kind"] in set(Kind):
                words["kind"] = kind(Kind(words["kind"]))
            if "step" in words and words["step"] in CONVERTERS:
                words["step"] = _(CONVERTERS[words["step"]].label)
            return _(text).format(**words)
    return why
