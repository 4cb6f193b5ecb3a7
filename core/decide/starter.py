"""The rule sets that ship with the product, published once into a store that does not know them yet."""

import json

from core.rules.ruleset import read_rule_set
from core.settings import ROOT
from core.store import Store, catalogue, documents

FOLDER = ROOT / "data" / "rules"


def install_rules(store: Store) -> int:
    """Publish each file of data/rules whose name the store has no version of; returns how many."""
    installed = 0
    for path in sorted(FOLDER.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        rules = read_rule_set(body, catalogue.load(store))
        with store.write():
            if documents.newest(store, rules.kind, rules.name) is None:
                draft = documents.save_draft(store, rules.kind, rules.name, body, author="starter")
                documents.publish(store, rules.kind, rules.name, draft.version)
                installed += 1
    return installed
