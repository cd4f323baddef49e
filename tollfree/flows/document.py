"""The flow as a person writes it: one model for YAML and JSON, and the source of the exported JSON Schema."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tollfree.protocol.values import Value, ValueType

SCHEMA = 1
"""The newest flow schema this program reads; it writes no other."""

RESUME = "resume"
"""An exit wired to this word ends a digression: the caller goes on where they were."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""Lower-case letters, digits and underscores, beginning with a letter."""
Text = Annotated[str, StringConstraints(max_length=4000)]
"""A template: plain words, with `{{ variable }}` where a value belongs."""
Lines = Text | tuple[Text, ...]
"""One line, or several of which each repetition takes the next."""
Example = Annotated[str, StringConstraints(max_length=500)]
"""A whole utterance, as a caller might say it."""


class Part(BaseModel):
    """A piece of a flow. Unknown fields are refused, so that a typing mistake is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True)


class VariableConfig(Part):
    """A variable with more to say than its type."""

    type: ValueType
    """What it may hold."""
    default: Value = None
    """Its value when the call begins; none: it must be set before it is read."""
    personal: bool = False
    """Hidden in logs, lists and exports."""


class HandlerConfig(Part):
    """A reaction that works at every node."""

    examples: tuple[Example, ...] = ()
    """How callers ask for it. Built-in handlers know the usual ways already."""
    phrases: tuple[Example, ...] = ()
    """Words that mean it whenever they are the whole utterance."""
    go: str | None = None
    """The node that serves it. When that node's path ends in `resume`, the caller goes on where they were."""
    say: Lines | None = None
    """A line to say before going on where the caller was (or before `go`)."""
    when_unclear: bool = False
    """Also for words that nothing understands where they are said: they are looked for in the project's documents, and
    answered at `go`, a node of kind `answer`, when something is found for sure; else they count as not understood."""
    enabled: bool = True
    """False switches a built-in handler off."""


class SlotConfig(BaseModel):
    """A value to ask for. Options of its type (`length`, `choices`, `min`, …) stand beside these fields."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    type: str
    """One of the slot types: digits, code, number, quantity, money, date, date_range, time, phone, email, name,
    yes_no, choice, item, text."""
    ask: Lines = ""
    """How the agent asks for it."""
    again: Lines = ""
    """How it asks after words it could not use; by default, what was missing and then `ask`."""
    confirm: Literal["never", "when_unsure", "always"] = "when_unsure"
    """Whether the value is read back before it counts."""
    keypad: bool | None = None
    """Whether keys may answer; by default, wherever the type has a keypad form."""
    cues: tuple[str, ...] = ()
    """Words that announce the value when it is volunteered ("invoice"); the slot's name counts anyway."""
    optional: bool = False
    """Not asked for; taken when the caller gives it along with the others."""
    personal: bool = False
    """Hidden in logs, lists and exports."""


class NodeConfig(Part):
    """What all kinds of node have, besides their `kind`."""

    title: str = ""
    """A short label for the canvas."""
    note: str = ""
    """A remark for colleagues; callers never hear it."""
    at: tuple[float, float] | None = None
    """Where it stands on the canvas, in pixels."""
    exits: dict[str, str] = Field(default_factory=dict)
    """Which node each exit leads to."""


class FlowHead(Part):
    """Everything in a flow but its nodes."""

    schema_: int = Field(default=SCHEMA, alias="schema")
    """The version of this format."""
    flow: Name
    """The flow's name within its project."""
    title: str = ""
    """A name for people."""
    note: str = ""
    """What it is for."""
    language: str = "en"
    """BCP 47 tag of the language it speaks."""
    start: str
    """The node a call begins at."""
    arguments: dict[Name, ValueType] = Field(default_factory=dict)
    """Values a flow that runs this one must give it."""
    variables: dict[Name, ValueType | VariableConfig] = Field(default_factory=dict)
    """Values it holds besides slots: look-up results, flags, counters."""
    handlers: dict[Name, HandlerConfig] = Field(default_factory=dict)
    """Reactions that work at every node. Built in: person, repeat, hold_on, start_over, goodbye."""
    wording: dict[Name, Lines] = Field(default_factory=dict)
    """The engine's own sentences, where this flow says them differently."""
