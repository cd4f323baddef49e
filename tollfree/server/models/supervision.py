"""What people tell running calls to do, as the API takes it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tollfree.server.models.calls import Frozen, WayIn


class Supervision(BaseModel):
    """Something that a call is told to do."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {"action": "set_slot", "name": "order_number", "value": "41755"},
                {"action": "choose_exit", "name": "order"},
                {"action": "say", "value": "One moment, I am looking it up."},
            ]
        },
    )

    action: Literal["set_slot", "choose_exit", "say", "take_over", "hand_back", "hang_up"]
    name: str = Field(default="", max_length=200)
    """The slot, or the exit."""
    value: JsonValue = None
    """The slot's value, or the line to say."""


class GivenCommand(Frozen):
    """A call was told; its log says what came of it."""

    id: int = Field(examples=[9])
    """An event `supervised`, or a note `supervision_refused`, of the call's log has it as its `command`."""


class TakenOver(Frozen):
    """Whoever asked may talk to the caller."""

    id: int = Field(examples=[9])
    """Of the command that silences the agent."""
    join: WayIn
