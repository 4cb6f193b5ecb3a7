"""One walk: a batch goes from station to station inside one transaction until every order rests, ends, or must be asked about.

All or nothing: what a station raises undoes the whole walk, and the runner then goes carefully, a station at a time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from core.flow.document import Edition
from core.flow.graph import Node
from core.flow.station import Context, Moves, Rest
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store, flow_runs, tokens
from core.store.flow_runs import Pass
from core.store.tokens import READY, RESTING, End, Token

ROUND_AGAIN = timedelta(minutes=1)  # an order that comes to the same station twice in one walk goes on this much later
_HELD = Rest("held")


class StationFailed(Exception):
    """A station raised. `keys` are the orders it had before it."""

    def __init__(self, node: str, keys: Sequence[int], cause: Exception) -> None:
        super().__init__(f"{node}: {cause}")
        self.node, self.keys, self.cause = node, list(keys), cause


@dataclass(slots=True)
class Walked:
    """What a walk did: orders that moved, orders decided by station kind, how many ended."""

    moved: set[int] = field(default_factory=set)
    by_station: dict[str, int] = field(default_factory=dict)
    ended: int = 0


class Walk:
    """Takes the tokens of one edition through it. `steps` caps how many stations are walked (1: carefully)."""

    def __init__(
        self, store: Store, vault: Vault, app: Settings, edition: Edition, cursor: Cursor, now: datetime, *,
        asked: Mapping[tuple[str, int], Any] | None = None, steps: int | None = None,
    ) -> None:  # fmt: skip
        self.store, self.vault, self.app, self.edition = store, vault, app, edition
        self.cursor, self.now, self.steps = cursor, now, steps
        self.asked = asked or {}
        self.standing: dict[str, dict[int, list[Token]]] = {}
        self.resting: list[Token] = []
        self.ends: list[End] = []
        self.paths: dict[int, list[str]] = {}
        self.passes: list[Pass] = []
        self.visited: set[tuple[str, int]] = set()
        self.gone: set[tuple[int, str]] = set()  # tokens that a split replaced
        self.walked = Walked()

    def run(self, batch: Sequence[Token], *, known: bool) -> Walked:
        """Walk the batch and write where it stands. `known`: the tokens have rows already."""
        before = [(token.order_key, token.parcel) for token in batch] if known else []
        self.since = min((token.pool_at for token in batch), default=None)
        for token in batch:
            self.standing.setdefault(token.node, {}).setdefault(token.order_key, []).append(replace(token))
        while self.standing and (self.steps is None or self.steps > 0):
            node = min(self.standing, key=lambda name: self.edition.graph.rank.get(name, -1))
            self._at(node, self.standing.pop(node))
            if self.steps is not None:
                self.steps -= 1
        for at in self.standing.values():
            for group in at.values():
                self.resting += group
        self._write(before)
        return self.walked

    def _at(self, name: str, here: dict[int, list[Token]]) -> None:
        node = self.edition.graph.nodes[name]
        keys = self._go_in(node, here)
        if not keys:
            return
        begun = perf_counter()
        context = self.context(node, keys, here)
        held = self._held(keys) if node.station.stops_held else []
        context.rests.update(dict.fromkeys(held, _HELD))
        free = [key for key in keys if key not in context.rests]
        try:
            moves = node.station.decide(context, free) if free else {}
        except Exception as error:
            raise StationFailed(name, keys, error) from error
        seconds = perf_counter() - begun
        complete(node, free, moves, context)
        self.walked.by_station[node.station.kind] = self.walked.by_station.get(node.station.kind, 0) + len(keys)
        share = seconds / len(keys)
        for outcome, moved in moves.items():
            if moved:
                self._note(name, outcome, moved, here, share)
                self._on(node, outcome, moved, here, context)
        if context.rests:
            self._stay(name, context.rests, here, share)

    def context(self, node: Node, keys: Sequence[int], here: Mapping[int, list[Token]]) -> Context:
        """What the station works with."""
        asked = {key: self.asked[node.id, key] for key in keys if (node.id, key) in self.asked}
        entered = {key: here[key][0].arrived_at for key in keys}
        return Context(
            self.store, self.vault, self.app, node.settings, self.edition.name, self.edition.version, node.id, self.now,
            node.given, self.cursor, self.since, asked, entered,
        )  # fmt: skip

    def _go_in(self, node: Node, here: dict[int, list[Token]]) -> list[int]:
        """Those that may be decided here now: the others stand ready for the next walk."""
        keys = []
        must_ask = node.station.asks_with(self.store, node.settings)
        for key, group in here.items():
            if must_ask and (node.id, key) not in self.asked:
                self._stand(group, node.id, READY, "to_ask", None)
            elif (node.id, key) in self.visited:
                self._stand(group, node.id, READY, "again", self.now + ROUND_AGAIN)
            else:
                self.visited.add((node.id, key))
                keys.append(key)
        return keys

    def _held(self, keys: Sequence[int]) -> list[int]:
        rows = self.cursor.execute(*tokens.held_among(keys, self.since)).fetchall()
        return [row[0] for row in rows]

    def _on(
        self, node: Node, outcome: str, moved: Sequence[int], here: Mapping[int, list[Token]], context: Context
    ) -> None:
        target = self.edition.graph.ways.get((node.id, outcome))
        if target is None:
            found = next((o for o in node.station.outcomes_of(node.given) if o.name == outcome), None)
            if found is not None and found.holds:
                again = node.station.look_again
                rest = Rest(outcome, self.now + again if again else None)
                self._stay(node.id, dict.fromkeys(moved, rest), here, 0.0, noted=True)
                return
        self.walked.moved.update(moved)
        for key in moved:
            group = self._parcels(key, here[key], context)
            if target is None:
                self.walked.ended += 1
                self.ends += [End(key, t.parcel, t.flow, t.version, node.id, outcome, t.entered_at) for t in group]
                continue
            for token in group:
                token.node, token.state, token.reason, token.wake_at = target, READY, "", None
                token.arrived_at, token.attempts, token.error = self.now, 0, ""
            self.standing.setdefault(target, {})[key] = [*self.standing.get(target, {}).get(key, ()), *group]

    def _parcels(self, key: int, group: list[Token], context: Context) -> list[Token]:
        parcels = context.parcels.get(key)
        if not parcels or {token.parcel for token in group} == set(parcels):
            return group
        self.gone.update((key, token.parcel) for token in group)
        return [replace(group[0], parcel=parcel) for parcel in parcels]

    def _stay(
        self,
        name: str,
        rests: Mapping[int, Rest],
        here: Mapping[int, list[Token]],
        share: float,
        *,
        noted: bool = False,
    ) -> None:
        if not noted:
            self._note(name, "", list(rests), here, share)
        for key, rest in rests.items():
            self._stand(here[key], name, RESTING, rest.reason, rest.until)

    def _stand(self, group: Sequence[Token], node: str, state: str, reason: str, until: datetime | None) -> None:
        for token in group:
            token.node, token.state, token.reason, token.wake_at, token.changed_at = (
                node,
                state,
                reason,
                until,
                self.now,
            )
            token.attempts, token.error = 0, ""
        self.resting += group

    def _note(
        self, name: str, outcome: str, keys: Sequence[int], here: Mapping[int, list[Token]], share: float
    ) -> None:
        stood = median((self.now - here[key][0].arrived_at).total_seconds() for key in keys)
        self.passes.append(Pass(name, outcome, len(keys), share * len(keys), stood))
        step = f"{name}>{outcome}"
        for key in keys:
            self.paths.setdefault(key, []).append(step)

    def _write(self, before: Sequence[tuple[int, str]]) -> None:
        after = {(token.order_key, token.parcel) for token in self.resting}
        tokens.remove(
            self.cursor, [pair for pair in before if pair not in after] + [p for p in self.gone if p not in after]
        )
        tokens.place(self.cursor, self.resting, known=bool(before))
        tokens.end(self.cursor, self.ends, self.now)
        name, version = self.edition.name, self.edition.version
        flow_runs.keep(self.cursor, name, version, self.passes, self.now)
        kept = {key: steps for key, steps in self.paths.items() if key in self.walked.moved}
        same = {steps: json.dumps(steps) for steps in {tuple(steps) for steps in kept.values()}}
        flow_runs.keep_paths(
            self.cursor, name, version, list(kept), [same[tuple(steps)] for steps in kept.values()], self.now
        )


def complete(node: Node, keys: Sequence[int], moves: Moves, context: Context) -> None:
    """A station that forgets or doubles an order, or names an outcome it does not have, is a defect: nothing is written."""
    said = [key for moved in moves.values() for key in moved]
    known = {outcome.name for outcome in node.station.outcomes_of(node.given)}
    odd = set(moves) - known
    missing = set(keys) - set(said) - set(context.rests)
    if odd or missing or len(said) != len(set(said)) or set(said) - set(keys) or set(said) & set(context.rests):
        cause = ValueError(f"station {node.station.kind} lost or doubled orders, or left by {sorted(odd)}")
        raise StationFailed(node.id, keys, cause)
