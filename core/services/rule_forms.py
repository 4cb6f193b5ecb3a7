"""What the form of a rule set needs beside `rules`: its vocabulary, publishing in one step, switching the mode, files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import clock
from core.errors import BadRequest, NotFound, Stale
from core.i18n import N_
from core.model.fields import Field, Level
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.rules.closure import Known, compile_closure
from core.rules.condition import SAME, read
from core.rules.derived import DERIVED
from core.rules.ruleset import MODES, decide, read_rule_set
from core.rules.sentence import say
from core.services import rules
from core.store import Cursor, Store, catalogue, decisions, documents, lists
from core.store.documents import Document


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a condition may speak of: fields of the order (own and derived ones too), of a line, keys, named lists."""

    order: dict[str, Field]
    line: dict[str, Field]
    same: dict[str, Field]
    lists: tuple[str, ...]


def vocabulary(actor: Actor, store: Store) -> Vocabulary:
    """The fields and lists that rules may use now."""
    require(actor, store, "rules.view")
    known = catalogue.load(store)
    order = {field.name: field for field in known.at(Level.ORDER)}
    order |= {name: derived.field for name, derived in DERIVED.items()}
    return Vocabulary(
        order,
        {field.name: field for field in known.at(Level.LINE)},
        {name: order[name] for name in SAME if name in order},
        tuple(found.name for found in lists.listing(store)),
    )


def sentence(actor: Actor, store: Store, when: Any, zone: str) -> str:
    """A condition in words. BadRequest names the place that is wrong in it."""
    require(actor, store, "rules.view")
    return say(read(when, catalogue.load(store)), zone)


def hits(actor: Actor, store: Store, kind: str, name: str) -> dict[str, int]:
    """rule -> orders it hit in the last 24 hours."""
    require(actor, store, "rules.view", name)
    found = decisions.hits(store, kind, clock.now() - timedelta(hours=24))
    return {rule: count for (rule_set, rule, _mode), count in found.items() if rule_set == name}


@dataclass(frozen=True, slots=True)
class Failing:
    """An example of a set that does not come out as expected: its position, what it expects, what comes out."""

    place: int
    expected: Mapping[str, Any]
    found: Mapping[str, Any]


def failing(actor: Actor, store: Store, vault: Vault, body: Mapping[str, Any]) -> list[Failing]:
    """The examples of a body that keep it from being published."""
    require(actor, store, "rules.view", str(body.get("name")))
    rule_set = read_rule_set(body, catalogue.load(store))
    tests = [(rule, compile_closure(rule.when, vault.keyed)) for rule in rule_set.rules]
    found = []
    for place, example in enumerate(rule_set.examples):
        given, expected = example["given"], example["expect"]
        got = decide(rule_set, tests, Known(given, given.get("lines", ())))
        if any(got.get(key) != value for key, value in expected.items()):
            found.append(Failing(place, expected, {key: got.get(key) for key in expected}))
    return found


def live(actor: Actor, store: Store, kind: str, name: str) -> Document | None:
    """The published version of a set, or None."""
    require(actor, store, "rules.view", name)
    return documents.published(store, kind, name)


def save(actor: Actor, store: Store, body: Mapping[str, Any], expected: str, *, note: str = "") -> Document:
    """Keep the body as a draft, unless somebody saved another version meanwhile. `expected`: hash of the newest one known."""
    require(actor, store, "rules.edit", str(body.get("name")))
    with store.write():
        _still(store, body, expected)
        return rules.save(actor, store, body, note=note)


def publish(
    actor: Actor, store: Store, vault: Vault, body: Mapping[str, Any], expected: str, *, note: str = ""
) -> Document:
    """Save the body and make it live, all or nothing. Stale when somebody saved another version meanwhile."""
    require(actor, store, "rules.edit", str(body.get("name")))
    with store.write() as cursor:
        _still(store, body, expected)
        return _published(cursor, actor, store, vault, body, note)


def switch_mode(actor: Actor, store: Store, vault: Vault, kind: str, name: str, mode: str) -> Document:
    """Publish the live version again in another mode. A draft that stands beside it stays the newest version."""
    require(actor, store, "rules.edit", name)
    if mode not in MODES:
        raise BadRequest(N_("{place} is one of {choices}."), place="mode", choices=", ".join(MODES))
    with store.write() as cursor:
        newest, published = documents.newest(store, kind, name), documents.published(store, kind, name)
        if newest is None:
            raise NotFound(N_("There is no rule set {name}."), N_("Choose one from the list."), name=name)
        draft = newest if newest.state == "draft" and published is not None else None
        body = {**(published or newest).body, "mode": mode}
        done = _published(cursor, actor, store, vault, body, f"→ {mode}")
        if draft is not None:
            documents.save_draft(store, kind, name, draft.body, author=draft.author, note=draft.note)
        audit.record(cursor, actor, "rules.switch", f"{kind}/{name}", mode=mode, version=done.version)
    return done


def _published(
    cursor: Cursor, actor: Actor, store: Store, vault: Vault, body: Mapping[str, Any], note: str
) -> Document:
    """Draft and publication in the caller's transaction, whose own rows other reads do not see yet."""
    rules_of = rules.passes(store, vault, body)
    draft = documents.save_draft(store, rules_of.kind, rules_of.name, dict(body), author=actor.account, note=note)
    done = documents.publish(store, draft.kind, draft.name, draft.version)
    audit.record(
        cursor, actor, "rules.publish", f"{done.kind}/{done.name}", version=done.version, hash=done.hash, note=note
    )
    return done


def import_set(actor: Actor, store: Store, content: bytes) -> Document:
    """A rule set out of a file, kept as a draft of its name. BadRequest names what is wrong; nothing is changed then."""
    require(actor, store, "rules.edit", "import")
    try:
        body = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # the second: brackets nested by the thousand
        raise BadRequest(
            N_("The file is no rule set: {cause}"), N_("Export one to see the form."), cause=str(error)
        ) from error
    if not isinstance(body, dict):
        raise BadRequest(N_("The file is no rule set: {cause}"), N_("Export one to see the form."), cause="{ … }")
    return rules.save(actor, store, body, note=N_("from a file"))


def export_set(actor: Actor, store: Store, body: Mapping[str, Any]) -> bytes:
    """A rule set as a file."""
    require(actor, store, "rules.view", str(body.get("name")))
    return json.dumps(body, ensure_ascii=False, indent=2).encode()


def fresh(actor: Actor, store: Store, kind: str, name: str) -> dict[str, Any]:
    """An empty set under a name that is free. It begins in shadow: it watches and changes nothing."""
    require(actor, store, "rules.edit", name)
    wanted = name.strip()
    if documents.newest(store, kind, wanted) is not None:
        raise BadRequest(N_("There is already a rule set {name}."), N_("Choose another name."), name=wanted)
    otherwise = {"action": "allow"} if kind == "risk" else {}
    hit = "first" if kind == "courier" else "all"
    body = {"kind": kind, "name": wanted, "mode": "shadow", "hit": hit, "rules": [], "otherwise": otherwise}
    read_rule_set(body, catalogue.load(store))
    return body


def _still(store: Store, body: Mapping[str, Any], expected: str) -> None:
    newest = documents.newest(store, str(body.get("kind")), str(body.get("name")))
    if (newest.hash if newest else "") != expected:
        raise Stale(
            N_("Somebody saved version {version} of {name} meanwhile."), N_("Open it anew, then change it."),
            version=newest.version if newest else 0, name=str(body.get("name")),
        )  # fmt: skip
