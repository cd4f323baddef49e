"""ETags: what a save says that it changes."""

from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel

from tollfree.calls.store.document import digest
from tollfree.server.errors import NeedsMatch, Unfit

IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag of what you changed. Without it nothing is saved (428); with an old one neither (412).",
        examples=['"3"'],
    ),
]
IfNoneMatch = Annotated[
    str,
    Header(
        alias="If-None-Match",
        max_length=200,
        description="`*`, in place of If-Match: it must not exist yet.",
        examples=["*"],
    ),
]
TAGGED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "ETag": {"description": "Send it back in If-Match.", "schema": {"type": "string", "examples": ['"3"']}}
        }
    }
}
"""For the documentation of routes that answer with one."""


def etag(value: str | int) -> str:
    """As it is sent."""
    return f'"{value}"'


def tag_of(model: BaseModel) -> str:
    """What a model is known by that has no revision."""
    return digest(model.model_dump(mode="json"))[:32]


def matched(given: str) -> str:
    """What stands in an If-Match. A proxy that packs answers makes a tag weak; it is the same one. Raises `NeedsMatch`
    where there is none, and for `*`, which says nothing of what was changed."""
    tag = given.strip().removeprefix("W/")
    if not tag or tag == "*":
        raise NeedsMatch
    if len(tag) < 2 or tag[0] != '"' or tag[-1] != '"':
        raise Unfit('If-Match must hold an ETag as it was sent, in quotes, such as `"3"`.', code="bad_etag")
    return tag[1:-1]


def expected(if_match: str, if_none_match: str, *, absent: str) -> str:
    """What a save that may also begin something expects: a tag, or `absent` for `If-None-Match: *`. Raises as
    `matched`."""
    if if_none_match.strip() == "*":
        return absent
    return matched(if_match)


def revision_in(tag: str) -> int:
    """The revision that an ETag of ours stands for. Raises `Unfit`."""
    if not (tag.isascii() and tag.isdecimal() and len(tag) < 10):
        raise Unfit("If-Match does not hold the ETag of a draft: a revision in quotes.", code="bad_etag")
    return int(tag)
