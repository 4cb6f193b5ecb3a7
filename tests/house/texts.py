"""Finds every text of the product: the arguments of `_`, `N_`, `pgettext`, and of errors, by the syntax tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

from core.settings import ROOT

PACKAGES = ("core", "pages", "connectors")
_MARKS = {"_", "N_", "gettext"}


def sources() -> list[Path]:
    """Every Python file of the product."""
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """(line, source text) of every marked text in a file. pgettext gives `context\\x04text`, as the catalogue does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if node.func.id in _MARKS and words:
            yield node.lineno, words[0]
        elif node.func.id == "pgettext" and len(words) == 2:
            yield node.lineno, "\x04".join(words)
