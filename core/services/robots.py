"""Robots for persons: which tell whom, set up, tried out, removed."""

import json
from collections.abc import Mapping

from core.channels import robots as speaking
from core.channels.robots import KINDS, SETTINGS, Note
from core.errors import BadRequest, NotFound
from core.i18n import N_, _
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, robots
from core.store.robots import Robot


def listing(actor: Actor, store: Store) -> list[Robot]:
    """All robots; their secrets stay sealed."""
    require(actor, store, "alerts.view")
    return robots.listing(store)


def save(
    actor: Actor, store: Store, vault: Vault, name: str, kind: str, values: Mapping[str, str], *, role: str = ""
) -> Robot:
    """Set a robot up or change it; a secret that is left empty stays as it was. `role`: who reads it, "" everybody.

    BadRequest for what is missing.
    """
    require(actor, store, "robots.edit", name)
    name = name.strip()
    if not name or kind not in KINDS:
        raise BadRequest(N_("A robot has a name and a kind."), N_("Fill in both."))
    before = next((each for each in robots.listing(store) if each.name == name), None)
    kept = json.loads(vault.open_text(before.secrets)) if before and before.kind == kind and before.secrets else {}
    hidden = {setting.name for setting in SETTINGS[kind] if setting.kind == "secret"}
    secrets = {**kept, **{key: values[key].strip() for key in hidden if values.get(key, "").strip()}}
    settings = {s.name: str(values.get(s.name) or s.default).strip() for s in SETTINGS[kind] if s.name not in hidden}
    for setting in SETTINGS[kind]:
        if setting.required and not (secrets if setting.name in hidden else settings).get(setting.name):
            raise BadRequest(N_("The robot has no {setting}."), N_("Fill it in."), setting=_(setting.label))
    made = Robot(name, kind, settings, vault.seal_text(json.dumps(secrets)) if secrets else "", role=role)
    with store.write() as cursor:
        robots.save(cursor, made)
        audit.record(cursor, actor, "robots.save", name, kind=kind, role=role)
    return made


def try_out(actor: Actor, store: Store, vault: Vault, name: str) -> str:
    """Send a test message now; returns the other side's word, or raises with it."""
    require(actor, store, "robots.edit", name)
    robot = next((each for each in robots.listing(store) if each.name == name), None)
    if robot is None:
        raise NotFound(N_("There is no robot {name}."), N_("Set one up, or take it out of the flow."), name=name)
    secrets = json.loads(vault.open_text(robot.secrets)) if robot.secrets else {}
    note = Note(_("A test"), _("This robot tells what happens to orders."))
    return speaking.send(robot.kind, {**robot.settings, **secrets}, note)


def remove(actor: Actor, store: Store, name: str) -> None:
    """Forget a robot. NotFound for an unknown one."""
    require(actor, store, "robots.edit", name)
    with store.write() as cursor:
        if not robots.remove(cursor, name):
            raise NotFound(N_("There is no robot {name}."), N_("Set one up, or take it out of the flow."), name=name)
        audit.record(cursor, actor, "robots.remove", name)
