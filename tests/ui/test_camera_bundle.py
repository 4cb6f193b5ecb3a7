"""The camera reader in the repository is the one its sources make; its licences are beside it, and it knows no host."""

import hashlib
import re

from core.settings import ROOT

SOURCES = ROOT / "core" / "ui" / "frontend" / "camera"
ASSETS = ROOT / "core" / "ui" / "assets"


def test_the_bundle_was_built_from_these_sources():
    files = ["../bundle.mjs", "build.mjs", "package.json", "package-lock.json"]
    files += [f"src/{path.name}" for path in sorted((SOURCES / "src").iterdir(), key=lambda path: path.name)]
    found = hashlib.sha256()
    for name in files:
        found.update(name.encode() + b"\0" + (SOURCES / name).read_bytes() + b"\0")
    built = (ASSETS / "camera.js").read_text(encoding="utf-8")
    assert built.startswith(f"/* sources {found.hexdigest()} */"), "run: npm ci && npm run build"


def test_the_licences_are_beside_it_and_it_loads_nothing_from_elsewhere():
    licences = (ASSETS / "camera.LICENSES.txt").read_text(encoding="utf-8")
    assert re.search(r"^zxing-wasm [\d.]+ \(MIT\)$", licences, re.MULTILINE) and "zxing-cpp" in licences
    assert re.findall(r"https?://[\w.-]+", (ASSETS / "camera.js").read_text(encoding="utf-8")) == []
    assert (ASSETS / "camera.wasm").read_bytes().startswith(b"\0asm")
