"""Reads what a dispatch says of the call it asks for."""

from pydantic import ValidationError

from tollfree.calls.phone.dispatch import Dispatch
from tollfree.worker.errors import BadDispatch

__all__ = ["Dispatch", "read_dispatch"]


def read_dispatch(metadata: str) -> Dispatch:
    """What a dispatch's metadata says. Raises `BadDispatch`."""
    try:
        return Dispatch.model_validate_json(metadata or "{}")
    except ValidationError as error:
        raise BadDispatch(
            f"The dispatch's metadata is not what a call needs, such as "
            f'{{"project": "corner-shop", "agent": "main"}}: {error.errors()[0]["msg"]}.'
        ) from error
