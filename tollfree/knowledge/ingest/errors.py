"""What can go wrong while documents are taken in.

KnowledgeError
└── IngestError           ingest
    ├── UnknownSource     unknown_source    the project has no source of this name
    ├── StaleSource       stale_source      somebody else changed the source first
    ├── BadSource         bad_source        what was asked to be added is no source, or its settings do not fit
    └── BadDocument       by its code       one document that cannot be taken in; it never stops the others

Codes of a `BadDocument`: `empty`, `no_text`, `scanned`, `encrypted`, `damaged`, `bomb`, `too_large`, `not_supported`,
`unreadable`, `too_slow`, `missing`, `link_loop`; of the web also `forbidden_host`, `unreachable`, `timeout`,
`http_<status>`, `bad_redirect`, `moved`, `robots`.
"""

from collections.abc import Mapping

from tollfree.knowledge.errors import KnowledgeError
from tollfree.protocol.values import Value


class IngestError(KnowledgeError):
    """A fault of taking documents in."""

    code = "ingest"


class UnknownSource(IngestError):
    """The project has no source of this name."""

    code = "unknown_source"


class StaleSource(IngestError):
    """The source was changed since it was read, or a job that waits is to change it. Nothing was overwritten; what
    it is, or will be, comes with the error."""

    code = "stale_source"

    def __init__(self, name: str, current: Mapping[str, Value]) -> None:
        super().__init__(
            f"The source {name!r} was changed by somebody else after the copy you changed was read. "
            "Nothing was overwritten: look at what is there now, and save again."
        )
        self.current = current


class BadSource(IngestError):
    """What was asked to be added is no source, or its settings do not fit."""

    code = "bad_source"


class BadDocument(IngestError):
    """One document that cannot be taken in."""

    def __init__(self, code: str, message: str, remedy: str = "", *, retryable: bool = False) -> None:
        super().__init__(message, code=code, retryable=retryable)
        self.remedy = remedy
