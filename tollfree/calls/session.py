"""One call from its first event to its last: performs the engine's effects and feeds the results back.

One loop takes messages in the order in which they come: what the line tells, results of effects, timers. Effects run
as tasks beside it, so that a caller is heard while a tool works. Nothing leaves the process before the log holds what
asked for it; understanding without a model stays inside, so its records travel with the next write. The one
exception: when the log cannot be kept any more, the caller is told so before the line is closed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from tollfree.calls import log
from tollfree.calls.ahead import Ahead
from tollfree.calls.beside import Beside
from tollfree.calls.branch import Branch
from tollfree.calls.call_limit import CALL_LIMIT_S, CallLimit
from tollfree.calls.caller_words import EarsLost
from tollfree.calls.composing import Composing, Words
from tollfree.calls.interrupted import Interrupted
from tollfree.calls.last_words import say_last_words
from tollfree.calls.line import CallerSounds, Line, Noted, Offered, Withdrawn
from tollfree.calls.log import CallLog
from tollfree.calls.log_writer import RETRY_FOR_S, LogWriter
from tollfree.calls.metering import Metered, Metering
from tollfree.calls.performing import Awaited, Performers, Performing, Started, late_results
from tollfree.calls.spool import Spool
from tollfree.calls.store.record import LogEntry
from tollfree.calls.supervising import REFUSED, CommandFeed, Supervising
from tollfree.calls.waiting_line import TRANSFER_AGAIN_S, WAITING_LINE_AFTER_S, Overdue, WaitingLines, words_of
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.flows.supervision import refusal
from tollfree.flows.wording import Line as FixedLine
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose, Effect, HangUp, Listen, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import (
    LAPSED,
    Answered,
    CallEnded,
    CallerSpoke,
    CallEvent,
    CallStarted,
    Spoken,
    Supervised,
    TimerFired,
)
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.token import ExitToken
from tollfree.protocol.values import Value

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """What came of a call."""

    call: CallId
    outcome: str
    path: tuple[str, ...]
    """`node.exit` of every token, in order."""
    state: CallState


@dataclass(frozen=True, slots=True)
class _Done:
    """An effect came to its result."""

    effect: EffectId
    event: CallEvent


@dataclass(frozen=True, slots=True)
class _Planned:
    """An effect of a branch came to its result."""

    branch: Branch
    event: CallEvent


@dataclass(frozen=True, slots=True)
class _Broken:
    """Something beside the loop raised."""

    error: BaseException


_Message: TypeAlias = (
    CallEvent | Offered | Withdrawn | Noted | CallerSounds | Words | _Done | _Planned | Overdue | _Broken
)


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
        transfer_again_s: float = TRANSFER_AGAIN_S,
        call_limit_s: float = CALL_LIMIT_S,
        retry_for_s: float = RETRY_FOR_S,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        interrupted: Interrupted | None = None,
        spool: Spool | None = None,
        metering: Metering | None = None,
        feed: CommandFeed | None = None,
    ) -> None:
        """`observe` is told of every record once it is kept; when it raises, it is told no more, and the call goes
        on. `retry_for_s`: how long a log that cannot be kept for the moment is tried again, with `pause` (of
        seconds) in between. `interrupted`: the call began in another process, and goes on here. `spool`: where
        the log waits while the store is away. `metering`: is told what engines do for the call, and has it noted.
        `feed`: tells what those who supervise the call want; without it nobody can."""
        self._call = call
        self._flow = flow
        self._line = line
        first = interrupted.next_seq if interrupted else 0
        self._log = LogWriter(
            call,
            call_log,
            clock,
            observe=observe,
            retry_for_s=retry_for_s,
            pause=pause,
            written=first,
            spool=spool,
        )
        self._performers = performers
        self._performing = Performing(call, performers, line.quiet)
        self._clock = clock
        self._timezone = timezone
        self._interrupted = interrupted
        self._state = interrupted.state if interrupted else START
        self._tokens: list[ExitToken] = list(interrupted.tokens) if interrupted else []
        self._inbox: asyncio.Queue[_Message] = asyncio.Queue()
        age_ms = interrupted.age_ms if interrupted else 0.0
        self._limit = CallLimit(clock, call_limit_s, age_ms=age_ms, fired=self._inbox.put_nowait)
        self._running: dict[EffectId, Started] = {}
        self._ahead = Ahead(flow, line, self._start_on)
        self._waiting = WaitingLines(waiting_line_after_s, self._inbox.put_nowait, again_s=transfer_again_s)
        self._composing = Composing(line, began=self._waiting.said, taken_back=self._waiting.spoken)
        self._beside = Beside(
            lambda error: self._inbox.put_nowait(_Broken(error)),
            cut=lambda: self._inbox.put_nowait(_Broken(ConnectionAbortedError("what reads the line was stopped"))),
        )
        self._ended = False
        commands = interrupted.commands if interrupted else 0
        self._supervising = Supervising(call, feed, after=commands, tell=self._inbox.put_nowait)
        self._metering = metering if metering is not None else Metering()
        turns = interrupted.turns if interrupted else 0
        self._metering.begin(flow, self._metered, ahead=lambda: self._ahead.planning, turns=turns)
        for token in self._tokens:
            self._metering.left(token)

    async def run(self, facts: CallFacts) -> CallSummary:
        """The whole call, or the rest of one that was interrupted. Raises `StoreError` when the log cannot be kept:
        the caller was told that something went wrong, and nothing more was done."""
        try:
            await self._begin(facts)
            while not self._ended:
                await self._next()
            await self._finish()
        except asyncio.CancelledError:
            with suppress(TollfreeError):
                await self._finish()
            raise
        except TollfreeError:
            if not self._ended:
                await say_last_words(self._line, self._call, self._trouble)
            raise
        except Exception as error:  # noqa: BLE001  the session's door: recorded, and the call ends explained
            _log.exception("call failed", extra={"call_id": self._call})
            await self._break_off(type(error).__name__)
        finally:
            await self._stop_everything()
            self._metering.end()
            await self._log.close()
        path = tuple(token.step for token in self._tokens)
        return CallSummary(call=self._call, outcome=self._state.outcome, path=path, state=self._state)

    async def _begin(self, facts: CallFacts) -> None:
        if self._interrupted is None:
            self._limit.begins()
            self._inbox.put_nowait(CallStarted(facts=facts))
        else:
            for event in (self._interrupted.resumed, *self._interrupted.failed):
                self._inbox.put_nowait(event)
            await self._perform(self._interrupted.perform)
        self._beside.do(self._read_line())
        self._limit.watch()
        self._supervising.begin()
        self._supervising.held_by(self._state.taken_over)

    async def _next(self) -> None:
        """The next message. What has piled up is written once nothing else is to be done."""
        if self._inbox.empty() and not self._understanding:
            await self._log.write()
        message = await self._inbox.get()
        if self._limit.reached and self._state.facts is not None:
            await self._turn(TimerFired(timer="call_limit"))
        await self._deal_with(message)

    async def _deal_with(self, message: _Message) -> None:
        match message:
            case Offered():
                self._ahead.plan(message, self._state, self._now())
            case Withdrawn():
                self._ahead.drop()
            case Noted():
                self._note(message.type, message.data)
            case CallerSounds():
                self._waiting.caller(sounds=message.sounds)
            case _Planned():
                self._ahead.went_on(message.branch, message.event)
            case Words():
                self._composing.grow(message, self._state)
            case _Done():
                self._finished(message.effect)
                await self._turn(message.event, of=message.effect)
            case Overdue():
                await self._bridge(message)
            case Supervised():
                await self._supervise(message)
            case _Broken():
                raise message.error
            case _:
                await self._turn(message)

    async def _turn(self, event: CallEvent, *, of: EffectId | None = None) -> None:
        """One event of the call, and what follows from it. `of`: the effect whose result it is."""
        if isinstance(event, CallerSpoke):
            self._ahead.adopt(event)
            self._metering.spoke()
        elif isinstance(event, Spoken) and not event.unfinished:  # that was no line, and counts with its composition
            self._waiting.spoken()
        if self._limit.told_again(event):
            return
        effects = self._take(event)
        if of is not None:
            self._composing.came_to(of, event, effects)
        self._give_up_unawaited()
        if isinstance(event, Answered):
            self._composing.go_on(self._state)
        await self._perform(effects)
        if not self._running:
            self._ahead.forget()

    async def _supervise(self, event: Supervised) -> None:
        """A person changes the call: it is in the log at once, whatever else is under way."""
        why = refusal(self._flow, self._state, event)
        if why and event.by != LAPSED:  # the agent has the call already
            asked = {"command": event.command, "action": event.action, "by": event.by, "name": event.name}
            self._note(REFUSED, {**asked, "why": why})
        elif not why:
            held = self._state.taken_over
            await self._turn(event)
            self._changed_hands(held)
        await self._log.write()

    def _changed_hands(self, held: str) -> None:
        """Whoever has the call now is the only one who talks. `held`: who had it before."""
        if self._state.taken_over and not held:
            self._ahead.drop()
            self._line.fall_silent()
        elif held and not self._state.taken_over:
            self._composing.go_on(self._state)

    def _take(self, event: CallEvent) -> Sequence[Effect]:
        """One step of the engine, recorded. State and log change together, or neither does."""
        event = replace(event, at=self._now())
        taken = step(self._flow, self._state, event)
        records = [log.of_event(event)]
        records += [log.of_token(token) for token in taken.tokens]
        records += [log.of_effect(event.at, effect) for effect in taken.effects]
        self._log.add(*records)
        self._state = taken.state
        self._supervising.held_by(taken.state.taken_over)
        self._tokens += taken.tokens
        for token in taken.tokens:
            self._metering.left(token)
        self._ended = isinstance(event, CallEnded)
        return taken.effects

    # Effects

    async def _perform(self, effects: Sequence[Effect]) -> None:
        if any(self._performers.leaves(effect) for effect in effects):
            await self._log.write()
        for effect in effects:
            match effect:
                case Listen():
                    self._line.listen(effect)
                case Say():
                    self._say(effect)
                case HangUp():
                    self._beside.do(self._line.hang_up())
                case Understand() | Lookup() | Retrieve() | Compose() | Transfer():
                    self._start(effect)
                case _:
                    assert_never(effect)

    def _start(self, effect: Awaited) -> None:
        """Begin an effect, or take over what was begun for it on the branch."""
        started = self._ahead.take(effect) or self._begin_effect(effect)
        self._running[effect.id] = started
        self._composing.ask_for(effect, self._state)
        started.task.add_done_callback(lambda task: self._tell(task, lambda event: _Done(effect.id, event)))
        self._waiting.began(effect)

    def _start_on(self, branch: Branch, effect: Awaited) -> Started:
        started = self._begin_effect(effect, ahead=True)
        started.task.add_done_callback(lambda task: self._tell(task, lambda event: _Planned(branch, event)))
        return started

    def _give_up_unawaited(self) -> None:
        """The caller has said something else meanwhile: what was being found or composed for them is given up, and not
        said. What changes something outside goes on."""
        for started in tuple(self._running.values()):
            effect = started.effect
            if isinstance(effect, Retrieve | Compose) and not self._state.awaits(effect.id) and not self._state.over:
                started.task.cancel()
                self._finished(effect.id)
                self._composing.came_to(effect.id, None, ())

    def _finished(self, effect: EffectId) -> None:
        self._running.pop(effect, None)
        self._waiting.over(effect)

    async def _bridge(self, overdue: Overdue) -> None:
        """Say an effect's waiting line, so that there is no silence behind it."""
        words = words_of(overdue, self._flow, self._state)
        if overdue.effect.id not in self._running or self._state.over or not words:
            return
        if self._state.taken_over or not self._waiting.silent:  # somebody speaks, or has just begun to
            self._waiting.wait(overdue)
            return
        self._note("waiting_line", {"effect": overdue.effect.id, "text": words})
        await self._log.write()
        self._say(Say(id=overdue.effect.id, text=words))

    def _say(self, say: Say) -> None:
        if not self._composing.say(say, self._state):
            self._waiting.said()
            self._line.say(say)

    def _begin_effect(self, effect: Awaited, *, ahead: bool = False) -> Started:
        composition = self._composing.start(effect)
        return self._performing.start(
            effect, lambda text: self._inbox.put_nowait(Words(composition, text)), ahead=ahead
        )

    @property
    def _handing_over(self) -> bool:
        return any(isinstance(started.effect, Transfer) for started in self._running.values())

    @property
    def _understanding(self) -> bool:
        return any(isinstance(started.effect, Understand) for started in self._running.values())

    # Beside the loop

    async def _read_line(self) -> None:
        while True:
            try:
                event = await self._line.next()
            except EarsLost:
                if (
                    self._handing_over or self._state.taken_over
                ):  # nobody has to be heard until a person is there, or nobody is
                    continue
                raise
            self._inbox.put_nowait(event)
            if isinstance(event, CallEnded):
                return

    def _tell(self, task: asyncio.Task[CallEvent], message: Callable[[CallEvent], _Message]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        self._inbox.put_nowait(_Broken(error) if error is not None else message(task.result()))

    async def _stop_everything(self) -> None:
        self._limit.close()
        self._waiting.close()
        self._supervising.close()
        await self._beside.stop()
        await self._performing.close()

    async def _finish(self) -> None:
        """The call is over; what may have changed something outside is waited for, and its result noted. Whatever else
        is under way is given up, and noted too."""
        for event in await late_results(self._running.values()):
            self._log.add(log.of_late_result(self._now(), event))
        await self._stop_everything()
        self._metering.end()
        await self._log.finish()

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
            await say_last_words(self._line, self._call, self._trouble)
        await self._finish()

    @property
    def _trouble(self) -> str:
        return self._flow.main.wording.say(FixedLine.TROUBLE, {}, 0)

    def _metered(self, metered: Metered) -> None:
        self._note("usage", metered.data())

    def _note(self, type: str, data: dict[str, Value]) -> None:
        self._log.add(log.of_note(self._now(), type, data))

    def _now(self) -> str:
        return in_zone(self._clock.now(), self._timezone)


def in_zone(moment: datetime, timezone: ZoneInfo) -> str:
    """ISO 8601 with milliseconds, in the project's time zone."""
    return moment.astimezone(timezone).isoformat(timespec="milliseconds")
