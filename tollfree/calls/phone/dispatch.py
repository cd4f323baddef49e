"""What a dispatch says of the call it asks an agent for."""

from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.call_id import CALL_ID
from tollfree.calls.project import DEFAULT_AGENT


class Dispatch(BaseModel):
    """The metadata of a dispatch, JSON. Empty for a telephone call: its number says who answers."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    project: str = Field(default="", max_length=200)
    """The project that answers; empty: the number that was called decides."""
    agent: str = Field(default=DEFAULT_AGENT, max_length=200)
    """Which of its agents."""
    caller: str = Field(default="", max_length=64)
    """The caller's number, where whoever sends the dispatch knows it: E.164."""
    flow: str = Field(default="", max_length=200)
    """The flow whose draft is tried; empty: the agent's own answers."""
    draft: int = Field(default=0, le=0)
    """Which of its frozen drafts; 0: none."""
    resume: str = Field(default="", pattern=f"^$|{CALL_ID}")
    """A call whose process is gone and that goes on in this room."""

    def text(self) -> str:
        """As it travels."""
        return self.model_dump_json(exclude_defaults=True)
