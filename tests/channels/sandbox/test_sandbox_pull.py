"""A careful client reaches the whole truth, with and without faults."""

from typing import Any

import pytest

from core.channels.sandbox import FAULTS

SHOPS = ("taobao-1", "taobao-2", "jd-1", "doudian-1", "pinduoduo-1", "wechat-1")


def _without_modified(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {number: {key: value for key, value in row.items() if key != "modified"} for number, row in found.items()}


@pytest.mark.parametrize("shop", SHOPS)
def test_a_careful_client_gets_exactly_the_truth(bench: Any, shop: str) -> None:
    running = bench(seed=3)
    truth = running.truth(shop)
    assert len(truth) > 100
    assert _without_modified(running.pull(shop)) == truth


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("seed", [1, 2])
def test_with_every_fault_a_client_that_repeats_still_gets_exactly_the_truth(bench: Any, shop: str, seed: int) -> None:
    running = bench(seed=seed, faults=FAULTS)
    assert _without_modified(running.pull(shop)) == running.truth(shop)
