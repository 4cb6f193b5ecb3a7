"""What a parcel weighs and takes up, as ONE integer that adds up: grams in the low 32 bits, cm³ above them."""

_BITS = 32
_GRAMS = (1 << _BITS) - 1
MOST_G = 10_000_000
"""The heaviest line that is believed: 10 t. It keeps sums far from the bits of the volume."""
MOST_CM3 = 100_000_000


def line_load(qty: int, unit_g: int, unit_cm3: int = 0) -> int:
    """The load of a line. `weight_g` of a line is the weight of ONE unit: THE place that says so."""
    return qty * unit_g + (qty * unit_cm3 << _BITS)


def grams_of(load: int) -> int:
    """The actual weight of a load."""
    return load & _GRAMS


def volume_of(load: int) -> int:
    """The volume of a load in cm³."""
    return load >> _BITS
