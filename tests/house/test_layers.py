"""The walls that carry load, read from the syntax tree: who speaks SQL, DuckDB, Streamlit and the network; no eval."""

import ast
import re
from collections.abc import Iterator

import pytest

from core.settings import ROOT
from tests.house.texts import sources

_SPEAKERS = {
    "duckdb": ("core/store/", "core/insight/"),
    "streamlit": ("pages/", "core/ui/", "core/web/", "app.py"),
    "requests": ("connectors/", "core/channels/"),
}
_SQL = re.compile(
    r"^\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|MERGE INTO|CREATE (OR REPLACE )?(TEMP )?TABLE)\b"
)
_SQL_SPEAKERS = ("core/store/", "core/mapping/", "core/rules/", "core/insight/")


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("module", list(_SPEAKERS))
def test_a_module_is_imported_only_where_it_belongs(module: str) -> None:
    wrong = []
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        found = {name.split(".")[0] for name in _imports(ast.parse(path.read_text(encoding="utf-8")))}
        if module in found and not place.startswith(_SPEAKERS[module]):
            wrong.append(place)
    assert not wrong, "\n".join(wrong)


def test_sql_stands_in_the_store_the_mapping_the_rules_and_the_insight_only() -> None:
    wrong = []
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(_SQL_SPEAKERS) or place == "connectors/wms_mysql.py":  # the WMS is spoken to in its SQL
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.match(node.value):
                wrong.append(f"{place}:{node.lineno} {node.value[:50]!r}")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_evaluated() -> None:
    wrong = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, "\n".join(wrong)
