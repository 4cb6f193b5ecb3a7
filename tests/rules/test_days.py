from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from core.rules.days import day_number
from core.store import Store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).date()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_the_day_of_an_instant_is_that_of_the_zone_also_around_changes_of_the_clock(store: Store, zone: str) -> None:
    changes = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
    moments = st.integers(946_771_200, 2_840_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
    near = st.builds(
        lambda moment, seconds: datetime.fromtimestamp(moment.timestamp() + seconds, UTC),
        st.sampled_from(changes), st.integers(-90_000, 90_000),
    )  # fmt: skip

    @rounds(max_examples=40, deadline=None)
    @given(st.lists(moments | near, min_size=1, max_size=30))
    def agree(moments: list[datetime]) -> None:
        with store.read() as cursor:
            said = cursor.execute(
                f"SELECT {day_number(zone)} FROM (SELECT epoch_us(unnest(?::TIMESTAMPTZ[])) AS t)", [moments]
            ).fetchall()
        wanted = [(moment.astimezone(ZoneInfo(zone)).date() - EPOCH).days for moment in moments]
        assert sorted(row[0] for row in said) == sorted(wanted)

    agree()
