"""Shared, by share, and the last pieces for one channel."""

import hypothesis.strategies as st
from hypothesis import given

from core.stock.allocation import HYBRID, MODES, SHARE, allocate

CHANNELS = ("taobao", "jd", "doudian")


def test_every_channel_shows_all_when_shared() -> None:
    assert allocate(7, CHANNELS) == {"taobao": 7, "jd": 7, "doudian": 7}


def test_shares_are_rounded_down_and_the_rest_goes_to_the_first_channel() -> None:
    shares = {"taobao": 50, "jd": 30, "doudian": 20}
    assert allocate(7, CHANNELS, mode=SHARE, shares=shares, priority="jd") == {"taobao": 3, "jd": 3, "doudian": 1}
    assert allocate(7, CHANNELS, mode=SHARE, shares={"jd": 30}, priority="taobao") == {
        "taobao": 5,
        "jd": 2,
        "doudian": 0,
    }


def test_below_the_threshold_only_one_channel_goes_on_selling() -> None:
    assert allocate(11, CHANNELS, mode=HYBRID, priority="jd", threshold=10) == {"taobao": 11, "jd": 11, "doudian": 11}
    assert allocate(10, CHANNELS, mode=HYBRID, priority="jd", threshold=10) == {"taobao": 0, "jd": 10, "doudian": 0}


@given(st.integers(-50, 5000), st.sampled_from(sorted(MODES)), st.lists(st.integers(0, 33), min_size=3, max_size=3))
def test_nothing_is_shown_below_zero_and_shares_never_exceed_the_whole(available, mode, parts) -> None:
    shares = dict(zip(CHANNELS, parts, strict=True))
    given = allocate(available, CHANNELS, mode=mode, shares=shares, priority="taobao", threshold=20)
    assert all(qty >= 0 for qty in given.values())
    assert max(given.values()) <= max(0, available)
    if mode == SHARE:
        assert sum(given.values()) == max(0, available)
