"""Log records as lines: the message, then its fields."""

import logging

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LogLines(logging.Formatter):
    """`TIME LEVEL PROCESS LOGGER: MESSAGE field=value …`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without a traceback."""
        fields = [f"{name}={value}" for name, value in vars(record).items() if name not in _KNOWN]
        return " ".join([super().formatMessage(record), *fields])


def log_to_stderr() -> None:
    """What happens is written to standard error from here on."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
