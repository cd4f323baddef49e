"""One answer of a server, from the request to its end. Importing this imports the client library: see `connection`."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from tollfree.language.llm.base import Finished, ModelError, Piece, Words
from tollfree.language.llm.chunk import NotAChunk, read_chunk
from tollfree.language.llm.connection import Events
from tollfree.language.llm.failures import FAILURES, Place
from tollfree.language.llm.thoughts import BareEnd, Thoughts
from tollfree.protocol.clock import Clock

T = TypeVar("T")

UNFINISHED = frozenset({"abort", "content_filter", "error", "function_call", "tool_calls"})
"""Reasons to finish after which there is no answer."""
NO_MORE = object()
USAGE_WITHIN_S = 0.25
"""Seconds for what comes after the last word: usage, and the end of the stream."""


class Answer:
    """Reads the chunks, keeps to the route's budgets, and says what is to be said."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self._place, self._clock = place, clock
        self._began_ms = clock.elapsed_ms()
        self._events: Events | None = None
        self._thoughts = Thoughts()
        self._spoke = False
        self._finish = ""
        self._usage = Finished()

    async def pieces(self, asking: Awaitable[Events]) -> AsyncGenerator[Piece]:
        """Words, and `Finished` last. Raises `ModelError`."""
        self._events = events = await self._within_budget(asking)
        while not self._finish:
            event = await self._within_budget(anext(events, NO_MORE))
            if event is NO_MORE:
                raise self._place.rubbish("broke off in the middle of its answer: see the server's log")
            if text := self._begun(self._said(event)):
                yield Words(text)
        if text := self._begun(self._thoughts.rest()):
            yield Words(text)
        self._check_end()
        await self._read_usage(events)
        yield replace(self._usage, reason="length" if self._finish == "length" else "stop")

    async def close(self) -> None:
        """End the request, if it has not ended."""
        if self._events is not None:
            await self._events.close()

    async def _within_budget(self, work: Awaitable[T]) -> T:
        """What the work gives, within whichever budget ends first. Raises `ModelError`."""
        left_ms, budget_ms, budget = self._budget()
        failed: ModelError
        try:
            with self._clock.working():
                async with asyncio.timeout(left_ms / 1000):
                    return await work
        except TimeoutError:
            failed = self._place.slow(budget_ms, budget)
        except FAILURES as error:
            failed = self._place.failure(error)
        raise failed  # out here, since what lies beneath holds the whole request: key, words and all

    def _budget(self) -> tuple[float, int, str]:
        """Milliseconds that are left, of how many, by which setting. The time between two tokens counts from when the
        next one is wanted: how long the last was being used is no fault of the server's."""
        route, used_ms = self._place.route, self._clock.elapsed_ms() - self._began_ms
        whole = (max(0.0, route.whole_budget_ms - used_ms), route.whole_budget_ms, "whole_budget_ms")
        if self._spoke:
            token = (float(route.next_token_budget_ms), route.next_token_budget_ms, "next_token_budget_ms")
        else:
            left_ms = max(0.0, route.first_token_budget_ms - used_ms)
            token = (left_ms, route.first_token_budget_ms, "first_token_budget_ms")
        return min(whole, token)

    def _said(self, event: object) -> str:
        """The words of an event."""
        try:
            chunk = read_chunk(event)
            self._usage, self._finish = chunk.usage or self._usage, chunk.finish
            return self._thoughts.said(chunk.text)
        except NotAChunk:
            rubbish = "sent what is no answer of the OpenAI protocol: is base_url right?"
        except BareEnd:
            rubbish = (
                "thinks aloud without saying where that begins: turn its thinking off, or start the server with a "
                "reasoning parser"
            )
        raise self._place.rubbish(rubbish)

    def _begun(self, text: str) -> str:
        """An answer does not begin with white space: models put some after their thoughts."""
        if not self._spoke:
            text = text.lstrip()
            self._spoke = bool(text)
        return text

    def _check_end(self) -> None:
        if self._finish in UNFINISHED:
            raise self._place.rubbish(f"ended its answer with {self._finish}")
        if not self._spoke:
            raise self._place.rubbish("answered nothing: no words, or all of max_tokens went into thoughts")

    async def _read_usage(self, events: Events) -> None:
        """What comes after the last word is worth a moment, and no error: the answer is whole."""
        with suppress(TimeoutError, NotAChunk, *FAILURES), self._clock.working():
            async with asyncio.timeout(USAGE_WITHIN_S):
                async for event in events:
                    self._usage = read_chunk(event).usage or self._usage
