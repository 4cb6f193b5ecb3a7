"""One walk: a batch goes from station to station inside one transaction until every order rests, ends, or must be asked about.

All or nothing: what a station raises undoes the whole walk, and the runner then goes carefully, a station at a time.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
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
_SAMPLE = 200  # of a batch: enough to tell the median stay


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
    """Takes the tokens of one edition through it. `steps` caps how many stations are walked (1: carefully).

    `watch` lets a bench time the stations; nobody else sets it.
    """

    watch: Callable[[str], AbstractContextManager[None]] | None = None

    def __init__(
        self, store: Store, vault: Vault, app: Settings, edition: Edition, cursor: Cursor, now: datetime, *,
        asked: Mapping[tuple[str, int], Any] | None = None, steps: int | None = None,
    ) -> None:  # fmt: skip
        self.store, self.vault, self.app, self.edition = store, vault, app, edition
        self.cursor, self.now, self.steps = cursor, now, steps
        self.asked = asked or {}
        self.standing: dict[str, list[int]] = {}
        self.tokens: dict[int, list[Token]] = {}
        self.resting: list[Token] = []
        self.ends: list[End] = []
        self.passes: list[Pass] = []
        self.paths = _Paths()
        self.visited: dict[str, set[int]] = {}
        self.gone: set[tuple[int, str]] = set()  # tokens that a split replaced
        self.walked = Walked()

    def run(self, batch: Sequence[Token], *, known: bool) -> Walked:
        """Walk the batch and write where it stands. `known`: the tokens have rows already."""
        before = [(token.order_key, token.parcel) for token in batch] if known else []
        self.since = min((token.pool_at for token in batch), default=None)
        for token in batch:
            if token.order_key not in self.tokens:  # the parcels of an order stand and go together
                self.standing.setdefault(token.node, []).append(token.order_key)
            self.tokens.setdefault(token.order_key, []).append(token)
        rank = self.edition.graph.rank
        while self.standing and (self.steps is None or self.steps > 0):
            node = min(self.standing, key=lambda name: rank.get(name, -1))
            self._at(node, self.standing.pop(node))
            if self.steps is not None:
                self.steps -= 1
        for node, keys in self.standing.items():
            self._stand(keys, node, READY, Rest(""))
        self._write(before)
        return self.walked

    def _at(self, name: str, here: list[int]) -> None:
        node = self.edition.graph.nodes[name]
        keys = self._go_in(node, here)
        if not keys:
            return
        begun = perf_counter()
        context = self.context(node, keys)
        held = self._held(keys) if node.station.stops_held else []
        context.rests.update(dict.fromkeys(held, _HELD))
        free = [key for key in keys if key not in context.rests] if held else keys
        try:
            with self._watch(node):
                moves = node.station.decide(context, free) if free else {}
        except Exception as error:
            raise StationFailed(name, keys, error) from error
        seconds = perf_counter() - begun
        complete(node, free, moves, context)
        self.walked.by_station[node.station.kind] = self.walked.by_station.get(node.station.kind, 0) + len(keys)
        share = seconds / len(keys)
        for outcome, moved in moves.items():
            if moved:
                self._note(name, outcome, moved, share)
                self._on(node, outcome, moved, context)
        if context.rests:
            self._note(name, "", list(context.rests), share)
            by_rest: dict[Rest, list[int]] = {}
            for key, rest in context.rests.items():
                by_rest.setdefault(rest, []).append(key)
            for rest, chosen in by_rest.items():
                self._stand(chosen, name, RESTING, rest)

    @staticmethod
    def _watch(node: Node) -> AbstractContextManager[None]:
        return Walk.watch(f"at_{node.id}") if Walk.watch is not None else nullcontext()

    def context(self, node: Node, keys: Sequence[int]) -> Context:
        """What the station works with."""
        asked = {key: self.asked[node.id, key] for key in keys if (node.id, key) in self.asked} if self.asked else {}
        return Context(
            self.store, self.vault, self.app, node.settings, self.edition.name, self.edition.version, node.id, self.now,
            node.given, self.cursor, self.since, asked, _Came(self, keys),
        )  # fmt: skip

    def came(self, key: int) -> datetime:
        """When the order came to the node where it stands in this walk."""
        return self.now if key in self.walked.moved else self.tokens[key][0].arrived_at

    def _go_in(self, node: Node, here: list[int]) -> list[int]:
        """Those that may be decided here now: the others stand ready for the next walk."""
        seen = self.visited.setdefault(node.id, set())
        again = seen.intersection(here)
        if again:
            self._stand(sorted(again), node.id, READY, Rest("again", self.now + ROUND_AGAIN))
            here = [key for key in here if key not in again]
        if here and node.station.asks_with(self.store, node.settings):
            unasked = {key for key in here if (node.id, key) not in self.asked}
            self._stand([key for key in here if key in unasked], node.id, READY, Rest("to_ask"))
            here = [key for key in here if key not in unasked]
        seen.update(here)
        return here

    def _held(self, keys: Sequence[int]) -> list[int]:
        held = tokens.held_among(self.cursor, keys, self.since)
        return [key for key in keys if key in held] if held else []

    def _on(self, node: Node, outcome: str, moved: Sequence[int], context: Context) -> None:
        target = self.edition.graph.ways.get((node.id, outcome))
        if target is None:
            found = next((o for o in node.station.outcomes_of(node.given) if o.name == outcome), None)
            if found is not None and found.holds:
                again = node.station.look_again
                self._stand(moved, node.id, RESTING, Rest(outcome, self.now + again if again else None))
                return
        self.walked.moved.update(moved)
        for key in context.parcels.keys() & set(moved):
            self._split(key, context.parcels[key])
        if target is not None:
            self.standing.setdefault(target, []).extend(moved)
            return
        self.walked.ended += len(moved)
        for key in moved:
            self.ends += [
                End(key, t.parcel, t.flow, t.version, node.id, outcome, t.entered_at) for t in self.tokens[key]
            ]

    def _split(self, key: int, parcels: Sequence[str]) -> None:
        group = self.tokens[key]
        if {token.parcel for token in group} != set(parcels):
            self.gone.update((key, token.parcel) for token in group)
            self.tokens[key] = [replace(group[0], parcel=parcel) for parcel in parcels]

    def _stand(self, keys: Iterable[int], node: str, state: str, rest: Rest) -> None:
        """The orders stay here until the next walk: new rows, so that a walk that fails leaves the old ones as they were."""
        now = self.now
        self.resting += [
            Token(
                t.order_key, t.parcel, t.flow, t.version, node, state, rest.reason, rest.until, t.entered_at,
                now if key in self.walked.moved else t.arrived_at, None, 0, "", t.pool_at, now,
            )
            for key in keys
            for t in self.tokens[key]
        ]  # fmt: skip

    def _note(self, name: str, outcome: str, keys: Sequence[int], share: float) -> None:
        sample = keys[:_SAMPLE]
        stood = median((self.now - self.came(key)).total_seconds() for key in sample)
        self.passes.append(Pass(name, outcome, len(keys), share * len(keys), stood))
        self.paths.step(keys, f"{name}>{outcome}")

    def _write(self, before: Sequence[tuple[int, str]]) -> None:
        if before or self.gone:
            after = {(token.order_key, token.parcel) for token in self.resting}
            left = [pair for pair in before if pair not in after] + [p for p in self.gone if p not in after]
            tokens.remove(self.cursor, left)
        tokens.place(self.cursor, self.resting, known=bool(before))
        tokens.end(self.cursor, self.ends, self.now)
        name, version = self.edition.name, self.edition.version
        flow_runs.keep(self.cursor, name, version, self.passes, self.now)
        moved = list(self.walked.moved)
        flow_runs.keep_paths(self.cursor, name, version, moved, self.paths.texts(moved), self.now)


class _Came(Mapping[int, datetime]):
    """When each order came to its node, without making a dictionary of ten thousand for those who never look."""

    def __init__(self, walk: Walk, keys: Sequence[int]) -> None:
        self._walk, self._keys = walk, keys

    def __getitem__(self, key: int) -> datetime:
        return self._walk.came(key)

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class _Paths:
    """The steps of every order: orders that went the same way share one entry."""

    def __init__(self) -> None:
        self._at: dict[int, int] = {}
        self._ways: list[tuple[str, ...]] = [()]

    def step(self, keys: Sequence[int], step: str) -> None:
        """These orders took one step more."""
        made: dict[int, int] = {}
        for old in set(map(self._at.get, keys)):
            self._ways.append((*self._ways[old or 0], step))
            made[old or 0] = len(self._ways) - 1
        if len(made) == 1:
            self._at.update(dict.fromkeys(keys, next(iter(made.values()))))
        else:
            at = self._at
            at.update({key: made[at.get(key, 0)] for key in keys})

    def texts(self, keys: Sequence[int]) -> list[str]:
        """The orders' ways as JSON lists."""
        same = [json.dumps(way) for way in self._ways]
        return [same[self._at[key]] for key in keys]


def complete(node: Node, keys: Sequence[int], moves: Moves, context: Context) -> None:
    """A station that forgets or doubles an order, or names an outcome it does not have, is a defect: nothing is written."""
    said = [key for moved in moves.values() for key in moved]
    known = {outcome.name for outcome in node.station.outcomes_of(node.given)}
    odd = set(moves) - known
    missing = set(keys) - set(said) - set(context.rests)
    if odd or missing or len(said) != len(set(said)) or set(said) - set(keys) or set(said) & set(context.rests):
        cause = ValueError(f"station {node.station.kind} lost or doubled orders, or left by {sorted(odd)}")
        raise StationFailed(node.id, keys, cause)
