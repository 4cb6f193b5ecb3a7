"""The built editor in the repository is the one its sources make, and its licences are beside it."""

import hashlib
import re

from core.settings import ROOT

SOURCES = ROOT / "core" / "ui" / "frontend" / "flow_editor"
ASSETS = ROOT / "core" / "ui" / "assets"


def test_the_bundle_was_built_from_these_sources():
    own = ["../bundle.mjs", "build.mjs", "package.json", "package-lock.json"]
    files = own + [f"src/{path.name}" for path in sorted((SOURCES / "src").iterdir(), key=lambda path: path.name)]
    found = hashlib.sha256()
    for name in files:
        found.update(name.encode() + b"\0" + (SOURCES / name).read_bytes() + b"\0")
    built = (ASSETS / "flow_editor.js").read_text(encoding="utf-8")
    assert built.startswith(f"/* sources {found.hexdigest()} */"), "run: npm ci && npm run build"


def test_the_licences_of_everything_inside_are_beside_it_and_allow_it():
    text = (ASSETS / "flow_editor.LICENSES.txt").read_text(encoding="utf-8")
    licences = dict(re.findall(r"^(@?[\w/.-]+) \d[\w.]* \(([\w.-]+)\)$", text, re.MULTILINE))
    assert {"@xyflow/react", "react", "react-dom", "@dagrejs/dagre"} <= set(licences)
    assert set(licences.values()) <= {"MIT", "ISC", "BSD-3-Clause"}


def test_it_loads_nothing_from_elsewhere():
    for name in ("flow_editor.js", "flow_editor.css"):
        text = (ASSETS / name).read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        # Name spaces, and the addresses that React and React Flow name in their own error texts.
        assert hosts <= {"www.w3.org", "react.dev", "reactflow.dev"}, name
