"""What is told of flows."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tollfree.calls.store.drafts import Draft
from tollfree.calls.store.flows import Flow
from tollfree.calls.store.versions import VersionInfo
from tollfree.server.answers import FaultModel

FlowName = Annotated[
    str,
    Path(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="The flow's name: lower-case letters, digits and underscores.",
        examples=["support"],
    ),
]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Counts from 1 within the flow.")]
KeptNumber = Annotated[
    int,
    Path(
        ge=-(2**31),
        le=2**31 - 1,
        description="A version's number; below zero: a draft that was frozen for trial calls, as they tell it.",
    ),
]
Document = dict[str, JsonValue]
EXAMPLE: dict[str, Any] = {
    "flow": "support",
    "start": "welcome",
    "nodes": {
        "welcome": {"kind": "say", "say": "Thanks for calling.", "exits": {"said": "bye"}, "at": [0, 0]},
        "bye": {"kind": "end"},
    },
}
"""A document for the examples."""


class Told(BaseModel):
    """An answer: frozen, its fields documented."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Asked(BaseModel):
    """A request: what is not known of it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FlowFacts(Told):
    """A flow, without its documents."""

    name: str
    revision: int
    """Of its draft."""
    saved_at: datetime
    saved_by: str
    published: int | None
    """The version that new calls use; null: none yet."""
    changed: bool
    """Whether the draft was saved after that version was made."""


class DraftFacts(Told):
    """A flow as it is being edited."""

    flow: str
    revision: int
    """Its ETag, too."""
    saved_at: datetime
    saved_by: str
    document: Document = Field(examples=[EXAMPLE])
    """As `GET /flows/schema` describes it; it may have faults."""


class DraftSaved(Told):
    """What came of a save."""

    flow: str
    revision: int
    saved_at: datetime


class GivenDocument(Asked):
    """A flow to save or check."""

    document: Document = Field(examples=[EXAMPLE])
    """As `GET /flows/schema` describes it; it may have faults."""


class CheckedFlow(Told):
    """What is wrong with a flow, and what an editor draws of it."""

    faults: tuple[FaultModel, ...]
    """All of them at once; only errors forbid publishing."""
    errors: int
    warnings: int
    exits: dict[str, tuple[str, ...]]
    """By node: its exits, as far as its fields can be read."""


class GivenCheck(GivenDocument):
    """A flow to check."""

    examples: bool = True
    """Whether the examples of intents are compared, which takes longest."""


class KindFacts(Told):
    """A kind of node, for the palette."""

    kind: str
    title: str
    help: str
    """One sentence on what it does."""
    icon: str
    """Name of a Lucide icon."""
    exits: tuple[str, ...]
    """Exits that every node of the kind has."""
    exits_from: str
    """The field whose names are exits besides; `flow`: the ends of the flow that it names; empty: none."""
    listens: bool
    """Whether it waits for the caller."""
    starter: Document
    """A new node of this kind."""


class VersionFacts(Told):
    """A version: an immutable copy of a flow."""

    number: int
    note: str
    """What changed, in the words of whoever published it."""
    created_at: datetime
    created_by: str
    published: bool
    """Whether new calls use it."""


class PublicationFacts(Told):
    """From this moment new calls used this version."""

    version: int
    published_at: datetime
    published_by: str


class Versions(Told):
    """A flow's versions and its history, newest first."""

    versions: tuple[VersionFacts, ...]
    history: tuple[PublicationFacts, ...]


class VersionDocument(VersionFacts):
    """A version with its document."""

    flow: str
    document: Document
    sha256: str
    """Of everything that the version holds."""


class ChangeFacts(Told):
    """One difference."""

    kind: Literal["added", "removed", "changed"]
    place: tuple[str, ...]
    """Names from the top: `["nodes", "welcome", "say"]`."""
    node: str
    """The node it is in; empty outside nodes."""
    before: JsonValue = None
    after: JsonValue = None


class EdgeFacts(Told):
    """One exit that leads elsewhere now."""

    node: str
    exit: str
    before: str
    """The node it led to; empty: to none."""
    after: str


class DiffFacts(Told):
    """What changed between two documents of a flow."""

    nodes: dict[str, Literal["added", "removed", "changed", "moved"]]
    """By node; `moved`: only its place on the canvas."""
    edges: tuple[EdgeFacts, ...]
    changes: tuple[ChangeFacts, ...]
    """Every difference, place by place, those outside nodes too."""


class GivenPublication(Asked):
    """What is published."""

    note: str = Field(default="", max_length=2000, examples=["Asks for the order number first"])
    """What changed."""
    revision: int | None = Field(default=None, ge=1, le=2**31 - 1)
    """The draft's revision that was looked at; another one is refused (412). Null: whatever it is now."""


class Published(Told):
    """What came of a publish or a rollback."""

    version: int
    """What new calls use from now on."""
    changed: bool
    """False: it was in use already."""
    warnings: tuple[FaultModel, ...] = ()


def facts_of_flow(flow: Flow) -> FlowFacts:
    """As it is told."""
    return FlowFacts(
        name=flow.name,
        revision=flow.revision,
        saved_at=flow.saved_at,
        saved_by=flow.saved_by,
        published=flow.published,
        changed=flow.changed,
    )


def facts_of_draft(draft: Draft) -> DraftFacts:
    """As it is told."""
    return DraftFacts.model_construct(  # it was checked when it was saved, and a flow of 1,000 nodes is large
        flow=draft.flow,
        revision=draft.revision,
        saved_at=draft.saved_at,
        saved_by=draft.saved_by,
        document=dict(draft.document),
    )


def facts_of_version(info: VersionInfo, published: int | None) -> VersionFacts:
    """As it is told."""
    return VersionFacts(
        number=info.number,
        note=info.note,
        created_at=info.created_at,
        created_by=info.created_by,
        published=info.number == published,
    )
