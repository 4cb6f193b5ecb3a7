"""The limit the mapping is measured against: DuckDB merely reading the same JSON into the same paths, nothing else."""

import json
from typing import Any

from core.mapping.compile import Program
from core.mapping.paths import Path
from core.store.staging import BODIES
from core.store.store import Cursor


def structure(program: Program) -> str:
    """The structure for `from_json` with every path the program reads, lines included; for plain keys only."""
    tree: dict[str, Any] = {}
    for chain in program.main.chains:
        for path in chain.mapped.sources:
            _plant(tree, path)
    if program.lines is not None and program.document.lines is not None and program.document.lines.keys:
        within: dict[str, Any] = {}
        for chain in program.lines.chains:
            for path in chain.mapped.sources:
                _plant(within, path)
        *above, last = program.document.lines.keys
        branch = tree
        for key in above:
            branch = branch.setdefault(key, {})
        branch[last] = [within]
    return json.dumps(tree)


def _plant(tree: dict[str, Any], path: Path) -> None:
    if path.position or path.from_order or path.whole_array or any(key.isdigit() for key in path.keys):
        return
    branch = tree
    for key in path.keys[:-1]:
        branch = branch.setdefault(key, {})
        if not isinstance(branch, dict):
            return
    branch.setdefault(path.keys[-1], "VARCHAR")


def parse_only(cursor: Cursor, program: Program) -> None:
    """Read all bodies of `intake_bodies` with `from_json` and throw the result away."""
    cursor.execute(
        f"SELECT max(j) FROM (SELECT from_json(body, ?) AS j FROM {BODIES})", [structure(program)]
    ).fetchall()
