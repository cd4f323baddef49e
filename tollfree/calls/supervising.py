"""What people tell running calls to do, on its way from the store to the calls of this process."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from tollfree.calls.line import Noted
from tollfree.calls.store.commands import Command
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import LAPSED, Supervised
from tollfree.protocol.ids import CallId

POLL_S = 0.2
"""Seconds between looks at the store, for all calls of a process at once."""
READ_WITHIN_S = 5.0
"""Seconds that one look may take."""
LEASE_S = 15.0
"""Seconds for which a call stays taken over after whoever has it was last heard of (`renew`). No caller is left in
silence because a browser was closed, a network broke or the store is away."""
REFUSED = "supervision_refused"
"""Type of the note that says that a command could not be performed: its id as `command`, `action`, `by`, `name`, and
`why`, a sentence."""
SUPERVISED_LINES = frozenset({"livekit", "text"})
"""Lines with somebody on them. A sound file is over before anybody could do anything about it."""

_log = logging.getLogger(__name__)


class CommandLog(Protocol):
    """Where commands come from. Implemented by the store."""

    async def news(self, after: Mapping[CallId, int]) -> Mapping[CallId, Sequence[Command]]:
        """What each of these calls was told after the command with that id, in order."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Follower:
    """One call that wants to know."""

    found: Callable[[Command], None]
    failed: Callable[[str], None]


class CommandFeed:
    """Looks for the commands of all calls of this process, while there are calls."""

    def __init__(self, commands: CommandLog, clock: Clock) -> None:
        self._commands = commands
        self._clock = clock
        self._followers: dict[CallId, _Follower] = {}
        self._last: dict[CallId, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._failing = False

    def follow(
        self, call: CallId, after: int, *, found: Callable[[Command], None], failed: Callable[[str], None]
    ) -> None:
        """Tell a call's commands from now on, each once, in order. `after`: id of the last that it has taken up.
        `failed` is told of a store that cannot be read, once until it can be read again."""
        self._followers[call], self._last[call] = _Follower(found, failed), after
        if self._task is None and not self._closing.is_set():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="commands")

    def leave(self, call: CallId) -> None:
        """A call is over. Safe to call again."""
        self._followers.pop(call, None)
        self._last.pop(call, None)

    async def close(self) -> None:
        """Look no more. A look under way is waited for."""
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        try:
            while self._followers and not self._closing.is_set():
                await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._closing.wait()
        finally:
            self._task = None

    async def _look(self) -> None:
        asked = dict(self._followers)
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                with self._clock.working():
                    news = await self._commands.news(dict(self._last))
        except Exception as error:  # noqa: BLE001  calls go on whatever is wrong with the store, and are told of it
            self._fail(error.code if isinstance(error, TollfreeError) else type(error).__name__, tuple(asked.values()))
            return
        self._failing = False
        for call, commands in news.items():
            for command in commands:
                if self._followers.get(call) is asked.get(call):
                    self._last[call] = command.id
                    asked[call].found(command)

    def _fail(self, code: str, followers: Sequence[_Follower]) -> None:
        if self._failing:
            return
        self._failing = True
        _log.warning("commands to calls cannot be read", extra={"code": code})
        for follower in followers:
            follower.failed(code)


class Supervising:
    """The commands of one call, as what its session is told; and how long a person has it."""

    def __init__(
        self, call: CallId, feed: CommandFeed | None, *, after: int, tell: Callable[[Supervised | Noted], None]
    ) -> None:
        """`feed`: None where nobody can supervise. `after`: id of the last command that is in the call's log."""
        self._call = call
        self._feed = feed
        self._after = after
        self._tell = tell
        self._holder = ""
        self._lease: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The call runs."""
        if self._feed is not None:
            self._feed.follow(self._call, self._after, found=self._found, failed=self._failed)

    def held_by(self, holder: str) -> None:
        """Who talks to the caller now in the agent's place; empty: the agent does."""
        if holder != self._holder:
            self._holder = holder
            self._renew()

    def close(self) -> None:
        """The call is over."""
        if self._feed is not None:
            self._feed.leave(self._call)
        self.held_by("")

    def _found(self, command: Command) -> None:
        if command.by == self._holder and command.action in ("renew", "take_over"):
            self._renew()
        if command.action != "renew":
            self._tell(
                Supervised(
                    action=command.action, by=command.by, name=command.name, value=command.value, command=command.id
                )
            )

    def _failed(self, code: str) -> None:
        self._tell(Noted(type="commands_not_read", data={"code": code}))

    def _renew(self) -> None:
        if self._lease is not None:
            self._lease.cancel()
        loop = asyncio.get_running_loop()
        self._lease = loop.call_later(LEASE_S, self._lapse) if self._holder else None

    def _lapse(self) -> None:
        self._tell(Supervised(action="hand_back", by=LAPSED))
