"""One thing that is wrong with a document, for the person who added it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A serious one keeps its document out; of the others the document is in, all the same."""

    document: str
    """The document's path or URL."""
    code: str
    """Short and stable; see `tollfree.knowledge.ingest.errors`."""
    message: str
    """A plain sentence."""
    remedy: str = ""
    """What would help, as a plain sentence."""
    serious: bool = False

    @classmethod
    def of(cls, document: str, error: BadDocument) -> Self:
        """Why a document was kept out."""
        return cls(document=document, code=error.code, message=error.message, remedy=error.remedy, serious=True)

    @classmethod
    def from_json(cls, value: Mapping[str, Value]) -> Self:
        """What `as_json` gave."""
        text = {name: str(value.get(name) or "") for name in ("document", "code", "message", "remedy")}
        return cls(**text, serious=bool(value.get("serious")))

    def as_json(self) -> dict[str, Value]:
        """The fields by name."""
        return dict(asdict(self))

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.document}: {self.message}", self.remedy) if part)


class Faults:
    """Collects the faults of one document while it is read."""

    def __init__(self, document: str) -> None:
        self._document = document
        self.found: list[Fault] = []

    def warn(self, code: str, message: str, remedy: str = "") -> None:
        """Something to know; the document is taken in."""
        self.found.append(Fault(document=self._document, code=code, message=message, remedy=remedy))
