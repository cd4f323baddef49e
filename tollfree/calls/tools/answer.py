"""What a tool's answer means: read up to a limit, parsed, and mapped to a result."""

import json
import math
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, cast

import httpx
import jmespath
import jmespath.exceptions

from tollfree.calls.tools.definition import Missing, Tool
from tollfree.calls.tools.errors import BadAnswer, BadJson, BadMapping, BadStatus, TooLarge, WrongType
from tollfree.protocol.values import Value

RETRYABLE = frozenset({408, 425, 429}) | frozenset(range(500, 600)) - {501, 505}
"""Statuses that may pass."""

_JSON_TYPES = ("application/json", "text/json", "text/plain", "application/octet-stream", "")
"""Besides `…+json`. Servers that forget the type, or write it vaguely, are given the chance to be parsed."""
_GZIP_OR_ZLIB = 47


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool said."""

    found: bool
    """False: the tool works, and there is no such thing."""
    result: Value = None
    """As the tool's `result` maps the answer; null when nothing was found."""


async def read_answer(tool: Tool, response: httpx.Response) -> ToolResult:
    """Reads a response that is no redirect. Raises `BadStatus`, `BadAnswer` and their kinds."""
    status = response.status_code
    if status in tool.missing.statuses:
        return ToolResult(found=False)
    if not 200 <= status < 300 and status not in tool.accept:
        raise _bad_status(response)
    answer = None
    if tool.method != "HEAD" and status not in (204, 304):
        body = await _read_body(response, tool.max_bytes)
        answer = parse_json(body) if body else None
    return map_answer(tool, answer)


def parse_json(body: bytes) -> Value:
    """JSON as the standard has it. Raises `BadJson`."""
    try:
        return cast(Value, json.loads(body, parse_constant=_no_constant, parse_float=_finite))
    except (ValueError, RecursionError):
        # What the parser says may quote the answer.
        raise BadJson("answered something that is not valid JSON") from None


def map_answer(tool: Tool, answer: Value) -> ToolResult:
    """Applies `missing.empty` and `result`. Raises `BadMapping`."""
    if is_missing(tool.missing, answer):
        return ToolResult(found=False)
    if tool.result is None:
        return ToolResult(found=True, result=answer)
    if isinstance(tool.result, str):
        return ToolResult(found=True, result=_search(tool.result, answer, "result"))
    fields = {name: _search(path, answer, f"result.{name}") for name, path in tool.result.items()}
    return ToolResult(found=True, result=fields)


def is_missing(missing: Missing, answer: Value) -> bool:
    """Whether an answer says that there is no such thing: zero is something, null and nothing are not."""
    if missing.empty is None:
        return False
    value = _search(missing.empty, answer, "missing.empty")
    if value is None or value is False:
        return True
    return isinstance(value, (str, Sequence, Mapping)) and not value


def _search(path: str, answer: Value, field: str) -> Value:
    try:
        return cast(Value, jmespath.search(path, answer))
    except (jmespath.exceptions.JMESPathError, RecursionError, ValueError, TypeError, AttributeError):
        # The library's message quotes the value it met; its functions also let Python's own errors through.
        raise BadMapping(f"answered something that {field} ({path}) does not fit") from None


def _bad_status(response: httpx.Response) -> BadStatus:
    status = response.status_code
    reason = f" {response.reason_phrase}" if response.reason_phrase.isascii() else ""
    error = BadStatus(f"answered {status}{reason[:40]}", code=f"http_{status}", retryable=status in RETRYABLE)
    wait = response.headers.get("retry-after", "")
    if wait.isdecimal() and len(wait) < 8:
        error.retry_after_ms = int(wait) * 1000.0
    return error


async def _read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The body, decoded. Stops reading at the first byte too many."""
    kind = response.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind not in _JSON_TYPES and not kind.endswith("+json"):
        raise WrongType(f"answered {kind[:60]} where JSON was expected")
    too_large = TooLarge(f"answered more than {max_bytes} bytes; reading stopped there")
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:18]) > max_bytes:
        raise too_large
    body = bytearray()
    async for chunk in _decoded(response, max_bytes):
        body += chunk
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


async def _decoded(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """The body's chunks, unpacked when the server packed it unasked; a bomb is cut off at one byte too many."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in ("gzip", "deflate"):
        raise BadAnswer(f"answered in the encoding {encoding[:20]}, which was not asked for")
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        async for chunk in response.aiter_raw():
            yield unpacker.decompress(chunk, max_bytes + 1)
    except zlib.error:
        raise BadAnswer(f"answered broken {encoding}") from None
    if not unpacker.eof:
        raise BadAnswer(f"answered {encoding} that breaks off")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large a number")
    return number
