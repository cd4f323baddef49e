"""What a job did, and how far it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tollfree.knowledge.ingest.fault import Fault
from tollfree.protocol.values import Value


class Outcome(StrEnum):
    """What became of a document."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    """It has gone from its source, so it went from the index."""
    FAILED = "failed"
    """It could not be read; what an earlier version of it said is still known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReport:
    """One document."""

    document: str
    source: str
    outcome: Outcome
    kind: str = ""
    passages: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is."""

    done: int
    """Documents."""
    of: int
    """Documents known of so far; more are found as folders and sites are gone through."""
    passages: int
    """Written so far."""
    document: str
    """The one that was done last."""


@dataclass(slots=True)
class Report:
    """A job's, complete when it is over."""

    documents: list[DocumentReport] = field(default_factory=list[DocumentReport])
    source_faults: list[Fault] = field(default_factory=list[Fault])
    """Of sources as a whole."""

    @property
    def faults(self) -> Sequence[Fault]:
        """Every fault, documents' and sources'."""
        return [*self.source_faults, *(fault for one in self.documents for fault in one.faults)]

    def count(self, outcome: Outcome) -> int:
        """Documents of which this became."""
        return sum(one.outcome is outcome for one in self.documents)

    @property
    def changed(self) -> bool:
        """Whether anything is known now that was not before."""
        return any(one.outcome in (Outcome.ADDED, Outcome.CHANGED) for one in self.documents)

    @property
    def passages(self) -> int:
        """Of all documents that were gone through and are in the index."""
        return sum(one.passages for one in self.documents if one.outcome is not Outcome.REMOVED)

    def as_json(self) -> Mapping[str, Value]:
        """For programs."""
        return {
            **{outcome.value: self.count(outcome) for outcome in Outcome},
            "passages": self.passages,
            "faults": [fault.as_json() for fault in self.faults],
            "documents": [
                {
                    "document": one.document,
                    "source": one.source,
                    "outcome": one.outcome.value,
                    "kind": one.kind,
                    "passages": one.passages,
                }
                for one in self.documents
            ],
        }

    def lines(self) -> Iterator[str]:
        """For people: what became of how many, then each fault with its remedy."""
        counts = [f"{self.count(outcome)} {outcome}" for outcome in Outcome if self.count(outcome)]
        yield f"{len(self.documents)} documents: {', '.join(counts) or 'nothing to do'}; {self.passages} passages"
        for fault in sorted(self.faults, key=lambda fault: (not fault.serious, fault.document)):
            yield f"  {'not read' if fault.serious else 'note'}  {fault}"
