"""Performs what the engine awaits (understanding, look-ups, knowledge, composing, transfers), each as a task whose
result is an event. Nothing raises: what fails becomes `EffectFailed`, and the flow decides what that means."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar, assert_never

from tollfree.calls.performers import Composed as ComposedWords
from tollfree.calls.performers import (
    Composer,
    Knowledge,
    NoComposer,
    NoKnowledge,
    NoSwitchboard,
    NoTools,
    Switchboard,
    Talked,
    Tools,
    Understands,
)
from tollfree.protocol.ahead import AHEAD
from tollfree.protocol.effects import Compose, Effect, Listen, Lookup, Retrieve, Transfer, Understand
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import (
    Answered,
    CallEvent,
    Composed,
    EffectFailed,
    LookedUp,
    Retrieved,
    Transferred,
)
from tollfree.protocol.ids import CallId, EffectId

Awaited: TypeAlias = Understand | Lookup | Retrieve | Compose | Transfer
"""Effects whose result the engine waits for."""

HEARD_OUT_S = 30.0
"""Seconds that a transfer waits at most until the caller has heard what was said before it."""
STOPPING_S = 1.0
"""Seconds that effects which are given up have to stop in."""
LATE_RESULT_S = 60.0
"""Seconds for which the result of something done outside is waited for when the call is over."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performers:
    """Everything a session needs to perform effects. What is not configured fails aloud."""

    understands: Understands
    asks_models: bool = False
    """Whether `understands` may ask a language model, on the question's route or the default one. A model may be
    anywhere, so the log is written before such a question is put; without one, understanding stays in the process and
    need not wait."""
    tools: Tools = field(default_factory=NoTools)
    knowledge: Knowledge = field(default_factory=NoKnowledge)
    composer: Composer = field(default_factory=NoComposer)
    switchboard: Switchboard = field(default_factory=NoSwitchboard)

    def leaves(self, effect: Effect) -> bool:
        """Whether anybody outside this process learns of it."""
        match effect:
            case Listen() | Retrieve():
                return False
            case Compose():
                return not isinstance(self.composer, NoComposer)
            case Understand():
                return self.asks_models
            case _:
                return True


@dataclass(frozen=True, slots=True)
class Started:
    """An effect under way."""

    effect: Awaited
    task: asyncio.Task[CallEvent]


class Performing:
    """Starts effects of one call."""

    def __init__(self, call: CallId, performers: Performers, quiet: Callable[[], Awaitable[None]]) -> None:
        """`quiet`: returns once the caller has heard what was said so far (see `Line`)."""
        self._call = call
        self._performers = performers
        self._quiet = quiet
        self._tasks: set[asyncio.Task[CallEvent]] = set()

    def start(self, effect: Awaited, words: Callable[[str], None], *, ahead: bool = False) -> Started:
        """Begin. `words` is told of composed text as it grows. `ahead`: for words that may not be the caller's last."""
        context = copy_context()
        context.run(AHEAD.set, ahead)
        task = asyncio.get_running_loop().create_task(self._perform(effect, words), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return Started(effect, task)

    async def close(self) -> None:
        """Give up whatever is under way."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=STOPPING_S)

    async def _perform(self, effect: Awaited, words: Callable[[str], None]) -> CallEvent:
        performers = self._performers
        match effect:
            case Understand():
                answering = performers.understands.understand(effect.question, effect.said)
                return await self._result(
                    effect.id, answering, lambda answer: Answered(effect=effect.id, answer=answer)
                )
            case Lookup():
                called = performers.tools.call(effect.tool, effect.arguments, effect=effect.id, call=self._call)
                return await self._result(
                    effect.id, called, lambda r: LookedUp(effect=effect.id, found=r.found, result=r.result)
                )
            case Retrieve():
                found = performers.knowledge.retrieve(effect)
                return await self._result(
                    effect.id, found, lambda passages: Retrieved(effect=effect.id, passages=passages)
                )
            case Compose():
                composed = performers.composer.compose(effect, words)
                return await self._result(effect.id, composed, lambda words: _event_of(effect.id, words))
            case Transfer():
                return await self._result(
                    effect.id, self._connect(effect), lambda taken: Transferred(effect=effect.id, connected=taken)
                )
            case _:
                assert_never(effect)

    async def _connect(self, effect: Transfer) -> bool:
        """A caller who is forwarded leaves this house in the middle of what they are being told, so they hear it out
        first."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD_OUT_S):
                await self._quiet()
        return await self._performers.switchboard.transfer(effect, self._call)

    async def _result(self, effect: EffectId, work: Awaitable[_T], event: Callable[[_T], CallEvent]) -> CallEvent:
        try:
            return event(await work)
        except TollfreeError as error:
            return EffectFailed(effect=effect, code=error.code, message=error.message)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # a cancellation inside an engine, which nobody here asked for
            return EffectFailed(effect=effect, code="cancelled", message="The work was given up inside its engine.")
        except Exception as error:  # noqa: BLE001  the session's door: a fault in an engine costs its effect, not the call
            _log.exception("effect failed", extra={"call_id": self._call, "effect": effect})
            return EffectFailed(effect=effect, code="internal", message=type(error).__name__)


def _event_of(effect: EffectId, words: ComposedWords) -> Composed:
    event = Composed(effect=effect, text=words.text, exit=words.exit, cited=words.cited, decided_by=words.decided_by)
    return replace(event, slots=dict(words.slots), ended=words.ended) if isinstance(words, Talked) else event


async def late_results(running: Iterable[Started]) -> tuple[CallEvent, ...]:
    """The call is over; what may have changed something outside is waited for, and comes to this."""
    world = [one.task for one in running if isinstance(one.effect, Lookup | Transfer) and one.effect.world]
    done, _ = await asyncio.wait(world, timeout=LATE_RESULT_S) if world else (world, ())
    return tuple(task.result() for task in done if not task.cancelled() and task.exception() is None)
