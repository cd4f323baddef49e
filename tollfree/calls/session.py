"""One call from its first event to its last: performs the engine's effects and feeds the results back.

Nothing leaves the process before the log holds what asked for it. Understanding without a model stays inside, so
its records travel with the next write. The one exception: when the log cannot be kept any more, the caller is told so
before the line is closed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from tollfree.calls import log
from tollfree.calls.line import CallerEvent, Line
from tollfree.calls.log import CallLog
from tollfree.calls.log_writer import RETRY_FOR_S, LogWriter
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
from tollfree.calls.store.record import LogEntry
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.flows.wording import Line as FixedLine
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
    TimerFired,
    Transferred,
)
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.token import ExitToken
from tollfree.protocol.values import Value

WAITING_LINE_AFTER_S = 1.0
"""Seconds of silence behind a tool after which the caller hears the node's waiting line, once."""

CALL_LIMIT_S = 3600.0
"""Seconds after which a call is brought to its end, unless told: a phone left off the hook must not run for ever."""
LAST_WORDS_S = 10.0
"""Seconds that an apology may take on a line that may be broken."""
STOP_S = 1.0
"""Seconds in which a line should stop listening when it is told to."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performers:
    """Everything a session needs to perform effects. What is not configured fails aloud."""

    understands: Understands
    asks_models: bool = False
    """Whether `understands` may ask a language model on the question's route. A model may be anywhere, so the log is
    written before such a question is put; without one, understanding stays in the process and need not wait."""
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
        call_limit_s: float = CALL_LIMIT_S,
        retry_for_s: float = RETRY_FOR_S,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`observe` is told of every record once it is kept; when it raises, it is told no more, and the call goes
        on. `retry_for_s`: how long a log that cannot be kept for the moment is tried again, with `pause` (of
        seconds) in between."""
        self._call = call
        self._flow = flow
        self._line = line
        self._log = LogWriter(call, call_log, clock, observe=observe, retry_for_s=retry_for_s, pause=pause)
        self._performers = performers
        self._clock = clock
        self._timezone = timezone
        self._waiting_line_after_s = waiting_line_after_s
        self._call_limit_s = call_limit_s
        self._began_ms = clock.elapsed_ms()
        self._limit_told = False
        self._state = START
        self._events: deque[CallEvent] = deque()
        self._listening: Listen | None = None
        self._tokens: list[ExitToken] = []
        self._ended = False

    async def run(self, facts: CallFacts) -> CallSummary:
        """The whole call. Raises `StoreError` when the log cannot be kept: the caller was told that something went
        wrong, and nothing more was done."""
        self._began_ms = self._clock.elapsed_ms()
        self._events.append(CallStarted(facts=facts))
        try:
            while not self._ended:
                await self._next()
            await self._log.write()
        except asyncio.CancelledError:
            with suppress(TollfreeError):
                await self._log.write()
            raise
        except TollfreeError:
            if not self._ended:
                await self._last_words()
            raise
        except Exception as error:  # noqa: BLE001  the session's door: recorded, and the call ends explained
            _log.exception("call failed", extra={"call_id": self._call})
            await self._break_off(type(error).__name__)
        path = tuple(token.step for token in self._tokens)
        return CallSummary(call=self._call, outcome=self._state.outcome, path=path, state=self._state)

    async def _next(self) -> None:
        if self._over_limit_s() >= 0 and not self._limit_told and self._state.facts is not None:
            self._limit_told, self._listening = True, None
            self._events.appendleft(TimerFired(timer="call_limit"))
        if self._events:
            effects = self._take(self._events.popleft())
            for effect in effects:
                await self._perform(effect)
        elif self._listening is not None:
            await self._log.write()
            listening, self._listening = self._listening, None
            heard = await self._listen(listening)
            if heard is not None:
                self._events.append(heard)
        else:
            # The engine always listens, waits for an effect, or ends; without any of these the line is gone.
            self._events.append(CallEnded(reason="line_lost"))

    async def _listen(self, listening: Listen) -> CallerEvent | None:
        """What the caller does; None when the call's limit comes first."""
        if self._limit_told:
            return await self._line.listen(listening)
        hearing = asyncio.ensure_future(self._line.listen(listening))
        try:
            done, _ = await asyncio.wait({hearing}, timeout=max(0.0, -self._over_limit_s()))
            if done:
                return hearing.result()
            self._limit_told = True
            self._events.append(TimerFired(timer="call_limit"))
        finally:
            if not hearing.done():
                hearing.cancel()
                await asyncio.wait({hearing}, timeout=STOP_S)
        return None

    def _over_limit_s(self) -> float:
        """Seconds past the call's limit; negative: seconds left."""
        return (self._clock.elapsed_ms() - self._began_ms) / 1000 - self._call_limit_s

    def _take(self, event: CallEvent) -> Sequence[Effect]:
        """One step of the engine, recorded. State and log change together, or neither does."""
        event = replace(event, at=self._now())
        taken = step(self._flow, self._state, event)
        records = [log.of_event(event)]
        records += [log.of_token(token) for token in taken.tokens]
        records += [log.of_effect(event.at, effect) for effect in taken.effects]
        self._log.add(*records)
        self._state = taken.state
        self._tokens += taken.tokens
        self._ended = isinstance(event, CallEnded)
        return taken.effects

    # When something breaks

    async def _break_off(self, error: str) -> None:
        """End a call in which this program, or its line, has failed."""
        self._note("session_failed", {"error": error})
        try:
            if not self._ended:
                self._note("trouble_line", {"text": self._trouble})
                self._take(CallEnded(reason="error"))
            await self._log.write()
        finally:
            await self._last_words()

    async def _last_words(self) -> None:
        """Tell the caller, as far as the line still can, that this is our fault; then close it."""
        said = Say(id=EffectId(""), text=self._trouble, fixed=True)
        for last in (lambda: self._line.say(said), self._line.hang_up):
            try:
                async with asyncio.timeout(LAST_WORDS_S):
                    await last()
            except Exception as error:  # noqa: BLE001  the line may be what broke, and nobody is left to tell
                _log.warning("line broken", extra={"call_id": self._call, "error": type(error).__name__})

    @property
    def _trouble(self) -> str:
        return self._flow.main.wording.say(FixedLine.TROUBLE, {}, 0)

    async def _perform(self, effect: Effect) -> None:
        match effect:
            case Listen():
                self._listening = effect
                return
            case Understand():
                if self._performers.asks_models and effect.question.route is not None:
                    await self._log.write()
                asked = self._performers.understands.understand(effect.question, effect.said)
                self._events.append(
                    await self._result(effect.id, asked, lambda answer: Answered(effect=effect.id, answer=answer))
                )
                return
            case _:
                await self._log.write()
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
        """Do the work; when it takes long, say the effect's waiting line, once. What may have changed something
        outside is waited for even when the call is over meanwhile: its result is noted."""
        task = asyncio.ensure_future(self._result(effect.id, work, event))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._waiting_line_after_s)
            if not done and effect.waiting:
                self._note("waiting_line", {"effect": effect.id, "text": effect.waiting})
                await self._log.write()
                await self._line.say(Say(id=effect.id, text=effect.waiting))
            self._events.append(await asyncio.shield(task))
        except BaseException:
            if isinstance(effect, Lookup | Transfer) and effect.world:
                self._log.add(log.of_late_result(self._now(), await task))
            raise
        finally:
            task.cancel()  # nothing, unless the line or the log was lost meanwhile

    async def _result(self, effect: EffectId, work: Awaitable[_T], event: Callable[[_T], CallEvent]) -> CallEvent:
        """The effect's result, or its plain failure. The flow decides what a failure means."""
        try:
            return event(await work)
        except TollfreeError as error:
            return EffectFailed(effect=effect, code=error.code, message=error.message)
        except Exception as error:  # noqa: BLE001  the session's door: a fault in an engine costs its effect, not the call
            _log.exception("effect failed", extra={"call_id": self._call, "effect": effect})
            return EffectFailed(effect=effect, code="internal", message=type(error).__name__)

    def _note(self, type: str, data: dict[str, Value]) -> None:
        self._log.add(log.of_note(self._now(), type, data))

    def _now(self) -> str:
        return in_zone(self._clock.now(), self._timezone)


def in_zone(moment: datetime, timezone: ZoneInfo) -> str:
    """ISO 8601 with milliseconds, in the project's time zone."""
    return moment.astimezone(timezone).isoformat(timespec="milliseconds")
