"""Who is let in. Nobody is refused: who cannot be served at once waits in the hall."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from livekit.agents import AssignmentTimeoutError, JobRequest

from tollfree.protocol.ids import CallId
from tollfree.worker.errors import BadDispatch
from tollfree.worker.hall import Hall
from tollfree.worker.log_lines import marked
from tollfree.worker.metadata import read_dispatch
from tollfree.worker.places import Places

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """The door of one worker. It stays open while calls finish: one whose process dies then is taken up here too."""

    places: Places
    hall: Hall
    here: Callable[[CallId], bool]
    """Whether a call that goes on is this machine's."""
    begins: Callable[[], None]
    """Told of each call that is let in."""

    async def answer(self, request: JobRequest) -> None:
        """Answer a request for an agent."""
        room, metadata = request.room.name, request.job.metadata
        call = resumed(metadata)
        if call and not self.here(call):
            await request.reject(terminate=False)  # the machine whose call it is will be asked too
            return
        expected = room in self.places.promised
        if not call and not expected and (self.hall.closing or not self.places.open):
            # Another worker may have a place: the server asks them next. If one comes, the hall leaves at once.
            await request.reject(terminate=False)
            self.hall.welcome(room, metadata)
            return
        self.places.promised.discard(room)
        self.places.accepting += 1
        self.begins()
        try:
            await request.accept(name="agent")
        except AssignmentTimeoutError:
            _log.warning("the server gave a call to nobody, or to another worker", extra={"room": marked(room)})
        finally:
            self.places.accepting -= 1


def resumed(metadata: str) -> CallId:
    """The call that a dispatch goes on with, whose place is its own; empty: a new one."""
    try:
        return CallId(read_dispatch(metadata).resume)
    except BadDispatch:
        return CallId("")
