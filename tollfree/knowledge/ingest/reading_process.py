"""Reads documents in a process of its own, which may run out of memory, hang or die by a hostile one.

Started by `tollfree.knowledge.ingest.reader` as `python -m`. On standard input: a pickled `Splitter`, then pickled
`Request`s, each after its length. On standard output, JSON after its length: `{"passages": [[text, metadata], …]}` as
they are read, then `{"end": {"kind", "faults", "error"}}`.

It ends with whoever started it, whatever it is doing: by the kernel's signal where there is one, else when standard
input ends.
"""

import json
import logging
import os
import pickle
import resource
import struct
import sys
import threading
import warnings
from queue import SimpleQueue
from typing import BinaryIO, cast

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.reading import Reading, Request
from tollfree.knowledge.ingest.splitting import Splitter
from tollfree.processes.lifetime import die_with_parent

BATCH = 64
"""Passages in a message."""
MAX_MEMORY_BYTES = 4 << 30
"""Of address space: what a document may take before it is given up."""


def main() -> None:
    """Serves until standard input ends, and no longer: nobody is there to read the answer."""
    die_with_parent()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    _limit_memory()
    requests: SimpleQueue[object] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, requests), daemon=True).start()
    splitter = cast(Splitter, requests.get())
    while True:
        _serve(cast(Request, requests.get()), splitter, answers)


def _receive(incoming: BinaryIO, requests: "SimpleQueue[object]") -> None:
    """Takes messages as they come, while a document is read; the end of them is the end of this process."""
    try:
        while (message := _received(incoming)) is not None:
            requests.put(message)
    finally:
        os._exit(0)


def _serve(request: Request, splitter: Splitter, answers: BinaryIO) -> None:
    reading = Reading(request, splitter)
    error: dict[str, str] | None = None
    batch: list[tuple[str, dict[str, str]]] = []
    try:
        for passage in reading.passages():
            batch.append((passage.page_content, passage.metadata))
            if len(batch) == BATCH:
                _send(answers, {"passages": batch})
                batch = []
        if batch:
            _send(answers, {"passages": batch})
    except BadDocument as bad:
        error = {"code": bad.code, "message": bad.message, "remedy": bad.remedy}
    faults = [fault.as_json() for fault in reading.faults]
    _send(answers, {"end": {"kind": reading.kind, "faults": faults, "error": error}})


def _received(incoming: BinaryIO) -> object:
    """The next message; None at the end. Whoever sends it started this process."""
    head = incoming.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">I", head)
    return cast(object, pickle.loads(incoming.read(size)))


def _send(answers: BinaryIO, message: object) -> None:
    data = json.dumps(message).encode()
    answers.write(struct.pack(">I", len(data)) + data)
    answers.flush()


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MAX_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MAX_MEMORY_BYTES, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):
        pass  # macOS has no such limit


if __name__ == "__main__":
    main()
