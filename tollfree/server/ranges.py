"""Parts of a file, as players ask for them (RFC 9110, section 14)."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from tollfree.server.answers import Problem, answer

CHUNK = 256 * 1024
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)
"""One range; several, and other units, are answered with the whole file."""


async def file_answer(request: Request, file: Path, media_type: str) -> Response:
    """The file, or the part that is asked for; for HEAD, its head. Raises `OSError` when it is gone."""
    opened = await asyncio.to_thread(file.open, "rb")
    try:
        size = await asyncio.to_thread(lambda: opened.seek(0, 2))
        headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline"}
        found = asked_range(request.headers.get("range", ""), size)
        if found is None:
            opened.close()
            problem = Problem(code="bad_range", message=f"The recording has {size} bytes; the range lies outside.")
            return answer(416, problem, {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
        begin, end, whole = found
        headers["Content-Length"] = str(end - begin)
        if not whole:
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
        status = 200 if whole else 206
        if request.method == "HEAD":
            opened.close()
            return Response(None, status, headers, media_type)
        return StreamingResponse(_parts(opened, begin, end), status, headers, media_type)
    except BaseException:
        opened.close()
        raise


def asked_range(asked: str, size: int) -> tuple[int, int, bool] | None:
    """From where, until before where, and whether that is the whole. None: there is no such part."""
    parted = _RANGE.fullmatch(asked)
    if parted is None or parted[1] == parted[2] == "":
        return 0, size, True
    if parted[1] == "":  # so many at the end
        last = int(parted[2])
        return (max(0, size - last), size, False) if last and size else None
    begin = int(parted[1])
    end = min(size, int(parted[2]) + 1) if parted[2] else size
    if parted[2] and int(parted[2]) < begin:  # not a range at all
        return 0, size, True
    return (begin, end, False) if begin < size else None


async def _parts(opened: BinaryIO, begin: int, end: int) -> AsyncIterator[bytes]:
    with opened:
        await asyncio.to_thread(opened.seek, begin)
        while begin < end:
            data = await asyncio.to_thread(opened.read, min(CHUNK, end - begin))
            if not data:  # it was cut short meanwhile
                return
            begin += len(data)
            yield data
