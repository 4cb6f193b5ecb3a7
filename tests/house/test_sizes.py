"""Small files, small functions, plain names: what can be held in the head."""

import ast

from core.settings import ROOT
from tests.house.texts import sources

MOST_LINES, MOST_LINES_OF_A_PAGE, MOST_LINES_OF_A_FUNCTION = 400, 150, 40
_GRAB_BAGS = {"utils", "util", "common", "misc", "helpers", "manager", "handle", "data", "info"}


def test_no_file_is_longer_than_400_lines_and_no_page_longer_than_150() -> None:
    long = []
    for path in sources():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        most = MOST_LINES_OF_A_PAGE if path.is_relative_to(ROOT / "pages") else MOST_LINES
        if lines > most:
            long.append(f"{path.relative_to(ROOT)}: {lines} lines")
    assert not long, "\n".join(long)


def test_no_function_is_longer_than_40_lines() -> None:
    long = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                first = node.body[0]
                has_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                begin = first.end_lineno if has_doc and first.end_lineno else node.lineno
                if node.end_lineno - begin > MOST_LINES_OF_A_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {node.end_lineno - begin} lines")
    assert not long, "\n".join(long)


def test_no_module_is_a_grab_bag() -> None:
    assert not [str(path.relative_to(ROOT)) for path in sources() if path.stem in _GRAB_BAGS]
