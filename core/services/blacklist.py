"""A third party's blacklist for a person: connected by form, tried, switched, and what it answered lately."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from connectors.blacklist import PRESET_TITLES, PRESETS, SETTINGS, Question
from core import clock
from core.channels import blacklist as asking
from core.channels.base import Check, Setting
from core.errors import BadRequest
from core.i18n import N_, _, speaking
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, blacklist, tags
from core.store.blacklist import MODES, TAG, Service
from core.store.tags import Tag

SHORTEST_MS, LONGEST_MS = 50, 5_000
_TAG_LABEL = N_("Blacklist gave no answer")
_SECRETS = frozenset(setting.name for setting in SETTINGS if setting.kind == "secret")


@dataclass(frozen=True, slots=True)
class Shown:
    """The service for the page: its plain settings, and which settings hold a value (secrets too)."""

    service: Service
    filled: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lately:
    """The answers of the last hours, by orders. `millis`: the median time of an answer."""

    hours: int
    answered: int
    cached: int
    silent: int
    nothing: int
    listed: int
    millis: int


def settings() -> tuple[Setting, ...]:
    """What the form asks for."""
    return SETTINGS


def presets() -> dict[str, tuple[str, dict[str, str]]]:
    """name -> (title, ready settings)."""
    return {name: (PRESET_TITLES[name], values) for name, values in PRESETS.items()}


def present(actor: Actor, store: Store) -> Shown:
    """The service as it stands; its secrets are not shown."""
    require(actor, store, "rules.view", "blacklist")
    with store.read() as cursor:
        found = blacklist.service(cursor)
    return Shown(found, frozenset(name for name, value in {**found.values, **found.sealed}.items() if value))


def save(
    actor: Actor, store: Store, vault: Vault, values: Mapping[str, str], *, mode: str, deadline_ms: int = 800,
    at_once: int = 8, keep_hours: int = 24,
) -> Service:  # fmt: skip
    """Keep the settings; a secret left empty stays. BadSetup or BadRequest for settings that could never work."""
    require(actor, store, "rules.edit", "blacklist")
    with store.write() as cursor:
        made = _made(vault, blacklist.service(cursor), values, mode, deadline_ms, at_once, keep_hours)
        if mode != "off":
            asking.connect(made, vault)
            _tag(store, cursor)
        blacklist.put_service(cursor, made)
        audit.record(
            cursor,
            actor,
            "risk.blacklist",
            "blacklist",
            mode=mode,
            version=made.version,
            address=made.values.get("address"),
        )
    return made


def test(
    actor: Actor, store: Store, vault: Vault, values: Mapping[str, str], question: Question, *, deadline_ms: int = 800
) -> Check:
    """Ask the service once about typed values: its own words, and in `hint` how they are read. Audited without the values."""
    require(actor, store, "rules.edit", "blacklist")
    with store.read() as cursor:
        made = _made(vault, blacklist.service(cursor), values, "live", deadline_ms, 1, 1)
    check = asking.connect(made, vault).test(question)
    audit.note(store, actor, "risk.blacklist_test", "blacklist", ok=check.ok)
    return check


def lately(actor: Actor, store: Store, hours: int = 24) -> Lately:
    """How the asking went."""
    require(actor, store, "rules.view", "blacklist")
    found = blacklist.tally(store, clock.now() - timedelta(hours=hours))
    states = {state: found.get(state, 0) for state in ("answered", "cached", "silent", "nothing")}
    return Lately(hours, **states, listed=found["listed"], millis=found["millis"])


def answers(actor: Actor, store: Store, limit: int = 100) -> list[dict[str, Any]]:
    """What was heard of the last orders, newest first."""
    require(actor, store, "rules.view", "blacklist")
    return blacklist.latest(store, limit)


def _made(
    vault: Vault, before: Service, values: Mapping[str, str], mode: str, deadline_ms: int, at_once: int, keep_hours: int
) -> Service:
    if mode not in MODES:
        raise BadRequest(N_("{place} is one of {choices}."), place="mode", choices=", ".join(MODES))
    if not SHORTEST_MS <= deadline_ms <= LONGEST_MS or not 1 <= at_once <= 32 or not 1 <= keep_hours <= 24 * 30:
        raise BadRequest(
            N_("The time limit is {low} to {high} ms, with 1 to 32 calls at once; answers are kept 1 to 720 hours."),
            N_("800 ms, 8 calls and 24 hours are usual."), low=SHORTEST_MS, high=LONGEST_MS,
        )  # fmt: skip
    plain = {name: value.strip() for name, value in values.items() if name not in _SECRETS}
    sealed = dict(before.sealed)
    sealed |= {name: vault.seal_text(value) for name, value in values.items() if name in _SECRETS and value}
    return replace(
        before, mode=mode, values=plain, sealed=sealed, deadline_ms=deadline_ms, at_once=at_once, keep_hours=keep_hours,
        version=before.version + 1,
    )  # fmt: skip


def _tag(store: Store, cursor: Any) -> None:
    """The tag of orders that had no answer, made once; its words may be changed like any tag's."""
    if any(tag.name == TAG for tag in tags.listing(store, retired=True)):
        return
    words = {}
    for language in ("zh", "en"):
        with speaking(language):
            words[language] = _(_TAG_LABEL)
    tags.insert(cursor, Tag(TAG, words["zh"], words["en"], "orange"))
