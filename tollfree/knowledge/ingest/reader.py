"""Asks another process to read documents, so that none can stop the job, and parsing never stands in the loop's way."""

import asyncio
import json
import os
import pickle
import struct
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

from langchain_core.documents import Document

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.reading import Request
from tollfree.knowledge.ingest.splitting import Splitter

SILENCE_S = 120.0
"""Seconds without a passage, after which a document is given up."""
AHEAD = 8
"""Batches of passages that are read while the index is busy with others."""

_MODULE = "tollfree.knowledge.ingest.reading_process"
_INHERITED = (
    *("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),  # where a machine keeps what compiled packages need
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
)
"""Of our environment what the reading process is given: no secrets, for it meets hostile documents."""


@dataclass(slots=True)
class ReadResult:
    """What became of a document; complete when its last passage is there."""

    kind: str = ""
    title: str = ""
    faults: Sequence[Fault] = ()


class Reader:
    """One reading process, started when it is first needed and again when a document was the end of it."""

    def __init__(self, splitter: Splitter, *, silence_s: float = SILENCE_S) -> None:
        self._splitter = splitter
        self._silence_s = silence_s
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def read(self, request: Request, result: ReadResult) -> AsyncGenerator[list[Document]]:
        """The document's passages in batches. Raises `BadDocument`; the next document is read all the same."""
        process = await self._running()
        finished = False
        try:
            await self._send(process, request)
            batches: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(AHEAD)
            receiving = asyncio.create_task(self._receive_all(process, batches))
            try:
                while "passages" in (message := await batches.get()):
                    batch = [Document(page_content=text, metadata=each) for text, each in message["passages"]]
                    result.title = result.title or (str(batch[0].metadata["title"]) if batch else "")
                    yield batch
                finished = not message.get("lost", False)
            finally:
                receiving.cancel()
                await asyncio.gather(receiving, return_exceptions=True)
        finally:
            if not finished:
                await self._end()
        end = cast("Mapping[str, Any]", message["end"])
        result.kind = str(end["kind"])
        result.faults = [Fault.from_json(fault) for fault in end["faults"]]
        if error := end["error"]:
            raise BadDocument(error["code"], error["message"], error["remedy"])

    async def _receive_all(
        self, process: asyncio.subprocess.Process, batches: "asyncio.Queue[Mapping[str, Any]]"
    ) -> None:
        """Every message up to the end of the document, which is made up where the process gives none."""
        message: Mapping[str, Any] = {"passages": ()}
        while "passages" in message:
            try:
                message = await asyncio.wait_for(_received(process), self._silence_s)
            except TimeoutError:
                message = _lost("too_slow", f"Nothing was read of it in {self._silence_s:.0f} s; it was given up.")
            except (asyncio.IncompleteReadError, ConnectionError):
                message = _lost("damaged", "Reading it ended the process that read it: it is damaged or too large.")
            await batches.put(message)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", _MODULE),  # -P: nothing is imported from the folder it is started in
                env=_environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            await self._send(self._process, self._splitter)
        return self._process

    async def _send(self, process: asyncio.subprocess.Process, message: object) -> None:
        assert process.stdin is not None
        data = pickle.dumps(message)
        process.stdin.write(struct.pack(">I", len(data)) + data)
        try:
            await process.stdin.drain()
        except ConnectionError:
            pass  # it is gone, which the answer tells

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.communicate()  # to the end of its pipes, which closes them


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}


async def _received(process: asyncio.subprocess.Process) -> Mapping[str, Any]:
    assert process.stdout is not None
    (size,) = struct.unpack(">I", await process.stdout.readexactly(4))
    return cast("Mapping[str, Any]", json.loads(await process.stdout.readexactly(size)))


def _lost(code: str, message: str) -> Mapping[str, Any]:
    remedy = "Open it in the program it was made with, save it anew, and add that."
    error = {"code": code, "message": message, "remedy": remedy}
    return {"lost": True, "end": {"kind": "", "faults": [], "error": error}}
