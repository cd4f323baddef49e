"""Kill -9 of a call's process, through the real server, worker and engines (benchmarks/kill.py does it ten times)."""

import pytest

from tests.journeys.killing import caller_says, order_is_placed, survive
from tests.journeys.shop_line import ShopLine

pytestmark = [pytest.mark.livekit, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PLACED = ["3 medium cheese pizzas and a Caesar salad"]


@pytest.mark.parametrize("moment", [caller_says(1), order_is_placed(2.0)], ids=["in a turn", "placing the order"])
async def test_an_order_cut_off_by_kill_9_goes_on_with_its_cart_and_is_placed_once(line: ShopLine, moment):
    survived = await survive(line, moment, "am_michael")
    assert survived.as_typed, survived.words
    assert len(survived.placed) == 1, survived.placed
    assert survived.differences == ()
    assert survived.back_s < float("inf")
