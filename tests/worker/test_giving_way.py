"""Who loads, and when."""

import threading
import time
from pathlib import Path

from tollfree.worker.giving_way import LOOK_S, PATIENCE_S, SETTLE_S, GivingWay


class Hands:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.slept = 0.0
        self._began = time.time()

    def now(self) -> float:
        return self._began + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def test_nobody_waits_where_no_call_begins(tmp_path: Path):
    hands = Hands()
    with GivingWay(tmp_path / "new", cores=2, now=hands.now, sleep=hands.sleep).loading():
        assert hands.slept == 0


def test_loading_waits_until_a_call_has_begun(tmp_path: Path):
    hands = Hands()
    way = GivingWay(tmp_path, cores=2, now=hands.now, sleep=hands.sleep)
    way.call_begins()
    with way.loading():
        assert SETTLE_S - 0.5 <= hands.slept <= SETTLE_S + 2 * LOOK_S


def test_a_clock_that_was_set_back_holds_nobody_up(tmp_path: Path):
    hands = Hands()
    way = GivingWay(tmp_path, cores=2, now=lambda: hands.now() - 3600, sleep=hands.sleep)
    way.call_begins()
    with way.loading():
        assert hands.slept == 0


def test_calls_without_end_do_not_keep_others_from_getting_ready(tmp_path: Path):
    hands = Hands()
    way = GivingWay(tmp_path, cores=2, now=time.time, sleep=hands.sleep)
    way.call_begins()
    with way.loading():
        assert PATIENCE_S - 1 <= hands.slept <= PATIENCE_S + 1


def test_half_the_cores_load_at_once_and_the_next_takes_a_place_that_is_given_back(tmp_path: Path):
    hands = Hands()
    inside: list[str] = []

    def way() -> GivingWay:
        return GivingWay(tmp_path, cores=4, now=hands.now, sleep=hands.sleep)

    with way().loading(), way().loading():
        assert hands.slept == 0
        with way().loading():
            assert hands.slept >= PATIENCE_S - 1
        hands.slept = 0
    with way().loading():
        inside.append("third")
    assert inside == ["third"]
    assert hands.slept == 0


def test_a_process_that_waits_goes_on_as_soon_as_it_may(tmp_path: Path):
    first, second = GivingWay(tmp_path, cores=1), GivingWay(tmp_path, cores=1)
    entered = threading.Event()

    def wait() -> None:
        with second.loading():
            entered.set()

    waiting = threading.Thread(target=wait)
    with first.loading():
        waiting.start()
        assert not entered.wait(0.2)
    waiting.join(PATIENCE_S)
    assert entered.is_set()
