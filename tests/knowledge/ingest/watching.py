"""Token counters that watch the process they count in; any process can find them."""

import json
import os
import select
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.patience import PATIENCE_S


@dataclass(frozen=True)
class Hanging:
    """Says that it has begun, holds the pipe open and never counts to an end."""

    fifo: str

    def __call__(self, text: str) -> int:
        with open(self.fifo, "wb", buffering=0) as pipe:
            pipe.write(b"begun")
            while True:
                pass


@dataclass(frozen=True)
class Telling:
    """Writes its environment down."""

    file: str

    def __call__(self, text: str) -> int:
        Path(self.file).write_text(json.dumps(dict(os.environ)))
        return len(text.split())


def read_in_time(pipe: int) -> bytes:
    """What comes next out of a pipe; nothing at its end, which is when nobody holds its other end any more."""
    ready, _, _ = select.select([pipe], [], [], PATIENCE_S)
    assert ready, "nobody wrote to the pipe, nor let go of it"
    return os.read(pipe, 100)
