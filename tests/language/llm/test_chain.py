"""Chains on a clock that costs nothing: who is asked, in which order, and what is put down."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from tests.fakes.model import ScriptedModel
from tests.language.llm.asking import chat, pieces_of, text_of
from tollfree.calls.virtual_time import run_virtually
from tollfree.language.llm.base import Finished, ModelError, ModelRefused, ModelRubbish, ModelSlow, NoRoute, Words
from tollfree.language.llm.chain import ChainedModel, Link
from tollfree.network.breaker import Breaker, Limits, State
from tollfree.protocol.clock import Clock
from tollfree.protocol.usage import Used

REFUSED = ModelRefused("it refused", code="http_500")
SLOW = ModelSlow("it was slow")


@dataclass
class Chained:
    """A chain of models in memory, with its accounts."""

    clock: Clock
    models: list[ScriptedModel]
    hedge_ms: float | None = None
    used: list[Used] = field(default_factory=list)

    def __post_init__(self) -> None:
        limits = Limits(in_a_row=2, back_off_ms=1000)
        self.breakers = [Breaker(self.clock.elapsed_ms, limits) for _ in self.models]
        self.links = [
            Link(model, breaker, self.hedge_ms) for model, breaker in zip(self.models, self.breakers, strict=True)
        ]
        self.chain = ChainedModel("default", lambda: self.links, clock=self.clock)

    async def say(self) -> str:
        return text_of(await pieces_of(self.chain.stream(chat(), meter=self.put_down)))

    def put_down(self, used: Used) -> None:
        self.used.append(used)

    @property
    def came_to(self) -> list[tuple[str, str, str]]:
        return [(used.engine, used.came_to, used.why) for used in self.used]


def on_a_clock(
    test: Callable[[Chained], Awaitable[None]], *scripts: dict[str, object], hedge_ms: float | None = None
) -> None:
    async def main(clock: Clock) -> None:
        names = ("fast", "smart", "third")
        models = [ScriptedModel(names[at], clock=clock, **script) for at, script in enumerate(scripts)]  # type: ignore[arg-type]
        await test(Chained(clock, models, hedge_ms))

    run_virtually(main)


def test_the_first_answers_and_the_others_are_not_asked() -> None:
    async def test(it: Chained) -> None:
        assert await it.say() == "All right."
        assert [len(model.asked) for model in it.models] == [1, 0]
        (used,) = it.used
        assert (used.engine, used.model, used.came_to, used.prompt_tokens) == ("fast", "fast-model", "used", 20)
        assert (used.first_ms, used.took_ms) == (80, 100)

    on_a_clock(test, {"first_ms": 80, "each_ms": 20}, {})


@pytest.mark.parametrize(("error", "came_to", "why"), [(REFUSED, "failed", "http_500"), (SLOW, "slow", "model_slow")])
def test_the_next_is_asked_when_one_fails_or_is_slow(error: ModelError, came_to: str, why: str) -> None:
    async def test(it: Chained) -> None:
        assert await it.say() == "Smart."
        assert it.came_to == [("fast", came_to, why), ("smart", "used", "")]

    on_a_clock(test, {"fails": error}, {"says": ("Smart.",)})


def test_when_all_fail_the_last_error_is_raised_and_each_attempt_put_down() -> None:
    async def test(it: Chained) -> None:
        with pytest.raises(ModelSlow):
            await it.say()
        assert it.came_to == [("fast", "failed", "http_500"), ("smart", "slow", "model_slow")]

    on_a_clock(test, {"fails": REFUSED}, {"fails": SLOW})


def test_a_model_that_ends_without_a_finish_has_failed() -> None:
    async def test(it: Chained) -> None:
        assert await it.say() == "Smart."
        assert it.came_to[0] == ("fast", "failed", "model_rubbish")

    on_a_clock(test, {"says": (), "finishes": False}, {"says": ("Smart.",)})


def test_after_the_first_word_it_does_not_change_over() -> None:
    async def test(it: Chained) -> None:
        heard = []
        with pytest.raises(ModelRubbish):
            async for piece in it.chain.stream(chat(), meter=it.put_down):
                heard.append(piece)
        assert heard == [Words("It is ")]
        assert it.came_to == [("fast", "failed", "model_rubbish")]
        assert it.models[1].asked == []

    on_a_clock(test, {"says": ("It is ", "here."), "breaks": ModelRubbish("cut off")}, {})


def test_one_that_failed_often_is_skipped_and_tried_again_later() -> None:
    async def test(it: Chained) -> None:
        for _ in range(3):
            await it.say()
        assert [len(model.asked) for model in it.models] == [2, 3]
        it.models[0].fails = None
        await it.clock.sleep(1.0)
        assert await it.say() == "All right."
        assert it.breakers[0].state is State.CLOSED

    on_a_clock(test, {"fails": REFUSED}, {"says": ("Smart.",)})


def test_when_all_are_broken_the_one_that_is_due_first_is_asked() -> None:
    async def test(it: Chained) -> None:
        for breaker, since_ms in zip(it.breakers, (300, 700), strict=True):
            await it.clock.sleep(since_ms / 1000)
            for _ in range(2):
                breaker.force().failed("http_500")
        assert await it.say() == "All right."
        assert [len(model.asked) for model in it.models] == [1, 0]
        assert [breaker.state for breaker in it.breakers] == [State.CLOSED, State.OPEN]

    on_a_clock(test, {}, {})


def test_a_refusal_of_this_request_alone_says_nothing_of_the_server() -> None:
    async def test(it: Chained) -> None:
        for _ in range(5):
            await it.say()
        assert [len(model.asked) for model in it.models] == [5, 5]

    on_a_clock(test, {"fails": ModelRefused("too long", code="http_400")}, {})


def test_a_hedge_asks_the_next_as_well_and_the_first_to_speak_wins() -> None:
    async def test(it: Chained) -> None:
        assert await it.say() == "Smart."
        assert it.clock.elapsed_ms() == 150 + 40
        assert it.models[0].ended == ["closed"]
        assert sorted(it.came_to) == [("fast", "dropped", ""), ("smart", "used", "")]
        assert it.breakers[0].health().asked == 0

    on_a_clock(test, {"first_ms": 5000}, {"first_ms": 40, "says": ("Smart.",)}, hedge_ms=150)


def test_a_hedge_that_comes_second_is_closed() -> None:
    async def test(it: Chained) -> None:
        assert await it.say() == "All right."
        assert it.models[1].ended == ["closed"]

    on_a_clock(test, {"first_ms": 200}, {"first_ms": 500}, hedge_ms=150)


def test_no_hedge_is_asked_when_the_first_speaks_in_time() -> None:
    async def test(it: Chained) -> None:
        await it.say()
        assert it.models[1].asked == []

    on_a_clock(test, {"first_ms": 100}, {}, hedge_ms=150)


def test_a_hedge_does_not_hide_that_both_failed() -> None:
    async def test(it: Chained) -> None:
        with pytest.raises(ModelError):
            await it.say()
        assert {engine for engine, _, _ in it.came_to} == {"fast", "smart"}

    on_a_clock(test, {"first_ms": 200, "fails": REFUSED}, {"first_ms": 50, "fails": SLOW}, hedge_ms=150)


@pytest.mark.parametrize("at_ms", [50, 120, 250])
def test_an_answer_that_nobody_wants_any_more_is_ended_and_put_down_as_dropped(at_ms: float) -> None:
    async def test(it: Chained) -> None:
        saying = asyncio.create_task(it.say())
        await it.clock.sleep(at_ms / 1000)
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
        assert it.models[0].ended == ["closed"]
        assert ("fast", "dropped", "") in it.came_to
        assert it.breakers[0].health().failed == 0

    on_a_clock(test, {"first_ms": 100, "each_ms": 1000}, {"first_ms": 1000}, hedge_ms=80)


def test_a_chain_without_models_says_where_to_put_some() -> None:
    async def test(it: Chained) -> None:
        with pytest.raises(NoRoute, match=r"routes\.yaml"):
            await it.say()
        assert it.chain.model == ""

    on_a_clock(test)


def test_what_a_call_uses_is_put_down_with_its_purpose() -> None:
    async def test(it: Chained) -> None:
        model = it.chain.metered(it.put_down, purpose="choose", effect="e1")
        assert isinstance((await pieces_of(model.stream(chat())))[-1], Finished)
        assert [(used.purpose, used.effect) for used in it.used] == [("choose", "e1")]
        assert (model.name, model.model) == ("default", "fast-model")

    on_a_clock(test, {})


def test_a_call_in_progress_sees_a_route_that_changed() -> None:
    async def test(it: Chained) -> None:
        await it.say()
        it.links[:] = it.links[1:]
        assert await it.say() == "Smart."

    on_a_clock(test, {}, {"says": ("Smart.",)})
