"""Several language models behind one: the next is asked when one fails, is too slow, or is known to be broken."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from tollfree.language.llm.attempt import Attempt
from tollfree.language.llm.base import Chat, ChatModel, ModelError, NoRoute, Piece
from tollfree.network.breaker import Breaker, Pass
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.usage import Meter, Used, unmetered


@dataclass(frozen=True, slots=True)
class Link:
    """One model of a chain."""

    model: ChatModel
    breaker: Breaker
    hedge_ms: float | None = None
    """Milliseconds without a first token after which the next is asked as well."""


class ChainedModel:
    """A `ChatModel` over the links of a chain.

    Until a first token has come it may change over, so all of that happens within the caller's turn. What has begun to
    speak is not changed for another: the answer ends with the error, and who composes decides what is said then.
    """

    def __init__(self, name: str, links: Callable[[], Sequence[Link]], *, clock: Clock | None = None) -> None:
        """`links`: those of now, asked for with each request, so that a call in progress sees a changed route."""
        self._name, self._links = name, links
        self._clock = clock if clock is not None else SystemClock()

    @property
    def name(self) -> str:
        """The chain's name, such as `default`, or the route's that it begins with."""
        return self._name

    @property
    def model(self) -> str:
        """The first one's; the meter is told which one answered."""
        links = self._links()
        return links[0].model.model if links else ""

    def metered(self, meter: Meter, *, purpose: str, effect: str = "") -> "MeteredModel":
        """This chain as one call uses it for one purpose: every attempt is put down there."""

        def put_down(used: Used) -> None:
            meter(replace(used, purpose=purpose, effect=effect))

        return MeteredModel(self, put_down)

    async def stream(self, chat: Chat, *, meter: Meter = unmetered) -> AsyncGenerator[Piece]:
        """The answer of the first that gives a token. `meter` is told of each attempt when it has ended. Raises the
        latest `ModelError` when none answers, or when the one that answers breaks off."""
        race = _Race(self._name, self._links(), chat, meter, self._clock)
        try:
            winner = await race.winner()
            async with aclosing(winner.rest()) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            await race.over()

    async def aclose(self) -> None:
        """Nothing of its own to let go: models belong to who made them."""


class MeteredModel:
    """A chain whose attempts are put down to one call."""

    def __init__(self, chain: ChainedModel, meter: Meter) -> None:
        self._chain, self._meter = chain, meter

    @property
    def name(self) -> str:
        """The chain's."""
        return self._chain.name

    @property
    def model(self) -> str:
        """The first one's of the chain."""
        return self._chain.model

    def stream(self, chat: Chat) -> AsyncGenerator[Piece]:
        """As the chain's."""
        return self._chain.stream(chat, meter=self._meter)

    async def aclose(self) -> None:
        """Nothing to let go."""


class _Race:
    """The attempts of one request, up to the first token of one of them."""

    def __init__(self, chain: str, links: Sequence[Link], chat: Chat, meter: Meter, clock: Clock) -> None:
        self._chain, self._chat, self._meter, self._clock = chain, chat, meter, clock
        self._left = list(links)
        self._least_bad = min(links, key=lambda link: link.breaker.retry_in_ms, default=None)
        self._begun: list[Attempt] = []
        self._running: dict[asyncio.Task[Piece], Attempt] = {}
        self._hedge: asyncio.Task[None] | None = None
        self._dropping: list[asyncio.Task[None]] = []

    async def winner(self) -> Attempt:
        """Who gave a first piece. Raises `ModelError` when nobody does."""
        if not self._ask_next():
            self._ask_least_bad()
        while True:
            waited: set[asyncio.Task[Piece] | asyncio.Task[None]] = set(self._running)
            if self._hedge is not None:
                waited.add(self._hedge)
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            failure: ModelError | None = None
            for first in [one for one in self._running if one.done()]:
                attempt = self._running.pop(first)
                error = first.exception()
                if error is None:
                    self._drop_others(attempt)
                    return attempt
                if not isinstance(error, ModelError):
                    raise error
                failure = error
            late = self._hedge is not None and self._hedge.done()
            if late:
                self._hedge = None
            asked = (late or failure is not None) and self._ask_next()
            if failure is not None and not asked and not self._running:
                raise failure

    async def over(self) -> None:
        """End what is still under way."""
        if self._hedge is not None:
            self._hedge.cancel()
        await asyncio.gather(*(attempt.drop() for attempt in self._begun), *self._dropping)

    def _ask_next(self) -> bool:
        """Ask the next one whose breaker lets the request pass. False: there is none."""
        while self._left:
            link = self._left.pop(0)
            leave = link.breaker.enter()
            if leave is not None:
                self._ask(link, leave)
                return True
        return False

    def _ask_least_bad(self) -> None:
        """All are known to be broken: better to ask the one that is due for a try first than nobody."""
        if self._least_bad is None:
            raise NoRoute(f"no language model is configured for {self._chain}: see routes.yaml, or tollfree route list")
        self._ask(self._least_bad, self._least_bad.breaker.force())

    def _ask(self, link: Link, leave: Pass) -> None:
        attempt = Attempt(link.model, leave, self._chat, self._meter, self._clock)
        self._begun.append(attempt)
        self._running[attempt.first] = attempt
        if self._hedge is not None:
            self._hedge.cancel()
            self._hedge = None
        if link.hedge_ms is not None and self._left:
            self._hedge = asyncio.create_task(self._clock.sleep(link.hedge_ms / 1000))

    def _drop_others(self, winner: Attempt) -> None:
        """The losers are closed at their servers, beside the winner's words."""
        for attempt in self._running.values():
            self._dropping.append(asyncio.create_task(attempt.drop()))
        self._begun = [winner]
        self._running.clear()
