"""Which column a rule looks at: person fields are compared by their keyed hash, never by the masked text."""

from core.model.fields import Field, Privacy


def column_of(field: Field) -> str:
    """The store's column behind a catalogue field for comparing and counting."""
    return f"{field.name}_key" if field.privacy is Privacy.PERSON else field.name
