"""Clips kept on disk: rendered once, found by every process, for as long as there is room."""

import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from tollfree.protocol.audio import Samples
from tollfree.speech.tts.base import Clip, Voice, WordTime

_FORMAT = 1
_SUFFIX = ".clip"
_QUICK = 2_000_000
"""Bytes of a file that is read without leaving the loop: forty seconds of speech, well under a millisecond."""
_TOUCH_S = 3600.0
"""A clip that is used is marked as such at most this often."""
_STALE_S = 600.0
"""Half-written files of a process that died are removed after so long."""


class _Head(BaseModel):
    """The first line of a file; raw samples follow."""

    model_config = ConfigDict(frozen=True)
    format: int
    text: str
    count: int
    """Samples."""
    crc32: int
    """Of the samples' bytes."""
    words: tuple[tuple[int, float], ...]
    """End in the written text, end in ms."""


class Renderings:
    """A folder of clips. Several processes may use it at once."""

    def __init__(self, folder: Path, *, limit_bytes: int = 1_000_000_000) -> None:
        """`limit_bytes`: beyond it those used longest ago are removed. A gigabyte holds about six hours."""
        self._folder = folder
        self._limit = limit_bytes
        self._unswept = limit_bytes
        """Bytes written since the folder was last measured; at first it counts as never."""

    def find(self, voice: Voice, text: str) -> Clip | None:
        """The clip, if it is kept and whole; a damaged file is as good as none. Reads, so not for the loop: see
        `find_quickly`."""
        return self._read(self._path(voice, text), text, None)

    def find_quickly(self, voice: Voice, text: str) -> Clip | None:
        """The same, for small files alone: never waits for more than a page of the disk's cache."""
        return self._read(self._path(voice, text), text, _QUICK)

    def has(self, voice: Voice, text: str) -> bool:
        """Whether a file is there."""
        return self._path(voice, text).is_file()

    def keep(self, voice: Voice, clip: Clip) -> None:
        """Write a clip, whole or not at all. A disk that cannot be written keeps nothing, and the call goes on.
        Writes, so not for the loop."""
        path = self._path(voice, clip.text)
        content = _content(clip)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".partial")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                os.replace(partial, path)
            except OSError:
                Path(partial).unlink(missing_ok=True)
                raise
            self._unswept += len(content)
            if self._unswept > self._limit // 20:
                self._unswept = 0
                self._sweep()

    def _path(self, voice: Voice, text: str) -> Path:
        identity = json.dumps([_FORMAT, voice.name, voice.speaking.model, text]).encode()
        key = hashlib.sha256(identity).hexdigest()
        return self._folder / key[:2] / f"{key[2:]}{_SUFFIX}"

    def _read(self, path: Path, text: str, most: int | None) -> Clip | None:
        try:
            with path.open("rb") as file:
                stat = os.fstat(file.fileno())
                if most is not None and stat.st_size > most:
                    return None
                content = file.read()
        except OSError:
            return None
        clip = _clip(content, text)
        if clip is None:
            with suppress(OSError):
                path.unlink()
        elif time.time() - stat.st_mtime > _TOUCH_S:
            with suppress(OSError):
                os.utime(path)
        return clip

    def _sweep(self) -> None:
        """Remove what was used longest ago until a tenth of the room is free. Another process may be at it too."""
        found: list[tuple[float, int, Path]] = []
        for path in self._files():
            with suppress(OSError):
                stat = path.stat()
                if path.suffix == _SUFFIX:
                    found.append((stat.st_mtime, stat.st_size, path))
                elif time.time() - stat.st_mtime > _STALE_S:
                    path.unlink()
        size = sum(size for _, size, _ in found)
        if size <= self._limit:
            return
        for _, freed, path in sorted(found):
            if size <= self._limit * 9 // 10:
                return
            with suppress(OSError):
                path.unlink()
            size -= freed

    def _files(self) -> Iterator[Path]:
        yield from self._folder.glob("??/*")


def _content(clip: Clip) -> bytes:
    data = clip.samples.astype("<i2").tobytes()
    head = _Head(
        format=_FORMAT,
        text=clip.text,
        count=len(clip.samples),
        crc32=zlib.crc32(data),
        words=tuple((word.end, round(word.end_ms, 2)) for word in clip.words),
    )
    return head.model_dump_json(ensure_ascii=True).encode() + b"\n" + data


def _clip(content: bytes, text: str) -> Clip | None:
    """What a file holds; None when it is damaged or something else."""
    first, _, data = content.partition(b"\n")
    try:
        head = _Head.model_validate_json(first)
    except ValidationError:
        return None
    whole = head.format == _FORMAT and head.text == text and len(data) == 2 * head.count
    if not whole or zlib.crc32(data) != head.crc32:
        return None
    samples: Samples = np.frombuffer(data, "<i2").astype(np.int16, copy=False)
    words = tuple(WordTime(end=end, end_ms=end_ms) for end, end_ms in head.words)
    return Clip(text=text, samples=samples, words=words)
