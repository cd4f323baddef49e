"""One call from its first event to its last: performs the engine's effects and feeds the results back.

Nothing leaves the process before the log holds what asked for it. Understanding stays inside, so its records
travel with the next write.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from tollfree.calls import log
from tollfree.calls.line import Line
from tollfree.calls.log import CallLog
from tollfree.calls.performers import (
    Composer,
    Knowledge,
    NoComposer,
    NoKnowledge,
    NoSwitchboard,
    NoTools,
    Switchboard,
    Tools,
    Understands,
)
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose, Effect, HangUp, Listen, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import (
    Answered,
    CallEnded,
    CallEvent,
    CallStarted,
    Composed,
    EffectFailed,
    LookedUp,
    Retrieved,
    Transferred,
)
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.token import ExitToken

WAITING_LINE_AFTER_S = 1.0
"""Seconds of silence behind a tool after which the caller hears the node's waiting line, once."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performers:
    """Everything a session needs to perform effects. What is not configured fails aloud."""

    understands: Understands
    tools: Tools = field(default_factory=NoTools)
    knowledge: Knowledge = field(default_factory=NoKnowledge)
    composer: Composer = field(default_factory=NoComposer)
    switchboard: Switchboard = field(default_factory=NoSwitchboard)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """What came of a call."""

    call: CallId
    outcome: str
    path: tuple[str, ...]
    """`node.exit` of every token, in order."""
    state: CallState


class Session:
    """Runs one call on one line."""

    def __init__(
        self,
        call: CallId,
        flow: Flow,
        line: Line,
        call_log: CallLog,
        performers: Performers,
        clock: Clock,
        *,
        timezone: ZoneInfo,
        observe: Callable[[LogEntry], None] | None = None,
        waiting_line_after_s: float = WAITING_LINE_AFTER_S,
    ) -> None:
        """`observe` is told of every record once it is kept."""
        self._call = call
        self._flow = flow
        self._line = line
        self._log = call_log
        self._performers = performers
        self._clock = clock
        self._timezone = timezone
        self._observe = observe
        self._waiting_line_after_s = waiting_line_after_s
        self._state = START
        self._events: deque[CallEvent] = deque()
        self._listening: Listen | None = None
        self._unwritten: list[LogRecord] = []
        self._written = 0
        self._tokens: list[ExitToken] = []
        self._ended = False

    async def run(self, facts: CallFacts) -> CallSummary:
        """The whole call. Raises `StoreError` when the log cannot be kept: then nothing more was done."""
        self._events.append(CallStarted(facts=facts))
        try:
            while not self._ended:
                await self._next()
        except TollfreeError:
            await self._line.hang_up()
            raise
        except Exception as error:  # noqa: BLE001  the session's door: recorded, and the call ends explained
            _log.exception("call failed", extra={"call_id": self._call})
            self._note("session_failed", {"error": type(error).__name__})
            self._take(CallEnded(reason="error"))
            await self._write()
            await self._line.hang_up()
        await self._write()
        path = tuple(token.step for token in self._tokens)
        return CallSummary(call=self._call, outcome=self._state.outcome, path=path, state=self._state)

    async def _next(self) -> None:
        if self._events:
            effects = self._take(self._events.popleft())
            for effect in effects:
                await self._perform(effect)
        elif self._listening is not None:
            await self._write()
            listening, self._listening = self._listening, None
            self._events.append(await self._line.listen(listening))
        else:
            # The engine always listens, waits for an effect, or ends; without any of these the line is gone.
            self._events.append(CallEnded(reason="line_lost"))

    def _take(self, event: CallEvent) -> Sequence[Effect]:
        """One step of the engine, recorded."""
        event = replace(event, at=self._now())
        taken = step(self._flow, self._state, event)
        self._state = taken.state
        self._tokens += taken.tokens
        self._unwritten.append(log.of_event(event))
        self._unwritten += [log.of_token(token) for token in taken.tokens]
        self._unwritten += [log.of_effect(event.at, effect) for effect in taken.effects]
        self._ended = isinstance(event, CallEnded)
        return taken.effects

    async def _perform(self, effect: Effect) -> None:
        match effect:
            case Listen():
                self._listening = effect
                return
            case Understand():
                asked = self._performers.understands.understand(effect.question, effect.said)
                await self._result(effect.id, asked, lambda answer: Answered(effect=effect.id, answer=answer))
                return
            case _:
                await self._write()
        match effect:
            case Say():
                self._events.append(await self._line.say(effect))
            case Lookup():
                called = self._performers.tools.call(effect.tool, effect.arguments, effect=effect.id, call=self._call)
                await self._waiting(
                    effect, called, lambda r: LookedUp(effect=effect.id, found=r.found, result=r.result)
                )
            case Retrieve():
                found = self._performers.knowledge.retrieve(effect)
                await self._waiting(effect, found, lambda passages: Retrieved(effect=effect.id, passages=passages))
            case Compose():
                composed = self._performers.composer.compose(effect)
                await self._waiting(
                    effect,
                    composed,
                    lambda c: Composed(
                        effect=effect.id, text=c.text, exit=c.exit, cited=c.cited, decided_by=c.decided_by
                    ),
                )
            case Transfer():
                connecting = self._performers.switchboard.transfer(effect, self._call)
                await self._waiting(effect, connecting, lambda taken: Transferred(effect=effect.id, connected=taken))
            case HangUp():
                await self._line.hang_up()
                self._events.append(CallEnded(reason="hung_up"))
            case _:
                assert_never(effect)

    async def _waiting(
        self,
        effect: Lookup | Retrieve | Compose | Transfer,
        work: Awaitable[_T],
        event: Callable[[_T], CallEvent],
    ) -> None:
        """Do the work; when it takes long, say the effect's waiting line, once."""
        task = asyncio.ensure_future(self._result(effect.id, work, event))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._waiting_line_after_s)
            if not done and effect.waiting:
                self._note("waiting_line", {"effect": effect.id, "text": effect.waiting})
                await self._write()
                await self._line.say(Say(id=effect.id, text=effect.waiting))
            await task
        finally:
            task.cancel()  # nothing, unless the line or the log was lost meanwhile

    async def _result(self, effect: EffectId, work: Awaitable[_T], event: Callable[[_T], CallEvent]) -> None:
        """The effect's result, or its plain failure, as the next event. The flow decides what a failure means."""
        try:
            self._events.append(event(await work))
        except TollfreeError as error:
            self._events.append(EffectFailed(effect=effect, code=error.code, message=error.message))
        except Exception as error:  # noqa: BLE001  the session's door: a fault in an engine costs its effect, not the call
            _log.exception("effect failed", extra={"call_id": self._call, "effect": effect})
            self._events.append(EffectFailed(effect=effect, code="internal", message=type(error).__name__))

    # The log

    def _note(self, type: str, data: dict[str, str]) -> None:
        self._unwritten.append(log.of_note(self._now(), type, data))

    async def _write(self) -> None:
        """Keep what happened so far."""
        if not self._unwritten:
            return
        records, self._unwritten = self._unwritten, []
        first = self._written
        self._written = await self._log.append(self._call, records, expected_seq=first)
        if self._observe is not None:
            for place, record in enumerate(records, first):
                self._observe(LogEntry(place, record))

    def _now(self) -> str:
        return in_zone(self._clock.now(), self._timezone)


def in_zone(moment: datetime, timezone: ZoneInfo) -> str:
    """ISO 8601 with milliseconds, in the project's time zone."""
    return moment.astimezone(timezone).isoformat(timespec="milliseconds")
