"""All converters by name. A new one is one entry in `wordsteps` (texts) or `typedsteps` (typed values)."""

from core.mapping.converter import Converter
from core.mapping.typedsteps import TYPED
from core.mapping.wordsteps import TEXTS

CONVERTERS: dict[str, Converter] = {converter.name: converter for converter in (*TEXTS, *TYPED)}
