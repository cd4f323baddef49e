from tollfree.server.rate import REMEMBERED, WINDOW_S, Rate


def test_what_was_refused_is_not_counted_for_anybody() -> None:
    rate = Rate()
    assert rate.take(0, {"agent": 1}) == 0
    assert rate.take(10, {"agent": 1, "address": 1}) == WINDOW_S - 10
    assert rate.take(11, {"address": 1}) == 0
    assert rate.take(WINDOW_S, {"agent": 1}) == 0


def test_only_so_many_names_are_remembered() -> None:
    rate = Rate()
    for number in range(REMEMBERED + 1):
        rate.take(0, {str(number): 1})
    assert rate.take(0, {"0": 1}) == 0 and rate.take(0, {str(REMEMBERED): 1}) > 0
