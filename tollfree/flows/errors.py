"""What can be wrong with a flow.

TollfreeError
└── FlowError
    ├── FlowUnreadable   not YAML or JSON, not a mapping, or too large
    ├── FlowTooNew       written by a newer program than this one
    └── FlowFaulty       readable, but the faults forbid what was asked of it
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tollfree.protocol.errors import TollfreeError


class Severity(StrEnum):
    """Whether a fault forbids publishing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a flow, for the person who edits it."""

    code: str
    """Short and stable, such as `unwired_exit`."""
    message: str
    """A plain sentence that says what to do."""
    node: str = ""
    """The node it concerns; empty for the flow as a whole."""
    severity: Severity = Severity.ERROR


class FlowError(TollfreeError):
    """A flow cannot be used as it is."""

    code = "flow_error"


class FlowUnreadable(FlowError):
    """The text is no flow at all."""

    code = "unreadable"


class FlowTooNew(FlowError):
    """The flow's schema is newer than this program."""

    code = "newer_schema"


class FlowFaulty(FlowError):
    """The flow has errors; all of them are in `faults`."""

    code = "faulty_flow"

    def __init__(self, message: str, faults: Sequence[Fault]) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
