"""How the raw texts of a batch are packed."""

import orjson
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store import staging
from core.store.raw import sealed, unpacked


def _packed(bodies: pa.ChunkedArray) -> bytes:
    kept: list[bytes] = []
    done = sealed(lambda plain: kept.append(plain) or "", bodies)
    assert (done.count, done.size) == (len(bodies), len(kept[0]))
    return kept[0]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_what_was_packed_comes_out_as_it_was(texts: list[str]) -> None:
    assert unpacked(_packed(staging.relation(texts)["body"])) == texts


def test_a_part_of_a_batch_is_packed_without_the_rest() -> None:
    bodies = staging.relation([f'{{"单号": {number}}}\n' for number in range(6000)])
    some = bodies.filter(pa.array([number % 2500 in (1, 7) for number in range(6000)]))["body"]
    assert unpacked(_packed(some)) == [f'{{"单号": {number}}}\n' for number in (1, 7, 2501, 2507, 5001, 5007)]
    assert unpacked(_packed(bodies["body"].slice(2499, 2))) == ['{"单号": 2499}\n', '{"单号": 2500}\n']


def test_a_batch_of_an_older_version_can_be_read() -> None:
    assert unpacked(orjson.dumps(['{"id": "1"}', "[", ""])) == ['{"id": "1"}', "[", ""]
