"""The menu is never the lock: every service asks for its permission first, and a denied call changes nothing.

One generated test over all of them: whatever function of core/services takes an actor is found by itself.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import core.services
from core.errors import NotAllowed
from core.people.actor import Actor, person
from core.people.permissions import PERMISSIONS, ROLES
from core.store.backup import proof, tables

STRANGER = Actor("stranger", "none", frozenset())


class Nonsense(str):
    """Stands for any argument: a text, an object with any attribute, an empty list."""

    __slots__ = ()

    def __getattr__(self, name: str) -> "Nonsense":
        return Nonsense("nonsense")

    def __call__(self, *given: object, **named: object) -> "Nonsense":
        return Nonsense("nonsense")

    def __iter__(self) -> Iterator[str]:
        return iter(())


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of core/services whose first parameter is the actor, by its full name."""
    for module in pkgutil.iter_modules(core.services.__path__):
        loaded = importlib.import_module(f"core.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                parameters = list(inspect.signature(function).parameters)
                if parameters[:2] == ["actor", "store"]:
                    yield f"{module.name}.{name}", function


SERVICES = dict(services())


def permission_of(function: Callable[..., Any]) -> set[str]:
    """The permissions that the function's body asks for by name."""
    tree = ast.parse(inspect.getsource(function))
    asked = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "require"
    ]
    return {arg.value for node in asked for arg in node.args[2:3] if isinstance(arg, ast.Constant)}


def call(function: Callable[..., Any], actor: Actor, store: Any) -> None:
    """Call with nothing but nonsense behind the actor and the store: the permission must be asked before any of it."""
    parameters = list(inspect.signature(function).parameters.values())[2:]
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    given = Nonsense("nonsense")
    positional = [given for p in needed if p.kind is not p.KEYWORD_ONLY]
    function(actor, store, *positional, **{p.name: given for p in needed if p.kind is p.KEYWORD_ONLY})


def everything(store) -> dict[str, tuple[int, str]]:
    trail = {"audit", "audit_heads"}
    with store.read() as cursor:
        return {name: proof(cursor, name) for name in tables(cursor) if name not in trail}


def test_there_are_services_to_ask():
    assert len(SERVICES) > 100


@pytest.mark.parametrize("area", sorted({name.split(".")[0] for name in SERVICES}))
def test_whoever_has_no_right_is_denied_noted_and_changes_nothing(store, area):
    before = everything(store)
    mine = {name: function for name, function in SERVICES.items() if name.startswith(f"{area}.")}
    open_to_all = []
    for name, function in mine.items():
        try:
            call(function, STRANGER, store)
        except NotAllowed:
            continue
        except Exception as error:  # noqa: BLE001 - whatever came before the permission
            open_to_all.append(f"{name}: {type(error).__name__} before the permission was asked")
        else:
            open_to_all.append(name)
    assert not open_to_all
    assert everything(store) == before
    with store.read() as cursor:
        noted = cursor.execute("SELECT count(*) FROM audit WHERE outcome = 'denied' AND actor = 'stranger'").fetchone()
    assert noted == (len(mine),)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_is_denied_exactly_what_the_table_does_not_give_it(store, role):
    """Only functions that ask for one permission by name, so that the table's answer is known."""
    actor = person("p", role)
    may = {permission.name for permission in PERMISSIONS if role in permission.roles}
    wrong = []
    for name, function in SERVICES.items():
        asked = permission_of(function)
        if len(asked) != 1 or asked <= may:
            continue
        try:
            call(function, actor, store)
        except NotAllowed:
            continue
        except Exception as error:  # noqa: BLE001 - whatever came before the permission
            wrong.append(f"{name}: {type(error).__name__}")
        else:
            wrong.append(name)
    assert not wrong


def test_a_function_with_an_actor_takes_it_first():
    late = []
    for module in pkgutil.iter_modules(core.services.__path__):
        loaded = importlib.import_module(f"core.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                parameters = list(inspect.signature(function).parameters)
                if "actor" in parameters and parameters[0] != "actor":
                    late.append(f"{module.name}.{name}")
    assert not late
