"""Log records as lines: the message, then its fields."""

import hashlib
import logging
import re

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OTHERS = "livekit"
"""Loggers of LiveKit's own, which name rooms and participants as they please."""
_LEFT_OUT = frozenset({"job", "job_request"})
"""Their fields that hold a whole job, its room among it."""
_NUMBER = re.compile(r"\+?\d{8,15}")
"""A telephone number, after which rooms and participants of telephone calls are named."""
_MARK = re.compile(r"~[0-9a-f]{10}")


def marked(room: str) -> str:
    """A room in a log: the same room has the same mark. Rooms of telephone calls are named after numbers, which are
    nobody's business."""
    return f"~{hashlib.sha256(room.encode()).hexdigest()[:10]}"


class LogLines(logging.Formatter):
    """`TIME LEVEL PROCESS LOGGER: MESSAGE field=value …`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without a traceback."""
        message, fields = super().formatMessage(record), _fields(record)
        if record.name.split(".")[0] == _OTHERS:
            message = _NUMBER.sub("•••", message)
        return " ".join([message, *(f"{name}={value}" for name, value in fields.items())])


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """What is shown beside the message. LiveKit adds a room's name to every record of a call's process."""
    fields = {name: value for name, value in vars(record).items() if name not in _KNOWN | _LEFT_OUT}
    room = str(fields.get("room", ""))
    return {**fields, "room": marked(room)} if room and not _MARK.fullmatch(room) else fields


def log_to_stderr() -> None:
    """What happens is written to standard error from here on."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
