"""Texts of people inside Markdown."""

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|<>:$~"})


def plain(text: str) -> str:
    """The text with no mark taking effect: a name is shown as it was typed, never as a link or an icon."""
    return text.translate(_MARKS)
