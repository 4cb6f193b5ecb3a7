from core.store import Store, holds


def held(store: Store) -> list[tuple[int, bool | None, str | None]]:
    with store.read() as cursor:
        return cursor.execute("SELECT order_key, held, held_reasons FROM orders ORDER BY order_key").fetchall()


def fill(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no) SELECT i, 'jd', 's', i FROM range(3) r(i)"
        )


def test_a_reason_is_added_once_with_one_event_and_other_reasons_stay(store: Store) -> None:
    fill(store)
    with store.write() as cursor:
        assert holds.add(cursor, [0, 1], "risk_freeze", actor="system", why="r1") == [0, 1]
        assert holds.add(cursor, [0], "risk_freeze", actor="system") == []
        assert holds.add(cursor, [0], "refund_open", actor="system") == [0]
    assert held(store) == [(0, True, '["risk_freeze","refund_open"]'), (1, True, '["risk_freeze"]'), (2, None, None)]
    with store.read() as cursor:
        events = cursor.execute("SELECT platform_no, event, reason FROM order_events ORDER BY 1, 3").fetchall()
    assert events == [("0", "held", "refund_open"), ("0", "held", "risk_freeze"), ("1", "held", "risk_freeze")]


def test_lifting_one_reason_leaves_the_others_and_the_last_one_releases(store: Store) -> None:
    fill(store)
    with store.write() as cursor:
        holds.add(cursor, [0], "risk_freeze", actor="system")
        holds.add(cursor, [0], "refund_open", actor="system")
        assert holds.lift(cursor, [0, 1], "risk_freeze", actor="lead") == [0]
    assert held(store)[0] == (0, True, '["refund_open"]')
    with store.write() as cursor:
        holds.lift(cursor, [0], "refund_open", actor="lead")
    assert held(store)[0] == (0, False, "[]")
