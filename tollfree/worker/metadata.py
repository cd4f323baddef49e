"""What a dispatch says of the call it asks for."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tollfree.calls.call_id import CALL_ID
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.worker.errors import BadDispatch


class Dispatch(BaseModel):
    """The metadata of a dispatch, JSON. Empty for a telephone call: its number says who answers."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    project: str = Field(default="", max_length=200)
    """The project that answers; empty: the number that was called decides."""
    agent: str = Field(default=DEFAULT_AGENT, max_length=200)
    """Which of its agents."""
    caller: str = Field(default="", max_length=64)
    """The caller's number, where whoever sends the dispatch knows it: E.164."""
    resume: str = Field(default="", pattern=f"^$|{CALL_ID}")
    """A call whose process is gone and that goes on in this room."""

    def text(self) -> str:
        """As it travels."""
        return self.model_dump_json(exclude_defaults=True)


def read_dispatch(metadata: str) -> Dispatch:
    """What a dispatch's metadata says. Raises `BadDispatch`."""
    try:
        return Dispatch.model_validate_json(metadata or "{}")
    except ValidationError as error:
        raise BadDispatch(
            f"The dispatch's metadata is not what a call needs, such as "
            f'{{"project": "corner-shop", "agent": "main"}}: {error.errors()[0]["msg"]}.'
        ) from error
