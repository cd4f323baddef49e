"""Long lists in pages."""

import base64
import json
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from tollfree.server.errors import Unfit

ItemT = TypeVar("ItemT")


class Page(BaseModel, Generic[ItemT]):
    """Some items of a list."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    items: tuple[ItemT, ...]
    next: str | None = None
    """Pass it as `cursor` for the page after this one; null: this is the last."""


Cursor = Annotated[str, Query(max_length=300, description="`next` of the page before; empty: the first page.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items of a page.")]


def cursor_of(place: str | int | None) -> str | None:
    """A place in a list, for the client to give back."""
    return None if place is None else base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def text_at(cursor: str) -> str | None:
    """The place that `cursor_of` made of a string; None for the beginning. Raises `Unfit`."""
    place = _place(cursor)
    if place is not None and not isinstance(place, str):
        raise _unfit()
    return place


def number_at(cursor: str) -> int | None:
    """The place that `cursor_of` made of a number; None for the beginning. Raises `Unfit`."""
    place = _place(cursor)
    if place is not None and (not isinstance(place, int) or not 0 <= place < 2**63):
        raise _unfit()
    return place


def _place(cursor: str) -> object:
    if not cursor:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise _unfit() from error


def _unfit() -> Unfit:
    return Unfit("The cursor is not one of ours. Leave it out to begin with the first page.", code="bad_cursor")
