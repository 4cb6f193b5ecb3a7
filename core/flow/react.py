"""What happens to orders in flight when they change: a cancellation takes them out and gives back what was taken, a refund
holds them at once, and everything else lets them be looked at again where they stand."""

from collections.abc import Sequence
from dataclasses import replace

from core.errors import DanliuError
from core.flow import gate
from core.flow.document import Book, Edition
from core.flow.station import Context, Station
from core.store import Cursor, tokens
from core.store.tokens import End, Token


def react(context: Context, cursor: Cursor, changed: Sequence[tuple[int, str, bool]], known: Book) -> None:
    """See to the changed orders: (order_key, status, whether it carries a word of a refund)."""
    context.open_cursor = cursor
    gone = [key for key, status, _refund in changed if status == "CANCELLED"]
    rest = [key for key, status, _refund in changed if status != "CANCELLED"]
    if gone:
        leave(context, gone, known, "cancelled")
    if rest:
        gate.guard(cursor, rest)
        tokens.wake(cursor, rest, context.now)


def leave(context: Context, keys: Sequence[int], known: Book, outcome: str) -> None:
    """Take the orders out of their flows; every station that took something from them gives it back."""
    cursor = context.cursor
    batch = tokens.of_orders(cursor, keys)
    by_edition: dict[tuple[str, int], list[Token]] = {}
    for token in batch:
        by_edition.setdefault((token.flow, token.version), []).append(token)
    for (name, version), group in by_edition.items():
        try:
            edition = known.edition(context.store, name, version)
        except (DanliuError, StopIteration):
            continue
        undo(context, edition, sorted({token.order_key for token in group}))
    tokens.remove(cursor, [(token.order_key, token.parcel) for token in batch])
    ends = [End(t.order_key, t.parcel, t.flow, t.version, t.node, outcome, t.entered_at) for t in batch]
    tokens.end(cursor, ends, context.now)


def undo(context: Context, edition: Edition, keys: Sequence[int], *, until: str = "") -> None:
    """Let the stations give back what they took, the last first; `until`: only those after this node."""
    graph = edition.graph
    least = graph.rank.get(until, -1) if until else -1
    for name in sorted(graph.nodes, key=lambda each: graph.rank.get(each, -1), reverse=True):
        node = graph.nodes[name]
        if graph.rank.get(name, -1) > least and type(node.station).undo is not Station.undo:
            own = replace(
                context, settings=node.settings, given=node.given, node=name, flow=edition.name, version=edition.version
            )
            node.station.undo(own, keys)
