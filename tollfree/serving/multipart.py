"""`multipart/form-data` (RFC 7578) of a request that is in memory whole, as OpenAI's clients send it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tollfree.serving.errors import Refusal

MOST_PARTS = 100
LONGEST_HEAD = 4096
"""Bytes of a part's headers."""
_BOUNDARY = re.compile(r'^multipart/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))', re.IGNORECASE)
_NAME = re.compile(rb'[;\s]name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILE = re.compile(rb"[;\s]filename\*?=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent."""

    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Text by name; of a name that comes twice, the last."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Contents by name; what they are called is not read."""


def read_form(content_type: str, body: bytes) -> Form:
    """The form of a request. Raises `Refusal` for what is none."""
    found = _BOUNDARY.match(content_type)
    if found is None:
        raise _bad("The request is not multipart/form-data with a boundary")
    boundary = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    if not body.startswith(boundary):
        raise _bad("The form does not begin with its boundary")
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    at = len(boundary)
    for _ in range(MOST_PARTS):
        if body[at : at + 2] == b"--":
            return Form(fields, files)
        end = body.find(b"\r\n" + boundary, at)
        head_end = body.find(b"\r\n\r\n", at, min(end, at + LONGEST_HEAD)) if end >= 0 else -1
        if body[at : at + 2] != b"\r\n" or head_end < 0:
            raise _bad("The form breaks off, or a part of it has no headers")
        head, content = body[at:head_end], body[head_end + 4 : end]
        name = _NAME.search(head)
        if name is None:
            raise _bad("A part of the form has no name")
        key = name[1].decode("utf-8", "replace")
        if _FILE.search(head):
            files[key] = content
        else:
            fields[key] = content.decode("utf-8", "replace")
        at = end + 2 + len(boundary)
    raise _bad(f"The form has more than {MOST_PARTS} parts")


def _bad(why: str) -> Refusal:
    return Refusal(f"{why}.", code="bad_form")
