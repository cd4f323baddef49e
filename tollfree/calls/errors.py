"""What keeps a call from beginning or going on.

TollfreeError
└── CallError
    ├── NotPublished    the agent's flow has no published version
    ├── BadVersion      a published version that this program cannot run
    ├── BadProject      a project's folder or settings cannot be used
    ├── BadScript       a scripted caller cannot be read
    └── BadSound        a file holds no sound that can be played
"""

from tollfree.protocol.errors import TollfreeError


class CallError(TollfreeError):
    """A call cannot begin or go on."""

    code = "call_error"


class NotPublished(CallError):
    """New calls need a published version."""

    code = "not_published"


class BadVersion(CallError):
    """A published version that this program cannot run."""

    code = "bad_version"


class BadProject(CallError):
    """A project's folder or settings cannot be used."""

    code = "bad_project"


class BadScript(CallError):
    """A scripted caller cannot be read."""

    code = "bad_script"


class BadSound(CallError):
    """A file holds no sound that can be played."""

    code = "bad_sound"
