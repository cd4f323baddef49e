"""A call to try a flow with: a real session on a typed line, whose log is kept nowhere."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.trial import TrialLine
from tollfree.calls.log import event_of, token_of
from tollfree.calls.performers import Tools
from tollfree.calls.session import Session
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.tools.answer import ToolResult, map_answer
from tollfree.calls.tools.definition import Tool
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.protocol.effects import Transfer
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.token import ExitToken
from tollfree.protocol.values import Values

ANSWERS_WITHIN_S = 30.0
"""Seconds for which whoever asks is kept waiting; what comes later is told with the next turn."""
GIVEN = frozenset({"caller_spoke", "key_pressed", "caller_silent", "call_ended"})
"""Events that a caller's turn becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A tool that the flow called."""

    tool: str
    arguments: Values
    answered_by: Literal["tool", "example", "missing"]
    """`tool`: it was really called. `example`: with the tool's own example. `missing`: as if there were no such
    thing, because it has no example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a turn."""

    said: tuple[str, ...]
    tokens: tuple[ExitToken, ...]
    asked: tuple[Asked, ...]
    state: CallState
    working: bool
    """Something takes longer than whoever asked is kept waiting; the rest is told with the next turn."""


class Forgetful:
    """A log that keeps nothing."""

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        """See `CallLog`."""
        return expected_seq + len(records)


class TriedTools:
    """A project's tools while a flow is tried: asked for real, or answered with their examples."""

    def __init__(self, tools: dict[str, Tool], real: Tools | None) -> None:
        self._tools = tools
        self._real = real
        self._asked: list[Asked] = []

    async def call(self, name: str, arguments: Values, *, effect: EffectId, call: CallId) -> ToolResult:
        """Raises `ToolError`."""
        if self._real is not None:
            self._asked.append(Asked(tool=name, arguments=arguments, answered_by="tool"))
            return await self._real.call(name, arguments, effect=effect, call=call)
        tool = self._tools.get(name)
        if tool is None or tool.example is None:
            self._asked.append(Asked(tool=name, arguments=arguments, answered_by="missing"))
            return ToolResult(found=False)
        self._asked.append(Asked(tool=name, arguments=arguments, answered_by="example"))
        return map_answer(tool, tool.example)

    def take(self) -> tuple[Asked, ...]:
        """What was asked since this was last called."""
        asked, self._asked = tuple(self._asked), []
        return asked


class TriedSwitchboard:
    """Somebody always takes the call."""

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        """See `Switchboard`."""
        return True


class Trial:
    """One of them. Its state is folded from what the session records, as every reader of a log does."""

    def __init__(self, flow: Flow, line: TrialLine, tools: TriedTools) -> None:
        """Give `observe` to the session, and then `run` it."""
        self._flow = flow
        self._line = line
        self._tools = tools
        self._state = START
        self._tokens: list[ExitToken] = []
        self._unheard = 0
        """Turns given that the session has not recorded."""
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[object] | None = None

    def observe(self, entry: LogEntry) -> None:
        """The session's next record."""
        record = entry.record
        if record.kind == "event":
            self._state = step(self._flow, self._state, event_of(record)).state
            self._unheard -= record.type in GIVEN and self._unheard > 0
        elif record.kind == "token":
            self._tokens.append(token_of(record))
        self._changed.set()

    async def begin(self, session: Session, facts: CallFacts, ended: Callable[[], None]) -> Reply:
        """Run the session; what the agent says first. `ended` is called once it is over, however it ended."""
        self._task = asyncio.create_task(session.run(facts))
        self._task.add_done_callback(lambda _: (self._changed.set(), ended()))
        async with self._turn:
            return await self._reply()

    async def said(self, event: CallerEvent) -> Reply:
        """The caller's turn, and what comes of it."""
        async with self._turn:
            if not self.over:
                self._unheard += 1
                self._line.give(event)
            return await self._reply()

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._task is None or self._task.done()

    async def aclose(self) -> None:
        """End it now."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _reply(self) -> Reply:
        working = False
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                while not self.over and not self._settled:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            working = True
        tokens, self._tokens = tuple(self._tokens), []
        return Reply(
            said=self._line.take(), tokens=tokens, asked=self._tools.take(), state=self._state, working=working
        )

    @property
    def _settled(self) -> bool:
        """Whether the agent waits for the caller."""
        state = self._state
        if self._unheard or state.over or not state.frames or state.working_out or state.speaking:
            return False
        return state.frames[-1].waiting is None
