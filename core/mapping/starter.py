"""The mappings that come with the product, loaded into the store once; from then on they are the operator's."""

import json

from core.mapping.document import KIND, parse
from core.settings import ROOT
from core.store import Store, catalogue, documents

FOLDER = ROOT / "data" / "mappings"
AUTHOR = "starter"


def install_starters(store: Store) -> list[str]:
    """Publish every starter mapping whose name the store has never had; returns the names. BadRequest for a wrong one."""
    installed: list[str] = []
    with store.write():
        for path in sorted(FOLDER.glob("*.json")):
            body = json.loads(path.read_text(encoding="utf-8"))
            name = parse(body, catalogue.load(store)).name
            if documents.newest(store, KIND, name) is None:
                draft = documents.save_draft(store, KIND, name, body, author=AUTHOR)
                documents.publish(store, KIND, name, draft.version)
                installed.append(name)
    return installed
