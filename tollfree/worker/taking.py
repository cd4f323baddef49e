"""The seam between the worker and the calls it takes: what the worker needs of the installation."""

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.phone.answering import Answering
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.audio import Samples
from tollfree.protocol.ids import CallId, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCall:
    """A call of which it is known who answers."""

    project: ProjectId
    agent: str
    room: str
    caller: str = ""
    """The caller's number in E.164, or empty."""
    called: str = ""
    """The number they called, or empty."""
    flow: str = ""
    """The flow whose draft is tried; empty: the agent's own answers."""
    draft: int = 0
    """Which of its frozen drafts; 0: none."""
    resume: CallId | None = None
    """The call that goes on here; None: a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCall:
    """A call whose process is gone, and whose caller may still be in the room."""

    call: CallId
    room: str
    project: str
    agent: str
    over: bool = False
    """Nobody may take it up: it has been ended, and its caller does not know."""


class TakesCalls(Protocol):
    """An open installation, in the process of one call or of the worker."""

    async def answering(self, called: str) -> Answering | None:
        """Who answers a number; None: nobody. Raises `StoreError`."""
        ...

    def claimed(self, call: CallId) -> AbstractContextManager[None]:
        """A call whose process is gone is this process's to go on with while this lasts. Raises `CallClosed` when
        another has it, or it has ended."""
        ...

    async def take(self, call: TakenCall, media: LiveKitMedia) -> str:
        """Run a whole call; its outcome. Raises only where the caller has heard nothing: when it cannot begin, or its
        voice has failed, a `TollfreeError`."""
        ...

    async def lost(self) -> tuple[LostCall, ...]:
        """Calls of this machine whose process is gone: those that may be taken up, each time; those that may not,
        once, as they are ended. Asked four times a second: a folder listing when there are none. Raises
        `StoreError`."""
        ...

    def here(self, call: CallId) -> bool:
        """Whether a call is this machine's to go on with, or was until it ended."""
        ...


class Desk(Protocol):
    """An installation that takes calls. It is pickled into each process."""

    @property
    def preload(self) -> tuple[str, ...]:
        """Modules that are imported once and shared by the processes: heavy, and without threads."""
        ...

    def check(self) -> None:
        """Whether calls can be taken at all. Raises `TollfreeError`, which says what is missing."""
        ...

    def warm(self) -> None:
        """Load everything, in a process that will take one call."""
        ...

    def render(self, text: str) -> Samples:
        """Words in the installation's voice. Only after `warm`."""
        ...

    def open(self, livekit: LiveKitServer) -> AbstractAsyncContextManager[TakesCalls]:
        """The installation, for as long as this lasts. Raises `StoreError`."""
        ...
