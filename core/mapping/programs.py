"""Compiled mappings, kept: reading a document and writing its SQL costs as much as taking one order in."""

from core.errors import BadSetup
from core.i18n import N_
from core.mapping.compile import Program, compile_document
from core.mapping.document import parse
from core.model.fields import Catalogue, Field
from core.store.documents import Document

_KEPT = 64  # mappings
_Key = tuple[str, str, str, str, str]
_programs: dict[_Key, tuple[tuple[Field, ...], Program]] = {}


def program(document: Document, catalogue: Catalogue, entity: str, zone: str, source: str) -> Program:
    """The program of a mapping document over the relation `source`; made anew when body, fields or zone differ.

    Raises BadSetup for a document of another entity, and as `parse` does.
    """
    key = (document.name, document.hash, entity, zone, source)
    kept = _programs.get(key)
    if kept is not None and kept[0] == catalogue.fields:
        return kept[1]
    parsed = parse(document.body, catalogue)
    if parsed.entity != entity:
        raise BadSetup(
            N_("The mapping {name} is for {entity}."),
            N_("Choose another mapping for these."),
            name=document.name,
            entity=parsed.entity,
        )
    made = compile_document(parsed, zone, source)
    if len(_programs) >= _KEPT:
        _programs.clear()
    _programs[key] = (catalogue.fields, made)
    return made
