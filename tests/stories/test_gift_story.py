"""The seed's gift story: gifts follow the quantity bought, carry their own pick barcode, and end with the activity."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from core.decide import offers
from core.store import Store, order_detail
from tests.promotion_orders import BUY_3_GET_1, NOON, ZONE, free, gift, gift_lines, order, publish, refund

BARCODE = "6900000000017"


def test_given_buy_three_get_one_when_seven_are_paid_then_two_gifts_with_their_own_barcode_are_picked(
    store: Store,
) -> None:
    # given an activity that gives one for each three, and gifts on the shelf
    gift(store, 10)
    publish(store, BUY_3_GET_1)
    # when an order of seven is paid while it runs, and one of two
    order(store, 1, ("CAT", 7, 5000))
    order(store, 2, ("CAT", 2, 5000))
    decided = offers.decide(store, ZONE)
    # then two gifts lie on its pick list, for nothing, and the stock is two less
    assert gift_lines(store) == [(1, "GIFT", 2, BARCODE, 0, "b3g1")]
    assert (decided.orders, decided.given, free(store)) == (2, 2, 8)
    told = next(e for e in order_detail.events(store, 1) if e.event == "gift_granted")
    assert (told.reason, told.detail) == ("买三赠一", '{"sku": "GIFT ×2"}')


def test_given_nobody_switched_it_off_when_an_order_is_paid_at_or_after_its_end_then_it_gives_nothing(
    store: Store,
) -> None:
    gift(store, 10)
    publish(store, BUY_3_GET_1)
    end = NOON + timedelta(hours=12)  # midnight of the shop
    order(store, 1, ("CAT", 3, 5000), paid_at=end - timedelta(seconds=1))
    order(store, 2, ("CAT", 3, 5000), paid_at=end)
    order(store, 3, ("CAT", 3, 5000), paid_at=end + timedelta(seconds=1))
    offers.decide(store, ZONE)
    assert [line[0] for line in gift_lines(store)] == [1]
    assert free(store) == 9


def test_given_an_order_of_the_running_activity_that_arrives_late_then_it_still_gets_its_gift(store: Store) -> None:
    gift(store, 1)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 5000), pool_at=NOON + timedelta(days=30))
    offers.decide(store, ZONE)
    assert [line[0] for line in gift_lines(store)] == [1]


def test_given_few_gifts_when_batches_run_at_once_then_each_gift_is_given_once_and_the_stock_ends_at_zero(
    store: Store,
) -> None:
    gift(store, 25)
    publish(store, BUY_3_GET_1)
    for key in range(1, 61):
        order(store, key, ("CAT", 3, 5000))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: offers.decide(store, ZONE, limit=7), range(16)))
    assert free(store) == 0
    # in arrival order: the first 25 have one each
    assert [line[0] for line in gift_lines(store)] == list(range(1, 26))


def test_given_a_gift_when_a_refund_before_shipping_takes_the_quantity_below_three_then_the_gift_goes_back(
    store: Store,
) -> None:
    gift(store, 5)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 5000))
    offers.decide(store, ZONE)
    assert free(store) == 4
    # a request alone takes nothing away
    refund(store, 1, "1", 5000, "WAIT_SELLER_AGREE")
    offers.recheck(store, ZONE)
    assert free(store) == 4
    # the refund of one unit does
    refund(store, 1, "1", 5000, "SUCCESS")
    taken = offers.recheck(store, ZONE)
    assert (taken.withdrawn, gift_lines(store), free(store)) == (1, [], 5)
    told = next(e for e in order_detail.events(store, 1) if e.event == "gift_withdrawn")
    assert (told.reason, told.detail) == ("买三赠一", '{"sku": "GIFT ×1"}')
    # and looking again changes nothing more
    assert offers.recheck(store, ZONE).orders == 0
