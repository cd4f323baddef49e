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
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Counts from 1 within the flow.", examples=[3])]
KeptNumber = Annotated[
    int,
    Path(
        ge=-(2**31),
        le=2**31 - 1,
        description="A version's number; below zero: a draft that was frozen for trial calls, as they tell it.",
        examples=[3],
    ),
]
Document = dict[str, JsonValue]
EXAMPLE: dict[str, Any] = {
    "flow": "support",
    "start": "which_order",
    "handlers": {"person": {"examples": ["talk to a human"], "go": "to_a_person"}},
    "nodes": {
        "which_order": {
            "kind": "ask",
            "slots": {"order_number": {"type": "digits", "ask": "What is your order's number?"}},
            "exits": {"given": "find_order", "refused": "to_a_person", "gave_up": "to_a_person", "silent": "goodbye"},
            "at": [0, 0],
        },
        "find_order": {
            "kind": "lookup",
            "tool": "orders.find",
            "with": {"number": "{{ order_number }}"},
            "save": "order",
            "exits": {"found": "tell", "missing": "to_a_person", "failed": "to_a_person"},
        },
        "tell": {"kind": "say", "say": "Your order is {{ order.status }}.", "exits": {"said": "goodbye"}},
        "to_a_person": {
            "kind": "transfer",
            "to": "counter",
            "exits": {"connected": "goodbye", "nobody": "goodbye", "failed": "goodbye"},
        },
        "goodbye": {"kind": "end", "outcome": "answered"},
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

    name: str = Field(examples=["support"])
    revision: int
    """Of its draft."""
    saved_at: datetime
    saved_by: str
    published: int | None = Field(examples=[3])
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
    errors: int = Field(examples=[1])
    warnings: int = Field(examples=[0])
    exits: dict[str, tuple[str, ...]] = Field(examples=[{"find_order": ["found", "missing", "failed"]}])
    """By node: its exits, as far as its fields can be read."""


class GivenCheck(GivenDocument):
    """A flow to check."""

    examples: bool = True
    """Whether the examples of intents are compared, which takes longest."""


class KindFacts(Told):
    """A kind of node, for the palette."""

    kind: str = Field(examples=["say"])
    title: str = Field(examples=["Say"])
    help: str = Field(examples=["Speaks a line, and goes on."])
    """One sentence on what it does."""
    icon: str = Field(examples=["message-circle"])
    """Name of a Lucide icon."""
    exits: tuple[str, ...] = Field(examples=[["said"]])
    """Exits that every node of the kind has."""
    exits_from: str = Field(examples=[""])
    """The field whose names are exits besides; `flow`: the ends of the flow that it names; empty: none."""
    listens: bool
    """Whether it waits for the caller."""
    starter: Document = Field(examples=[{"kind": "say", "say": "Thanks for calling {{ project.name }}."}])
    """A new node of this kind."""


class VersionFacts(Told):
    """A version: an immutable copy of a flow."""

    number: int = Field(examples=[3])
    note: str = Field(examples=["Asks for the order number first"])
    """What changed, in the words of whoever published it."""
    created_at: datetime
    created_by: str
    published: bool = Field(examples=[True])
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
    document: Document = Field(examples=[EXAMPLE])
    sha256: str = Field(examples=["c0ffee5b2f0d4f1f8c2a7e9b6d3a1e5f4c7b8a9d0e1f2a3b4c5d6e7f8a9b0c1d"])
    """Of everything that the version holds."""


class ChangeFacts(Told):
    """One difference."""

    kind: Literal["added", "removed", "changed"] = Field(examples=["changed"])
    place: tuple[str, ...] = Field(examples=[["nodes", "which_order", "slots", "order_number", "ask"]])
    """Names from the top: `["nodes", "welcome", "say"]`."""
    node: str
    """The node it is in; empty outside nodes."""
    before: JsonValue = Field(default=None, examples=["Your number?"])
    after: JsonValue = Field(default=None, examples=["What is your order's number?"])


class EdgeFacts(Told):
    """One exit that leads elsewhere now."""

    node: str = Field(examples=["find_order"])
    exit: str = Field(examples=["missing"])
    before: str = Field(examples=["goodbye"])
    """The node it led to; empty: to none."""
    after: str = Field(examples=["to_a_person"])


class DiffFacts(Told):
    """What changed between two documents of a flow."""

    nodes: dict[str, Literal["added", "removed", "changed", "moved"]] = Field(
        examples=[{"which_order": "changed", "find_order": "changed"}]
    )
    """By node; `moved`: only its place on the canvas."""
    edges: tuple[EdgeFacts, ...]
    changes: tuple[ChangeFacts, ...]
    """Every difference, place by place, those outside nodes too."""


class GivenPublication(Asked):
    """What is published."""

    note: str = Field(default="", max_length=2000, examples=["Asks for the order number first"])
    """What changed."""
    revision: int | None = Field(default=None, ge=1, le=2**31 - 1, examples=[7])
    """The draft's revision that was looked at; another one is refused (412). Null: whatever it is now."""


class Published(Told):
    """What came of a publish or a rollback."""

    version: int
    """What new calls use from now on."""
    changed: bool = Field(examples=[True])
    """False: it was in use already."""
    warnings: tuple[FaultModel, ...] = Field(default=(), examples=[[]])


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
