"""What can keep LiveKit or the worker from starting, or from going on.

TollfreeError
└── WorkerError
    ├── NoServerProgram    there is no LiveKit server's program on this machine
    ├── PortsTaken         no free port was found
    ├── NotStarted         a program was started and did not come up
    ├── ServerDied         our own LiveKit server ended by itself
    ├── AlreadyRunning     another `tollfree up` has this home folder
    ├── HomeUnwritable     nothing can be written to the home folder
    ├── WorkerFailed       the worker cannot go on
    ├── BadDispatch        a dispatch whose metadata cannot be read
    └── CallUnspoken       a call that ended before its caller heard anything
"""

from tollfree.protocol.errors import TollfreeError


class WorkerError(TollfreeError):
    """The root."""

    code = "worker_error"


class NoServerProgram(WorkerError):
    """There is no LiveKit server's program on this machine."""

    code = "no_livekit_server"


class PortsTaken(WorkerError):
    """No free port was found."""

    code = "ports_taken"


class NotStarted(WorkerError):
    """A program was started and did not come up."""

    code = "not_started"


class ServerDied(WorkerError):
    """Our own LiveKit server ended by itself."""

    code = "livekit_died"


class AlreadyRunning(WorkerError):
    """Another `tollfree up` has this home folder."""

    code = "already_running"


class HomeUnwritable(WorkerError):
    """Nothing can be written to the home folder."""

    code = "home_unwritable"


class WorkerFailed(WorkerError):
    """The worker cannot go on."""

    code = "worker_failed"


class BadDispatch(WorkerError):
    """A dispatch whose metadata cannot be read."""

    code = "bad_dispatch"


class CallUnspoken(WorkerError):
    """A call that ended before its caller heard anything."""

    code = "call_unspoken"
