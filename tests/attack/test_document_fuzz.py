"""Rules, flows and mappings with any one or two of their places replaced by junk: read, or refused in words; never a breakdown."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from core.errors import DanliuError
from core.flow import check as flow_check
from core.flow import document as flow_document
from core.mapping.document import parse
from core.model.fields import Catalogue
from core.rules import condition
from core.rules.ruleset import read_rule_set
from core.settings import ROOT
from core.store import Store, catalogue

ROUNDS = int(os.environ.get("DANLIU_FUZZ", "300"))
JUNK: tuple[Any, ...] = (
    None, True, -1, 10**400, 1e308, float("inf"), float("nan"), "", "\x00", "\ud800", "x" * 5000, "'; DROP TABLE orders; --",
    "$.a[*].b", "$", [], [[]], {}, {"": None}, {"a": {"b": []}}, [None], [{}], [1, "a"], {"all": [{}]}, {"from": 1}, "{0.__class__}",
)  # fmt: skip
Reader = Callable[[Any, Catalogue], Any]


def _bodies() -> list[tuple[Reader, dict[str, Any]]]:
    found: list[tuple[Reader, dict[str, Any]]] = [(flow_check.read, flow_document.starter())]
    found.append((flow_check.check, flow_document.starter()))
    for folder, reader in (("rules", read_rule_set), ("mappings", parse)):
        for path in sorted((ROOT / "data" / folder).glob("*.json"))[:4]:
            found.append((reader, json.loads(path.read_text(encoding="utf-8"))))
    return found


def _places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = body.items() if isinstance(body, Mapping) else enumerate(body) if isinstance(body, list) else ()
    found = [path] if path else []
    for key, value in inside:
        found += _places(value, (*path, key))
    return found


def _spoilt(body: dict[str, Any], chance: Random) -> dict[str, Any]:
    spoilt = deepcopy(body)
    for _place in range(chance.choice((1, 1, 2))):
        place = chance.choice(_places(spoilt))
        inside = spoilt
        for key in place[:-1]:
            inside = inside[key]
        if chance.random() < 0.15 and isinstance(inside, dict):
            inside[chance.choice(("", "x", "when", "nodes", "then"))] = inside.pop(place[-1])
        else:
            inside[place[-1]] = chance.choice(JUNK)
        if not _places(spoilt):
            break
    return spoilt


@pytest.mark.parametrize("number", range(len(_bodies())))
def test_a_spoilt_document_is_read_or_refused_in_words(store: Store, number: int) -> None:
    reader, body = _bodies()[number]
    known, chance = catalogue.load(store), Random(number)
    reader(body, known)
    for _round in range(ROUNDS // len(_bodies())):
        spoilt = _spoilt(body, chance)
        try:
            with suppress(DanliuError):
                reader(spoilt, known)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}") from error


@pytest.mark.parametrize(
    "junk", [junk for junk in JUNK if not isinstance(junk, float)], ids=lambda junk: repr(junk)[:20]
)
def test_what_is_no_document_at_all_is_refused(store: Store, junk: Any) -> None:
    known = catalogue.load(store)
    for reader in (flow_check.read, read_rule_set):
        with pytest.raises(DanliuError):
            reader(junk, known)


@pytest.mark.parametrize(
    "when",
    [
        {"field": {"a": 1}, "op": "=", "value": 1},
        {"count": "orders", "same": {}, "within": "24h", "op": ">", "value": 1},
        {"count": "orders", "same": "phone", "within": "²h", "op": ">", "value": 1},
        {"count": "orders", "same": "phone", "within": "24h", "op": ">", "value": float("nan")},
        {"count": "orders", "same": "phone", "within": "24h", "op": ">", "value": float("inf")},
    ],
)
def test_a_condition_of_odd_values_is_refused(store: Store, when: dict[str, Any]) -> None:
    with pytest.raises(DanliuError):
        condition.read(when, catalogue.load(store))
