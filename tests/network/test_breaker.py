"""The circuit breaker, on a clock that the test moves."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tollfree.network.breaker import Breaker, Limits, Pass, State

LIMITS = Limits(in_a_row=3, window=10, share=0.5, back_off_ms=1000, longest_ms=8000, probe_ms=5000)


@dataclass
class Bench:
    """A breaker and its clock."""

    now_ms: float = 0.0
    breaker: Breaker = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = Breaker(lambda: self.now_ms, LIMITS)

    def entered(self) -> Pass:
        leave = self.breaker.enter()
        assert leave is not None
        return leave

    def opened(self) -> "Bench":
        for _ in range(LIMITS.in_a_row):
            self.entered().failed("http_500")
        return self


def test_failures_in_a_row_open_it_and_fewer_do_not() -> None:
    bench = Bench()
    for _ in range(LIMITS.in_a_row - 1):
        bench.entered().failed("http_500")
    assert bench.breaker.state is State.CLOSED
    bench.entered().failed("model_slow")
    assert bench.breaker.state is State.OPEN
    assert bench.breaker.enter() is None
    assert bench.breaker.health().why == "model_slow"


def test_a_share_of_failures_opens_it_without_a_row_of_them() -> None:
    bench = Bench()
    for _ in range(LIMITS.window // 2):
        assert bench.breaker.state is State.CLOSED
        bench.entered().succeeded()
        bench.entered().failed("http_503")
    assert bench.breaker.state is State.OPEN


def test_one_probe_at_a_time_after_the_back_off() -> None:
    bench = Bench().opened()
    bench.now_ms = 999
    assert bench.breaker.enter() is None
    bench.now_ms = 1000
    probe = bench.entered()
    assert bench.breaker.state is State.HALF_OPEN
    assert bench.breaker.enter() is None
    probe.succeeded()
    assert bench.breaker.state is State.CLOSED


def test_a_probe_that_is_given_up_leaves_its_place_to_the_next() -> None:
    bench = Bench().opened()
    bench.now_ms = 1000
    bench.entered().abandoned()
    bench.entered().succeeded()
    assert bench.breaker.state is State.CLOSED


def test_a_probe_that_is_never_heard_of_again_is_replaced() -> None:
    bench = Bench().opened()
    bench.now_ms = 1000
    bench.entered()
    bench.now_ms += LIMITS.probe_ms
    bench.entered()


def test_a_success_of_before_it_opened_does_not_close_it_and_a_later_one_does() -> None:
    bench = Bench()
    early = bench.entered()
    bench.now_ms = 10
    bench.opened()
    early.succeeded()
    assert bench.breaker.state is State.OPEN
    bench.now_ms = 20
    bench.breaker.force().succeeded()
    assert bench.breaker.state is State.CLOSED


def test_a_forced_failure_does_not_lengthen_the_back_off() -> None:
    bench = Bench().opened()
    for _ in range(10):
        bench.breaker.force().failed("http_500")
    assert bench.breaker.retry_in_ms == LIMITS.back_off_ms


def test_only_the_first_word_on_a_request_counts() -> None:
    bench = Bench()
    leave = bench.entered()
    leave.failed("http_500")
    leave.failed("http_500")
    leave.succeeded()
    health = bench.breaker.health()
    assert (health.asked, health.failed, health.in_a_row) == (1, 1, 1)


@given(st.integers(1, 12))
def test_the_back_off_doubles_with_each_failed_probe_up_to_its_limit(probes: int) -> None:
    bench = Bench().opened()
    for nth in range(probes):
        wait_ms = bench.breaker.retry_in_ms
        assert wait_ms == min(LIMITS.back_off_ms * 2**nth, LIMITS.longest_ms)
        bench.now_ms += wait_ms
        bench.entered().failed("http_500")
    bench.now_ms += bench.breaker.retry_in_ms
    bench.entered().succeeded()
    bench.opened()
    assert bench.breaker.retry_in_ms == LIMITS.back_off_ms


class AnyCourse(RuleBasedStateMachine):
    """Whatever happens, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.out: list[Pass] = []

    @rule(ms=st.floats(0, 10_000))
    def time_passes(self, ms: float) -> None:
        self.bench.now_ms += ms

    @rule()
    def ask(self) -> None:
        closed = self.bench.breaker.state is State.CLOSED
        due = self.bench.breaker.retry_in_ms == 0
        leave = self.bench.breaker.enter()
        assert leave is not None or not closed
        assert leave is None or due
        if leave is not None:
            self.out.append(leave)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), end=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def one_ends(self, data: st.DataObject, end: str) -> None:
        leave = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        before = self.bench.breaker.state
        if end == "failed":
            leave.failed("x")
            assert before is State.CLOSED or self.bench.breaker.state is not State.CLOSED
        else:
            getattr(leave, end)()
            assert before is not State.CLOSED or self.bench.breaker.state is State.CLOSED

    @invariant()
    def it_is_never_shut_for_longer_than_the_limit(self) -> None:
        assert 0 <= self.bench.breaker.retry_in_ms <= LIMITS.longest_ms

    @invariant()
    def its_report_adds_up(self) -> None:
        health = self.bench.breaker.health()
        assert 0 <= health.in_a_row <= health.failed <= health.asked
        assert (health.state is State.CLOSED) or health.why


TestAnyCourse = AnyCourse.TestCase
