import json

import pytest

from core.decide.starter import FOLDER, install_rules
from core.model.fields import Catalogue
from core.rules.conflicts import NEVER, UNREACHABLE, conflicts
from core.rules.ruleset import failed_examples, read_rule_set
from core.store import Store, documents


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_every_shipped_rule_set_is_valid_and_passes_its_own_examples(file) -> None:  # type: ignore[no-untyped-def]
    rules = read_rule_set(json.loads(file.read_text(encoding="utf-8")), Catalogue())
    assert rules.examples
    assert failed_examples(rules, str) == []
    assert not [found for found in conflicts(rules) if found.kind in (NEVER, UNREACHABLE)]


def test_rule_sets_are_installed_once_and_never_over_a_persons_own(store: Store) -> None:
    own = {"kind": "risk", "name": "starter", "mode": "off", "rules": []}
    documents.save_draft(store, "risk", "starter", own, author="me")
    assert install_rules(store) == len(list(FOLDER.glob("*.json"))) - 1
    assert install_rules(store) == 0
    newest = documents.newest(store, "risk", "starter")
    assert newest is not None
    assert newest.author == "me"
